"""How much the event loop is held up while pictures are decoded, checked and encoded anew: pictures of 2048² against an idle loop.

Lag is how late a 5 ms timer rings. Idle and busy take turns, each turn has its own 99th percentile, and the ratio is that of the two
medians over all turns: a burst of other programs' work spoils a turn, not the figure.
"""

from __future__ import annotations

import asyncio
import base64
import io
import os
import statistics
import tempfile
import time
from pathlib import Path

from PIL import Image
from rich.console import Console
from rich.table import Table

from bot.providers.pictures import PictureStore
from bot.responsiveness import favour_the_loop

TICK = 0.005
PICTURES = 3
"""In one busy turn; 27 in nine."""
TURNS, FEWEST, IDLE = 9, 3, 2.0
"""Turns at most and at least, and seconds of an idle one."""
LONGEST = 120.0
"""Seconds after which no further turn is begun."""
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


async def measure(console: Console) -> bool:
    """The ratio of the two medians; True when it is at most TARGET."""
    raw = picture()
    pieces = [raw[start : start + 262_144] for start in range(0, len(raw), 262_144)]
    idle: list[float] = []
    busy: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        store = PictureStore(Path(folder))
        await store.add_base64(pieces)
        end = time.perf_counter() + LONGEST
        while len(idle) < TURNS and (len(idle) < FEWEST or time.perf_counter() < end):
            idle.append(p99(await lag_while(None, IDLE)))
            work: asyncio.Future[object] = asyncio.gather(*(store.add_base64(pieces) for _ in range(PICTURES)))
            busy.append(p99(await lag_while(work, 0.0)))
            await work
        store.close()
    ratio = statistics.median(busy) / statistics.median(idle)
    spread = sorted(one / other for one, other in zip(busy, idle, strict=True))
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    table = Table("figure", "measured", "target", "met")
    table.add_row(f"loop lag p99, idle, median of {len(idle)} turns", f"{statistics.median(idle) * 1e3:.2f} ms", "the unit", "yes")
    table.add_row(
        f"loop lag p99, {PICTURES} pictures of 2048², median of {len(busy)} turns",
        f"{statistics.median(busy) * 1e3:.2f} ms = × {ratio:.2f} (single turns × {spread[0]:.2f} to {spread[-1]:.2f}; load {load})",
        f"≤ × {TARGET}",
        "yes" if ratio <= TARGET else "NO",
    )
    console.print(table)
    return ratio <= TARGET


def main() -> int:
    """`python -m bench lag`."""
    favour_the_loop()
    return 0 if asyncio.run(measure(Console())) else 1


if __name__ == "__main__":
    raise SystemExit(main())
