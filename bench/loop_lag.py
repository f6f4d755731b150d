"""How much the event loop is held up while pictures are decoded, checked and encoded anew: ten pictures of 2048² against an idle loop.

Lag is how late a 5 ms timer rings. Idle and busy are measured in turns within one run, because the machine is shared.
"""

from __future__ import annotations

import asyncio
import base64
import io
import os
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image
from rich.console import Console
from rich.table import Table

from bot.compose import SWITCH_INTERVAL
from bot.providers.pictures import PictureStore

TICK = 0.005
PICTURES = 10
TARGET = 1.5


def picture() -> bytes:
    """A 2048² PNG that compresses badly at the edges and well inside, like a drawing."""
    noise = Image.frombytes("RGB", (512, 512), os.urandom(512 * 512 * 3)).resize((2048, 2048))
    out = io.BytesIO()
    noise.save(out, "PNG", compress_level=1)
    return base64.b64encode(out.getvalue())


async def lag_while(work: asyncio.Future[object] | None, seconds: float) -> list[float]:
    """Lags in seconds while `work` runs, or for `seconds` when there is none."""
    found = []
    end = time.perf_counter() + seconds
    while (work is not None and not work.done()) or (work is None and time.perf_counter() < end):
        began = time.perf_counter()
        await asyncio.sleep(TICK)
        found.append(time.perf_counter() - began - TICK)
    return found


def p99(values: list[float]) -> float:
    """The 99th percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))]


async def measure(console: Console, rounds: int = 5) -> bool:
    """The ratio of the two lags; True when it is at most TARGET."""
    raw = picture()
    idle: list[float] = []
    busy: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        store = PictureStore(Path(folder))
        await store.add_base64([raw])
        for _ in range(rounds):
            idle += await lag_while(None, 2.0)
            pieces = [raw[start : start + 262_144] for start in range(0, len(raw), 262_144)]
            work: asyncio.Future[object] = asyncio.gather(*(store.add_base64(pieces) for _ in range(PICTURES)))
            busy += await lag_while(work, 0.0)
            await work
        store.close()
    ratio = p99(busy) / p99(idle)
    table = Table("figure", "measured", "target", "met")
    table.add_row("loop lag p99, idle", f"{p99(idle) * 1e3:.2f} ms", "the unit", "yes")
    table.add_row(
        f"loop lag p99, {PICTURES} pictures of 2048²",
        f"{p99(busy) * 1e3:.2f} ms = × {ratio:.2f}",
        f"≤ × {TARGET}",
        "yes" if ratio <= TARGET else "NO",
    )
    console.print(table)
    return ratio <= TARGET


def main() -> int:
    """`python -m bench lag`."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    return 0 if asyncio.run(measure(Console())) else 1


if __name__ == "__main__":
    raise SystemExit(main())
