"""Prompt lint: secrets and personal data, brand names, and overly intense wording.

Pure: it reports findings and offers a cleaned prompt. Whether the member is asked is decided elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.prompts.content_words import UNSPACED, worth_offering
from bot.prompts.lint_contacts import find_contacts
from bot.prompts.lint_secrets import find_secrets
from bot.prompts.lint_spans import Span, What, merged
from bot.prompts.lint_words import soften, without_brands

PRIVATE: tuple[Callable[[str], Sequence[Span]], ...] = (find_secrets, find_contacts)
LABEL = 60
"""Characters before a finding in which to look for a label that introduces it."""
ROUNDS = 4
"""Maximum passes over a cleaned prompt: a removal can join its neighbours into a new finding."""

_BESIDE = UNSPACED + "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"
_SEAM = re.compile(rf"(?<=[{_BESIDE}])(?=[!-~])|(?<=[!-~])(?=[{_BESIDE}])")
"""Chinese, Japanese, Thai and often Korean put numbers and addresses right beside their words, and letters of those scripts count as
letters for `\\b` and `\\w`: without a space here, nothing beside them would ever be found."""


@dataclass(frozen=True, slots=True)
class LintFinding:
    """A finding to ask the member about."""

    reason: str
    """`secret`, `phone`, `email`, `card`, `account`, `private` (several of these), `brand`, `intense` or `brand_intense`; a key under
    `held.` in the texts."""
    cleaned: str | None
    """The prompt without the finding; None if too little would be left to offer."""
    found: tuple[str, ...]
    """Kinds of findings for logs and tests (`secret`, `phone`); never the values."""


def lint(prompt: str) -> LintFinding | None:
    """The most important finding; None for an ordinary prompt. Expects a normalised prompt."""
    private = private_in(prompt)
    if private:
        kinds = tuple(dict.fromkeys(span.what.value for span in private))
        cleaned = _without_private(prompt)
        offered = cleaned if cleaned is not None and worth_offering(_each_as_one_word(prompt, private), cleaned) else None
        return LintFinding(kinds[0] if len(kinds) == 1 else "private", offered, kinds)
    plain, brands = without_brands(prompt)
    soft, intense = soften(plain)
    if not brands and not intense:
        return None
    kinds = tuple(kind for kind, there in ((What.BRAND.value, brands), (What.INTENSE.value, intense)) if there)
    return LintFinding("_".join(kinds), _visible(soft), kinds)


def private_in(prompt: str) -> list[Span]:
    """Spans of private data, sorted and without overlaps."""
    narrow, positions = _spaced(_narrowed(prompt))
    return merged([_placed(span, positions) for find in PRIVATE for span in find(narrow)])


def _spaced(prompt: str) -> tuple[str, Sequence[int]]:
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


def _placed(span: Span, positions: Sequence[int]) -> Span:
    """A span of the spaced prompt, in the prompt itself."""
    return Span(positions[span.start], positions[span.end - 1] + 1, span.what)


def _each_as_one_word(prompt: str, found: Sequence[Span]) -> str:
    """The prompt with each finding replaced by a single word, so that a key spread over ten lines doesn't count as ten words of meaning."""
    kept, at = [], 0
    for span in found:
        word = " private " if any(char.isalpha() for char in prompt[span.start : span.end]) else " "
        kept += [prompt[at : span.start], word]
        at = span.end
    return "".join([*kept, prompt[at:]])


def _narrowed(prompt: str) -> str:
    """Full-width letters, digits and signs mapped to plain ones, one to one, so that positions stay valid."""
    if prompt.isascii():
        return prompt
    folded = (unicodedata.normalize("NFKC", char) for char in prompt)
    return "".join(new if len(new) == 1 else char for new, char in zip(folded, prompt, strict=True))


def _without_private(prompt: str) -> str | None:
    text = prompt
    for _ in range(ROUNDS):
        spans = private_in(text)
        if not spans:
            return _visible(text)
        kept, at = [], 0
        for span in spans:
            before = text[at : span.start]
            label = _LABEL_BEFORE.search(before[-LABEL:])
            kept.append(before[: len(before) - len(label.group())] if label else before)
            at = span.end
        text = " ".join([*kept, text[at:]])
        text = _tidy(text)
    return None


_LABEL_BEFORE = re.compile(
    r"(?:(?:(?:(?:我|我们|我們)的?|请|請)?(?:拨打|撥打|致电|致電)?(?:联系|聯繫|聯絡|连络|連絡|电话|電話|手机|手機|邮箱|郵箱|邮件|郵件|卡号|卡號|银行卡|信用卡|密码|密碼|口令|账号|帳號"
    r"|身份证|身分證|電話番号|連絡先|携帯|メール|メールアドレス|パスワード|カード番号|お問い合わせ|전화|전화번호|휴대폰|연락처|이메일|비밀번호|카드|계좌|주민등록번호)"
    r"(?:号码|號碼|号|號|番号|번호|地址|先)?\s*(?:是|为|為|は|が|은|는|이|가)?[\s:：]*|(?:我|我们|我們)的\s*"
    r"|\b(?:телефон|тел|почта|пароль|номер|карта|мой|наш|t[eé]l[eé]phone|courriel|mot de passe|mon|ma|notre|num[eé]ro|carte"
    r"|tel[eé]fono|correo|contraseña"
    r"|mi|nuestro|n[uú]mero|tarjeta|telefone|celular|senha|meu|nosso|cartão|telefon|handy|nummer|rufnummer|mein|meine|unser|unsere|passwort|kennwort"
    r"|karte|ist|es|est|الهاتف|هاتف|رقم|البريد)\b[\s.:：=#\"'`(-]*"
    r"|\b(?:my|our|the|his|her|a|an|with|and|at|on|via|under|to|is|use|using|contact|write|mail|email|e-mail|phone|telephone|tel|fax"
    r"|mobile|cell|call|text|me|us|number|no|nr|card|credit|debit|visa|mastercard|key|token|secret|password|passwd|pwd|api|access|bot"
    r"|account|iban|ssn|login|auth|authorization|bearer)\b[\s.:：=#\"'`(-]*){1,6})?$",
    re.IGNORECASE,
)
"""Labels in front of a removed finding, which are removed with it."""


def _tidy(text: str) -> str:
    text = re.sub(r"[(\[{\"'`<]\s*[)\]}\"'`>]", " ", text)
    text = re.sub(r"[^\S\n]+", " ", text)
    text = re.sub(r" +([,.;:!?])", r"\1", text)
    text = re.sub(r"([,;:])(?:\s*[,;:.])+", r"\1", text)
    text = re.sub(r" *\n *(?:\n *)*", "\n", text)
    text = re.sub(r"([，、；：])\s*(?:[，、；：]\s*)+", r"\1", text)
    text = re.sub(r"\s+(?=[，。、；：！？])", "", text)
    return text.strip(" ,;:-=([{\n，、；：")


def _visible(text: str) -> str | None:
    return text if any(char.isalnum() for char in text) else None
