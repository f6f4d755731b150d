"""What languages cost: memory and time with English alone and with every language, and the start of the bot.

Each figure comes from a process of its own, which says every text once, so it's the most that a bot can come to; texts are read and parsed
only when they're said. Times are CPU times, because other work on the machine doesn't change those much.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

MOST_ENGLISH_MB, MOST_ALL_MB, MOST_START = 10.0, 25.0, 1.5
TIMES = 3
_READY = b"Web chat:"

_SAYING = """
import gc, os, resource, sys, time
import structlog, typing, dataclasses, functools, importlib.resources

def resident():
    gc.collect()
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS")) / 1024

before, begun = resident(), time.process_time()
from bot.texts import keys, languages, say, text
from bot.texts.files import catalogue
from bot.texts.phrases import listed, moment, money
wanted = sorted(languages()) if sys.argv[1] == "all" else [] if sys.argv[1] == "none" else ["en"]
for language in wanted:
    for key in catalogue(language).every():
        template = catalogue(language).template(key)
        if template is not None:
            say(text(key, **dict.fromkeys(template.fields, 2)), language)
    for phrase in (money(53_000), moment(1_800_000_000), listed(["a", "b", "c"])):
        say(phrase, language)
print(resident() - before, time.process_time() - begun, len(wanted))
"""


def said(which: str) -> tuple[float, float, int]:
    """Megabytes, CPU seconds, and the number of languages."""
    found = subprocess.run([sys.executable, "-c", _SAYING, which], capture_output=True, text=True, check=True).stdout.split()
    return float(found[0]), float(found[1]), int(found[2])


def start() -> float:
    """CPU seconds from the call of the program to its address."""
    program = Path(sys.executable).parent / "imagine-bot"
    with tempfile.TemporaryDirectory() as folder:
        asked = [str(program), "demo", "--no-browser", "--port", "0", "--data-dir", folder]
        process = subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder, start_new_session=True)
        assert process.stdout is not None
        for line in process.stdout:
            if _READY in line:
                break
        ticks = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        process.send_signal(signal.SIGTERM)
        process.stdout.read()
        process.wait(60)
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Print the table; 1 if a figure is above its bound."""
    figures = {which: [said(which) for _ in range(TIMES)] for which in ("none", "en", "all")}
    begun = time.monotonic()
    started = statistics.median(start() for _ in range(TIMES))
    table = Table("what", "figure", "bound", box=None)
    english, everything = (statistics.median(one[0] for one in figures[which]) for which in ("en", "all"))
    count = figures["all"][0][2]
    rows = [
        ("memory, code alone", f"{statistics.median(one[0] for one in figures['none']):.1f} MB", ""),
        ("memory, every English text said", f"{english:.1f} MB", f"{MOST_ENGLISH_MB:.0f} MB"),
        (f"memory, every text of {count} languages said", f"{everything:.1f} MB", f"{MOST_ALL_MB:.0f} MB"),
        ("CPU, every English text said", f"{statistics.median(one[1] for one in figures['en']):.2f} s", ""),
        (f"CPU, every text of {count} languages said", f"{statistics.median(one[1] for one in figures['all']):.2f} s", ""),
        ("CPU, start of the demo with the web chat", f"{started:.2f} s", f"{MOST_START} s"),
    ]
    for row in rows:
        table.add_row(*row)
    Console().print(table)
    print(f"{TIMES} runs each; the starts took {time.monotonic() - begun:.0f} s by the clock")
    return int(english > MOST_ENGLISH_MB or everything > MOST_ALL_MB or started > MOST_START)
