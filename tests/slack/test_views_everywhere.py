"""What people typed is shown as typed through the whole bot, by command, form and mention: nobody is pinged, nothing unfurls.

The stage itself fails when anything that the bot sent would ping somebody, unfurl a link, or break a limit of Slack's.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.slack.stage import Stage, stage
from tests.slack.standin.world import Event, Message
from tests.world import BAD_KEY, BLOCK, bad

AWKWARD = {
    "mentions": "<!channel> <!here> <@U0000ADA> <@U0000BEN|ben> <#C0000001|general> <!subteam^S012345|@team> @channel",
    "entities": "a & b &amp; c &lt;!channel&gt; d < e > f",
    "links": "https://example.com/?a=1&b=2 and <https://evil.example|https://good.example> and example.com",
    "marks": "*bold* _italic_ ~gone~ `code` snake_case_name 3*4*5 [text](https://example.com)",
    "quote": "> quoted\n>>> more\nand on",
    "emoji": "a :cat: and :tada: at 10:30:45 :) 👩‍👩‍👧‍👦 🏳️‍🌈",
    "right to left": "שלום עולם مرحبا بالعالم with English",
    "lines": "first line\n\n\nthe image service says:\nthird line",
}
WAYS = ("command", "escaped command", "form", "mention", "mention in a thread")


async def ask(s: Stage, route: str, words: str) -> Event:
    people = s.slack.people
    match route:
        case "form":
            opened = await s.imagine("")
            await s.form(opened)
            return await people.submit(opened, prompt=words)
        case "mention":
            return await people.mention(s.ada, s.channel, words)
        case "mention in a thread":
            root = await people.say(s.ada, s.channel, "let us draw here")
            return await people.mention(s.ada, s.channel, words, thread=root.source)
    people.escapes_commands = route == "escaped command"
    return await s.imagine(words)


def as_typed(message: Message, words: str) -> None:
    assert words in message.text
    assert message.history


@pytest.mark.parametrize("route", WAYS)
@pytest.mark.parametrize("kind", AWKWARD)
async def test_awkward_words_are_drawn_and_shown_as_typed(tmp_path: Path, route: str, kind: str) -> None:
    words = AWKWARD[kind]
    if route == "command" and ("&lt;" in words or "&amp;" in words):
        pytest.skip("typed entities look the same in a command whose text Slack does not escape")
    async with stage(tmp_path) as s:
        await ask(s, route, words)
        message = await s.picture()
        assert [call.prompt for call in s.service.calls] == [words]
        as_typed(message, words)
        [(_, alt)] = message.pictures
        assert " ".join(words.split())[:20] in alt.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        edited = await s.press(s.ada, message, "Edit prompt")
        await s.form(edited)
        again = await s.slack.people.submit(edited)
        await s.until(lambda: again.acked, what="an accepted form")
        await s.until(lambda: len(s.service.calls) == 2, what="the same words again")
        assert s.service.calls[1].prompt == words


@pytest.mark.parametrize("route", ["form", "mention"])
@pytest.mark.parametrize("words", [("a red bicycle " * 215)[:3000].strip(), "字" * 3000, "x" * 3000], ids=["words", "scripts", "one word"])
async def test_three_thousand_characters_are_shown_whole_while_drawing_and_afterwards(tmp_path: Path, route: str, words: str) -> None:
    async with stage(tmp_path) as s:
        await ask(s, route, words)
        message = await s.picture()
        as_typed(message, words)
        assert s.service.calls[0].prompt == words
        assert len(message.raw) <= 3500


async def test_three_thousand_characters_that_all_need_escaping_are_shown_as_far_as_slack_takes_them(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await ask(s, "form", "<&>" * 1000)
        message = await s.picture()
        assert s.service.calls[0].prompt == "<&>" * 1000
        assert "<&>" * 400 in message.text.replace("\n", "")


async def test_direction_marks_and_zero_width_characters_do_not_reach_out_of_the_quotation(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await ask(s, "form", "left \u202egnihsihp\u202c zero\u200bwidth \u2066isolate")
        message = await s.picture()
        assert not set(message.text + message.raw) & set("\u202e\u202c\u200b\u2066")
        assert "zerowidth" in message.text


@pytest.mark.parametrize("kind", AWKWARD)
async def test_a_failure_and_a_private_answer_quote_as_typed_too(tmp_path: Path, kind: str) -> None:
    words = AWKWARD[kind]
    async with stage(tmp_path) as s:
        s.service.script.append(bad(BAD_KEY))
        await ask(s, "form", words)
        as_typed(await s.message("No picture this time", s.channel), words)
        opened = await s.imagine("")
        await s.form(opened)
        await s.slack.people.submit(opened, prompt=words, private="true")
        as_typed(await s.picture(s.slack.world.dm(s.ada)), words)


@pytest.mark.parametrize("kind", AWKWARD)
async def test_a_blocked_prompt_a_rewrite_and_a_comment_are_shown_as_typed_to_whom_they_are_for(tmp_path: Path, kind: str) -> None:
    words = AWKWARD[kind]
    async with stage(tmp_path) as s:
        mods, mona = s.slack.mods, s.slack.mona
        s.service.script.append(bad(BLOCK))
        await ask(s, "form", words)
        await s.until(lambda: [one for one in s.messages(mods, mona) if "Claim" in one.buttons], what="a card")
        card = s.messages(mods, mona)[-1]
        assert words not in card.text
        prompt = await s.press(mona, card, "Show prompt")
        await s.until(lambda: prompt.opened is not None and words in prompt.opened.text, what="the prompt as typed")
        await s.press(mona, card, "Claim")
        await s.until(lambda: "Suggest a rewrite" in card.buttons, what="a claimed card")
        comment = await s.press(mona, card, "Comment")
        await s.form(comment)
        await s.slack.people.submit(comment, note=words)
        await s.until(lambda: words.split("\n")[0] in card.text, what="the comment on the card")
        rewrite = await s.press(mona, card, "Suggest a rewrite")
        await s.form(rewrite)
        await s.slack.people.submit(rewrite, prompt=f"{words} gently")
        offer = await s.message("suggests a different wording", s.slack.world.dm(s.ada))
        # The line that leads to the request may hold the wording, too, where it is short.
        assert f"Your wording\n{words}\n" in offer.text
        assert f"Suggested by mona\n{words} gently" in offer.text


@pytest.mark.parametrize("name", ["<!channel>", "*Ada* & :cat:", "Ada <@U0000BEN>", "שרה"])
async def test_names_are_shown_as_they_are_and_ping_nobody(tmp_path: Path, name: str) -> None:
    async with stage(tmp_path) as s:
        s.ada.name = name
        await ask(s, "mention", "a red bicycle")
        message = await s.picture()
        assert s.ada.username in message.text
