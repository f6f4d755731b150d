"""An incident on the provider's status page stands in the operators' notice and in /imagine-status while calls fail, and goes again."""

from __future__ import annotations

from pathlib import Path

from bot.core import Visitor
from bot.domain.failure import Evidence
from bot.gate.port import Snapshot
from bot.messages.status_hint import StatusHint
from bot.messages.status_view import OtherService, status_view
from bot.ports import SystemPorts
from bot.providers import status_page
from bot.providers.status_page import Incident, StatusPage
from tests.world import BAD_KEY, Service, bad, world

VISITOR = Visitor("test", "home", "general", "ana")


class Page(StatusPage):
    """A page that reports what the test says."""

    asked = 0
    says: Incident | None = Incident("Elevated errors on @everyone [images](http://x.example)", 1_795_900_000.0, "status.example.com")

    async def _ask(self, address: str) -> Incident | None:
        Page.asked += 1
        return self.says


async def test_a_failure_looks_once_and_the_incident_is_named_until_it_is_over(tmp_path: Path) -> None:
    Page.asked = 0
    async with world(tmp_path, Service([bad(BAD_KEY), bad(BAD_KEY)]), max_attempts=1) as w:
        page = Page("https://status.example.com", SystemPorts())
        w.bot.watch_status(StatusHint(page, w.bot.notices, w.bot.writes))
        assert "reports an incident" not in " ".join((await w.bot.core.status(VISITOR)).text)
        for _ in range(2):
            await w.answer(await w.imagine())

        def told() -> str:
            view = w.chat.about("notice:auth_invalid_key")
            return "" if view is None else " ".join(view.text)

        await w.until(lambda: "(status.example.com) reports an incident since" in told())
        assert Page.asked == 1
        assert "Elevated errors on everyone images (http x.example)" in told()
        assert "reports an incident" in (await w.bot.core.status(VISITOR)).text[1]
        page.says, page._looked_at = None, None
        await w.answer(await w.imagine("a blue bicycle"))
        await w.until(lambda: page.seen is None)
        assert "reports an incident" not in " ".join((await w.bot.core.status(VISITOR)).text)
        assert Page.asked == 2


async def test_without_a_page_and_without_failures_nothing_is_asked(tmp_path: Path) -> None:
    Page.asked = 0
    async with world(tmp_path, Service([bad(BAD_KEY)]), max_attempts=1) as w:
        w.bot.watch_status(
            StatusHint(Page(status_page.page_of("off", "https://api.openai.com/v1"), SystemPorts()), w.bot.notices, w.bot.writes)
        )
        await w.answer(await w.imagine())
    async with world(
        tmp_path / "two", Service([bad(Evidence(status=400, body={"error": {"param": "size", "code": "invalid_value"}}))])
    ) as w:
        w.bot.watch_status(StatusHint(Page("https://status.example.com", SystemPorts()), w.bot.notices, w.bot.writes))
        await w.answer(await w.imagine())
    assert Page.asked == 0


def test_every_service_stands_in_the_status() -> None:
    def seen(state: str, stage: str = "") -> Snapshot:
        return Snapshot(0, None, None, 0.0, state, 60.0, None, None, 0, stage=stage)

    others = [OtherService("other.example", seen("down")), OtherService("", seen("open")), OtherService("", seen("open", "stopped"))]
    told = status_view(seen("open"), 0, [], others).text
    assert "The second service, other.example: not answering." in told
    assert "Further keys that work: 1 of 2." in told
    for state in ("open", "paused", "probing", "down", "no_credit"):
        assert status_view(seen("open"), 0, [], [OtherService("o", seen(state))]).text[-1].startswith("The second service")
