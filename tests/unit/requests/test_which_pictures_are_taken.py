"""What is asked and refused about attached pictures, as pure rules: how many, which kind, and whether the people in them agree."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from bot.domain.attachments import Attachment, AttachmentRole, ReferenceLimits, StoredAttachment
from bot.domain.kinds import Kind
from bot.domain.outcome import DOWNLOAD, Pending
from bot.domain.refusal import Refusal
from bot.domain.request_states import RequestState
from bot.domain.requests import Lineage, Origin, Person, Place, Submission
from bot.ledger import attachment_rows, memory_rows, request_rows
from bot.ledger.block_rows import Blocked
from bot.ledger.store import Tx, Wake
from bot.requests.accept import reference_problem, upload_question, uploads_answered_key
from bot.requests.block_memory import remembered_failure
from bot.requests.submit import store_submission
from bot.requests.transitions import ask_again, stop_task
from tests.unit.requests.ground import NOON, PICTURE, Ground


def attached(pictures: int, masks: int = 0, made_here: int = 0) -> list[StoredAttachment]:
    roles = [AttachmentRole.PICTURE] * pictures + [AttachmentRole.MASK] * masks
    return [
        StoredAttachment(f"a{number}", "r", number, Attachment(role=role, made_here=number < made_here))
        for number, role in enumerate(roles)
    ]


@pytest.mark.parametrize(
    ("asked_before", "consent", "uploads", "made_here", "reason"),
    [
        (False, False, 1, 0, "uploads_first"),
        (False, True, 1, 0, "uploads_data"),
        (True, False, 1, 0, "uploads_people"),
        (True, True, 1, 0, None),
        (False, False, 0, 0, None),
        (False, False, 2, 2, None),  # the bot made them
        (False, False, 2, 1, "uploads_first"),
    ],
)
async def test_the_question_about_a_members_own_pictures(
    ground: Ground, asked_before: bool, consent: bool, uploads: int, made_here: int, reason: str | None
) -> None:
    request = dataclasses.replace(await ground.asked(), consent=consent)

    def body(tx: Tx) -> str | None:
        if asked_before:
            memory_rows.remember(tx, uploads_answered_key(request), True)
        found = upload_question(tx, request, attached(uploads, made_here=made_here))
        return found and found.reason

    assert await ground.ledger.write(body) == reason


HERE = {"stored": PICTURE.sha256, "made_here": True}


@pytest.mark.parametrize(
    ("makers", "given", "asked"),
    [
        ([("test", "ana", True)], HERE, False),
        ([("test", "ben", True)], HERE, True),
        ([("test", "ben", False)], HERE, False),
        ([("test", "ben", False), ("test", "cleo", True)], HERE, True),
        ([("test", "ben", True), ("test", "ana", False)], HERE, False),
        ([("other", "ana", True)], HERE, True),
        ([], HERE, True),
        ([], {**HERE, "role": AttachmentRole.MASK}, False),
        ([], {"made_here": True, "handle": {"url": "x"}}, True),
        ([], {"made_here": True}, False),
    ],
)
async def test_consent_is_asked_for_pictures_that_were_made_from_somebody_elses(
    ground: Ground, makers: list[tuple[str, str, bool]], given: dict[str, Any], asked: bool
) -> None:
    request = await ground.asked("tea")
    for platform, person, references in makers:
        made = await ground.drawn(person=person, place=Place(platform, "home", "imagine"))
        if references:
            await ground.ledger.write(lambda tx, made=made: request_rows.annotate(tx, made.id, references=["ef" * 32]))  # type: ignore[misc]
    one = StoredAttachment("a", request.id, 0, Attachment("a.png", **given))

    def body(tx: Tx) -> bool:
        memory_rows.remember(tx, uploads_answered_key(request), True)
        return upload_question(tx, request, [one]) is not None

    assert await ground.ledger.write(body) is asked


@pytest.mark.parametrize(
    ("pictures", "masks", "limits", "reason"),
    [
        (0, 0, ReferenceLimits(count=0), None),
        (1, 0, ReferenceLimits(count=0), "pictures_not_taken"),
        (2, 0, ReferenceLimits(count=2), None),
        (3, 0, ReferenceLimits(count=2), "pictures_too_many"),
        (1, 1, ReferenceLimits(count=1, mask=True), None),
        (1, 1, ReferenceLimits(count=1, mask=False), "mask_not_taken"),
        (0, 1, ReferenceLimits(count=1, mask=True), "mask_alone"),
        (1, 2, ReferenceLimits(count=1, mask=True), "masks_too_many"),
    ],
)
async def test_how_many_pictures_and_masks_go(
    ground: Ground, pictures: int, masks: int, limits: ReferenceLimits, reason: str | None
) -> None:
    found = reference_problem(await ground.asked(), attached(pictures, masks), limits)
    assert (found and found.reason) == reason


async def test_a_further_question_starts_its_time_anew(ground: Ground) -> None:
    held = await ground.asked()
    await ground.ledger.write(lambda tx: request_rows.mark(tx, held.id, state=RequestState.AWAITING_MEMBER.value))
    ground.at[0] += 50.0
    ground.wakes.clear()
    row = await ground.row(held.id)
    await ground.ledger.write(lambda tx: ask_again(tx, row, Refusal("private"), 100.0))
    after = await ground.row(held.id)
    assert (after.state, after.refusal, after.deadline_at) == (RequestState.AWAITING_MEMBER, Refusal("private"), NOON + 150.0)
    assert Wake("request", held.id, NOON + 150.0) in ground.wakes


@pytest.mark.parametrize(("task", "asked"), [("task-1", True), (f"{DOWNLOAD}1", False)])
async def test_a_task_is_stopped_and_a_download_is_not(ground: Ground, task: str, asked: bool) -> None:
    await ground.ledger.write(lambda tx: stop_task(tx, "attempt", Pending(task)))
    assert [wake.id for wake in ground.wakes] == (["attempt"] if asked else [])


async def test_a_request_takes_its_parents_pictures_over_only_if_it_names_them(ground: Ground) -> None:
    parent = await ground.received(attachments=tuple(one.attachment for one in attached(2)))

    def made(tx: Tx, name: str, references: tuple[str, ...], parent: str | None) -> int:
        asked = Submission(Person("ana"), Place("test", "home", "imagine"), "a cat", references=references)
        store_submission(tx, name, f"event {name}", asked, ground.rules, Lineage(Origin.EDIT if parent else Origin.COMMAND, parent))
        return len(attachment_rows.of_request(tx.connection, name))

    found = []
    for number, (references, of) in enumerate(((("aa",), parent), ((), parent), (("aa",), None))):
        found.append(await ground.ledger.write(lambda tx, n=number, r=references, p=of: made(tx, f"made{n}", r, p)))
    assert found == [2, 0, 0]


def test_what_was_blocked_before_is_named_by_its_kind() -> None:
    kinds = {what: remembered_failure(what).kind for what in Blocked}
    assert kinds == {what: Kind.SAFETY_REFERENCE_IMAGE if what is Blocked.PICTURE else Kind.SAFETY_PROMPT for what in Blocked}


@pytest.mark.parametrize(
    ("parent", "references", "pictures", "reason"),
    [
        ("p", ("aa",), 0, "pictures_gone"),
        ("p", ("aa",), 1, None),
        ("p", (), 0, None),
        (None, ("aa",), 0, None),
        ("p", ("a", "b"), 0, "pictures_gone"),
    ],
)
async def test_a_request_made_from_another_needs_the_pictures_of_that_one(
    ground: Ground, parent: str | None, references: tuple[str, ...], pictures: int, reason: str | None
) -> None:
    request = dataclasses.replace(await ground.asked(), parent=parent, references=references)
    found = reference_problem(request, attached(pictures), ReferenceLimits(count=2))
    assert (found and found.reason) == reason
