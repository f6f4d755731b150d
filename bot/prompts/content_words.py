"""How much meaning a cleaned prompt has lost, in any script. A prompt that lost its meaning isn't offered."""

from __future__ import annotations

import re

MOST_LOST = 3
"""A cleaned prompt is offered if at most one in this many meaningful words is gone."""
_FUNCTION_WORDS: frozenset[str] = frozenset(
    """
    a an the and or of to in on at by for from with without into onto is are be it its this that these those my your his her our their
    me us you i we he she they there as so if than then
    le la les un une des du de et à au en dans sur avec
    der die das ein eine einen und oder von zu im am auf mit für
    el los las una y o del con para por il lo gli di e che da per su
    """.split()  # noqa: SIM905
)
"""Function words of English, French, German, Spanish and Italian."""
# Han, Kana, Thai, Lao, Myanmar, Khmer: written without spaces between words.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{UNSPACED}]|[^\s{UNSPACED}]+")
_DANGLING = re.compile(
    r"\b(?:says?|saying|reads?|reading|called|named|spells?|spelling|shows?|showing|to|of|with|at|by|from|and|or|the|an?|is|my|our)$",
    re.IGNORECASE,
)
"""Endings left dangling by a removal: "a sign that says"."""


_HANGING = re.compile(
    "(?:(?:on|in|at|with|of|by|from|and|auf|im|mit|von|und|sur|dans|avec|et|en|con|y|com|e|na|на|в|с|и|على|في|مع|و) "
    "|的|之|の|です|まで|で|に|を|は|が|と|へ|로|으로|을|를|은|는|이|가|에)"
)
"""Prepositions and particles that need the words before them, which were taken out."""


def content_words(text: str) -> int:
    """Number of meaningful words: no function words, numbers or signs alone; one per character in scripts without spaces."""
    words = (one.strip("\"'“”‘’()[]{}<>,.;:!?¡¿،。、-–—").casefold() for one in _WORD.findall(text))
    return sum(1 for one in words if one not in _FUNCTION_WORDS and any(char.isalpha() for char in one))


def worth_offering(prompt: str, cleaned: str) -> bool:
    """Whether enough of the prompt is left and it doesn't end mid-phrase."""
    lost = content_words(prompt) - content_words(cleaned)
    if (hanging := _HANGING.match(cleaned)) and not prompt.startswith(hanging.group()):
        return False
    return content_words(cleaned) > 0 and lost * MOST_LOST <= content_words(prompt) and not _DANGLING.search(cleaned.rstrip(" .,;:!?\"'"))
