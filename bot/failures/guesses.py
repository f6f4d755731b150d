"""What an answer only guesses: "no picture came back, it may have been blocked" accuses nobody, but isn't sent again."""

from __future__ import annotations

from bot.failures.data import table
from bot.failures.plain import stems
from bot.failures.rules.load import family
from bot.failures.rules.rule import Text

_MAYBE = stems(table("guesses")["MAYBE"])
_NOTHING_CAME = stems(table("guesses")["NOTHING_CAME"])


def suspects_a_block(text: Text) -> bool:
    """Whether a sentence says that a filter or rules may have stopped something."""
    blocks = family("SCREEN") | family("RULES_OF_CONTENT") | family("STOPPED")
    return any(_MAYBE.within(sentence) and blocks.within(sentence) for sentence in text.plain_sentences)


def is_a_guess_about_nothing(text: Text) -> bool:
    """Whether no picture came, and a block is only suspected as the reason."""
    return text.says(_NOTHING_CAME) and suspects_a_block(text)
