"""Pictures reach Slack and are ready before a message shows them; with the real slack_sdk over the stand-in, on a clock of our own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import uploads as module
from adapters.slack.errors import BackOff, ErrorClass, UploadFailed, classify_error
from adapters.slack.image_fitting import FittedImage
from adapters.slack.uploads import NotReady, NotShared, Uploads
from adapters.slack.wire import SlackWire
from bot.ports import SystemPorts
from tests.platforms.faults import How
from tests.slack.standin.server import StandIn
from tests.slack.standin.world import File

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@dataclass
class Clock(SystemPorts):
    """Time passes only while somebody waits."""

    time: float = 1000.0
    waits: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)


@dataclass
class Studio:
    slack: StandIn
    clock: Clock
    uploads: Uploads

    @property
    def files(self) -> list[File]:
        return list(self.slack.world.files.values())

    @property
    def kept(self) -> list[File]:
        """What is still at Slack."""
        return [one for one in self.files if one.completed_at is not None and not one.deleted]


@contextlib.asynccontextmanager
async def studio(**options: Any) -> AsyncIterator[Studio]:
    async with StandIn(**options) as slack, aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5.0)) as session:
        slack.world.processing_seconds = 0.0
        clock = Clock()
        client = AsyncWebClient(slack.workspace.token, base_url=f"{slack.base}/api/", session=session, retry_handlers=[])
        uploads = Uploads(SlackWire(client, session), clock, clock.sleep)
        yield Studio(slack, clock, uploads)
        await uploads.close()
        assert slack.violations == []


def picture(number: int = 1) -> FittedImage:
    return FittedImage(f"{number:064x}", f"picture-{number}.png", "a red bicycle", PNG + bytes([number]))


async def error_class(call: Any) -> ErrorClass:
    with pytest.raises(Exception) as raised:
        await call
    classified = classify_error(raised.value)
    assert classified is not None, repr(raised.value)
    return classified.error_class


# ---- ready for a message -----------------------------------------------------------------------------------------------------


async def test_a_picture_is_uploaded_without_a_channel_and_without_words() -> None:
    async with studio() as on:
        file = await on.uploads.ready("m1", picture())
        [found] = on.files
        assert (found.id, found.content, found.processed) == (file, picture().content, True)
        assert (found.alt_txt, found.comment, found.target) == ("", "", None)
        assert not {"channel_id", "channels"} & set(on.slack.calls("files.completeUploadExternal")[0].args)


async def test_looks_come_less_and_less_often_until_the_file_is_ready() -> None:
    async with studio() as on:
        on.slack.world.processing_polls = 5
        await on.uploads.ready("m1", picture())
        assert on.clock.waits == [0.3, 0.6, 1.2, 2.4, 2.4, 2.4]


async def test_a_file_that_is_ready_at_once_is_not_looked_at() -> None:
    async with studio() as on:
        done = {"ok": True, "files": [{"id": "F0000010000", "mimetype": "image/png"}]}
        on.slack.faults.add("files.completeUploadExternal", How.DONE_BUT, status=200, body=done)
        on.slack.world.new_id = lambda prefix: "F0000010000"  # type: ignore[method-assign]
        assert await on.uploads.ready("m1", picture()) == "F0000010000"
        assert on.slack.calls("files.info") == []


async def test_a_file_that_is_never_ready_is_given_up_and_deleted() -> None:
    async with studio() as on:
        on.slack.world.never_processed = True
        with pytest.raises(NotReady):
            await on.uploads.ready("m1", picture())
        assert module.DEADLINE - 2.4 <= on.clock.time - 1000.0 <= module.DEADLINE
        assert on.kept == []


async def test_a_repeated_send_does_not_upload_again() -> None:
    async with studio() as on:
        first = await on.uploads.ready("m1", picture())
        assert await on.uploads.ready("m1", picture()) == first
        assert len(on.files) == 1


async def test_another_message_gets_another_file_of_the_same_picture() -> None:
    async with studio() as on:
        assert await on.uploads.ready("public", picture()) != await on.uploads.ready("private", picture())
        assert len(on.files) == 2


async def test_a_picture_that_is_wanted_twice_at_once_is_uploaded_once() -> None:
    async with studio() as on:
        found = await asyncio.gather(*(on.uploads.ready("m1", picture(number)) for number in (1, 2, 1)))
        assert found[0] == found[2] != found[1]
        assert len(on.files) == 2


async def test_an_upload_goes_on_when_nobody_waits_any_more() -> None:
    async with studio() as on:
        task = asyncio.create_task(on.uploads.ready("m1", picture()))
        await on.slack.until(lambda: on.slack.calls("files.getUploadURLExternal"))
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await on.slack.until(lambda: on.kept and on.kept[0].processed)
        assert await on.uploads.ready("m1", picture()) == on.kept[0].id
        assert len(on.files) == 1


async def test_what_is_remembered_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CACHE_SIZE", 2)
    async with studio() as on:
        for number in (1, 2, 3):
            await on.uploads.ready("m1", picture(number))
        await on.uploads.ready("m1", picture(3))
        assert len(on.files) == 3
        await on.uploads.ready("m1", picture(1))
        assert len(on.files) == 4


# ---- when Slack stumbles -----------------------------------------------------------------------------------------------------

STEPS = ("files.getUploadURLExternal", "upload", "files.completeUploadExternal")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("how", [How.ANSWER, How.LOST, How.CUT, How.DONE_BUT])
async def test_a_lost_step_begins_once_more_with_another_file(step: str, how: How) -> None:
    async with studio() as on:
        on.slack.faults.add(step, how, status=503)
        file = await on.uploads.ready("m1", picture())
        assert [one.id for one in on.kept] == [file]
        assert len(on.slack.calls(step)) == 2


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_that_is_lost_twice_is_told(step: str) -> None:
    async with studio() as on:
        on.slack.faults.add(step, status=502, times=9)
        assert await error_class(on.uploads.ready("m1", picture())) is ErrorClass.LOST
        assert len(on.slack.calls(step)) == 2
        assert on.kept == []


async def test_an_upload_host_that_is_down_for_long_does_not_hold_up_the_answer_for_ever() -> None:
    async with studio() as on:
        on.slack.faults.add("upload", status=503, times=1000)
        assert await error_class(on.uploads.ready("m1", picture())) is ErrorClass.LOST
        on.clock.time += module.OUTAGE - 10.0
        assert await error_class(on.uploads.ready("m1", picture())) is ErrorClass.LOST
        on.clock.time += 11.0
        with pytest.raises(NotReady):
            await on.uploads.ready("m1", picture())
        assert await error_class(on.uploads.ready("m2", picture())) is ErrorClass.LOST
        on.slack.faults.clear()
        await on.uploads.ready("m1", picture())


@pytest.mark.parametrize("step", STEPS)
async def test_a_limited_step_is_left_to_the_caller(step: str) -> None:
    async with studio() as on:
        on.slack.faults.ratelimited(step, 7)
        with pytest.raises((SlackApiError, UploadFailed)) as raised:
            await on.uploads.ready("m1", picture())
        classified = classify_error(raised.value)
        assert classified is not None
        assert (classified.error_class, classified.wait) == (ErrorClass.WAIT, 7.0)
        assert len(on.slack.calls(step)) == 1


async def test_a_limited_method_is_not_called_before_its_time() -> None:
    async with studio() as on:
        on.slack.faults.ratelimited("files.getUploadURLExternal", 7)
        assert await error_class(on.uploads.ready("m1", picture())) is ErrorClass.WAIT
        before = on.clock.time
        await on.uploads.ready("m2", picture())
        assert on.clock.time - before >= 7.0
        on.slack.faults.ratelimited("files.getUploadURLExternal", 200)
        assert await error_class(on.uploads.ready("m3", picture())) is ErrorClass.WAIT
        calls = len(on.slack.calls("files.getUploadURLExternal"))
        assert await error_class(on.uploads.ready("m4", picture())) is ErrorClass.WAIT
        assert len(on.slack.calls("files.getUploadURLExternal")) == calls


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429, "headers": {"Retry-After": "2"}}, {"how": How.LOST}, {"how": How.CUT}])
async def test_a_look_that_fails_is_only_a_look(fault: dict[str, Any]) -> None:
    async with studio() as on:
        on.slack.faults.add("files.info", times=2, **fault)
        await on.uploads.ready("m1", picture())
        assert len(on.files) == 1


async def test_a_file_that_is_not_known_everywhere_yet_is_waited_for() -> None:
    async with studio() as on:
        on.slack.faults.refuse("files.info", "file_not_found", times=3)
        assert await on.uploads.ready("m1", picture()) == on.files[0].id


@pytest.mark.parametrize(("step", "code"), [("files.getUploadURLExternal", "token_revoked"), ("files.info", "token_revoked")])
async def test_a_refused_token_is_told_at_once(step: str, code: str) -> None:
    async with studio() as on:
        on.slack.faults.refuse(step, code)
        assert await error_class(on.uploads.ready("m1", picture())) is ErrorClass.UNAUTHORISED
        assert len(on.slack.calls(step)) == 1


@pytest.mark.parametrize("url", ["http://169.254.169.254/", "file:///etc/passwd", 5, None])
async def test_bytes_go_to_no_address_that_is_not_slacks(url: object) -> None:
    async with studio() as on:
        on.slack.faults.add(STEPS[0], How.DONE_BUT, status=200, body={"ok": True, "upload_url": url, "file_id": "F1"})
        assert await error_class(on.uploads.ready("m1", picture())) is ErrorClass.INVALID
        assert on.slack.calls("upload") == []


# ---- within Slack's limits ---------------------------------------------------------------------------------------------------


async def test_many_pictures_stay_below_the_limits() -> None:
    async with studio() as on:
        times: list[float] = []
        send = on.uploads.wire.client.files_getUploadURLExternal

        async def noting(**asked: Any) -> Any:
            times.append(on.clock.time)
            return await send(**asked)

        on.uploads.wire.client.files_getUploadURLExternal = noting  # type: ignore[method-assign, assignment]
        for number in range(120):
            try:
                await on.uploads.ready("m1", picture(number))
            except BackOff as full:
                on.clock.time += full.wait
                await on.uploads.ready("m1", picture(number))
        assert len(times) == 120
        most = max(sum(first <= one < first + 59.999 for one in times) for first in times)
        assert most <= 100


async def test_a_queue_of_our_own_is_not_held_against_a_file() -> None:
    async with studio() as on:
        for _ in range(module.CALLS.count):
            await on.uploads._turn(module.LOOK)
        on.slack.world.processing_polls = 3
        file = await on.uploads.ready("m1", picture())
        assert on.clock.time - 1000.0 > module.DEADLINE
        assert [one.id for one in on.kept] == [file]


# ---- shared beside the message -----------------------------------------------------------------------------------------------


async def test_shared_files_appear_in_the_thread_for_everybody() -> None:
    async with studio() as on:
        first = on.slack.messages.add(on.slack.channel, on.slack.ada, {"text": "hello"}, route="typed")
        files = await on.uploads.share([picture(1), picture(2)], on.slack.channel.id, first.ts)
        shared = [one for one in on.slack.visible(on.slack.ben) if one.route == "share"]
        assert [one.files[0].id for one in shared] == files
        assert {one.thread_ts for one in shared} == {first.ts}
        assert len(on.slack.calls("files.completeUploadExternal")) == 1


async def test_shared_files_are_never_those_of_another_message() -> None:
    async with studio() as on:
        before = await on.uploads.ready("m1", picture())
        assert before not in await on.uploads.share([picture()], on.slack.channel.id)


async def test_files_that_do_not_appear_are_deleted_and_told() -> None:
    async with studio() as on:
        on.slack.world.never_shared = True
        with pytest.raises(NotShared):
            await on.uploads.share([picture(1), picture(2)], on.slack.channel.id)
        assert on.kept == []
        assert on.clock.time - 1000.0 <= module.DEADLINE + 1.0


@pytest.mark.parametrize("how", [How.LOST, How.DONE_BUT])
async def test_a_lost_answer_to_sharing_shares_nothing_twice(how: How) -> None:
    async with studio() as on:
        on.slack.faults.add("files.completeUploadExternal", how, status=504)
        files = await on.uploads.share([picture()], on.slack.channel.id)
        assert len(files) == 1
        assert len([one for one in on.slack.visible(on.slack.ben) if one.route == "share"]) == 1
        assert len(on.slack.calls("files.completeUploadExternal")) == 1


async def test_a_channel_that_takes_no_files_is_told_and_nothing_is_left_behind() -> None:
    async with studio() as on:
        assert await error_class(on.uploads.share([picture()], on.slack.elsewhere.id)) is ErrorClass.NOT_MEMBER
        assert on.kept == []


# ---- forgotten ---------------------------------------------------------------------------------------------------------------


async def test_forgotten_files_are_gone_at_slack_and_here() -> None:
    async with studio() as on:
        file = await on.uploads.ready("m1", picture())
        await on.uploads.forget([file])
        assert on.kept == []
        assert await on.uploads.ready("m1", picture()) != file


async def test_files_that_cannot_be_deleted_stop_nothing() -> None:
    async with studio() as on:
        on.slack.faults.refuse("files.delete", "token_revoked")
        on.slack.faults.add("files.delete", How.CUT)
        await on.uploads.forget(["F0000000001", "F0000000002", "F0000000003"])
        assert len(on.slack.calls("files.delete")) == 3
