"""Each refusal of a channel has a sentence of its own, in the chat and in the log; nothing that is shown once becomes untrue."""

from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from adapters.slack.callers import as_typed
from adapters.slack.errors import SAME_SENTENCE, why_not
from adapters.slack.escape import unescape_event
from bot.texts import text
from tests.slack.stage import stage
from tests.slack.test_places import elsewhere

CODES = {
    "not_in_channel": "not in the channel",
    "channel_not_found": "can't see the channel",
    "is_archived": "archived",
    "restricted_action": "Only some people can post",
    "restricted_action_read_only_channel": "Only some people can post",
    "restricted_action_thread_only_channel": "only allows posts in threads",
    "restricted_action_non_threadable_channel": "doesn't allow threads",
    "restricted_action_thread_locked": "locked",
    "thread_not_found": "thread is gone",
    "posting_to_general_channel_denied": "general channel",
    "ekm_access_denied": "encrypted messages",
    "team_access_not_granted": "approved",
    "msg_too_long": "too long",
    "access_denied": "administrator",
    "missing_scope": "lacks a permission",
    "method_not_supported_for_channel_type": "this kind of conversation",
    "a_code_of_tomorrow": "a_code_of_tomorrow",
}


@pytest.mark.parametrize(("code", "words"), CODES.items())
async def test_the_sentence_in_the_channel_is_about_that_refusal(tmp_path: Path, code: str, words: str) -> None:
    async with stage(tmp_path) as s:
        s.slack.faults.refuse("chat.postMessage", code, times=10**6, where=lambda args: args.get("channel") == s.channel.id)
        with capture_logs() as logs:
            await s.imagine("a cat")
            message = await s.picture()
        assert words in message.text
        assert ("/invite" in message.text) == (code in ("not_in_channel", "channel_not_found"))
        told = [one for one in logs if one["event"] == "slack_channel_refused"]
        assert [one["code"] for one in told] == [code]
        assert words in told[0]["what_to_do"]


def test_codes_that_mean_the_same_have_a_sentence() -> None:
    for code, same in SAME_SENTENCE.items():
        assert why_not(code, "imagine") == text(f"slack.refused.{same}", name="imagine")


async def test_what_is_said_once_never_speaks_of_waiting(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await elsewhere(s)
        await s.picture(s.slack.elsewhere)
        await s.settled()
        told = s.messages(s.slack.elsewhere)
        assert not [one for one in told if "Waiting" in one.text or "Drawing" in one.text or "in line" in one.text]


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("call <tel:+493012345|030 12345>", "call 030 12345"),
        ("call <tel:+493012345>", "call +493012345"),
        ("<mailto:ann@example.com|ann@example.com>", "ann@example.com"),
        ("<mailto:ann@example.com|Ann>", "Ann"),
        ("<mailto:ann@example.com>", "ann@example.com"),
        ("a sign of <http://example.com|example.com>", "a sign of example.com"),
        ("a sign of <https://example.com/long|our site>", "a sign of our site"),
        ("<https://example.com|https://elsewhere.example>", "https://example.com"),
        ("in <#C0123ABC|general>", "in #general"),
        ("for <@U0123ABC|ada>", "for @ada"),
        ("for <!subteam^S0123|@artists>", "for @artists"),
        ("a < b > c", "a < b > c"),
        ("<b>bold</b>", "<b>bold</b>"),
        ("<tel:5>", "<tel:5>"),
    ],
)
def test_labels_of_slack_become_what_was_typed_in_commands(sent: str, typed: str) -> None:
    if (
        sent in ("call <tel:+493012345>", "<mailto:ann@example.com>", "<tel:5>")
        or "http" in sent
        or "<@" in sent
        or "<#" in sent
        or "<!" in sent
    ):  # in a command these may have been typed so
        assert unescape_event(sent, "UBOT") == typed.replace("<tel:5>", "5")
    else:
        assert as_typed(sent) == typed


async def test_channels_and_people_in_a_mention_are_drawn_by_their_names(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        words = f"<@{s.workspace.bot.id}> for <#{s.channel.id}> and <#{s.slack.elsewhere.id}|> by <@{s.slack.ben.id}>"
        await s.slack.people._typed("app_mention", s.ada, s.channel, words, None, ())
        await s.picture()
        [call] = s.service.calls
        assert call.prompt == f"for #{s.channel.name} and #{s.slack.elsewhere.name} by @ben"
