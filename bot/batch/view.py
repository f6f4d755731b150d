"""A batch's messages: how far it is, contact sheets to choose from, and finished pictures. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.batch.overview import BatchStatus, full_sentence, pause_sentence
from bot.batch.records import reason_sentence
from bot.chat.views import About, ActionName, Button, ButtonStyle, Fact, PictureView, Pressers, Tone, View
from bot.domain.batches import ACTIVE, Batch, BatchItem, BatchState, ItemState
from bot.domain.outcome import Picture
from bot.prompts.normalise import alt_text
from bot.texts import joined, text
from bot.texts.direction import isolate
from bot.texts.phrases import duration, listed, money, pictures

PACE = 3.0
"""Seconds between two edits of a batch's message while it draws: for an hour, nobody needs one each second."""
SHOWN_REASONS, SHOWN_PICKS = 5, 40
_TONES = {
    BatchState.PROPOSED: Tone.WAITING,
    BatchState.RUNNING: Tone.WORKING,
    BatchState.PAUSED: Tone.WAITING,
    BatchState.DRAFTED: Tone.WAITING,
    BatchState.FINISHING: Tone.WORKING,
    BatchState.FINISH_PAUSED: Tone.WAITING,
    BatchState.FINISHED: Tone.DONE,
    BatchState.STOPPED: Tone.NEUTRAL,
}
_PAUSED = (BatchState.PAUSED, BatchState.FINISH_PAUSED)
_CHOOSING = (BatchState.DRAFTED, BatchState.FINISHED)


@dataclass(frozen=True, slots=True)
class BatchLook:
    """Everything that a batch's message says."""

    status: BatchStatus
    items: Sequence[BatchItem]
    price: Sequence[str] = ()
    """What it costs at least and at most."""
    running: int = 0
    """Pictures that are being drawn."""
    left: float | None = None
    """Seconds that the rest takes; None if unknown."""
    picked: Sequence[str] = ()
    """What the picked drafts are called."""
    retry: tuple[int, bool] | None = None
    """What it costs at most to draw the failed topics that may work now, in micros, and whether that's half the price; None if there are
    none."""


def batch_view(look: BatchLook) -> View:
    """The one message of a batch."""
    status, batch = look.status, look.status.batch
    going = batch.state in ACTIVE or status.asked > 0
    return View(
        title=_title(status),
        text=tuple(_lines(look)),
        facts=tuple(_facts(look)) if batch.state is not BatchState.PROPOSED else (),
        buttons=tuple(_buttons(look)),
        tone=_TONES[batch.state],
        final=not going,
        pace=PACE,
    )


def sheet_view(batch: Batch, page: int, pages: int, labels: Sequence[tuple[str, str]], sheet: Picture) -> View:
    """One contact sheet; `labels` are what the drafts on it are called, and their topics."""
    where = text("batch.sheet_page", page=page, pages=pages) if pages > 1 else text("batch.sheet_one")
    named = joined("; ", (joined(": ", (label, topic)) for label, topic in labels))
    return View(
        title=text("batch.sheet_title", batch=batch.number, where=where),
        text=(text("batch.sheet_how"),),
        pictures=(_picture(sheet, f"batch-{batch.number}-sheet-{page}", text("batch.sheet_alt", drafts=alt_text(named))),),
        buttons=_choices(batch),
        tone=Tone.NEUTRAL,
        final=True,
        about=About(f"batch:{batch.id}", text("batch.about", batch=batch.number)),
    )


def finals_view(batch: Batch, found: Sequence[tuple[BatchItem, Sequence[Picture]]]) -> View:
    """Some of a batch's finished pictures."""
    shown = []
    for item, drawn in found:
        for position, one in enumerate(drawn, 1):
            name = f"batch-{batch.number}-{item.number:04d}" + (f"-{position}" if position > 1 else "")
            alt = text("batch.final_alt", number=item.number, topic=alt_text(item.topic.topic))
            shown.append(_picture(one, name, alt))
    named = (joined(" ", (f"{item.number}:", isolate(item.topic.topic[:80]))) for item, _ in found)
    return View(
        title=text("batch.finals_title", batch=batch.number, pictures=pictures(len(found))),
        text=(joined("\n", named), text("request.made_with_ai")),
        pictures=tuple(shown),
        tone=Tone.DONE,
        final=True,
        about=About(f"batch:{batch.id}", text("batch.about", batch=batch.number)),
    )


def finish_view(batch: Batch, count: int, costs: tuple[int, int | None], left: int) -> View:
    """What finishing costs, at once and at half the price if the service has that, with the buttons that do it."""
    cost, half = costs
    lines = [text("batch.finish_price", pictures=pictures(count), cost=money(cost))]
    if half is not None:
        lines.append(text("batch.half_price", cost=money(half)))
    if cost > left:
        lines.append(text("batch.finish_over", left=money(max(0, left))))
    yes = Button(
        ActionName.BATCH_FINISH_NOW, batch.id, text("button.batch_finish_now", pictures=pictures(count)), ButtonStyle.PRIMARY,
        pressers=_owner(batch),
    )  # fmt: skip
    later = Button(ActionName.BATCH_FINISH_HALF, batch.id, text("button.batch_finish_half"), pressers=_owner(batch))
    buttons = (yes,) if half is None else (yes, later)
    return View(text("batch.finish_title", batch=batch.number), tuple(lines), buttons=buttons, final=True)


def retry_view(batch: Batch, cost: int, half_price: bool) -> View:
    """What another try costs now that it costs more than its button said, with a button that says it."""
    return View(text("batch.retry_changed"), buttons=(_retry(batch, cost, half_price),), final=True)


def forgotten_view(batch: Batch) -> View:
    """Any message of a batch whose owner had everything about them deleted."""
    return View(text("batch.deleted", batch=batch.number), final=True)


def _title(status: BatchStatus) -> str:
    batch = status.batch
    return text("batch.title", batch=batch.number, title=isolate(batch.title[:80]), state=status.state_words)


def _lines(look: BatchLook) -> list[str]:
    batch, lines = look.status.batch, list[str]()
    if batch.state is BatchState.PROPOSED:
        lines += [text("batch.proposed", topics=look.status.topics, drafts=batch.plan.drafts), *_remarks(batch), *look.price]
        return [*lines, text("batch.proposed_how")]
    if batch.state in _PAUSED:
        lines.append(text("batch.paused_operator") if batch.reason == "operator" else pause_sentence(batch))
    lines.append(full_sentence(look.status))
    if batch.state in _CHOOSING and look.status.counts.get(ItemState.DRAWN):
        lines.append(text("batch.choose"))
    if look.picked:
        lines.append(text("batch.picked", drafts=listed(look.picked, SHOWN_PICKS)))
    noted = [one for one in look.items if one.state is ItemState.REJECTED]
    lines += [_noted("batch.rejected_one", one, one.note) for one in noted[:SHOWN_REASONS]]
    if len(noted) > SHOWN_REASONS:
        lines.append(text("batch.rejected_more", count=len(noted) - SHOWN_REASONS))
    failed = [one for one in look.items if one.state is ItemState.FAILED]
    lines += [_noted("batch.failed_one", one, reason_sentence(one.reason)) for one in failed[:SHOWN_REASONS]]
    if len(failed) > SHOWN_REASONS:
        lines.append(text("batch.failed_more", count=len(failed) - SHOWN_REASONS))
    return [one for one in lines if one]


def _noted(key: str, item: BatchItem, why: str) -> str:
    return text(key, number=item.number, topic=isolate(item.topic.topic[:60]), why=why)


def _remarks(batch: Batch) -> list[str]:
    """What its owner should know about their file before they press Start."""
    facts, found = batch.facts, list[str]()
    if encoding := facts.get("encoding"):
        found.append(text("batch.read_as", encoding=str(encoding)))
    if isinstance(repeated := facts.get("repeated"), int) and repeated:
        found.append(text("batch.repeated", count=repeated))
    if isinstance(ignored := facts.get("ignored"), list) and ignored:
        found.append(text("batch.ignored", names=listed([isolate(str(one)) for one in ignored])))
    return found


def _facts(look: BatchLook) -> list[Fact]:
    status, plan = look.status, look.status.batch.plan
    counts = status.counts
    finishing = bool(counts.get(ItemState.FINAL) or counts.get(ItemState.FINISHED))
    waiting = counts.get(ItemState.DRAFT, 0) + counts.get(ItemState.FINAL, 0) - look.running
    done = status.finishing[0] if finishing else status.drafted - status.failed
    of = sum(status.finishing) if finishing else status.topics
    values = {
        "finished" if finishing else "drafted": text("batch.of", done=done, of=of),
        "running": str(look.running),
        "waiting": str(max(0, waiting)),
        "failed": str(status.failed),
        "money": text("batch.of", done=money(status.spent.spent), of=money(plan.budget)),
        "pictures": text("batch.of", done=status.spent.pictures, of=plan.max_pictures),
    }
    if status.batch.state not in ACTIVE and not status.asked:
        values = {name: value for name, value in values.items() if name not in ("running", "waiting")}
    elif look.left is not None:
        values["left"] = duration(look.left)
    return [Fact(text(f"batch.fact.{name}"), value) for name, value in values.items()]


def _buttons(look: BatchLook) -> list[Button]:
    batch = look.status.batch
    match batch.state:
        case BatchState.PROPOSED:
            label = text("button.batch_start", most=money(batch.plan.budget))
            start = Button(ActionName.BATCH_START, batch.id, label, ButtonStyle.PRIMARY, pressers=_owner(batch))
            return [start, Button(ActionName.BATCH_STOP, batch.id, text("button.batch_discard"))]
        case BatchState.RUNNING | BatchState.FINISHING:
            return [Button(ActionName.BATCH_PAUSE, batch.id, text("button.batch_pause")), _stop(batch)]
        case BatchState.PAUSED | BatchState.FINISH_PAUSED:
            return [_go_on(batch), _stop(batch)]
        case BatchState.DRAFTED | BatchState.FINISHED:
            return [*_choices(batch), *([] if look.retry is None else [_retry(batch, *look.retry)]), _stop(batch)]
    return []


def _go_on(batch: Batch) -> Button:
    if batch.reason in ("money", "pictures"):
        label = text("button.batch_raise")
        return Button(ActionName.BATCH_RAISE, batch.id, label, ButtonStyle.PRIMARY, opens_form=True, pressers=_owner(batch))
    return Button(ActionName.BATCH_RESUME, batch.id, text("button.batch_resume"), ButtonStyle.PRIMARY)


def _retry(batch: Batch, cost: int, half_price: bool) -> Button:
    label = text("button.batch_retry_half" if half_price else "button.batch_retry", cost=money(cost))
    return Button(ActionName.BATCH_RETRY, batch.id, label, pressers=_owner(batch))


def _stop(batch: Batch) -> Button:
    return Button(ActionName.BATCH_STOP, batch.id, text("button.batch_stop"), ButtonStyle.DANGER)


def _choices(batch: Batch) -> tuple[Button, ...]:
    owner = _owner(batch)
    return (
        Button(ActionName.BATCH_PICK, batch.id, text("button.batch_pick"), ButtonStyle.PRIMARY, opens_form=True),
        Button(ActionName.BATCH_REJECT, batch.id, text("button.batch_reject"), opens_form=True),
        Button(ActionName.BATCH_REDRAW, batch.id, text("button.batch_redraw"), opens_form=True, pressers=owner),
        Button(ActionName.BATCH_FINISH, batch.id, text("button.batch_finish"), pressers=owner),
    )


def _owner(batch: Batch) -> Pressers:
    return Pressers(only=batch.person.id)


def _picture(one: Picture, name: str, alt: str) -> PictureView:
    ending = "jpg" if one.format == "jpeg" else one.format
    return PictureView(one.sha256, one.format, one.width, one.height, one.size, alt[:1000], f"{name}.{ending}")
