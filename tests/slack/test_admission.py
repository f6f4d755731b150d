"""Who may use the bot in shared channels: the person's own workspace is looked at, the operator's rule counts, and our workspace pays."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.slack.admission import AFTER_ACK, WITHIN, Admission, Membership, membership_of, refusal_of
from adapters.slack.callers import Caller
from adapters.slack.settings import AdmissionRules
from adapters.slack.wire import SlackWire, Who
from bot.texts import text
from tests.languages import Changed, shouted, speak
from tests.platforms.faults import How
from tests.slack.stage import Stage, stage
from tests.slack.standin.world import User

HOME, GRID = "T0HOME", "E0GRID"
MEMBER = Who("ada", HOME, False)


def caller(origin: str = "") -> Caller:
    return Caller("key", HOME, "C1", "U1", "ada", origin=origin)


@pytest.mark.parametrize(
    ("who", "named", "membership"),
    [
        (MEMBER, HOME, Membership.MEMBER),
        (MEMBER, "", Membership.MEMBER),
        (MEMBER, "T0OTHER", Membership.EXTERNAL),
        (Who("eve", "T0OTHER", False), HOME, Membership.EXTERNAL),
        (Who("eve", "T0OTHER", False, stranger=True), "", Membership.EXTERNAL),
        (Who("eve", HOME, False, stranger=True), HOME, Membership.EXTERNAL),
        (Who("gus", HOME, False, guest=True), HOME, Membership.GUEST),
        (Who("sia", "T0SISTER", False, enterprise=GRID), "T0SISTER", Membership.SIBLING),
        (Who("sia", "T0SISTER", False, enterprise="E0ELSE"), "T0SISTER", Membership.EXTERNAL),
        (Who("sia", "T0SISTER", False, enterprise=GRID, stranger=True), "T0SISTER", Membership.EXTERNAL),
        (Who("wim", "T0SISTER", False, teams=frozenset({HOME, "T0SISTER"}), enterprise=GRID), "T0SISTER", Membership.MEMBER),
        (Who("", "", False), "", Membership.EXTERNAL),
        (None, HOME, Membership.UNKNOWN),
    ],
)
def test_the_person_is_looked_at_and_not_the_event(who: Who | None, named: str, membership: Membership) -> None:
    assert membership_of(caller(named), who, HOME, GRID) is membership


@pytest.mark.parametrize("membership", list(Membership))
def test_only_members_are_let_in_unless_the_operator_says_so(membership: Membership) -> None:
    assert (refusal_of(membership, "T0OTHER", HOME, AdmissionRules()) is None) == (membership is Membership.MEMBER)
    everybody = AdmissionRules(guests=True, siblings=True, external=True)
    assert refusal_of(membership, "T0OTHER", HOME, everybody) is None


def test_each_rule_opens_to_its_own_people_alone() -> None:
    for rules, opened in (
        (AdmissionRules(guests=True), Membership.GUEST),
        (AdmissionRules(siblings=True), Membership.SIBLING),
        (AdmissionRules(external=True), Membership.EXTERNAL),
    ):
        assert {one for one in Membership if refusal_of(one, "T0OTHER", HOME, rules) is None} == {Membership.MEMBER, opened}


def test_a_workspace_that_is_named_needs_no_other_rule_and_one_that_is_not_is_refused() -> None:
    rules = AdmissionRules(external=True, workspaces=frozenset({HOME, "T0PARTNER"}))
    assert refusal_of(Membership.EXTERNAL, "T0PARTNER", HOME, rules) is None
    assert refusal_of(Membership.EXTERNAL, "T0OTHER", HOME, rules) == "slack.not_here"
    assert refusal_of(Membership.MEMBER, HOME, HOME, rules) is None
    assert refusal_of(Membership.EXTERNAL, "T0PARTNER", HOME, AdmissionRules(workspaces=rules.workspaces)) is None
    assert refusal_of(Membership.MEMBER, HOME, HOME, AdmissionRules(workspaces=frozenset({"T0PARTNER"}))) == "slack.not_here"


async def test_slack_may_take_longer_to_say_who_somebody_is_after_the_acknowledgement() -> None:
    asked: list[tuple[str, float]] = []

    async def who(person: str, within: float) -> Who | None:
        asked.append((person, within))
        return MEMBER

    admission = Admission(AdmissionRules(), HOME, "", who)
    assert await admission.check(caller()) == (caller(), None)
    assert await admission.check(caller(), acknowledged=True) == (caller(), None)
    assert asked == [("U1", WITHIN), ("U1", AFTER_ACK)]
    nobody = replace(caller(), person="")
    assert await admission.check(nobody) == (nobody, text("slack.admission.unknown"))
    assert len(asked) == 2, "nobody to ask about"


# ---- with the real bolt --------------------------------------------------------------------------------------------------------


def partner(s: Stage, enterprise: str = "") -> User:
    """Somebody of another workspace, in the channel."""
    other = s.slack.world.workspace("Partner")
    other.enterprise = enterprise
    eve = s.slack.world.user("Eve", other)
    s.channel.members.append(eve.id)
    return eve


async def refused(s: Stage, user: User, words: str) -> None:
    """By command, by mention and by press."""
    command = await s.slack.people.slash(user, s.channel, "/imagine", "a cat")
    await s.until(lambda: command.acked, what="an acknowledgement")
    await s.until(lambda: s.messages(None, user, words), what="the sentence")
    mention = await s.slack.people.mention(user, s.channel, "a cat")
    await s.until(lambda: len(s.messages(None, user, words)) == 2, what="the sentence after a mention")
    assert mention.acked
    await s.imagine("ours")
    message = await s.picture()
    await s.press(user, message, "Again")
    await s.until(lambda: len(s.messages(None, user, words)) == 3, what="the sentence after a press")
    assert [call.prompt for call in s.service.calls] == ["ours"]


async def test_people_of_another_organisation_are_refused_in_words(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await refused(s, partner(s), "another organisation")


async def test_guests_are_refused_in_words(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.slack.ben.guest = True
        await refused(s, s.slack.ben, "guest in this workspace")


async def test_other_workspaces_of_the_grid_are_refused_in_words(tmp_path: Path) -> None:
    async with stage(tmp_path, start=False) as s:
        s.workspace.enterprise = GRID
        await s.start()
        await refused(s, partner(s, GRID), "another workspace of this organisation")


async def test_who_is_let_in_is_paid_for_by_our_workspace_and_named(tmp_path: Path) -> None:
    async with stage(tmp_path, {"SLACK_EXTERNAL_PEOPLE": "yes"}) as s:
        eve = partner(s)
        await s.slack.people.mention(eve, s.channel, "a cat")
        message = await s.picture()
        assert "for eve" in message.text
        assert eve.id not in message.text
        press = await s.press(eve, message, "Again")
        assert press.acked
        await s.until(lambda: len(s.service.calls) == 2, what="a second picture")
        assert s.bot is not None
        rows = await s.bot.ledger.read(lambda c: c.exec_driver_sql("select distinct community from requests").all())
        assert [row[0] for row in rows] == [s.workspace.id]


async def test_while_slack_does_not_say_who_somebody_is_nobody_new_is_let_in(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.imagine("before")
        await s.picture()
        s.slack.faults.add("users.info", How.CUT, times=10**6)
        await s.imagine("known")
        await s.until(lambda: len(s.service.calls) == 2, what="the picture of somebody who was known")
        await s.slack.people.slash(s.slack.ben, s.channel, "/imagine", "new")
        await s.until(lambda: s.messages(None, s.slack.ben, "didn't tell me who you are"), what="the sentence")
        assert [call.prompt for call in s.service.calls] == ["before", "known"]


# ---- the reader's language ------------------------------------------------------------------------------------------------------


async def test_a_person_reads_slack_in_the_language_that_they_chose_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch, "fr", Changed(shouted))
    async with stage(tmp_path) as s:
        s.ada.locale, s.slack.ben.locale = "fr-FR", "xx"
        people = s.slack.people
        await people.slash(s.ada, s.channel, "/imagine-help", "")
        assert (await s.whisper(s.ada)).text.startswith("!What you can do")
        await people.slash(s.ada, s.channel, "/imagine-old", "")
        await s.whisper(s.ada, "!I don't know that command")
        await people.slash(s.slack.ben, s.channel, "/imagine-help", "")
        assert (await s.whisper(s.slack.ben)).text.startswith("What you can do")
        await s.imagine("a boat")
        opened = await s.press(s.ada, await s.picture(), "Edit prompt")
        assert "!Edit prompt" in str((await s.form(opened)).body)
        assert s.bot is not None
        replies = await s.bot.ledger.read(lambda c: c.exec_driver_sql("select reply from requests").scalars().all())
        assert [json.loads(one)["language"] for one in replies] == ["fr"]
        # Slack is asked once; the answer is kept for an hour.
        assert len(s.slack.calls("users.info", user=s.ada.id)) == 1


async def test_somebody_whose_language_slack_does_not_say_reads_the_default(tmp_path: Path) -> None:
    rules = {"SLACK_GUESTS": "yes", "SLACK_EXTERNAL_PEOPLE": "yes", "SLACK_OTHER_WORKSPACES": "yes"}
    async with stage(tmp_path, rules) as s:
        s.slack.faults.add("users.info", How.CUT, times=10**6)
        await s.slack.people.slash(s.ada, s.channel, "/imagine-help", "")
        assert (await s.whisper(s.ada)).text.startswith("What you can do")
        await s.imagine("a boat")
        await s.picture()


# ---- a slow day --------------------------------------------------------------------------------------------------------------------


def slow(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Slack takes its time to say who somebody is."""
    real = SlackWire.who

    async def who(wire: SlackWire, person: str) -> Who:
        await asyncio.sleep(seconds)
        return await real(wire, person)

    monkeypatch.setattr(SlackWire, "who", who)


async def test_a_first_command_is_taken_when_slack_is_slow_to_say_who_somebody_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow(monkeypatch, 1.1)
    async with stage(tmp_path) as s:
        command = await s.slack.people.slash(s.slack.ben, s.channel, "/imagine", "a cat")
        await s.picture()
        assert command.acked
        assert command.acked_at - command.sent_at < 3.0


async def test_a_command_that_only_reads_is_acknowledged_before_slack_says_who_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(monkeypatch, 3.5)
    async with stage(tmp_path) as s:
        command = await s.slack.people.slash(s.slack.ben, s.channel, "/imagine-help", "")
        await s.until(lambda: command.acked, what="an acknowledgement")
        assert command.acked_at - command.sent_at < 1.5
        await s.until(lambda: s.messages(None, s.slack.ben, "/imagine"), what="the help")


async def test_somebody_who_is_refused_later_reads_nothing_but_the_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(tmp_path) as s:
        eve = partner(s)
        for command in ("/imagine-help", "/imagine-status", "/imagine-show", "/imagine-settings", "/imagine"):
            before = len(s.messages(None, eve))
            await s.slack.people.slash(eve, s.channel, command, "")
            await s.until(lambda before=before: len(s.messages(None, eve)) > before, what="the sentence")
            assert "another organisation" in s.messages(None, eve)[-1].text, command
        assert s.slack.calls("views.open") == []
