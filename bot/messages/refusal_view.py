"""Sentences and buttons about a refusal: the wrong value, the allowed ones, and what fits instead."""

from __future__ import annotations

from bot.chat.views import ActionName, Button, ButtonStyle, Pressers
from bot.domain.limits import COOL_DOWN_WINDOW
from bot.domain.picture_changes import MAX_CHARACTERS
from bot.domain.refusal import BudgetShortfall, Refusal, Shortage
from bot.domain.requests import Request
from bot.texts import capitalized, joined, text
from bot.texts.phrases import duration, listed, moment, money, pictures, size


def refusal_sentence(refusal: Refusal) -> str:
    """A refusal as one text, for answers that aren't a request's message."""
    return joined(" ", refusal_lines(refusal))


def change_problem(reason: str, value: str, **others: object) -> str:
    """Why a text can't be drawn on a picture; `reason` is a key below `change.problem_`, and for "font" the value names scripts."""
    shown = listed(value.split(", "), 4) if reason == "font" else value[:60]
    return text(f"change.problem_{reason}", value=shown, most=MAX_CHARACTERS, **others)


def refusal_lines(refusal: Refusal) -> list[str]:
    if refusal.budget is not None:
        return _budget_lines(refusal.budget)
    values: dict[str, object] = {key: listed(value) if isinstance(value, list) else value for key, value in refusal.facts.items()}
    if refusal.until is not None:
        values |= {"until": moment(refusal.until), "window": duration(COOL_DOWN_WINDOW)}
    if isinstance(pause := refusal.facts.get("seconds"), int):
        values["pause"] = duration(pause)
    if refusal.reason == "blocked_before":
        return [text(f"refusal.blocked_{values.get('what', '')}before")]
    if refusal.reason.startswith("caption_"):
        return [text("refusal.caption"), change_problem(refusal.reason.removeprefix("caption_"), str(values.get("value", "")))]
    return [text(f"refusal.{refusal.reason}", **values)]


def _budget_lines(budget: BudgetShortfall) -> list[str]:
    """Budget used up, too low, or switched off, with the renewal time if that helps."""
    amount = money if budget.unit == "money" else pictures
    if budget.scope == "batch":
        left, limit = amount(max(0, budget.left)), amount(budget.limit)
        return [text(f"refusal.budget_batch_{budget.unit}", left=left, limit=limit, price=money(budget.price))]
    what = text(f"refusal.budget_{budget.scope}_{budget.period}")
    values: dict[str, object] = {
        "left": amount(budget.left),
        "limit": amount(budget.limit),
        "what": what,
        "What": capitalized(what),
        "price": money(budget.price),
        "most": budget.limit,
        "asked": pictures(budget.count),
        "when": moment(budget.renews_at),
    }
    key = f"refusal.budget_{budget.shortage.value}"
    if budget.shortage is Shortage.OFF:
        return [text(f"{key}_{budget.scope}", **values)]
    lines = [text(f"{key}_{budget.unit}" if budget.unit == "money" else f"{key}_{budget.unit}_{budget.scope}", **values)]
    if budget.shortage is Shortage.TOO_EXPENSIVE:
        offers = (text("refusal.budget_offers"),) if budget.offers else ()
        nothing = not budget.offers and budget.left == budget.limit  # not even the cheapest picture fits into all of it
        never = "refusal.budget_nothing_fits" if nothing else "refusal.budget_never"
        lines.append(joined(" ", (*offers, text("refusal.budget_renews" if budget.renewed_fits else never, **values))))
    return lines


def offered(refusal: Refusal, request: Request) -> tuple[Button, ...]:
    """Buttons for alternatives within the budget, labelled with the change and the price."""
    asked, found = refusal.budget, list[Button]()
    if asked is None:
        return ()
    for name, offer in asked.offers.items():
        changes = [pictures(offer.count)] if offer.count != asked.count else []
        changes += [size(offer.size)] if offer.size != asked.size else []
        changes += [text("button.fit_quality", quality=offer.quality)] if offer.quality != asked.quality else []
        label = text("button.fit", what=joined(", ", changes), price=money(offer.price))
        found.append(own_button(request, ActionName(f"fit_{name}"), capitalized(label)[:80], ButtonStyle.PRIMARY))
    return tuple(found)


def own_button(
    request: Request, action: ActionName, label: str, style: ButtonStyle = ButtonStyle.PLAIN, *, opens_form: bool = False
) -> Button:
    """A button that only the requester may press."""
    return Button(action, request.id, label, style, opens_form, Pressers(only=request.person.id))
