"""Doctor's checks of an app that workspaces install. Read-only: no installation is begun, and no workspace is called."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.checks import FINDINGS, NotReachable, app_token, examine_with, listens, reached
from adapters.slack.errors import answer_of, code_of
from adapters.slack.settings import INSTALL_PATH, REDIRECT_PATH, InstallSettings, SlackSettings
from bot.adapter import Finding, SetupProblem
from bot.texts import text
from bot.texts.phrases import listed
from bot.vault import cipher

NOBODYS_CODE = "imagine-bot-doctor"
"""No code of an installation: Slack's refusal tells whether it knows the app."""
WRONG_APP = ("invalid_client_id", "bad_client_secret", "invalid_client")


async def examine(env: Mapping[str, str], *, every: bool = False) -> list[Finding]:
    return await examine_with(env, lambda client, found: _look(client, found, env), every=every)


async def _look(client: AsyncWebClient, found: SlackSettings, env: Mapping[str, str]) -> AsyncGenerator[Finding, None]:
    client.token = None
    if (install := found.install) is None:
        return
    for finding in FINDINGS.proxy(env, found.api_url):
        yield finding
    yield _encryption()
    yield await _app(client, install)
    async for finding in _way_in(client, found):
        yield finding
    allowed = found.admission.workspaces
    said = text("slack.doctor.installs_some", allowed=listed(sorted(allowed), None)) if allowed else text("slack.doctor.installs_anybody")
    yield FINDINGS.good("workspace", said)
    yield FINDINGS.good("installation", text("slack.doctor.install_link", url=f"{install.address}{INSTALL_PATH}", path=REDIRECT_PATH))


def _encryption() -> Finding:
    if not cipher.available():
        return FINDINGS.bad("encryption", text("operator.vault_no_package"))
    return FINDINGS.good("encryption", text("slack.doctor.encryption_ok"))


async def _app(client: AsyncWebClient, install: InstallSettings) -> Finding:
    asked = client.oauth_v2_access(client_id=install.client_id, client_secret=install.client_secret, code=NOBODYS_CODE)
    try:
        await reached(asked)
    except SlackApiError as error:
        code = code_of(answer_of(error)[1].get("error"))
        if code in WRONG_APP:
            return FINDINGS.bad("installation", text("slack.doctor.client_wrong", code=code))
        if not code:
            raise NotReachable(f"HTTP {answer_of(error)[0] or None}") from error
    return FINDINGS.good("installation", text("slack.doctor.client_ok"))


async def _way_in(client: AsyncWebClient, found: SlackSettings) -> AsyncIterator[Finding]:
    if found.app_token is not None:
        try:
            await app_token(client, found.app_token)
            yield FINDINGS.good("app_token", text("slack.doctor.app_token_ok_installed"))
        except SetupProblem as problem:
            yield FINDINGS.bad("app_token", str(problem))
    yield listens(found, "slack.doctor.http_ok_installed")
