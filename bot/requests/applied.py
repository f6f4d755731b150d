"""Comparison of requested and applied options, and the operator notice if a service keeps replacing one.

Only values that the service states or the picture shows are compared.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from bot.catalogue.model import AUTO, Model
from bot.domain.outcome import Outcome
from bot.domain.requests import Request
from bot.ledger import memory_rows, request_rows
from bot.ledger.store import Tx
from bot.messages.applied_lines import other_size
from bot.messages.notices import Notices

DIFFERENT_IN_A_ROW = 3
"""Consecutive differing answers before the operator is told."""
NOTICE = "not_applied"
_SAME_QUALITY = {"standard": "medium", "hd": "high"}
_VERSION = re.compile(r"[-@:](?:v?\d{3,}[\d.-]*|preview|latest|exp(?:erimental)?)")


def compare(request: Request, outcome: Outcome, model: Model, *, unsent: bool = False) -> Mapping[str, str | None]:
    """Compared option -> the value used instead, or None if it was applied as requested. `model` is the requested one; `unsent`: a quality
    was chosen, and the service has no such option. Pure."""
    found: dict[str, str | None] = {}
    if request.size not in ("", AUTO) and "size" not in request.left_out and outcome.pictures:
        other = other_size(request, outcome.pictures)
        found["size"] = None if other is None else f"{other.width}×{other.height}"
    if "quality" in outcome.carried and outcome.applied.quality and request.quality != AUTO:
        used = outcome.applied.quality
        found["quality"] = None if _quality(used) == _quality(request.quality) else used
    elif unsent:
        found["no_quality"] = request.quality
    if model.known and outcome.applied.model:
        found["model"] = None if _is_same(outcome.applied.model, model) else outcome.applied.model
    return found


def note(tx: Tx, request: Request, found: Mapping[str, str | None], model: Model, service: str, notices: Notices) -> None:
    """Keep what differs with the request, and tell the operator once if the service keeps doing it, until it stops."""
    differs = {name: used for name, used in found.items() if used is not None and name != "size"}
    if differs and dict(request.applied) != differs:
        request_rows.annotate(tx, request.id, applied={**request.applied, **differs})
    key = "applied:" + hashlib.sha256(f"{service}\n{model.id}".encode()).hexdigest()[:32]
    kept = memory_rows.recall(tx.connection, key)
    before: dict[str, int] = {} if kept is None else dict(kept[0])
    after = {**before, **{name: 0 if used is None else min(DIFFERENT_IN_A_ROW, before.get(name, 0) + 1) for name, used in found.items()}}
    after = {name: times for name, times in after.items() if times}
    if after != before:
        memory_rows.remember(tx, key, after)
    for name, used in found.items():
        cause = f"{NOTICE}:{name}:{model.id}"[:80]
        if used is None:
            notices.resolve(tx, cause)
        elif after[name] >= DIFFERENT_IN_A_ROW and cause not in notices.open:
            asked = {"size": request.size, "model": model.id}.get(name, request.quality)
            said = {"param": name.removeprefix("no_"), "asked": asked, "used": "" if name == "no_quality" else used}
            notices.report(tx, cause, NOTICE, {"model": model.id, **said})


def _quality(name: str) -> str:
    return _SAME_QUALITY.get(name.casefold(), name.casefold())


def _is_same(said: str, model: Model) -> bool:
    """Whether a service's name for a model means this one, perhaps with a maker's prefix or a version."""
    ours, short = model.id.casefold().rpartition("/")[2], said.casefold().rpartition("/")[2]
    longer, shorter = (short, ours) if len(short) > len(ours) else (ours, short)
    return longer.startswith(shorter) and (longer == shorter or _VERSION.fullmatch(longer[len(shorter) :]) is not None)
