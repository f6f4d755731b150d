"""Who did what where, read from Slack's payloads, and who of them is let in: payload in, record or sentence out.

The real bolt stands behind tests/slack; here is the reading alone, fast enough for a mutation run.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.kit.payload import parsed_words
from adapters.slack.admission import WITHIN, Admission
from adapters.slack.callers import Caller, as_typed, metadata, of_command, of_form, of_mention, of_press
from adapters.slack.errors import why_not
from adapters.slack.settings import AdmissionRules
from adapters.slack.wire import Who
from bot.chat.views import ActionName
from bot.texts import text

COMMAND = {
    "trigger_id": "t1",
    "team_id": "T0",
    "enterprise_id": "E0",
    "channel_id": "C0",
    "user_id": "U0",
    "user_name": "ada",
    "response_url": "https://there",
}
PRESS: dict[str, Any] = {
    "trigger_id": "t1",
    "team": {"id": "T0"},
    "channel": {"id": "C0"},
    "user": {"id": "U0", "team_id": "T9", "username": "ada", "name": "Ada L."},
    "message": {"ts": "1.2", "thread_ts": "1.1"},
    "container": {"channel_id": "C7", "message_ts": "7.2", "thread_ts": "7.1"},
    "response_url": "https://there",
}
FORM: dict[str, Any] = {
    "trigger_id": "t1",
    "team": {"id": "T0"},
    "user": {"id": "U0", "team_id": "T9", "name": "ada"},
    "view": {"id": "V0", "private_metadata": '{"channel":"C0","thread":"1.1","url":"https://there"}'},
}
MENTION: dict[str, Any] = {
    "team_id": "T0",
    "event": {"team": "T5", "channel": "C0", "user": "U0", "ts": "1.2", "thread_ts": "1.1", "user_team": "T9", "source_team": "T8"},
}


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in names}


def test_a_command() -> None:
    there = Caller("slack:command:t1", "T0", "C0", "U0", "ada", url="https://there", trigger="t1")
    assert of_command(COMMAND) == there
    assert of_command({**COMMAND, "user_name": "n" * 99}).name == "n" * 80
    assert of_command(without(COMMAND, "team_id")).community == "E0"


def test_a_press_names_its_message_and_falls_back_on_the_container() -> None:
    there = Caller("slack:press:t1", "T0", "C0", "U0", "ada", thread="1.1", url="https://there", trigger="t1", message="1.2", origin="T9")
    assert of_press(PRESS) == there
    bare = of_press(without(PRESS, "message", "channel"))
    assert (bare.channel, bare.thread, bare.message) == ("C7", "7.1", "7.2")
    assert of_press({**without(PRESS, "message"), "container": {}}).thread is None
    assert of_press(without(PRESS, "team")).community == "T9"
    assert of_press({**without(PRESS, "team"), "user": {"id": "U0"}, "enterprise": {"id": "E0"}}).community == "E0"
    assert of_press({**PRESS, "user": {"id": "U0", "name": "m" * 99}}).name == "m" * 80


@pytest.mark.parametrize(("said", "alone"), [(True, True), (False, False), ("yes", False), (1, False), (None, False)])
def test_only_a_plain_yes_makes_a_message_ephemeral(said: object, alone: bool) -> None:
    assert of_press({**PRESS, "container": {"is_ephemeral": said}}).ephemeral is alone


def test_a_form_knows_where_it_was_opened() -> None:
    assert of_form(FORM) == Caller("slack:form:t1", "T0", "C0", "U0", "ada", thread="1.1", url="https://there", trigger="t1", origin="T9")
    lost = of_form({**FORM, "view": {"id": "V0"}})
    assert (lost.channel, lost.thread, lost.url) == ("", None, "")


def test_a_mention_is_known_by_its_message() -> None:
    assert of_mention(MENTION) == Caller("slack:mention:T0:C0:1.2", "T0", "C0", "U0", "", thread="1.1", message="1.2", origin="T9")
    event = MENTION["event"]
    assert of_mention({**MENTION, "event": without(event, "thread_ts")}).thread == "1.2"
    assert of_mention({**MENTION, "event": without(event, "thread_ts", "ts")}).thread is None
    assert of_mention({**MENTION, "event": without(event, "user_team")}).origin == "T8"
    assert of_mention(without(MENTION, "team_id")).community == "T5"


@pytest.mark.parametrize("of", [of_command, of_press, of_form, of_mention])
@pytest.mark.parametrize("odd", [None, 7, [], "x", {"id": 7, "ts": 7, "private_metadata": 7}])
def test_odd_payloads_name_nobody(of: Any, odd: Any) -> None:
    body = dict.fromkeys([*COMMAND, *PRESS, *FORM, *MENTION], odd if not isinstance(odd, str) else None)
    found = of(body)
    assert (found.person, found.community, found.channel, found.name, found.origin, found.ephemeral) == ("", "", "", "", "", False)


def test_a_payload_without_a_trigger_is_known_by_its_content() -> None:
    first, same = of_form(without(FORM, "trigger_id")).key, of_form(dict(reversed(without(FORM, "trigger_id").items()))).key
    other = of_form({**without(FORM, "trigger_id"), "user": {"id": "U1"}}).key
    assert first == same != other
    assert first.startswith("slack:form:V0:")
    assert len(first) == len("slack:form:V0:") + 40
    assert len(of_command({**COMMAND, "trigger_id": "t" * 300}).key) == 200


def test_where_a_form_was_opened_survives_its_journey_and_nothing_else_does() -> None:
    there = of_form(FORM)
    assert parsed_words(metadata(there)) == {"channel": "C0", "thread": "1.1", "url": "https://there"}
    assert metadata(Caller("k", "T0", "C0", "U0", "ada")) == '{"channel":"C0"}'
    assert len(metadata(Caller("k", "T0", "C0", "U0", "ada", url="u" * 4000))) == 3000
    for odd in ("", "{", "[]", "7", "null"):
        assert parsed_words(odd) == {}
    assert parsed_words('{"channel":7}') == {"channel": "7"}


def test_direct_messages_and_threads() -> None:
    assert Caller("k", "T0", "D1", "U0", "").in_direct
    assert not Caller("k", "T0", "C1D", "U0", "").in_direct
    assert Caller("k", "T0", "C1", "U0", "", thread="1", message="1").ephemeral_thread is None
    assert Caller("k", "T0", "C1", "U0", "", thread="1", message="2").ephemeral_thread == "1"


def test_what_the_core_hears_of_a_caller() -> None:
    caller = Caller("k", "T0", "D1", "U0", "ada", thread="1.1")
    act = caller.act(ActionName.SHOW, "row", {"a": "b"}, {"c": "d"})
    assert (act.event_key, act.person, act.person_name, act.platform, act.community, act.channel) == ("k", "U0", "ada", "slack", "T0", "D1")
    assert (act.action, act.row, act.values, act.reply, act.direct) == (ActionName.SHOW, "row", {"a": "b"}, {"c": "d"}, True)
    place = caller.place({"c": "d"})
    assert (place.platform, place.community, place.channel, place.thread, place.reply) == ("slack", "T0", "D1", "1.1", {"c": "d"})
    assert (caller.who().id, caller.who().name) == ("U0", "ada")
    visitor = caller.visitor
    assert (visitor.platform, visitor.community, visitor.channel, visitor.person, visitor.person_name) == ("slack", "T0", "D1", "U0", "ada")


@pytest.mark.parametrize(
    ("sent", "typed"),
    [("a &amp; b", "a & b"), ("&lt;b&gt;", "<b>"), ("a & b &amp; c", "a & b &amp; c"), ("a < b &lt;", "a < b &lt;"), ("&amp;lt;", "&lt;")],
)
def test_a_commands_text_as_it_was_typed(sent: str, typed: str) -> None:
    assert as_typed(sent) == typed


# ---- who is let in -------------------------------------------------------------------------------------------------------------


async def sentence(caller: Caller, who: Who | None, rules: AdmissionRules) -> tuple[str | None, list[tuple[str, float]]]:
    asked: list[tuple[str, float]] = []

    async def ask(person: str, within: float) -> Who | None:
        asked.append((person, within))
        return who

    return (await Admission(rules, "T0", "E0", ask).check(caller))[1], asked


CALLER = Caller("k", "T0", "C1", "U0", "ada")


async def test_the_person_is_asked_for_in_time_and_the_refusal_is_said() -> None:
    assert await sentence(CALLER, Who("ada", "T0", False), AdmissionRules()) == (None, [("U0", WITHIN)])
    outside = Who("eve", "T9", False, stranger=True)
    assert (await sentence(CALLER, outside, AdmissionRules()))[0] == text("slack.admission.external")
    assert (await sentence(CALLER, outside, AdmissionRules(workspaces=frozenset({"T9"}))))[0] is None
    assert (await sentence(CALLER, outside, AdmissionRules(workspaces=frozenset({"T0"}))))[0] == text("slack.not_here")
    sister = Who("sia", "T1", False, enterprise="E0")
    assert (await sentence(CALLER, sister, AdmissionRules(external=True)))[0] == text("slack.admission.sibling")


async def test_nobody_named_and_nothing_said_is_a_no() -> None:
    nobody = Caller("k", "T0", "C1", "", "")
    assert await sentence(nobody, Who("ada", "T0", False), AdmissionRules()) == (text("slack.admission.unknown"), [])
    assert (await sentence(CALLER, None, AdmissionRules(guests=True, siblings=True)))[0] == text("slack.admission.unknown")
    assert (await sentence(CALLER, None, AdmissionRules(guests=True, external=True)))[0] == text("slack.admission.unknown")
    assert (await sentence(CALLER, None, AdmissionRules(siblings=True, external=True)))[0] == text("slack.admission.unknown")
    everybody = AdmissionRules(guests=True, siblings=True, external=True)
    assert (await sentence(CALLER, None, everybody))[0] is None
    named = AdmissionRules(guests=True, siblings=True, external=True, workspaces=frozenset({"T0"}))
    assert (await sentence(CALLER, None, named))[0] == text("slack.admission.unknown")


async def test_home_is_not_opened_to_guests_by_naming_it() -> None:
    guest = Who("gus", "T0", False, guest=True)
    assert (await sentence(CALLER, guest, AdmissionRules(workspaces=frozenset({"T0"}))))[0] == text("slack.admission.guest")


async def test_a_member_of_several_workspaces_counts_as_one_of_ours() -> None:
    both = Who("wim", "T1", False, teams=frozenset({"T0", "T1"}), enterprise="E0")
    for one in (both, dataclasses.replace(both, guest=True)):
        home = AdmissionRules(guests=True, workspaces=frozenset({"T0"}))
        elsewhere = AdmissionRules(guests=True, workspaces=frozenset({"T1"}))
        assert (await sentence(CALLER, one, home))[0] is None
        assert (await sentence(CALLER, one, elsewhere))[0] == text("slack.not_here")


async def test_the_log_names_the_workspace_of_somebody_refused() -> None:
    with capture_logs() as logs:
        await sentence(CALLER, Who("eve", "T9", False), AdmissionRules())
        await sentence(CALLER, None, AdmissionRules())
    assert [(one["membership"], one["workspace"]) for one in logs] == [("external", "T9"), ("unknown", "")]


async def test_outside_an_organisation_nobody_is_a_sibling() -> None:
    async def ask(person: str, within: float) -> Who:
        return Who("eve", "T9", False)

    assert await Admission(AdmissionRules(siblings=True), "T0", "", ask).check(CALLER) == (CALLER, text("slack.admission.external"))


# ---- where posting is refused --------------------------------------------------------------------------------------------------


def test_codes_that_mean_the_same_have_one_sentence_and_unknown_ones_are_named() -> None:
    assert why_not("is_inactive", "Bot") == why_not("is_archived:more", "Bot") == text("slack.refused.is_archived", name="Bot")
    assert why_not("a_code_of_tomorrow", "Bot") == text("slack.refused.other", code="a_code_of_tomorrow")
    assert why_not("x" * 60, "Bot") == text("slack.refused.other", code="x" * 40)
    assert why_not("", "Bot") == text("slack.refused.other", code="unknown")
    assert why_not("?", "Bot") == text("slack.refused.other", code="?")
    assert why_not("other", "Bot") == text("slack.refused.other", code="other")
