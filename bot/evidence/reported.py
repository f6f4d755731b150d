"""What the service's status page reports while a bundle is made, in a sentence."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

from bot.providers.status_page import StatusPage
from bot.texts import text


async def status_words(page: StatusPage) -> str:
    """Look at the page; empty if there is none or it can't be read."""
    found = await page.look()
    if found is not None:
        since = datetime.fromtimestamp(found.since, UTC).isoformat(timespec="seconds")
        return text("evidence.incident", page=found.page, since=since, name=found.name)
    return text("evidence.no_incident", page=urlsplit(page.address or "").netloc) if page.reached else ""
