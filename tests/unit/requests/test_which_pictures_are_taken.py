"""What is asked and refused about attached pictures, as pure rules: how many, which kind, and whether the people in them agree."""

from __future__ import annotations

import dataclasses

import pytest

from bot.domain.attachments import Attachment, AttachmentRole, ReferenceLimits, StoredAttachment
from bot.ledger import memory_rows
from bot.ledger.store import Tx
from bot.requests.accept import asked_about_uploads, reference_problem, upload_question
from tests.unit.requests.ground import Ground


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
            memory_rows.remember(tx, asked_about_uploads(request), True)
        found = upload_question(tx, request, attached(uploads, made_here=made_here))
        return found and found.reason

    assert await ground.ledger.write(body) == reason


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
