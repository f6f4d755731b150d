"""`imagine-bot verify` after a change: what failed, something good, something wrong; never a blocked prompt, never a secret in the note."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.cli import baseline
from bot.cli.verify import may_repeat
from bot.domain.failure import Evidence
from bot.domain.outcome import Billed, Outcome
from bot.evidence.collect import FailedRequest, find
from bot.ledger import read_only
from bot.ledger.tables import requests, spend
from tests.unit.cli.conftest import KEY, Call, Ended
from tests.unit.cli.loopback import Handler, listening
from tests.unit.cli.test_setups import _png
from tests.unit.evidence.test_bundle import MINE, SECRETS, VARIABLES
from tests.world import BLOCK, DOWN, bad, world

EMPTY = Evidence(provider="openai", api="images.generations", status=200, body={"created": 1, "data": []})
PROMPT = "a lighthouse in the garden of somebody"


@dataclass
class Service:
    """Draws every size but wrong ones, and remembers what it was asked."""

    address: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    strict: bool = True
    says: str = ""
    """In its refusals and request ids."""
    refuses: Callable[[dict[str, Any]], dict[str, Any] | None] = lambda body: None
    """What it answers with status 400 for a request; None to draw."""

    @property
    def prompts(self) -> list[str]:
        return [one["prompt"] for one in self.asked]


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()

    class Answers(Handler):
        def do_POST(self) -> None:
            body = json.loads(self.body())
            made.asked.append(body)
            wrong = made.strict and body.get("size") == "1x1"
            refusal = {"error": {"message": f"Invalid value: '1x1'. {made.says}", "param": "size", "code": "invalid_value"}}
            if (found := made.refuses(body)) is not None:
                wrong, refusal = True, {"error": found}
            good = {"data": [{"b64_json": _png()}] * body.get("n", 1)}
            self.answer(400 if wrong else 200, refusal if wrong else good, x_request_id=made.says or f"req_{len(made.asked)}")

    with listening(Answers) as port:
        made.address = f"http://127.0.0.1:{port}/v1"
        yield made


@pytest.fixture
def verify(imagine_bot: Call, service: Service) -> Call:
    def call(*arguments: str, **env: str) -> Ended:
        return imagine_bot("verify", *arguments, **{"IMAGE_API_KEY": KEY, "IMAGE_BASE_URL": service.address, "STATUS_PAGE": "off"} | env)

    return call


def failed(folder: Path, *outcomes: Outcome, prompts: Sequence[str] = (PROMPT,)) -> str:
    """A ledger with requests that ended like this, one after the other. Returns the last one's id."""

    async def scene() -> str:
        async with world(folder / "data", max_attempts=1) as here:
            here.service.script += outcomes
            request = ""
            for number, prompt in enumerate(prompts):
                request = await here.imagine(prompt, person=f"p{number}", count=2)
                await here.answer(request)
            return request

    return asyncio.run(scene())


def notes(folder: Path) -> list[str]:
    return [file.read_text(encoding="utf-8") for file in sorted((folder / "data" / "baselines").glob("*.md"))]


def test_it_asks_again_for_what_failed_and_books_what_it_cost(verify: Call, service: Service, tmp_path: Path) -> None:
    request = failed(tmp_path, bad(DOWN))
    before = _spent(tmp_path)
    ended = verify(request, "--yes")
    assert ended.code == 0, ended
    replay, good, wrong = service.asked
    assert (replay["prompt"], replay["n"], replay["size"]) == (PROMPT, 2, "1024x1024")
    assert (good["prompt"], wrong["size"]) == ("A red bicycle", "1x1")
    [note] = notes(tmp_path)
    for part in ("Everything ended as it should", "req_1", "req_3", "unsupported_size", "first note", "imagine-bot: 0."):
        assert part in note
    assert PROMPT not in note + ended.out + ended.err
    after = _spent(tmp_path)
    added = [after[period][0] - before[period][0] for period in after]
    assert added[0] > 0
    assert len(set(added)) == 1, "the same in the day and in the month"
    assert [after[period][1] - before[period][1] for period in after] == [3, 3]


@pytest.mark.parametrize(
    ("outcomes", "prompts"),
    [
        ([bad(BLOCK)], [PROMPT]),
        ([bad(EMPTY)], [PROMPT]),
        ([bad(DOWN), bad(BLOCK)], [PROMPT, PROMPT.upper()]),
        ([bad(Evidence(status=400, body={"error": {"message": "Nope."}}))], [PROMPT]),
    ],
    ids=["blocked", "silent filter", "blocked for somebody else", "unclear"],
)
def test_words_that_may_have_been_blocked_may_not_be_repeated(tmp_path: Path, outcomes: list[Outcome], prompts: list[str]) -> None:
    failed(tmp_path, *outcomes, prompts=prompts)
    assert not read_only.look(tmp_path / "data" / "imagine-bot.db", lambda c: may_repeat(c, _first(c)))


def test_a_blocked_prompt_is_never_sent_again(verify: Call, service: Service, tmp_path: Path) -> None:
    failed(tmp_path, bad(BLOCK))
    ended = verify("--yes")
    assert ended.code == 0, ended
    assert service.prompts == ["A red bicycle"] * 3
    assert service.asked[0]["n"] == 2
    assert "isn't sent again" in ended.err


def test_narrow_adds_one_option_at_a_time_until_one_fails(verify: Call, service: Service, tmp_path: Path) -> None:
    request = failed(tmp_path, bad(DOWN))
    service.refuses = lambda body: {"message": "n must be 1", "param": "n", "code": "invalid_value"} if body.get("n", 1) > 1 else None
    asked_first = verify(request, "--narrow")
    assert "3 more at most" in asked_first.out
    assert service.asked == []
    ended = verify(request, "--narrow", "--yes")
    assert ended.code == 1
    assert "It's the number of pictures (2)" in ended.out
    assert [(one["quality"], one.get("n", 1), one["prompt"] == PROMPT) for one in service.asked] == [
        ("medium", 2, True),
        ("low", 1, False),
        ("low", 1, False),
        ("medium", 1, False),
        ("low", 2, False),
    ]
    [note] = notes(tmp_path)
    assert "Only its number of pictures" in note
    assert PROMPT not in note + ended.out + ended.err


def test_narrow_never_sends_a_wording_again_that_was_just_blocked(verify: Call, service: Service, tmp_path: Path) -> None:
    request = failed(tmp_path, bad(DOWN))
    blocked = {"message": "Your request was rejected by the safety system.", "code": "moderation_blocked"}
    service.refuses = lambda body: blocked if body["prompt"] == PROMPT else None
    ended = verify(request, "--narrow", "--yes")
    assert "it's the wording" in ended.out
    assert service.prompts.count(PROMPT) == 1


def test_narrow_says_when_there_is_nothing_to_narrow_down(verify: Call, service: Service, tmp_path: Path) -> None:
    request = failed(tmp_path, bad(DOWN))
    assert "doesn't fail anymore" in verify(request, "--narrow", "--yes").out
    assert len(service.asked) == 3
    service.refuses = lambda body: {"message": "n must be 1", "param": "n", "code": "invalid_value"}
    assert "fails, too" in verify(request, "--narrow", "--yes").out
    assert len(service.asked) == 6


def test_a_service_that_takes_a_wrong_size_is_not_well(verify: Call, service: Service, tmp_path: Path) -> None:
    service.strict = False
    ended = verify("--yes")
    assert ended.code == 1
    assert "STOP Something wrong" in ended.out
    assert "Not everything" in notes(tmp_path)[0]


def test_nothing_is_sent_before_the_price_was_accepted(verify: Call, service: Service, tmp_path: Path) -> None:
    ended = verify()
    assert ended.code == 2
    assert "at most $0." in ended.err
    assert service.asked == []
    assert not (tmp_path / "data" / "baselines").exists()


def test_the_note_says_what_differs_from_the_one_before(
    verify: Call, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baseline, "SLOWER", 1e9)
    assert verify("--yes").code == 0
    (tmp_path / "data" / "baselines" / "0.md").write_text("not a note", encoding="utf-8")
    _older(tmp_path)
    assert "Nothing differs" in verify("--yes").out
    _older(tmp_path)
    service.strict = False
    changed = verify("--yes", IMAGE_API_KEY="sk-canary-5555555555", ACCOUNT_PLAN="Tier 2").out
    assert "ACCOUNT_PLAN was –, and is Tier 2 now" in changed
    assert "IMAGE_API_KEY was set (secret) #" in changed
    assert "Something wrong was unsupported_size, and is pictures now" in changed
    assert "canary" not in "".join(notes(tmp_path))


SECOND = {"FALLBACK_API_KEY": "sk-canary-7777777777", "FALLBACK_MODELS": "gpt-image-2=gpt-image-2.5-flare"}


def test_what_the_second_service_failed_is_asked_of_it_again(verify: Call, service: Service, tmp_path: Path) -> None:
    request = failed(tmp_path, bad(DOWN))
    _drawn_by(tmp_path, "fallback")
    ended = verify(request, "--yes", FALLBACK_BASE_URL=service.address, **SECOND)
    assert ended.code == 0, ended
    assert [one["model"] for one in service.asked] == ["gpt-image-2.5-flare", "gpt-image-2", "gpt-image-2"]
    assert "another of your services" in ended.err
    assert "canary" not in ended.out + ended.err + "".join(notes(tmp_path))


def test_the_second_service_can_be_tried_itself(verify: Call, service: Service, tmp_path: Path) -> None:
    without = verify("--yes", "--second")
    assert (without.code, service.asked) == (2, [])
    assert "no second image service" in without.err
    ended = verify("--yes", "--second", FALLBACK_BASE_URL=service.address, **SECOND)
    assert ended.code == 0, ended
    assert [(one["model"], one["size"]) for one in service.asked] == [("gpt-image-2.5-flare", "1024x1024"), ("gpt-image-2.5-flare", "1x1")]
    assert "FALLBACK_API_KEY: set (secret) #" in notes(tmp_path)[0]


def _drawn_by(folder: Path, name: str) -> None:
    with sqlite3.connect(folder / "data" / "imagine-bot.db") as connection:
        connection.execute("UPDATE requests SET service = ?", [name])


def test_twenty_planted_secrets_are_in_no_note(imagine_bot: Call, service: Service, tmp_path: Path) -> None:
    assert len(SECRETS) >= 20
    echo = Evidence(provider="openai", api="images.generations", status=500, headers={}, body="; ".join(SECRETS.values()))
    failed(tmp_path, Outcome(shortfall=echo, billed=Billed.NO, status=500), prompts=[MINE])
    for says in (SECRETS["image key"], " ".join(one for one in SECRETS.values() if one.isascii())):
        service.says = says
        env = {**VARIABLES, "IMAGE_BASE_URL": service.address, "STATUS_PAGE": "off", "OUTGOING_PROXY": "none"}
        ended = imagine_bot("verify", "--yes", **env)
        assert ended.code == 0, ended
        _older(tmp_path)
    shown = ended.out + ended.err + "".join(notes(tmp_path))
    assert [name for name, one in SECRETS.items() if one.lower() in shown.lower()] == []


def _first(connection: Any) -> FailedRequest:
    oldest = connection.execute(select(requests.c.id).order_by(requests.c.created_at)).first()
    found = find(connection, str(oldest[0]))
    assert found is not None
    return found


def _older(folder: Path) -> None:
    """Two notes within a second have the same name, so the newest one is made older."""
    files = sorted((folder / "data" / "baselines").glob("2*.md"))
    files[-1].rename(files[-1].with_name(f"1{len(files)}-{files[-1].name}"))


def _spent(folder: Path) -> dict[str, tuple[int, int]]:
    """What everybody spent, by period: micros and pictures."""
    rows = read_only.look(folder / "data" / "imagine-bot.db", lambda c: c.execute(select(spend).where(spend.c.scope == "everybody")).all())
    return {row.period: (row.spent + row.reserved, row.pictures) for row in rows}
