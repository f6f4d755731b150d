"""What every platform hands to the core: who, where, and the options of a command or a form."""

from __future__ import annotations

import pytest

from adapters.kit.callers import NO, YES, PlatformCaller
from bot.chat.views import Act, ActionName
from bot.core import Visitor
from bot.domain.attachments import Attachment
from bot.domain.requests import Person, Place, Submission, direct_community


class Caller(PlatformCaller):
    platform = "test"


ANA = Caller("event", "home", "imagine", "ana", "Ana", "thread", "fr", "Europe/Paris")
REPLY = {"token": "t"}
PERSON, PLACE = Person("ana", "Ana"), Place("test", "home", "imagine", "thread", REPLY)
TYPED = {"prompt": "a boat", "size": "1:1", "quality": "low", "model": "m", "count": "2", "tag": "shop", "caption": "Hi"}


def test_everything_typed_reaches_the_core() -> None:
    picture = Attachment("a.png", size=1, handle={"url": "u"})
    made = ANA.submission({**TYPED, "private": YES, "consent": True}, REPLY, (picture,), inline=True)
    assert made == Submission(
        *(PERSON, PLACE),
        **TYPED,
        private=True,
        consent=True,
        attachments=(picture,),
        inline=True,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("empty", [{}, dict.fromkeys(TYPED, ""), {"private": NO, "consent": False}, {"private": False, "consent": NO}])
def test_an_empty_option_means_the_default(empty: dict[str, object]) -> None:
    made = ANA.submission(empty, REPLY)
    assert made == Submission(PERSON, PLACE, "")
    assert (made.size, made.quality, made.model, made.count, made.private, made.consent, made.inline) == (*[None] * 4, *[False] * 3)


@pytest.mark.parametrize("direct", [False, True])
def test_a_press_says_who_and_where(direct: bool) -> None:
    community = direct_community("ana") if direct else "home"
    caller = Caller("event", community, "imagine", "ana", "Ana", None, "fr", "Europe/Paris")
    act = caller.act(ActionName.AGAIN, "row", {"a": "b"}, REPLY)
    known = ("event", "ana", "Ana", "test", community, "imagine", ActionName.AGAIN, "row", {"a": "b"}, REPLY)
    assert act == Act(*known, language="fr", zone="Europe/Paris", direct=direct)
    assert caller.visitor == Visitor("test", community, "imagine", "ana", "Ana", "Europe/Paris")
