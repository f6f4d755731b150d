"""View of /imagine-status: the state of the image service and the rest of the visitor's budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.budgets import Left
from bot.chat.views import ActionName, Button, Fact, View
from bot.gate.port import Snapshot
from bot.texts import has, text
from bot.texts.phrases import duration, moment, money, pictures


@dataclass(frozen=True, slots=True)
class OtherService:
    """A service beside the configured one."""

    shown: str
    """What members read about it; empty for another key of the configured one."""
    seen: Snapshot


NOTIFY_ROW = "tellme2222222222"
"""Row of the button for the reader's own setting; it names nothing."""


def status_view(
    seen: Snapshot, waiting: int, left: Sequence[Left], others: Sequence[OtherService] = (), hint: str = "", *, own: bool = False
) -> View:
    """`waiting` is the number of queued requests. `hint` is what the status page reports. `own`: the service is the community's own, so
    its administrators can mend it, and no operator is told."""
    lines = _lines(seen, waiting, own=own)
    if hint:
        lines.insert(1, hint)
    return View(
        title=text("status.title"),
        text=(*lines, *_others(others)),
        facts=tuple(_fact(one) for one in left),
        buttons=_buttons(),
        final=True,
    )


def nothing_drawn_view(why: str) -> View:
    """Where nothing can be drawn: neither a service's state nor what is left says anything. `why` also says who can mend it."""
    return View(title=text("status.title"), text=(why,), buttons=_buttons(), final=True)


def _buttons() -> tuple[Button, ...]:
    return (Button(ActionName.NOTIFY_ME, NOTIFY_ROW, text("button.notify_me"), opens_form=True),)


def _others(others: Sequence[OtherService]) -> list[str]:
    """A line for each further service, and one for all further keys."""
    lines = [text("status.other", name=one.shown, state=text(f"status.other_{one.seen.state}")) for one in others if one.shown]
    keys = [one for one in others if not one.shown]
    if keys:
        working = sum(one.seen.state == "open" and not one.seen.stage for one in keys)
        lines.append(text("status.keys", count=len(keys), working=working))
    return lines


def _lines(seen: Snapshot, waiting: int, *, own: bool) -> list[str]:
    running = text("status.running_none") if seen.in_flight == 0 else text("status.running", count=seen.in_flight)
    state = f"stage_{seen.stage}" if seen.stage and seen.state == "open" else seen.state
    state = f"own_{state}" if own and has(f"status.own_{state}") else state
    lines = [text(f"status.{state}", wait=duration(seen.paused_for)), text("status.queue", running=running, waiting=waiting)]
    if seen.latency_p50 is not None:
        usual, slow = duration(seen.latency_p50), duration(seen.latency_p95 or seen.latency_p50)
        lines.append(text("status.latency" if usual == slow else "status.latency_slow", wait=usual, slow=slow))
    if seen.concurrency is not None:
        lines.append(text("status.concurrency", count=seen.concurrency))
    if seen.per_minute is not None:
        lines.append(text("status.per_minute", count=max(1, round(seen.per_minute))))
    if seen.failures_in_a_row > 1:
        lines.append(text("status.failures", count=seen.failures_in_a_row))
    return lines


def _fact(one: Left) -> Fact:
    label = text(f"status.left_{one.scope}_{one.period}")
    if one.limit <= 0:
        return Fact(label, text("status.left_off"))
    of_money, left = one.unit == "money", max(0, one.left)
    limit = money(one.limit) if of_money else pictures(one.limit)
    return Fact(label, text("status.left", left=money(left) if of_money else str(left), limit=limit, when=moment(one.renews_at)))
