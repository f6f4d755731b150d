"""Which hosts the bot's token reaches when an attached file is downloaded: Slack's own, and no others."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from adapters.slack.attachments import SlackAttachments
from adapters.slack.wire import SlackWire, web_client
from bot.domain.attachments import NotFetched
from bot.egress import Egress
from bot.pixels.errors import NotTaken
from tests.local_server import served
from tests.platforms.stage import png
from tests.slack.stage import stage


@contextlib.asynccontextmanager
async def elsewhere() -> AsyncIterator[tuple[str, list[str]]]:
    """Another host: its address, and the authorization of every request that reached it."""
    seen: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization", ""))
        return web.Response(body=png())

    async with served(answer) as address:
        yield address, seen


async def test_the_token_never_reaches_another_host(tmp_path: Path) -> None:
    async with stage(tmp_path) as s, elsewhere() as (address, seen):
        for more in ({"redirect": f"{address}/cat.png"}, {"url": f"{address}/cat.png"}):
            file = s.slack.files.upload(s.ada, "cat.png", png(), **more)
            await s.slack.people.mention(s.ada, s.channel, "in snow", files=[file])
            await s.until(lambda: [one for one in s.messages() if "address that the bot" in one.text], what="the sentence")
        assert seen == []


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("https://files.slack.com/files-pri/T1-F1/download/cat.png", "https://files.slack.com"),
        ("https://acme.enterprise.slack.com/files/cat.png", "https://acme.enterprise.slack.com"),
        ("https://files.slack-gov.com/files-pri/T1-F1/cat.png", "https://files.slack-gov.com"),
        ("http://files.slack.com/files-pri/T1-F1/cat.png", ""),
        ("https://files.slack.com:8443/cat.png", ""),
        ("https://somebody@files.slack.com/cat.png", ""),
        ("https://files.slack.com.example.com/cat.png", ""),
        ("https://evilslack.com/cat.png", ""),
        ("https://slack-files.com/T1-F1-abc", ""),
        ("https://[files.slack.com/cat.png", ""),
    ],
)
async def test_only_slacks_own_hosts_get_the_token(monkeypatch: pytest.MonkeyPatch, url: str, own: str) -> None:
    asked: list[tuple[str, dict[str, str]]] = []

    async def download(address: str, *, own: str = "", headers: dict[str, str] | None = None, most: int = 0) -> bytes:
        asked.append((own, dict(headers or {})))
        return b"picture"

    async def file(wire: SlackWire, identity: str) -> dict[str, object]:
        return {"id": identity, "mode": "hosted", "mimetype": "image/png", "url_private_download": url}

    monkeypatch.setattr(SlackWire, "file", file)
    wire = SlackWire(web_client("xoxb-1", "https://slack.com/api/", Egress()), None)
    found = SlackAttachments(wire, download, "xoxb-1")  # type: ignore[arg-type]
    found.connected.set()
    if own:
        assert await found.fetch({"file": "F1"}) == b"picture"
        assert asked == [(own, {"authorization": "Bearer xoxb-1"})]
    else:
        with pytest.raises((NotTaken, NotFetched)):
            await found.fetch({"file": "F1"})
        assert asked == []
