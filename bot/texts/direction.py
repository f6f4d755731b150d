"""Bidirectional isolation, so that right-to-left text in a field can't reorder the sentence around it.

See Unicode Standard Annex 9, section 2.4. Left-to-right text is left unchanged, so most sentences contain no invisible characters.
"""

from __future__ import annotations

import re

FSI, PDI = "\u2068", "\u2069"
"""First strong isolate and pop directional isolate."""
_STEERING = re.compile("[\u202a-\u202e\u2066\u2067]")
"""Embeddings, overrides and directional isolates, none of which the bot writes."""
_MARKS = re.compile(f"[{FSI}{PDI}\n]")
_TURNS = re.compile("[\u200f\u0590-\u08ff\u2068\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]")
"""Right-to-left characters, and the bot's own isolates."""
_COMMANDS = re.compile(r"(?<![\w/:.])[/-]+[A-Za-z][\w/.=-]*\w|\b[A-Z]{2}\$")
"""A command, an option or a currency: a sign at its end would stand at the other one among words from right to left."""
_LATIN = re.compile("[A-Za-z\u00c0-\u058f]")


def isolate_commands(words: str) -> str:
    """Wrap commands and options, for words of a language that is written from right to left."""
    return _COMMANDS.sub(lambda found: f"{FSI}{found.group()}{PDI}", words)


def isolate_latin(words: str) -> str:
    """Wrap the text if it has left-to-right characters, for a field of a right-to-left sentence. Each line is wrapped separately.

    Words from right to left aren't wrapped there: they give the sentence its direction."""
    if not _LATIN.search(words):
        return balanced(words)
    return "\n".join(f"{FSI}{line}{PDI}" if line else line for line in balanced(words).split("\n"))


def isolate(words: str) -> str:
    """Wrap the text in isolates if it could affect its surroundings. Each line is wrapped separately, because an isolate ends at a line
    break."""
    if words.isascii():
        return words
    return "\n".join(f"{FSI}{line}{PDI}" if _TURNS.search(line) else line for line in balanced(words).split("\n"))


def balanced(words: str) -> str:
    """Remove overrides and embeddings and close every isolate within its line, also after a cut. Unmatched closing marks are dropped."""
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
    """Remove isolates, for output that programs read."""
    return words if words.isascii() else words.replace(FSI, "").replace(PDI, "")
