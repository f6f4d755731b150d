from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.prompts.lint import LintFinding, lint, private_in
from bot.prompts.lint_contacts import iban_holds, luhn
from bot.prompts.lint_words import hints
from bot.prompts.normalise import normalise
from bot.texts import has
from tests.unit.prompts.ordinary import ORDINARY
from tests.unit.prompts.planted import AROUND, all_planted

PLANTED = all_planted()


def found(prompt: str) -> LintFinding:
    finding = lint(prompt)
    assert finding is not None, prompt
    return finding


@pytest.mark.parametrize(("what", "value", "prompt"), PLANTED, ids=[f"{what}-{number}" for number, (what, _, _) in enumerate(PLANTED)])
def test_what_is_planted_is_found_and_the_cleaned_wording_is_free_of_it(what: str, value: str, prompt: str) -> None:
    finding = found(normalise(prompt))
    assert what in finding.found
    if finding.cleaned is not None:
        assert value not in finding.cleaned
        assert private_in(finding.cleaned) == []


def test_nearly_all_of_them_get_a_cleaned_wording() -> None:
    without = [prompt for _, _, prompt in PLANTED if found(normalise(prompt)).cleaned is None]
    assert len(without) <= len(PLANTED) * 0.07, without


@pytest.mark.parametrize(
    ("prompt", "cleaned"),
    [
        ("a neon sign that says jane@example.com", None),
        ("write to jane@example.com or call +49 171 3920012", None),
        ("anna@firma.de auf ein Schild", None),
        ("一只猫 jane@example.com", "一只猫"),
        ("שלט jane@example.com", None),
        ("плакат jane@example.com", None),
        ("แมวบนหลังคา jane@example.com", "แมวบนหลังคา"),
        ("a poster with a sun, jane.doe@example.com", "a poster with a sun"),
        ("Pikachu in a Ferrari", "small fantasy creature in a sports car"),
    ],
)
def test_a_wording_that_lost_more_than_a_third_of_its_meaning_is_not_offered(prompt: str, cleaned: str | None) -> None:
    assert found(normalise(prompt)).cleaned == cleaned


def test_at_least_95_percent_are_found_whatever_stands_around_them() -> None:
    tried = [around.format(value) for _, value, _ in PLANTED for around in AROUND]
    missed = [prompt for prompt in tried if not private_in(normalise(prompt))]
    assert len(missed) <= len(tried) * 0.05, missed


def test_ordinary_prompts_are_hardly_ever_asked_about() -> None:
    asked = [prompt for prompt in ORDINARY if lint(normalise(prompt)) is not None]
    assert len(ORDINARY) >= 200
    assert len(asked) <= 2, asked


def test_ordinary_prompts_hardly_ever_get_a_hint() -> None:
    hinted = [prompt for prompt in ORDINARY if hints(normalise(prompt))]
    assert len(hinted) <= 2, hinted


@pytest.mark.parametrize(
    "prompt",
    [
        "my key is sk-1234567890abcdef, draw a cat",
        "password hunter2 on a sticky note",
        "call 555-0143 for pizza",
        "tel. 089/123456-78 below a tree",
        "8 (495) 123-45-67 on a kiosk",
        "contact anna AT firma DOT de",
        "user\uff20example.com in chalk",
        "\uff14\uff11\uff11\uff11 \uff11\uff11\uff11\uff11 \uff11\uff11\uff11\uff11 \uff11\uff11\uff11\uff11",
        "card number 1234 5678 9012 3456",
    ],
)
def test_other_spellings_are_found_too(prompt: str) -> None:
    assert private_in(normalise(prompt))


@pytest.mark.parametrize(
    ("prompt", "reason"),
    [
        ("reach jane@example.com", "email"),
        ("reach jane@example.com or +49 171 3920012", "private"),
        ("Pikachu in a Ferrari", "brand"),
        ("a Disney-style castle with the Nike logo", "brand"),
        ("a terrified engineer fights an evil machine, red alarms, fire", "intense"),
        ("blood-soaked walls", "intense"),
        ("Batman, terrified, screaming, in a brutal horror fight", "brand_intense"),
    ],
)
def test_the_question_names_what_it_is_about(prompt: str, reason: str) -> None:
    finding = found(prompt)
    assert finding.reason == reason
    assert has(f"held.{reason}")


@pytest.mark.parametrize(
    ("prompt", "cleaned"),
    [
        ("call me at +49 171 3920012, a cat on a roof", "a cat on a roof"),
        ("a flyer (jane@example.com) with a sun", "a flyer with a sun"),
        ("a red Ferrari at a lake", "a red sports car at a lake"),
        ("The iPhone on a table", "The smartphone on a table"),
        ("an evil horror, screaming", "a mysterious mystery, calling"),
    ],
)
def test_the_cleaned_wording_reads_like_a_sentence(prompt: str, cleaned: str) -> None:
    assert found(prompt).cleaned == cleaned


def test_a_prompt_that_is_nothing_but_a_secret_has_no_cleaned_wording() -> None:
    assert found("jane@example.com").cleaned is None


@pytest.mark.parametrize("prompt", ["a knight fights a dragon", "dead leaves", "a bloody mary cocktail", "a haunted horror house"])
def test_a_single_hard_word_is_no_reason_to_ask(prompt: str) -> None:
    assert lint(prompt) is None


@pytest.mark.parametrize(
    ("prompt", "hint"),
    [
        ("a portrait of President Lincoln", "real_person"),
        ('a sign that says "we are open from nine to five"', "lettering"),
        ("a page with tiny text", "tiny_text"),
        ("a box with our logo", "logo"),
        ("photorealistic pixel art of a fox", "styles"),
        ("a dashboard with customer data", "screenshot"),
    ],
)
def test_what_comes_out_badly_gets_a_hint(prompt: str, hint: str) -> None:
    assert hint in hints(prompt)
    assert has(f"hint.{hint}")
    assert lint(prompt) is None


@given(st.text(alphabet=st.sampled_from("aB1 .@-+:/=_()sk\n\u00e9\u4e00"), max_size=300))
@settings(max_examples=150, deadline=None)
def test_no_text_breaks_it_and_a_cleaned_wording_is_clean(prompt: str) -> None:
    finding = lint(prompt)
    if finding is not None and finding.cleaned is not None:
        assert private_in(finding.cleaned) == []


def test_check_digits_are_those_of_the_standards() -> None:
    assert luhn("4111111111111111")
    assert not luhn("4111111111111112")
    assert iban_holds("DE89 3704 0044 0532 0130 00")
    assert not iban_holds("DE89 3704 0044 0532 0130 01")


def test_detect_secrets_is_not_loaded_for_an_ordinary_prompt() -> None:
    code = (
        "import sys; from bot.prompts.lint import lint; assert lint('a knight fights a dragon, 4k, 16:9') is None;"
        "assert not [name for name in sys.modules if name.startswith(('detect_secrets', 'phonenumbers'))]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("prompt", "reason", "cleaned"),
    [
        ("我的电话13800138000，画一张名片", "phone", None),
        ("手机：13800138000的名片海报，红色背景", "phone", None),
        ("红色背景的海报，上面有一只熊猫和竹子，联系电话13800138000", "phone", "红色背景的海报，上面有一只熊猫和竹子"),
        ("連絡先は090-1234-5678です", "phone", None),
        ("전화010-1234-5678로 연락 주세요 포스터", "phone", None),
        ("连络mia@example.com，红色背景的海报", "email", "红色背景的海报"),
        ("卡号4111111111111111的银行卡", "card", None),
        ("密码是hunter2的便签", "secret", None),
        ("パスワードはhunter2です", "secret", None),
        ("我的密码：abc123XYZ，写在墙上", "secret", None),
        ("IBAN：DE89370400440532013000的支票", "account", None),
        ("身份证11010519491231002X的复印件", "account", None),
        ("주민등록번호 900101-1234567", "account", None),
        ("телефон 8 (916) 123-45-67 на вывеске", "phone", None),
    ],
)
def test_what_stands_beside_other_scripts_is_found_and_nothing_odd_is_offered(prompt: str, reason: str, cleaned: str | None) -> None:
    found = lint(normalise(prompt))
    assert found is not None
    assert (found.reason, found.cleaned) == (reason, cleaned)


@pytest.mark.parametrize(
    "prompt",
    [
        "2026年11月30日的日历",
        "价格13800元的手表",
        "编号13800138000的机器人",
        "身份证110105194912310021的复印件",
        "1920×1080的壁纸，ISO100，f1.8",
        "第123456789号列车",
    ],
)
def test_harmless_digits_beside_other_scripts_are_no_reason_to_ask(prompt: str) -> None:
    assert lint(normalise(prompt)) is None
