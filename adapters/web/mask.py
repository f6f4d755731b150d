"""The editor for masks: the picture, a canvas over it to mark what should change, and a file instead (`static/pictures.js`)."""

from __future__ import annotations

import json

from adapters.web.parts import part, select
from bot.chat.views import Form
from bot.texts import text

BRUSHES = ("small", "medium", "large")


def mask_editor(form: Form) -> None:
    """Draw the editor into the current slot. Marking is optional; nothing marked means that anything may change."""
    pictures = json.dumps([[one.sha256, one.width, one.height] for one in form.pictures])
    said = {f"data_{name}": text(f"web.mask.{name}") for name in ("nothing", "marked", "file", "fitted")}
    with part("div", "", "mask", data_pictures=pictures, **said):
        with part("div", "", "easel"):
            part("img", src=f"/pictures/{form.pictures[0].sha256}", alt=form.pictures[0].alt)
            part("canvas", "", "", tabindex="0", role="img", aria_label=text("web.mask.canvas"), aria_describedby="mask-keys")
            part("span", "", "cursor", aria_hidden="true", hidden=True)
        part("p", text("web.mask.hint"), "hint")
        part("p", text("web.mask.keys"), "hint keys", id="mask-keys")
        with part("div", "", "tools"):
            part("label", text("web.mask.brush"), "", for_="mask-brush")
            select([(one, text(f"web.mask.{one}")) for one in BRUSHES], "medium", id="mask-brush")
            part("button", text("web.mask.clear"), "button", type="button", data_do="clear")
            part("label", text("web.mask.upload"), "", for_="mask-file")
            part("input", type="file", id="mask-file", accept="image/png")
            part("button", text("web.mask.fit"), "button", type="button", data_do="fit", hidden=True)
        part("p", text("web.mask.nothing"), "hint", role="status")
