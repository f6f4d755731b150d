"""Thirty plain failures in 18 languages: the half of them that no model is trained on is understood nearly as well as the other."""

from __future__ import annotations

import pytest

from bench.classifier import Answer, by_classifier
from bench.classifier.records import plain_failures
from bot.domain.failure import Evidence
from bot.domain.kinds import Action, Kind
from bot.failures.classify import classify


def answers(*, taught: bool) -> list[Answer]:
    return [by_classifier(record) for record, trained_on in plain_failures() if trained_on == taught]


def test_every_language_tells_all_thirty() -> None:
    languages = [record.language for record, _ in plain_failures()]
    assert {language: languages.count(language) for language in languages} == dict.fromkeys(languages, 30)
    assert len(set(languages)) == 18


def test_what_no_model_was_trained_on_is_understood() -> None:
    found = answers(taught=False)
    assert sum(one.right for one in found) / len(found) >= 0.9
    assert sum(one.missed for one in found) <= 12
    assert not any(one.record.safety and one.retryable for one in found)
    assert sum(one.accused for one in found) <= 2
    sure = [one.right for one in found if one.confidence >= 0.9]
    assert len(sure) >= 50
    assert sum(sure) / len(sure) >= 0.97


def test_what_it_was_trained_on_is_understood() -> None:
    found = answers(taught=True)
    assert sum(one.right for one in found) / len(found) >= 0.97
    assert not any(one.missed or one.accused for one in found)


@pytest.mark.parametrize(
    "text",
    [
        "माफ़ कीजिए, यह चित्र नहीं बनाया जा सकता",
        "দুঃখিত, আমি এই ছবি আঁকতে পারি না",
        "மன்னிக்கவும், இந்தப் படத்தை வரைய முடியாது",
        "క్షమించండి, ఈ చిత్రాన్ని గీయలేను",
        "សូមទោស ខ្ញុំមិនអាចគូររូបនេះបានទេ",
    ],
)
def test_words_whose_vowels_are_signs_are_read_as_words(text: str) -> None:
    """A regular expression takes vowel signs for no letters; what a model said instead of a picture was then no text, and asked again."""
    failure = classify(Evidence(api="images.generations", status=200, body={"output_text": text}))
    assert failure.kind is not Kind.MALFORMED_RESPONSE
    assert failure.action is Action.NONE
