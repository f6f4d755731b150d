"""kill -9 and a restart in every stage of a request and of a press: exactly one final answer, in the right place for the right people."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.platforms.faults import How
from tests.platforms.stage import png
from tests.slack.process import Process, process
from tests.slack.standin.world import Event, Message

pytestmark = pytest.mark.slow
YES = "It's fine, send them"


async def one_picture(p: Process) -> None:
    """A picture comes, and after another request has been answered there is still only that one of the first."""
    await p.until(lambda: p.pictures(p.channel), what="a picture")
    await p.imagine("a dog afterwards")
    await p.until(lambda: [one for one in p.pictures() if "a dog afterwards" in one.text], what="the next picture")
    assert len(p.pictures()) == 2, p.slack.describe()
    assert len([one for one in p.seen(p.channel) if not one.ephemeral]) == 2, p.slack.describe()


async def test_killed_with_the_first_post_on_its_way(tmp_path: Path) -> None:
    async with process(tmp_path) as p:
        p.slack.faults.add("chat.postMessage", How.STUCK)
        await p.imagine("a cat")
        await p.until(lambda: p.slack.calls("chat.postMessage"), what="the first post")
        await p.restart()
        await p.until(lambda: [one for one in p.seen(p.channel) if {"Retry", "Again"} & set(one.buttons)], what="an answer")
        assert len(p.seen(p.channel)) == 1


async def test_killed_when_the_first_post_was_taken_and_its_answer_not_yet_read(tmp_path: Path) -> None:
    async with process(tmp_path) as p:
        p.slack.faults.add("chat.postMessage", How.STUCK_AFTER)
        await p.imagine("sandbox:slow a cat")
        await p.until(lambda: p.seen(p.channel), what="the first post")
        await p.restart()
        await p.until(lambda: [one for one in p.seen(p.channel) if {"Retry", "Again"} & set(one.buttons)], what="an answer")
        assert len(p.seen(p.channel)) == 1, p.slack.describe()


async def test_killed_while_the_picture_is_made_asks_whether_to_start_again(tmp_path: Path) -> None:
    async with process(tmp_path) as p:
        await p.imagine("sandbox:hang a cat")
        await p.until(lambda: p.seen(p.channel))
        await p.calling()
        await p.restart()
        await p.until(lambda: [one for one in p.seen(p.channel) if "Retry" in one.buttons], what="the question")
        [message] = p.seen(p.channel)
        assert "interrupted" in message.text.lower()
        assert await p.generated() == 1


async def test_a_retry_after_a_kill_buys_one_picture_however_often_it_is_pressed(tmp_path: Path) -> None:
    async with process(tmp_path) as p:
        await p.imagine("sandbox:hang*1 a cat")
        await p.until(lambda: p.seen(p.channel))
        await p.calling()
        await p.restart()
        await p.until(lambda: [one for one in p.seen(p.channel) if "Retry" in one.buttons], what="Retry")
        [old] = p.seen(p.channel)
        window = Message(old.ts, old.channel, old.author, old.body)  # that is not brought up to date
        await p.slack.people.press(p.ada, old, "Retry")
        await p.until(lambda: p.pictures(p.channel), what="the picture")
        await p.until(lambda: "Retry" not in old.buttons, what="Retry gone from the old message")
        await p.restart()
        await p.slack.people.press(p.ada, window, "Retry")
        await p.until(lambda: [one for one in p.seen(p.channel) if one.ephemeral and "already worked" in one.text], what="a sentence")
        assert await p.generated() == 2
        assert len(p.pictures()) == 1
        assert "Retry" not in old.buttons


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal", "files.info"])
@pytest.mark.parametrize("how", [How.STUCK, How.STUCK_AFTER])
async def test_killed_around_every_step_of_the_upload(tmp_path: Path, method: str, how: How) -> None:
    async with process(tmp_path) as p:
        p.slack.faults.add(method, how)
        await p.imagine("a cat")
        await p.until(lambda: p.slack.calls(method), what="the upload")
        await p.restart()
        await one_picture(p)
        assert await p.generated() == 2


@pytest.mark.parametrize("how", [How.STUCK, How.STUCK_AFTER])
async def test_killed_around_the_final_edit(tmp_path: Path, how: How) -> None:
    async with process(tmp_path) as p:
        p.slack.faults.add("chat.update", how, with_pictures=True)
        await p.imagine("a cat")
        await p.until(lambda: [one for one in p.slack.calls("chat.update") if "slack_file" in str(one.args)], what="the final edit")
        await p.restart()
        await one_picture(p)


@pytest.mark.parametrize("how", [How.STUCK, How.STUCK_AFTER])
async def test_killed_around_the_direct_message_of_a_private_result(tmp_path: Path, how: How) -> None:
    async with process(tmp_path) as p:
        event = await p.imagine("")
        await p.until(lambda: event.opened, what="the form")
        p.slack.faults.add("chat.postMessage", how)
        await p.slack.people.submit(event, prompt="a surprise", private="true")
        direct = p.slack.world.dm(p.ada)
        await p.until(lambda: p.slack.calls("chat.postMessage"), what="the direct message")
        await p.restart()
        await p.until(lambda: [one for one in p.seen(direct) if {"Retry", "Again"} & set(one.buttons)], what="an answer")
        assert len(p.seen(direct)) == 1, p.slack.describe()
        assert p.seen(p.channel) == []


@pytest.mark.parametrize("how", [How.STUCK, How.STUCK_AFTER])
async def test_killed_around_an_answer_where_the_bot_is_no_member(tmp_path: Path, how: How) -> None:
    async with process(tmp_path) as p:
        p.slack.faults.add("respond", how, where=lambda args: args.get("response_type") == "in_channel")
        await p.imagine("a cat", p.slack.elsewhere)
        await p.until(lambda: [one for one in p.slack.calls("respond") if one.args.get("response_type") == "in_channel"], what="the answer")
        await p.restart()
        await p.until(lambda: p.pictures(p.slack.world.dm(p.ada)), what="the picture by direct message")
        # Whether the first one arrived cannot be found out: it is not said in the channel again, and the member gets it for certain.
        assert len(p.pictures(p.slack.elsewhere)) == (1 if how is How.STUCK_AFTER else 0)
        assert len(p.pictures(p.slack.world.dm(p.ada))) == 1


async def test_killed_while_waiting_in_the_queue(tmp_path: Path) -> None:
    async with process(tmp_path) as p:
        await p.imagine("sandbox:rate_limited*1 a cat")
        await p.calling()
        await p.until(lambda: [one for one in p.seen(p.channel) if "too many" in one.text.lower()], what="the reason to wait")
        await p.restart()
        await one_picture(p)


async def test_killed_between_a_press_and_its_acknowledgement_does_it_once_or_not_at_all(tmp_path: Path) -> None:
    async with process(tmp_path) as p:
        await p.imagine("a cat")
        await p.until(lambda: p.pictures())
        press = await p.slack.people.press(p.ada, p.pictures()[0], "Again")
        await p.kill()
        await p.start()
        if press.acked:
            await p.until(
                lambda: len([one for one in p.seen(p.channel) if {"Again", "Retry"} & set(one.buttons)]) == 2, what="a second answer"
            )
        else:
            await p.slack.people.press(p.ada, p.pictures()[0], "Again")
            await p.until(lambda: len(p.pictures()) >= 2, what="a second picture")


async def test_buttons_and_forms_work_after_a_kill(tmp_path: Path) -> None:
    async with process(tmp_path) as p:
        await p.imagine("a cat")
        await p.until(lambda: p.pictures())
        message = p.pictures()[0]
        opened = await p.slack.people.press(p.ada, message, "Edit prompt")
        await p.until(lambda: opened.opened)
        await p.restart()
        await p.slack.people.press(p.ada, message, "Again")
        await p.slack.people.submit(opened, prompt="a dog")
        await p.until(lambda: len(p.pictures()) == 3, what="two more pictures")


async def test_http_killed_between_events_loses_none_that_slack_sends_again(tmp_path: Path) -> None:
    async with process(tmp_path, mode="http") as p:
        p.slack.http.retry_delays = (0.5, 2.0, 10.0)
        await p.kill()
        mention: Event = await p.slack.people.mention(p.ada, p.channel, "a cat in a thread")
        await p.start()
        await p.until(lambda: p.pictures(p.channel), what="the picture")
        assert mention.deliveries > 1
        assert len(p.pictures()) == 1


async def test_sigterm_lets_what_runs_end_and_leaves(tmp_path: Path) -> None:
    async with process(tmp_path) as p:
        await p.imagine("sandbox:slow a cat")
        await p.calling()
        assert await p.end() == 0
        assert p.pictures()


async def test_no_token_and_no_prompt_is_ever_logged(tmp_path: Path) -> None:
    async with process(tmp_path, LOG_LEVEL="debug") as p:
        event = await p.imagine("a canary in a coal mine")
        await p.until(lambda: p.pictures())
        await p.slack.people.press(p.ada, p.pictures()[0], "Again")
        await p.until(lambda: len(p.pictures()) == 2)
        p.slack.faults.add("chat.update", How.CUT)
        await p.imagine("another canary", p.slack.elsewhere)
        await p.until(lambda: p.pictures(p.slack.elsewhere))
        await p.end()
        output = "\n".join(p.output)
        assert len(p.output) > 3
        secrets = (p.slack.workspace.token, p.slack.world.app_token, p.slack.world.signing_secret, event.payload["response_url"])
        for secret in (*secrets, event.payload["trigger_id"], "canary", "sandbox-key-of-the-tests"):
            assert secret not in output


async def test_a_wrong_token_ends_the_start_with_one_sentence(tmp_path: Path) -> None:
    async with process(tmp_path, run=False, SLACK_BOT_TOKEN="xoxb-wrong-token-value") as p:
        await p.start(ready=False)
        assert await p.ended() != 0
        plain = [line for line in p.output if not line.startswith("{")]
        assert [line for line in plain if "SLACK_BOT_TOKEN" in line]
        assert "Traceback" not in "\n".join(p.output)
        assert "wrong-token-value" not in "\n".join(p.output)


async def test_killed_after_the_acknowledgement_of_a_form_with_a_picture(tmp_path: Path) -> None:
    async with process(tmp_path) as p:
        opened = await p.imagine("")
        await p.until(lambda: opened.opened is not None and opened.opened.body.get("submit"), what="the form")
        p.slack.files.stuck = asyncio.Event()
        await p.slack.people.submit(opened, prompt="in snow", pictures=[p.slack.files.upload(p.ada, "cat.png", png())])
        await p.until(lambda: p.slack.files.downloads, what="the download")
        await p.kill()
        p.slack.files.stuck = None
        await p.start()
        await p.until(lambda: [one for one in p.seen() if YES in one.buttons], what="the question about the picture")
        await p.slack.people.press(p.ada, next(one for one in p.seen() if YES in one.buttons), YES)
        await p.until(p.pictures, what="a picture")
        assert await p.generated() == 1
        assert len(p.pictures()) == 1
