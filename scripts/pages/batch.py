"""Generator of the state diagrams in docs/batch.md, from the tables in bot/domain. The rest is written by hand."""

from __future__ import annotations

from pathlib import Path

from bot.domain.batches import BATCHES, ITEMS
from pages.architecture import BEGIN, END, diagram

PATH = "docs/batch.md"


def page() -> str:
    """The current page with up-to-date diagrams."""
    current = (Path(__file__).resolve().parents[2] / PATH).read_text(encoding="utf-8")
    before, _, rest = current.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{diagram(BATCHES)}\n{diagram(ITEMS)}\n{END}{after}"
