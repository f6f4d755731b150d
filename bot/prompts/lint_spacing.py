"""Spaces between scripts without spaces and what stands in them.

Chinese, Japanese, Thai and often Korean put numbers and addresses right beside their words, and letters of those scripts count as letters
for `\\b` and `\\w`: nothing beside them would ever be found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.prompts.content_words import UNSPACED
from bot.prompts.lint_spans import Span

_BESIDE = UNSPACED + "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"
_SEAM = re.compile(rf"(?<=[{_BESIDE}])(?=[!-~])|(?<=[!-~])(?=[{_BESIDE}])")


def spaced(prompt: str) -> tuple[str, Sequence[int]]:
    """The prompt with a space at each seam, and where each of its characters stands in the prompt."""
    seams = [match.start() for match in _SEAM.finditer(prompt)]
    if not seams:
        return prompt, range(len(prompt) + 1)
    parts, positions, at = list[str](), list[int](), 0
    for seam in (*seams, len(prompt)):
        parts.append(prompt[at:seam])
        positions += range(at, seam + 1)  # the space stands where what follows it begins
        at = seam
    return " ".join(parts), positions


def placed(span: Span, positions: Sequence[int]) -> Span:
    """A span of the spaced prompt, in the prompt itself."""
    return Span(positions[span.start], positions[span.end - 1] + 1, span.what)
