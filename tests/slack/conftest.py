"""What all tests of the Slack adapter share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from adapters.slack import admission
from adapters.slack.render import Body
from adapters.slack.wire import SlackWire
from bot.messages import sender
from tests.slack import blockkit


@pytest.fixture(autouse=True)
def quick_repetition(monkeypatch: pytest.MonkeyPatch) -> None:
    """The half minute before a final view is repeated after a lost answer is the sender's own test; here it would only be waited for."""
    monkeypatch.setattr(sender, "REPEAT_FINAL_AFTER", 0.2)


@pytest.fixture(autouse=True)
def strict_payloads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the adapter sends is checked against Block Kit's limits, also where a fault of the stand-in answers first."""
    for name, check in {
        **dict.fromkeys(("post", "update", "respond", "post_ephemeral"), _message_problems),
        **dict.fromkeys(("open_view", "update_view"), blockkit.view_problems),
    }.items():
        monkeypatch.setattr(SlackWire, name, _strict(getattr(SlackWire, name), check))


def _strict(call: Callable[..., Awaitable[Any]], check: Callable[[Any], list[str]]) -> Callable[..., Awaitable[Any]]:
    async def checked(wire: SlackWire, *args: Any, **more: Any) -> Any:
        problems = check(next(one for one in args if isinstance(one, Body | Mapping)))
        assert not problems, f"Slack would refuse this: {problems[:5]}"
        return await call(wire, *args, **more)

    return checked


def _message_problems(body: Body) -> list[str]:
    return blockkit.message_problems({"text": body.text, "blocks": body.blocks})


@pytest.fixture(autouse=True)
def patient_admission(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine the stand-in may take longer than usual to say who somebody is; only the tests of admission are about that."""
    if not request.module.__name__.endswith("test_admission"):
        monkeypatch.setattr(admission, "WITHIN", 2.5)
