"""What a request would cost, without sending or storing anything. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from bot.catalogue.check import Problem
from bot.catalogue.sizes import label
from bot.chat.views import View
from bot.domain.refusal import Refusal
from bot.messages.refusal_view import refusal_lines
from bot.prompts.normalise import UnusableText, normalise
from bot.requests.accept import checked_options, wrong_value
from bot.requests.choices import chosen_model, combined
from bot.requests.rules import Rules
from bot.texts import text
from bot.texts.phrases import money, pictures


def price_view(prompt: str, typed: Mapping[str, object], own: Mapping[str, object], rules: Rules, references: int = 0) -> View:
    """The price of a request with this prompt, typed options and number of attached pictures, or the problem with them."""
    rules = rules.in_community(own)
    try:
        wanted = combined(normalise(prompt), typed, captions=rules.captions)
    except UnusableText:
        wanted = Refusal("prompt_empty")
    if isinstance(wanted, Refusal):
        return _wrong(wanted)
    model = chosen_model(wanted.model, own, rules)
    found = model if isinstance(model, Problem) else checked_options(wanted, own, rules := rules.for_model(model))
    if isinstance(found, Problem):
        return _wrong(wrong_value(found))
    cost = rules.highest_cost(found.size, found.quality, found.count, wanted.prompt, references=references)
    facts = {"count": pictures(found.count), "size": label(found.size), "quality": found.quality, "model": rules.model.id}
    lines = [text("status.price_of", price=money(cost), **facts)]
    if rules.model.price.estimated:
        lines.append(text("status.price_estimated"))
    return View(title=text("status.price_title"), text=(*lines, text("status.price_free")), final=True)


def _wrong(refusal: Refusal) -> View:
    return View(title=text("status.price_title"), text=tuple(refusal_lines(refusal)), final=True)
