"""A guard in front of the image service: what a member pays and reads, and what the operators hear."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.failure import Evidence
from bot.domain.outcome import Billed
from tests.world import Service, bad, world

CHALLENGE = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Enable JavaScript and cookies to continue</body></html>"


def page(status: int, **headers: str) -> Evidence:
    return Evidence(api="images.generations", status=status, headers={"content-type": "text/html", **headers}, body=CHALLENGE.encode())


@pytest.mark.parametrize(
    "seen", [page(403, server="cloudflare"), page(503, server="cloudflare"), page(202, **{"x-amzn-waf-action": "challenge"})]
)
async def test_a_guards_page_costs_nothing_and_is_told_as_what_it_is(tmp_path: Path, seen: Evidence) -> None:
    service = Service([bad(seen, Billed.UNKNOWN)])
    async with world(tmp_path, service) as w:
        member = await w.answer(await w.imagine())
        assert "security check in front of the image service" in " ".join(member.text)
        assert len(service.calls) == 1
        cause = "notice:auth_permission"
        await w.until(lambda: w.chat.about(cause) is not None)
        told = " ".join(w.chat.about(cause).text)  # type: ignore[union-attr]
        assert "sits in front of the image service" in told
        assert "Compare IMAGE_API_KEY" not in told
        spent = await w.bot.ledger.read(lambda c: c.exec_driver_sql("SELECT coalesce(sum(spent), 0) FROM spend").scalar())
        assert spent == 0
