"""How a result was made, in the file that goes with its pictures."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

from bot.domain.gallery import GalleryMark
from bot.domain.outcome import Picture
from bot.domain.picture_changes import ChangeKind, PictureChange
from bot.requests.making import as_json, file_name, making, zip_of
from tests.unit.requests.ground import PICTURE, Ground, drew

CUT = replace(PICTURE, sha256="cd" * 32, change=PictureChange(ChangeKind.CROP, PICTURE.sha256, ratio="1:1"), revised_prompt="a cat, red")


async def test_what_was_chosen_and_what_was_applied_in_place_of_it(ground: Ground) -> None:
    asked = await ground.asked("a red caf\u00e9", quality="low")
    ground.at[0] += 90.0
    await ground.end(await ground.called(asked.id), drew())
    request = await ground.row(asked.id)
    said = making(request, (PICTURE, CUT), GalleryMark())
    assert (said["model"], said["quality"]) == (request.model, "low")
    assert (said["asked_at"], said["made_at"]) == ("2027-01-15T08:00:00+00:00", "2027-01-15T08:01:30+00:00")
    first, second = said["pictures"]  # type: ignore[misc]
    assert "changed_by_the_bot" not in first  # type: ignore[has-type]
    assert second["changed_by_the_bot"] == {"cut_to": "1:1", "made_from_sha256": PICTURE.sha256}  # type: ignore[has-type]
    assert (second["file"], second["rewritten_prompt"]) == ("2027-01-15-a-red-cafe-2.png", "a cat, red")  # type: ignore[has-type]
    other = making(replace(request, applied={"model": "gpt-image-1.5", "quality": "high"}), (PICTURE,), GalleryMark(tag="shop"))
    assert (other["model"], other["quality"], other["tag"]) == ("gpt-image-1.5", "high", "shop")
    written = as_json({"prompt": request.prompt, "lone": "\ud800"}).decode()
    assert written == '{\n  "prompt": "a red caf\u00e9",\n  "lone": "?"\n}\n'
    assert json.loads(written)["prompt"] == request.prompt


async def test_one_picture_has_no_number_and_the_same_files_are_the_same_bytes(ground: Ground) -> None:
    request = await ground.drawn(prompt="a mill")
    one: Picture = replace(PICTURE, format="jpeg")
    assert file_name(request, one, 1, 1) == "2027-01-15-a-mill.jpg"
    content = zip_of({"a.json": b"{}"})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert [(each.filename, each.date_time) for each in archive.infolist()] == [("a.json", (1980, 1, 1, 0, 0, 0))]
