"""The wording, prices and options that candidates begin with, and which answers change nothing. A mutation run found them unguarded."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.catalogue.load import Catalogue
from bot.chat.views import Act, ActionName, Form
from bot.ledger import picture_rows, sheet_rows
from bot.ledger.tables import requests
from bot.requests.actions import place_of_new_request
from bot.requests.rejections import WORDS
from bot.requests.rules import Rules
from bot.texts import text
from bot.texts.phrases import money, pictures
from tests.unit.requests.test_candidates import children, choices, draws, made, results
from tests.unit.requests.test_picture_changes import Stage

A = ActionName
MODEL = Catalogue.load().default()
DETAILS = "a red bicycle, at night, in the rain, oil painting, soft light, no people"


def limited(**values: object) -> dict[str, object]:
    return {"model": dataclasses.replace(MODEL, **values)}  # type: ignore[arg-type]


async def change(s: Stage, request_id: str, **values: object) -> None:
    """Change a request's row."""
    await s.world.bot.ledger.write(lambda tx: tx.connection.execute(update(requests).where(requests.c.id == request_id).values(**values)))


async def form_of(folder: Path, said: dict[str, str] | None, **rules: object) -> Form:
    async with results(folder, **rules) as (s, result):
        if said is not None:
            await s.press(A.NOT_RIGHT, result, **said)
        form = await s.world.form(A.CANDIDATES, result)
        assert isinstance(form, Form)
        return form


@pytest.mark.parametrize(
    ("said", "room", "wording"),
    [
        (None, 4000, "a red bicycle"),
        ({"reason": "brand", "words": ""}, 4000, "a red bicycle"),
        ({"reason": "brand", "words": "our blue"}, 4000, "a red bicycle\nour blue"),
        ({"reason": "brand", "words": "our blue"}, 22, "a red bicycle\nour blue"),
        ({"reason": "brand", "words": "our blue"}, 21, "a red bicycle"),
    ],
)
async def test_the_wording_has_what_was_said_if_there_is_room(tmp_path: Path, said: dict[str, str] | None, room: int, wording: str) -> None:
    form = await form_of(tmp_path, said, **limited(prompt_max_chars=room))
    assert (form.fields[0].value, form.fields[0].max_length) == (wording, room)


async def test_a_form_s_wording_has_at_most_four_thousand_characters(tmp_path: Path) -> None:
    assert (await form_of(tmp_path, None, **limited(prompt_max_chars=32_000))).fields[0].max_length == 4000


@pytest.mark.parametrize(
    ("most", "offered", "chosen"), [(10, ["2", "3", "4"], "3"), (3, ["2", "3"], "3"), (2, ["2"], "2"), (1, ["1"], "1")]
)
async def test_as_many_are_offered_as_the_model_draws_at_once(tmp_path: Path, most: int, offered: list[str], chosen: str) -> None:
    count = (await form_of(tmp_path, None, **limited(max_count=most))).fields[1]
    assert ([one.value for one in count.choices], count.value) == (offered, chosen)


@pytest.mark.parametrize("most", [1, 2, 4])
async def test_the_price_is_that_of_the_fewest_and_the_most_with_the_longest_wording(tmp_path: Path, most: int) -> None:
    async with results(tmp_path, **limited(max_count=most)) as (s, result):
        rules = s.world.bot.core.rules
        assert isinstance(rules, Rules)
        longest = "x" * (len("a red bicycle") + 2 * WORDS)
        fewest = min(2, most)
        costs = [rules.highest_cost("1024x1024", "medium", n, longest, frozenset(), 0) for n in (fewest, most)]
        view = await s.preview(A.NOT_RIGHT, result, reason="brand")
        said = [one.rstrip(".") for one in re.findall(r"\$[\d.]+", view.text[1])]
        assert said == [money(one) for one in dict.fromkeys(costs)]
        begins = "2 to 4 candidates cost" if most > 2 else f"At most {money(costs[0])} for {pictures(most)}."
        assert view.text[1].startswith(begins)


@pytest.mark.parametrize("private", [True, False])
@pytest.mark.parametrize("chosen", [None, "true", "false"])
async def test_candidates_are_as_private_as_the_result_unless_their_member_says_otherwise(
    tmp_path: Path, private: bool, chosen: str | None
) -> None:
    async with results(tmp_path) as (s, result):
        await change(s, result, private=private)
        form = await s.world.form(A.CANDIDATES, result)
        assert isinstance(form, Form)
        assert (form.fields[2].value, form.fields[2].required) == (str(private).lower(), False)
        values = {"prompt": "a bicycle", "count": "2"} | ({} if chosen is None else {"private": chosen})
        assert (await s.press(A.CANDIDATES, result, **values)).changed
        [child] = await children(s, result)
        assert child.private is (private if chosen is None else chosen == "true")
        assert child.model == MODEL.id


@pytest.mark.parametrize(("name", "stored"), [("Ana Maria", "Ana Maria"), ("", "Ana")])
async def test_a_press_without_a_name_keeps_the_one_that_is_known(tmp_path: Path, name: str, stored: str) -> None:
    async with results(tmp_path) as (s, result):
        values = {"prompt": "a bicycle", "count": "2"}
        await s.world.bot.core.act(Act("p", "ana", name, "test", "home", "imagine", A.CANDIDATES, result, values))
        [child] = await children(s, result)
        assert child.person.name == stored


async def test_a_model_that_is_gone_is_replaced_by_the_one_that_draws_now(tmp_path: Path) -> None:
    async with results(tmp_path) as (s, result):
        await change(s, result, model="gone-1")
        assert (await s.press(A.CANDIDATES, result, prompt="a bicycle", count="2")).changed
        [child] = await children(s, result)
        assert (child.model, child.refusal) == (MODEL.id, None)


async def test_only_a_result_with_details_offers_to_step_down_and_a_choice_offers_candidates_alone(tmp_path: Path) -> None:
    async with results(tmp_path) as (s, result):
        plain = await s.preview(A.NOT_RIGHT, result, reason="brand")
        await change(s, result, prompt=DETAILS)
        detailed = await s.preview(A.NOT_RIGHT, result, reason="brand")
        assert {one.action for one in detailed.buttons} - {one.action for one in plain.buttons} == {A.SIMPLIFY}
        choice = await made(s, result)
        await change(s, choice, prompt=DETAILS)
        for reason in ("text", "crop", "brand"):
            assert {one.action for one in (await s.preview(A.NOT_RIGHT, choice, reason=reason)).buttons} == {A.CANDIDATES}
        await s.press(A.PICK, (await choices(s, choice))["Pick 1"])
        for reason, offered in (("crop", A.CROP), ("brand", A.SIMPLIFY)):
            assert offered in {one.action for one in (await s.preview(A.NOT_RIGHT, choice, reason=reason)).buttons}


async def test_answers_that_change_nothing_say_so(tmp_path: Path) -> None:
    async with results(tmp_path) as (s, result):
        form = await s.world.form(A.NOT_RIGHT, result)
        assert isinstance(form, Form)
        assert len(form.pictures) == 1
        [only] = await s.pictures(result)
        replies = [
            await s.press(A.NOT_RIGHT, result, reason="ugly"),
            await s.press(A.NOT_RIGHT, result, reason="other", words=" "),
            await s.press(A.PICK, "2" * 16),
            await s.press(A.OTHERS, result),
        ]
        child = await made(s, result, key="once")
        replies.append(await s.press(A.CANDIDATES, result, key="once", prompt="a bicycle", count="2"))
        await s.press(A.CANDIDATES, result, key="p1", prompt="a bicycle", count="2")
        replies.append(await s.press(A.CANDIDATES, result, key="p2", prompt="a bicycle", count="2"))
        await s.press(A.PICK, (await choices(s, child))["Pick 1"])
        replies.append(await s.press(A.OTHERS, child))
        await s.press(A.DELETE, result)
        replies.append(await s.press(A.NOT_RIGHT, result, reason="brand"))
        keys = ("rejected.problem_reason", "rejected.problem_words", "candidates.gone", "candidates.no_others", "reply.already_done")
        later = ("reply.already_started", "candidates.others_title", "rejected.nothing_there")
        assert [(one.text, one.changed) for one in replies] == [(text(key), False) for key in (*keys, *later)]
        assert only.sha256 not in s.files()


async def test_a_second_press_within_two_seconds_starts_nothing_also_when_the_first_was_refused(tmp_path: Path) -> None:
    async with results(tmp_path) as (s, result):
        assert (await s.press(A.CANDIDATES, result, prompt="a bicycle", count="40")).changed
        [refused] = await children(s, result)
        assert refused.refusal is not None
        again = await s.press(A.CANDIDATES, result, prompt="a bicycle", count="2")
        assert (again.text, again.changed) == ("That's already on its way.", False)
        await change(s, refused.id, created_at=refused.created_at - 3)
        assert (await s.press(A.CANDIDATES, result, prompt="a bicycle", count="2")).changed


async def test_an_ordinary_picture_cannot_be_picked(tmp_path: Path) -> None:
    async with results(tmp_path) as (s, result):
        [only] = await s.world.bot.ledger.read(lambda c: picture_rows.candidates(c, result, aside=False))
        assert not (await s.press(A.PICK, only.id)).changed


async def test_candidates_are_drawn_by_the_model_of_the_result(tmp_path: Path) -> None:
    other = next(one for name, one in Catalogue.load().models.items() if name not in (MODEL.id, "sandbox-1"))
    async with results(tmp_path, models={MODEL.id: MODEL, other.id: other}) as (s, result):
        await change(s, result, model=other.id)
        await s.press(A.CANDIDATES, result, prompt="a bicycle", count="2")
        [child] = await children(s, result)
        assert child.model == other.id


@pytest.mark.parametrize(("direct", "private"), [(True, True), (True, False), (False, True), (False, False)])
async def test_candidates_appear_beside_the_result_unless_their_member_wants_them_alone(
    tmp_path: Path, direct: bool, private: bool
) -> None:
    async with results(tmp_path) as (s, result):
        values = {"prompt": "a bicycle", "count": "2", "private": str(private).lower()}
        place = ("dm:ana", "d1") if direct else ("home", "elsewhere")
        act = Act("p", "ana", "Ana", "test", *place, A.CANDIDATES, result, values, {"token": "t"}, direct=direct)
        request = await s.world.row(result)
        await s.world.bot.core.act(act)
        [child] = await children(s, result)
        expected = (
            dataclasses.replace(request.place, reply={"token": "t"})
            if direct and not private
            else place_of_new_request(act, request, private=private)
        )
        assert child.place == expected
        assert (child.place.channel == "imagine") is (direct and not private)


async def test_a_sheet_numbers_its_cells_from_one_and_a_single_candidate_has_none(tmp_path: Path) -> None:
    async with results(tmp_path) as (s, result):
        seen: list[tuple[str, dict[str, object]]] = []
        real = s.store.work

        async def work(name: str, values: dict[str, object], content: bytes) -> object:
            seen.append((name, values))
            return await real(name, values, content)

        s.store.work = work  # type: ignore[method-assign, assignment]
        await made(s, result, 2)
        [(_, sheet)] = [one for one in seen if one[0] == "sheet"]
        assert [one["label"] for one in sheet["cells"]] == ["1", "2"]  # type: ignore[attr-defined]
        assert sheet["safe_area"] is False
        other = await s.result()
        await draws(s, 1)
        assert (await s.press(A.CANDIDATES, other, prompt="a dog", count="2")).changed
        [single] = await children(s, other)
        await s.world.answer(single.id)
        for _ in range(500):
            if not await s.world.bot.ledger.read(lambda c: sheet_rows.is_wanted(c, single.id)):
                break
            await asyncio.sleep(0.01)
        assert len([one for one in seen if one[0] == "sheet"]) == 1
