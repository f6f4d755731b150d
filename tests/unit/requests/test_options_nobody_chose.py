"""A service that refuses what nobody chose gets the request without it: once, free of charge, remembered, and told to the operator."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import select

from bot.catalogue.load import Catalogue
from bot.chat.views import ActionName, View
from bot.ledger.tables import attempts
from bot.ports import SystemPorts
from bot.providers.http_provider import HttpProvider
from bot.providers.pictures import PictureStore
from bot.requests import learned_values
from bot.requests.rules import Rules
from bot.texts import text
from tests.unit.providers.wire import Exchange, Server, b64, serving
from tests.world import Service, World, world

Refuse = Callable[[dict[str, object]], str | None]
OPERATORS = "notice:left_out:"


@contextlib.asynccontextmanager
async def gateway(
    folder: Path, refuse: Refuse, *, status: int = 400, param: str | None = "None", **rules: object
) -> AsyncIterator[tuple[World, Server]]:
    """A bot at a gateway for an unknown model; `refuse` gives the sentence with which a body is turned down."""

    async def answer(exchange: Exchange) -> None:
        problem = refuse(exchange.json())
        if problem is not None:
            error = {"message": problem, "type": "None", "code": str(status), **({} if param is None else {"param": param})}
            await exchange.answer({"error": error}, status)
        else:
            await exchange.answer({"data": [{"b64_json": b64()}]})

    async with serving(answer) as server:
        pictures = PictureStore(folder)
        provider = HttpProvider(f"http://127.0.0.1:{server.port}/v1", "key", pictures, SystemPorts())
        model = Catalogue.load().resolve("sd3")
        async with world(folder, cast(Service, provider), **{"model": model, **rules}) as w:
            yield w, server


def without(name: str, words: str) -> Refuse:
    return lambda body: words if name in body else None


def words(view: View) -> str:
    return " ".join((view.title, *view.text))


SENTENCES = [
    ("quality", "litellm.UnsupportedParamsError: Setting `quality` is not supported by bedrock, sd3."),
    ("quality", "This model does not support the 'quality' parameter"),
    ("quality", "Invalid value: 'medium'. Supported values are: 'standard' and 'hd'. (quality)"),
    ("quality", "unexpected keyword argument 'quality'"),
    ("quality", "参数 quality 不支持"),
    ("response_format", "Unknown parameter: 'response_format'."),
    ("response_format", "response format is not supported"),
    ("size", "Unsupported parameter: size"),
    ("size", "Invalid size. Supported sizes are 512x512 and 768x768"),
    ("n", "Unknown parameter: 'n'"),
]


@pytest.mark.parametrize(("option", "sentence"), SENTENCES)
async def test_what_nobody_chose_is_left_out_once_remembered_and_told(tmp_path: Path, option: str, sentence: str) -> None:
    async with gateway(tmp_path, without(option, sentence)) as (w, server):
        request = await w.imagine("a cat")
        assert (await w.answer(request)).pictures
        assert [option in one.json() for one in server.seen] == [True, False]
        assert {one.json()["prompt"] for one in server.seen} == {"a cat"}
        row = await w.row(request)
        assert row.option_refused, "no other service is asked"
        await w.until(lambda: any(one.subject.startswith(OPERATORS + option) for one in w.chat.messages.values()))
        assert (await w.answer(await w.imagine("a dog"))).pictures
        assert len(server.seen) == 3
        assert option not in server.seen[2].json()
    async with gateway(tmp_path, without(option, sentence)) as (w, server):
        assert server.port  # another port is another service: it learns anew
        w.events = 100
        assert (await w.answer(await w.imagine("a cow"))).pictures


async def test_what_was_learned_is_tried_again_in_time_and_its_notice_solved_when_it_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    takes = False
    async with gateway(tmp_path, lambda body: SENTENCES[0][1] if "quality" in body and not takes else None) as (w, server):
        assert (await w.answer(await w.imagine("a cat"))).pictures
        assert any(one.startswith("left_out:quality") for one in w.bot.notices.open)
        takes = True
        assert (await w.answer(await w.imagine("a dog"))).pictures
        assert "quality" not in server.seen[-1].json()  # learned a moment ago
        monkeypatch.setattr(learned_values, "LEARNED_FOR", 0.0)
        assert (await w.answer(await w.imagine("a cow"))).pictures
        assert "quality" in server.seen[-1].json()
        assert not [one for one in w.bot.notices.open if one.startswith("left_out")]
        assert len(server.seen) == 4


async def test_it_is_remembered_across_a_restart_and_told_once(tmp_path: Path) -> None:
    async def answer(exchange: Exchange) -> None:
        if "quality" in exchange.json():
            await exchange.answer({"error": {"message": SENTENCES[0][1]}}, 400)
        else:
            await exchange.answer({"data": [{"b64_json": b64()}]})

    async with serving(answer) as server:
        for start in range(2):
            provider = HttpProvider(f"http://127.0.0.1:{server.port}/v1", "key", PictureStore(tmp_path), SystemPorts())
            async with world(tmp_path, cast(Service, provider), model=Catalogue.load().resolve("sd3")) as w:
                w.events = 100 * start
                assert (await w.answer(await w.imagine("a cat"))).pictures
        assert ["quality" in one.json() for one in server.seen] == [True, False, False]


async def test_two_options_are_found_one_after_the_other(tmp_path: Path) -> None:
    def refuse(body: dict[str, object]) -> str | None:
        return next((f"Unknown parameter: '{one}'." for one in ("quality", "response_format") if one in body), None)

    async with gateway(tmp_path, refuse) as (w, server):
        assert (await w.answer(await w.imagine())).pictures
        assert len(server.seen) == 3


async def test_a_refusal_that_names_no_option_is_tried_once_with_none(tmp_path: Path) -> None:
    async with gateway(tmp_path, lambda body: "unsupported parameter" if "quality" in body else None) as (w, server):
        assert (await w.answer(await w.imagine())).pictures
        assert [sorted(one.json()) for one in server.seen][1] == ["model", "prompt"]


async def test_where_the_try_fails_too_nothing_is_remembered_and_nobody_is_told_to_change_what_they_did_not_type(tmp_path: Path) -> None:
    async with gateway(tmp_path, lambda body: "Unknown parameter: 'quality'.") as (w, server):
        view = await w.answer(await w.imagine())
        assert len(server.seen) == 2
        assert text("failures.words.not_chosen") in words(view)
        assert "quality" not in words(view)
        assert text("failures.unsupported_option.member") not in words(view)
        assert view.buttons[0].action is ActionName.RETRY
        await w.until(lambda: w.chat.about("notice:unsupported_option"))
        assert not any(one.subject.startswith(OPERATORS) for one in w.chat.messages.values())
        await w.answer(await w.imagine("again"))
        assert "quality" in server.seen[2].json()


async def test_what_the_member_chose_is_sent_and_named(tmp_path: Path) -> None:
    async with gateway(tmp_path, without("quality", SENTENCES[0][1])) as (w, server):
        view = await w.answer(await w.imagine(quality="high"))
        assert len(server.seen) == 1
        assert not view.pictures
        assert text("failures.words.not_chosen") not in words(view)
        assert (await w.answer(await w.imagine("a dog"))).pictures
        assert not (await w.answer(await w.imagine("a cow", quality="high"))).pictures
        assert server.seen[-1].json()["quality"] == "high"


@pytest.mark.parametrize("status", [500, 408, 502])
async def test_what_may_have_been_billed_is_no_reason_for_a_try(tmp_path: Path, status: int) -> None:
    async with gateway(tmp_path, without("quality", SENTENCES[0][1]), status=status, max_attempts=1) as (w, server):
        await w.answer(await w.imagine())
        assert len(server.seen) == 1


async def test_the_bounds_of_tries_hold(tmp_path: Path) -> None:
    async with gateway(tmp_path, without("quality", SENTENCES[0][1]), max_unbilled_tries=1) as (w, server):
        await w.answer(await w.imagine())
        assert len(server.seen) == 1


@pytest.mark.parametrize("options", [{"quality"}, {"quality", "response_format", "size", "n"}])
async def test_the_operator_leaves_options_out(tmp_path: Path, options: set[str]) -> None:
    async with gateway(tmp_path, lambda body: None, leave_out=frozenset(options)) as (w, server):
        view = await w.answer(await w.imagine(quality="high"))
        assert view.pictures
        assert not options & set(server.seen[0].json())
        assert "high" not in words(view)
        assert (await w.answer(await w.imagine(count="1"))).pictures
    async with gateway(tmp_path, lambda body: None, leave_out=frozenset({"n"})) as (w, server):
        w.events = 100
        await w.imagine(count="2")
        await w.until(lambda: server.seen)
        assert server.seen[0].json()["n"] == 2


async def test_a_block_is_never_taken_for_an_option(tmp_path: Path) -> None:
    async with gateway(tmp_path, lambda body: "Your request was rejected by our safety system. quality size", param=None) as (w, server):
        view = await w.answer(await w.imagine())
        assert len(server.seen) == 1
        assert "blocked" in words(view)


@pytest.mark.parametrize(
    "sentence",
    [
        "We were unable to process 'a high quality photo of somebody, large size'.",
        "Your request was declined: ultra high resolution portrait",
        "The request could not be completed. Try a different prompt of better quality",
    ],
)
async def test_a_refusal_that_nobody_recognises_is_not_sent_again_for_a_word_of_its_prompt(tmp_path: Path, sentence: str) -> None:
    async with gateway(tmp_path, lambda body: sentence, param=None) as (w, server):
        view = await w.answer(await w.imagine("a high quality photo of somebody, large size"))
        assert not view.pictures
        assert len(server.seen) == 1


async def test_a_refusal_without_a_known_reason_that_names_a_field_is_tried_without_it(tmp_path: Path) -> None:
    async with gateway(tmp_path, without("quality", "That cannot be done."), param="quality") as (w, server):
        assert (await w.answer(await w.imagine("a cat"))).pictures
        assert len(server.seen) == 2


@pytest.mark.parametrize(
    ("asked", "sentence", "param", "nearest"),
    [
        ({"size": "1536x1024"}, "Invalid size. Supported sizes: 1024x1024, 768x512", "size", "1024x1024"),
        ({"size": "1536x1024"}, "Invalid size. Supported sizes: 768x512, 320x200", "size", None),
        ({"size": "1536x1024"}, "Invalid size. Supported aspect ratios: 16:9, 1:1", "size", None),
        ({"size": "1536x1024"}, "Invalid size. Supported sizes: 1536x1024", "size", None),
        ({"quality": "high"}, "Invalid value: 'high'. Supported values are: 'standard' and 'hd'.", "quality", None),
        ({"quality": "high"}, "Invalid value: 'high'. Supported values are: 'low', 'medium'.", "quality", "medium"),
        ({"count": "9"}, "n must be at most 40", "n", None),
        ({"count": "9"}, "n must be at most 0", "n", None),
    ],
)
async def test_no_value_is_proposed_that_the_bot_would_refuse_itself(
    tmp_path: Path, asked: dict[str, str], sentence: str, param: str, nearest: str | None
) -> None:
    """The service's list and our catalogue, both: another value of both, or none."""
    field = {"size": "size", "quality": "quality", "count": "n"}[next(iter(asked))]
    value: object = int(asked["count"]) if "count" in asked else next(iter(asked.values()))
    model = Catalogue.load().models["gpt-image-2"]
    async with gateway(tmp_path, lambda body: sentence if body.get(field) == value else None, param=param, model=model) as (w, server):
        view = await w.answer(await w.imagine(**asked))
        buttons = [one for one in view.buttons if one.action is ActionName.NEAREST]
        for refused in ("768", "320", "16:9", "hd", "40"):
            assert refused not in " ".join((words(view), *(one.label for one in view.buttons)))
        if nearest is None:
            assert buttons == []
            return
        assert nearest.replace("x", "×") in buttons[0].label
        before = len(server.seen)
        await w.press(ActionName.NEAREST, buttons[0].row)
        await w.until(lambda: len(server.seen) > before)
        assert str(server.seen[before].json()[field]) == nearest
        await asyncio.sleep(0)


async def test_what_the_service_chooses_is_reserved_at_its_dearest_and_booked_by_the_picture(tmp_path: Path) -> None:
    model = Catalogue.load().default()
    rules = Rules(model)
    chosen = rules.highest_cost("1024x1024", "low", 1, "a cat")
    left = {name: rules.highest_cost("1024x1024", "low", 1, "a cat", frozenset({name})) for name in ("size", "quality")}
    assert left["size"] > chosen
    assert left["quality"] == rules.highest_cost("1024x1024", "high", 1, "a cat") > chosen
    async with gateway(tmp_path, without("size", "Unknown parameter: 'size'."), model=model) as (w, _):
        request = await w.imagine("a cat")
        assert (await w.answer(request)).pictures
        costs = await w.bot.ledger.read(lambda c: c.execute(select(attempts.c.cost).order_by(attempts.c.number)).scalars().all())
        assert len(costs) == 2
        assert 0 == costs[0] < costs[1] < rules.highest_cost("1024x1024", "medium", 1, "a cat")  # the service drew a smaller one
