"""Simplify in front of the real sandbox, which refuses one hidden detail: its member presses what is offered, and the detail is named."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.catalogue.load import Catalogue
from bot.chat.views import ActionName
from bot.domain.request_states import Answer
from bot.domain.requests import Request
from bot.ports import SystemPorts
from bot.prompts.details import Detail, details_of
from bot.prompts.normalise import normalise
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.sandbox.answers import Delays
from bot.sandbox.server import RunningSandbox, start
from tests.unit.prompts.test_ladder import PROMPTS
from tests.world import World, world

A = ActionName
MINIMAL, SEND = "Go to the minimal version", "Send this wording"


@contextlib.asynccontextmanager
async def refusing(tmp_path: Path) -> AsyncIterator[tuple[World, RunningSandbox, aiohttp.ClientSession]]:
    """A bot, the sandbox behind it, and a line to the sandbox's control calls."""
    sandbox = await start(pace=Delays(slow=0.01, retry_after=1, timeout=0.01, drip=0.01))
    store = PictureStore(tmp_path / "pictures")
    provider = HttpProvider(sandbox.base_url, "sk-anything", store, SystemPorts())
    try:
        async with (
            world(tmp_path, provider, pictures=store, model=Catalogue.load().resolve("sandbox-1")) as w,
            aiohttp.ClientSession() as line,
        ):  # type: ignore[arg-type]
            yield w, sandbox, line
    finally:
        await provider.aclose()
        store.close()
        await sandbox.stop()


async def refuse(line: aiohttp.ClientSession, sandbox: RunningSandbox, kind: str, words: str, times: int | None = None) -> None:
    """Refuse prompts with these words from now on, or so many times, and nothing else."""
    control = f"{sandbox.base_url.removesuffix('/v1')}/_sandbox"
    (await line.delete(f"{control}/faults")).raise_for_status()
    (await line.delete(f"{control}/log")).raise_for_status()
    (await line.post(f"{control}/faults", json={"kind": kind, "match": words, "times": times})).raise_for_status()


async def ended(w: World) -> Request:
    """Ana's latest request, once it has its answer."""
    async with asyncio.timeout(120):
        while True:
            found = (await w.requests())[0]
            if found.answer is not None or found.refusal is not None:
                return found
            await asyncio.sleep(0.05)


async def climbed(w: World, row: str) -> tuple[str, int, list[str]]:
    """Press what is offered first until the ladder ends: its title, the steps that were sent, and how each ended."""
    calls, reply, how = 0, await w.reply(A.SIMPLIFY, row), list[str]()
    while reply.view is not None and reply.view.buttons:
        minimal = next((one for one in reply.view.buttons if one.label == MINIMAL), None)
        if minimal is not None:
            reply = await w.reply(minimal.action, minimal.row)
            continue
        assert reply.view.buttons[0].label == SEND
        assert (await w.reply(A.LADDER_SEND, reply.view.buttons[0].row)).changed
        calls += 1
        assert calls < 20, how
        step = await ended(w)
        assert step.prompt == reply.view.quote, "what was shown is what was sent"
        kind = "" if step.failure is None else step.failure.kind
        how.append(f"{step.answer} {kind}: {step.prompt!r}")
        reply = await w.reply(A.SIMPLIFY, step.id)
    assert reply.view is not None, reply.text
    return reply.view.title, calls, how


def hidden_in(prompt: str, number: int) -> Detail:
    """A detail of a prompt other than its subject, whose words are in no other one."""
    details = details_of(normalise(prompt))
    usable = [one for one in details[1:] if sum(one.words in other.words for other in details) == 1]
    return usable[number % len(usable)]


CASES = [(prompt, hidden_in(prompt, number)) for number, prompt in enumerate(PROMPTS)]


@pytest.mark.parametrize(("kind", "cases"), [("bad_request_other", CASES), ("empty_result", CASES[4:6])])
async def test_the_hidden_detail_is_named_through_the_sandbox(tmp_path: Path, kind: str, cases: list[tuple[str, Detail]]) -> None:
    async with refusing(tmp_path) as (w, sandbox, line):
        for prompt, hidden in cases:
            await refuse(line, sandbox, kind, hidden.words)
            row = await w.imagine(prompt, size="64x64", quality="low")
            first = await ended(w)
            assert (first.id, first.answer) == (row, Answer.FAILED), prompt
            title, calls, how = await climbed(w, row)
            assert title == f"This made it fail: \u201c{hidden.words}\u201d.", (prompt, how)
            assert calls <= math.ceil(math.log2(len(details_of(normalise(prompt))))) + 2, (prompt, how)


async def test_a_prompt_that_was_refused_once_by_chance_accuses_none_of_its_details(tmp_path: Path) -> None:
    async with refusing(tmp_path) as (w, sandbox, line):
        prompt = PROMPTS[1]
        await refuse(line, sandbox, "bad_request_other", "in a library", times=1)
        row = await w.imagine(prompt, size="64x64", quality="low")
        assert (await ended(w)).answer is Answer.FAILED
        title, calls, how = await climbed(w, row)
        assert title == "All of it works now", how
        assert calls <= math.ceil(math.log2(len(details_of(normalise(prompt))))) + 2
