"""A hostile right-to-left prompt and name in every view of the core, as Slack gets it: our own words keep their order."""

from __future__ import annotations

import pytest

from adapters.slack.render import fallback, message, sheet
from bot.chat.views import View
from tests.platforms.direction import CASES, turned
from tests.slack.standin import text as reading


@pytest.mark.parametrize(("name", "view"), CASES, ids=[name for name, _ in CASES])
def test_no_line_is_turned(name: str, view: View) -> None:
    shown = [*reading.texts(message(view).blocks), fallback(view), *reading.texts(sheet(view, "A window")["blocks"])]
    assert [line for one in shown for line in turned(one)] == []
