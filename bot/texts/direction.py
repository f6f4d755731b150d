"""Bidirectional isolation: foreign words inside a sentence of ours cannot turn the words around them.

A Hebrew or Arabic name, or a prompt with an override in it, would otherwise reorder the sentence in which it stands (Unicode Standard
Annex 9, section 2.4). Words that read from left to right stay as they are, so that most sentences hold no invisible characters.
"""

from __future__ import annotations

import re

FSI, PDI = "\u2068", "\u2069"
"""First strong isolate and pop directional isolate."""
_STEERING = re.compile("[\u202a-\u202e\u2066\u2067]")
"""Embeddings, overrides and isolates with a direction of their own: we write none."""
_MARKS = re.compile(f"[{FSI}{PDI}\n]")
_TURNS = re.compile("[\u200f\u0590-\u08ff\u2068\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")
"""Characters that read from right to left, and our own isolates."""


def isolate(words: str) -> str:
    """The words as they may stand inside a sentence: between isolates where they could turn what stands around them, line by line,
    because an isolate ends with its line."""
    if words.isascii():
        return words
    return "\n".join(f"{FSI}{line}{PDI}" if _TURNS.search(line) else line for line in balanced(words).split("\n"))


def balanced(words: str) -> str:
    """Without overrides and embeddings, and every isolate closed within its line, also after a cut. A mark that closes none is dropped."""
    if words.isascii():
        return words
    words = _STEERING.sub("", words)
    if FSI not in words and PDI not in words:
        return words
    open_ = 0
    kept: list[str] = []
    at = 0
    for found in _MARKS.finditer(words):
        kept.append(words[at : found.start()])
        at = found.end()
        mark = found.group()
        if mark == FSI:
            open_ += 1
            kept.append(mark)
        elif mark == PDI:
            kept.append(mark if open_ else "")
            open_ = max(0, open_ - 1)
        else:
            kept.append(PDI * open_ + mark)
            open_ = 0
    return "".join([*kept, words[at:], PDI * open_])


def bare(words: str) -> str:
    """Without our isolates, for output that programs read."""
    return words if words.isascii() else words.replace(FSI, "").replace(PDI, "")
