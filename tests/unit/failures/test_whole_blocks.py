"""Blocks that hang on one long word, or that say their word twice, are blocks in any wrapping; a single odd word still accuses nobody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.domain.failure import Evidence
from bot.domain.kinds import Action, Group
from bot.failures.classify import classify

API = "images.generations"
BLOCKS = (
    "Der Jugendschutzfilter hat deine Beschreibung abgelehnt.",
    "Das Ergebnis wurde wegen eines Richtlinienverstoßes zurückgehalten.",
    "Turvallisuussuodatin hylkäsi kuvan sisällön vuoksi.",
    "Sisältösuodatin pysäytti pyynnön, koska kuvaus rikkoo sääntöjä.",
    "Innholdsfilteret avviste beskrivelsen fordi den bryter retningslinjene.",
    "Säkerhetsfiltret avvisade din beskrivning.",
    "A tartalomszűrő elutasította a leírást, mert sérti a szabályzatot.",
    "De inhoudsfilter heeft de omschrijving geweigerd.",
    "Generated image was filtered: nothing can be shown. Your settings for people and faces filtered out pictures with children in them.",
    "Blocked: the prompt was blocked by the provider's policy on violence.",
    "ポリシー上の理由により、この画像は作成できません。",
    "안전상의 정책 때문에 이 그림은 만들 수 없습니다.",
    "描述不符合安全政策，已拒绝生成。",
    "Matningiz xavfsizlik qoidalariga zid, shuning uchun rasm chizilmadi.",
    "Сипаттама мазмұн ережесін бұзады, сондықтан қауіпсіздік сүзгісі оны қабылдамады.",
    "İçerik politikası nedeniyle bu görsel oluşturulamaz.",
)


def wrapped(text: str) -> Iterator[Evidence]:
    """The ways in which a refusal may arrive."""
    yield Evidence(api=API, exception=f"ImageGenerationError: {text}")
    yield Evidence(api=API, status=400, body={"error": {"message": text, "type": "invalid_request_error", "code": None}})
    yield Evidence(api=API, status=500, body=f"Internal error occurred: failed to generate image: {text}")
    yield Evidence(api=API, status=200, body={"choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}]})
    yield Evidence(
        api=API,
        status=400,
        body={"error": {"message": f"litellm.BadRequestError: OpenAIException - {text}", "type": None, "param": None, "code": "400"}},
    )


@pytest.mark.parametrize("text", BLOCKS)
def test_a_refused_content_is_a_block_in_any_wrapping(text: str) -> None:
    for seen in wrapped(text):
        failure = classify(seen)
        assert (failure.group, failure.action) == (Group.SAFETY, Action.NONE), seen


@pytest.mark.parametrize(
    "text",
    [
        "Der Kalkfilter ist verstopft.",
        "The list is sorted by date and then sorted by name.",
        "Sicherheitshinweis: Der Schlüssel läuft morgen ab.",
        "Datenschutzrichtlinie wurde aktualisiert.",
        "Turvallisuuspäivitys asennettu.",
    ],
)
def test_a_long_word_or_one_that_is_said_twice_accuses_nobody_alone(text: str) -> None:
    assert all(classify(seen).group is not Group.SAFETY for seen in wrapped(text))
