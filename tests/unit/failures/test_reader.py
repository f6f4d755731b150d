"""The learned reader: a witness whose weights are current, load late, and cost little."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from bench.classifier.records import FOLDER, SENTENCES, digest, envelopes, ordinary
from bot.domain.failure import Evidence
from bot.domain.kinds import KINDS, Group, Kind
from bot.failures import reader
from bot.failures.classify import classify
from bot.failures.normal import masked, normalise
from bot.failures.reader.features import features, words_of
from bot.failures.reader.model import BlockWeights, packed, unpacked


def test_the_shipped_weights_were_trained_on_the_data_of_today() -> None:
    assert reader.shipped().digest == digest(), "the data or the features changed: make classifier"


def test_the_weights_are_a_small_file() -> None:
    assert reader.WEIGHTS.stat().st_size < 1_700_000


def test_starting_the_bot_loads_neither_the_weights_nor_the_dictionaries() -> None:
    """The classifier is imported at start; what it needs for reading waits for the first failure."""
    code = "import sys, bot.failures.classify, bot.failures.reader as r; print(r.shipped.cache_info().currsize, 'opencc' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout
    assert said.split() == ["0", "False"]


def test_the_bot_never_imports_what_the_trainer_needs() -> None:
    code = (
        "import sys; from bot.failures import reader; reader.score('no credits'); print('numpy' in sys.modules, 'sklearn' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout
    assert said.split() == ["False", "False"]


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "违规内容" * 5000, "a-" * 32_000, "Your prompt was blocked by our safety system", "🙂" * 900]
)
def test_scores_are_probabilities_whatever_is_read(text: str) -> None:
    scores = reader.score(text, status=400, api="images.generations")
    assert all(0 <= share <= 1 for share in scores.values())
    assert 0 < sum(scores.values()) <= 1.000001


def test_reading_is_quick() -> None:
    text = (
        "Your request was rejected as a result of our safety system. Please revise your prompt and try again, request id 0123456789abcdef."
    )
    reader.score(text)
    start = time.process_time()
    for _ in range(500):
        reader.score(text, status=400)
    assert (time.process_time() - start) / 500 < 0.001


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("Your prompt was rejected by our safety system", Group.SAFETY),
        ("您的提示詞違反了內容政策", Group.SAFETY),
        ("您的提示词违反了内容政策", Group.SAFETY),
        ("You have no credits left, please top up your account", Group.SERVICE),
        ("connection refused", Group.SERVICE),
        ("The size 300x300 is not supported, use 1024x1024", Group.PARAMETERS),
    ],
)
def test_plain_sentences_are_read(text: str, group: Group) -> None:
    scores = reader.score(text)
    assert KINDS[max(scores, key=lambda kind: scores[kind])].group is group


def test_weights_of_another_format_are_refused() -> None:
    data = packed([Kind.TIMEOUT], [0.0, 0.0], 0.1, "", {"slow": b"\x90\x80\x10"}, BlockWeights(1.0, 0.0, 0.0))
    assert unpacked(data).kinds == (Kind.TIMEOUT,)
    import bot.failures.reader.model as model

    before, model.FORMAT = model.FORMAT, 99
    try:
        with pytest.raises(ValueError, match="make classifier"):
            unpacked(data)
    finally:
        model.FORMAT = before


def test_traditional_chinese_is_read_as_simplified_with_its_own_words() -> None:
    assert normalise("伺服器忙碌中，請稍後再試") == normalise("服务器忙碌中,请稍后再试")
    assert normalise("画像の生成に失敗しました") == "画像の生成に失敗しました"


def test_masks_hide_what_differs_each_time_and_keep_names() -> None:
    assert masked("gpt-image-1-mini failed 42 times, id 7f3a9c0e12ab44d0, see https://x.example/1") == (
        "gpt-image-0-mini failed 0 times, id (id), see (link)"
    )


def test_there_are_ordinary_texts_in_many_languages() -> None:
    assert len(ordinary()) >= 300
    assert len(SENTENCES) >= 25


@pytest.mark.parametrize("number", range(5))
def test_nobody_is_accused_over_an_ordinary_text(number: int) -> None:
    """Helpful answers, progress, captions, politeness, status words and pages, in each of the ways in which they may come."""
    accused = [text for text in ordinary() if classify([*envelopes(text)][number]).group is Group.SAFETY]
    assert accused == []


def test_nobody_is_accused_over_ordinary_texts_that_nothing_was_trained_on() -> None:
    """Gallery prompts, answers and words that only sound like a filter or a rule, in forty languages, each in five envelopes."""
    texts = [line for line in (FOLDER / "ordinary_untaught.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    accused = [text for text in texts if any(classify(seen).group is Group.SAFETY for seen in envelopes(text))]
    assert len(texts) >= 300
    assert accused == []


@pytest.mark.parametrize("word", ["सुरक्षा", "ถูกต้อง", "தவறு", "مُرشّح", "é"])
def test_words_in_scripts_with_combining_signs_stay_whole(word: str) -> None:
    assert words_of(f"api {word}.") == ["api", normalise(word)]


def test_what_families_of_words_mean_is_the_same_in_every_language() -> None:
    for text in ("all credits are used up", "Guthaben aufgebraucht", "saldo insuficiente", "余额不足"):
        assert {"\tsays MONEY", "\tsays NO_MONEY"} <= features(text)


def test_litellms_footer_says_nothing_of_models() -> None:
    """As LiteLLM 1.108 wraps it; `model group` in its footer once made a model of every 404 behind it (`make test-litellm`)."""
    footer = "\n\nLiteLLM: model group 'sandbox-1' failed with the error above. No fallback was attempted."
    said = "litellm.NotFoundError: NotFoundError: OpenAIException - Invalid URL (POST /v1/images/generations)"
    body = {"error": {"message": said + footer, "type": "invalid_request_error", "param": None, "code": "404"}}
    assert classify(Evidence(api="images.generations", status=404, body=body)).kind is Kind.ENDPOINT_NOT_FOUND


def test_a_model_that_answers_in_ordinary_words_sent_no_picture() -> None:
    failure = classify(Evidence(api="images.generations", status=200, body={"output_text": "Here is a description of a fox in the snow."}))
    assert (failure.kind, failure.facts.get("why")) == (Kind.EMPTY_RESULT, "words")
