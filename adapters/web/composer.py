"""Text box with its options. The text stays in the browser until it is sent; the server doesn't see keystrokes."""

from __future__ import annotations

import json

from adapters.kit.callers import YES
from adapters.web.actions import TypedLine, WebActions
from adapters.web.line import LONGEST
from adapters.web.parts import part, select
from bot.texts import text

LONGEST_TEXT = 1000
"""Maximum characters of a text for the picture. More than can be drawn, so that the core can say how many are too many."""

LISTS, SWITCHES = ("model", "size", "quality", "count", "caption"), ("private", "consent")
"""Names of the options beside the text box."""


class Composer:
    """Draws the text box into the current slot. On a phone, what's rarely needed is behind "More options" unless it holds something."""

    def __init__(self, actions: WebActions) -> None:
        self._actions = actions
        options = actions.options()
        with part("form", "", "composer", id="composer", autocomplete="off", novalidate=True, data_longest=LONGEST) as form:
            with part("div", "", "row"):
                part("label", text("web.message"), "for-box", for_="message")
                part(
                    "textarea", "", "box", id="message", name="line", rows=1, placeholder=text("web.placeholder"),
                    autocomplete="off", autocapitalize="off", dir="auto", aria_describedby="notice", enterkeyhint="send",
                )  # fmt: skip
                part("button", text("web.send"), "button primary", type="submit")
            with part("div", "", "pictures-row"):
                if options.max_references:
                    self._pictures(options.max_references)
                part("button", text("web.guide"), "button price", type="button").on("click", lambda: self._actions.ask("/imagine-guide"))
                part(
                    "button", text("web.more_options"), "button price more", type="button", aria_expanded="false", aria_controls="options"
                ).on("click", js_handler="(event) => chat.more(event)")
                part("button", text("web.batch"), "button price rare", type="button").on(
                    "click", lambda: self._actions.ask("/imagine-batch")
                )
                part("button", text("web.price"), "button price rare", type="button").on(
                    "click", self._priced, js_handler="(event) => chat.price(event, emit)"
                )
            with part("div", "", "options", id="options", role="group", aria_label=text("web.options")):
                if options.models:
                    self._select("model", [(one.value, one.label) for one in options.models], options.model)
                self._select("size", [(one.value, one.label) for one in options.sizes], options.default_size)
                self._select("quality", [(one.value, one.label) for one in options.qualities], options.default_quality)
                self._select("count", [(str(n), str(n)) for n in range(1, options.max_count + 1)], "1")
                if options.captions:
                    with part("div", "", "option words"):
                        part("label", text("form.caption"), "", for_="option-caption")
                        part(
                            "textarea", id="option-caption", name="caption", rows=1, maxlength=LONGEST_TEXT, dir="auto",
                            autocomplete="off", title=text("form.caption_hint"),
                        )  # fmt: skip
                with part("div", "", "option switch"):
                    _switch("private")
        form.on("submit", self._sent, js_handler="(event) => chat.submit(event, emit)")

    def _pictures(self, most: int) -> None:
        """Attached pictures: the page fills the list (`static/pictures.js`)."""
        words = {name: text(f"web.attach_{name}", **({"most": most} if name == "full" else {})) for name in ("full", "pasted", "lost")}
        alt, remove = (text(f"web.attach_{name}", name="{name}") for name in ("alt", "remove"))
        data = {f"data_{name}": value for name, value in {**words, "most": str(most), "alt": alt, "remove": remove}.items()}
        part("input", type="file", id="attach-file", accept="image/*,.heic,.heif", multiple=True, hidden=True).on(
            "change", js_handler="(event) => pictures.attach(event)"
        )
        part("button", text("web.attach"), "button attach", type="button").on("click", js_handler="() => pictures.choose()")
        part("ul", "", "attachments", id="attached", aria_label=text("web.attached"), **data)
        with part("div", "", "option switch with-pictures", hidden=True):
            _switch("consent")
        part("p", "", "problem", id="attach-problem", role="alert")

    def _select(self, name: str, choices: list[tuple[str, str]], default: str) -> None:
        with part("div", "", "option"):
            part("label", text(f"web.{name}"), "", for_=f"option-{name}")
            select(choices, default, id=f"option-{name}", name=name)

    async def _sent(self, event: object) -> None:
        if (draft := _draft(event)) is not None:
            await self._actions.send(draft)

    async def _priced(self, event: object) -> None:
        if (draft := _draft(event)) is not None:
            await self._actions.price(draft)


def _switch(name: str) -> None:
    part("input", type="checkbox", role="switch", id=f"option-{name}", name=name)
    part("label", text(f"web.{name}"), "", for_=f"option-{name}")


def _draft(event: object) -> TypedLine | None:
    """The browser sends JSON inside JSON: only then do lone surrogates reach the core, which has a message for them."""
    given = json.loads(str(getattr(event, "args", "{}")))
    if not isinstance(given, dict):
        return None
    values = {name: value for name, value in given.items() if isinstance(value, str)}
    options = {name: values[name] for name in LISTS if name in values} | {name: YES for name in SWITCHES if name in values}
    return TypedLine(values.get("line", ""), values.get("key", ""), options, tuple(values.get("attached", "").split()))
