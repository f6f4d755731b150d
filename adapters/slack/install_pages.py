"""The pages that people see while they install the bot in their workspace: one heading, one sentence, in the browser's language."""

from __future__ import annotations

import html

import structlog
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.texts import language_for, say, text

log = structlog.get_logger()

PAGE = """<!doctype html>
<html lang="{language}" dir="auto"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
:root {{ color-scheme: light dark }}
body {{ font: 1.0625rem/1.55 system-ui, sans-serif; max-width: 34rem; margin: 18vh auto 0; padding: 0 1.5rem }}
h1 {{ font-size: 1.5rem; line-height: 1.25 }}
a {{ color: inherit }}
</style></head><body><main><h1>{title}</h1><p>{sentence}</p></main></body></html>
"""
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
REASONS = {
    "access_denied": "cancelled",
    "invalid_browser": "other_browser",
    "invalid_state": "too_late",
    "missing_code": "too_late",
    "invalid_code": "refused",
}
"""bolt's reason -> text key."""


class NotAllowed(BoltError):
    """The operator's settings don't let this workspace install the bot."""


def options(cookie_gone: str) -> AsyncCallbackOptions:
    """`cookie_gone` is the header that deletes the state's cookie."""

    async def success(args: AsyncSuccessArgs) -> BoltResponse:
        name = args.installation.team_name or args.installation.enterprise_name or ""
        key = "slack.install.done_organisation" if args.installation.is_enterprise_install else "slack.install.done"
        return page(args.request, 200, text("slack.install.done_title"), text(key, name=name), cookie_gone)

    async def failure(args: AsyncFailureArgs) -> BoltResponse:
        status, key = args.suggested_status_code, REASONS.get(args.reason, "failed")
        if isinstance(args.error, NotAllowed):
            status, key = 403, "not_allowed"
        log.info("slack_not_installed", why=key)
        return page(args.request, status, text(f"slack.install.{key}_title"), text(f"slack.install.{key}"), cookie_gone)

    return AsyncCallbackOptions(success=success, failure=failure)


def page(request: AsyncBoltRequest, status: int, title: str, sentence: str, cookie: str = "") -> BoltResponse:
    language = language_of(request)
    words = {"title": html.escape(say(title, language), False), "sentence": html.escape(say(sentence, language), False)}
    body = PAGE.format(language=language, **words)
    return BoltResponse(status=status, body=body, headers={**HEADERS, **({"Set-Cookie": [cookie]} if cookie else {})})


def language_of(request: AsyncBoltRequest) -> str:
    """The first language that the browser asks for."""
    asked = (request.headers.get("accept-language") or [""])[0]
    return language_for(asked.split(",")[0].split(";")[0].strip())
