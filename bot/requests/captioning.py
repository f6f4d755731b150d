"""The option `caption`: text drawn on the pictures of a request once they're there, exactly as Add text would with automatic choices.

What is still to do is in the ledger. The file comes before its row, and drawing it again gives the same file.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from bot.domain.outcome import Picture
from bot.domain.picture_changes import AUTO, ChangeKind, PictureChange
from bot.domain.requests import Request
from bot.ledger import memory_rows, message_rows, picture_rows, request_rows
from bot.ledger.store import Ledger, Tx
from bot.pixels.errors import BadPicture, NotTaken
from bot.requests.attachments import StoredPictures
from bot.requests.change_choices import MOST_PICTURES, ChangeProblem
from bot.requests.picture_actions import usable_pictures
from bot.requests.picture_work import PictureWork
from bot.requests.rules import Rules
from bot.requests.transitions import BATCH, CAPTION_DUE

log = structlog.get_logger()


@dataclass(slots=True)
class Captioning:
    """Draws the texts, one request after another."""

    ledger: Ledger
    pictures: StoredPictures
    rules: Rules
    work: PictureWork = field(init=False)

    def __post_init__(self) -> None:
        self.work = PictureWork(self._draw, "caption_not_drawn")

    async def _draw(self, request_id: str) -> None:
        request = await self.ledger.write(lambda tx: _if_uncaptioned(tx, request_id))
        if request is None:
            return
        found = await self.ledger.read(lambda c: picture_rows.of_request(c, request_id))
        tried = [await self._one(request, picture) for picture in found if picture.change is None]
        await self.ledger.write(lambda tx: _show(tx, request_id, tried))

    async def _one(self, request: Request, picture: Picture) -> Picture | ChangeProblem:
        """One picture with the text. What can't be drawn costs nothing and leaves the picture as it is."""
        change = PictureChange(ChangeKind.CAPTION, picture.sha256, text=request.caption)
        values = {"text": change.text, "place": AUTO, "colour": "", "size": AUTO, "font": self.rules.caption_font}
        try:
            facts, content = await self.pictures.work("caption", values, await self.pictures.read(picture.sha256))
        except (LookupError, BadPicture, NotTaken) as error:
            log.warning("caption_not_drawn", request=request.id, error=type(error).__name__)
            return ChangeProblem("damaged")
        if "problem" in facts:
            log.info("caption_not_drawn", request=request.id, error=str(facts["problem"]))
            return ChangeProblem(str(facts["problem"]), str(facts["value"]))
        await self.pictures.keep(content, facts["sha256"], facts["format"])
        drawn = Picture(facts["sha256"], facts["format"], facts["width"], facts["height"], int(facts["size"]))
        return dataclasses.replace(drawn, change=change)


def uncaptioned(tx: Tx) -> Sequence[str]:
    """Requests whose text isn't drawn yet."""
    return [one.removeprefix(CAPTION_DUE) for one in memory_rows.keys(tx.connection, CAPTION_DUE)]


def _if_uncaptioned(tx: Tx, request_id: str) -> Request | None:
    """The request, if its text is still to be drawn."""
    if memory_rows.recall(tx.connection, CAPTION_DUE + request_id) is None:
        return None
    request = request_rows.get(tx.connection, request_id)
    if request is not None and request.caption and usable_pictures(tx, request):
        return request
    memory_rows.forget(tx, CAPTION_DUE + request_id)
    return None


def _show(tx: Tx, request_id: str, tried: Sequence[Picture | ChangeProblem]) -> None:
    """Show the pictures with the text, or say why there are none."""
    made = [one for one in tried if isinstance(one, Picture)]
    memory_rows.forget(tx, CAPTION_DUE + request_id)
    request = request_rows.get(tx.connection, request_id)
    if request is None or not (found := usable_pictures(tx, request)):
        picture_rows.release(tx, {one.sha256 for one in made}, request_id)
        return
    problem = next((one for one in tried if isinstance(one, ChangeProblem)), None)
    if problem is not None:
        request_rows.annotate(tx, request_id, caption_problem=[problem.reason, problem.value])
    for one in made[: MOST_PICTURES - len(found)]:
        picture_rows.put_changed(tx, request_id, one, "")
    picture_rows.release(tx, {one.sha256 for one in made}, request_id)
    if request.batch:
        tx.wake(BATCH, request.batch)
    else:
        message_rows.bump(tx, f"request:{request_id}")
