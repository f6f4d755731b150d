"""Detection of phone numbers, email addresses, card and account numbers.

Prompts are full of harmless digits (sizes, years, ratios, lenses, seeds), so a number without a country code must either look like a phone
number of its country or follow a word such as "call".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.prompts.lint_spans import Span, What

NUMBERS = 60
"""Maximum number of candidates to check in one prompt; more than that is a table, not a phone number."""

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,5}[^\W\d_]{2,24}(?![\w@-])")
_DOTTED = r"(?:\s*(?:\(|\[|\{|<)\s*{0}\s*(?:\)|\]|\}|>)\s*|\s+{0}\s+)"
_EMAIL_IN_WORDS = re.compile(
    r"\b[\w.+-]{2,64}" + _DOTTED.replace("{0}", "(?:at|@|AT)") + r"[\w-]{2,63}(?:" + _DOTTED.replace("{0}", r"(?:dot|punkt|\.)") + r"|\.)"
    r"(?:[a-z]{2,3}|info|mail|email|online)\b",
    re.IGNORECASE,
)

_DIGITS = re.compile(r"(?<![\w#$€£.,/×-])(?<!\d:)(?:\+|00|\(\+?)?\d(?:[\d\s().\u00a0\u2010-\u2013/-]{5,24})\d(?![\w%°×])")
_CALLED = re.compile(
    r"(?:\b(?:call|phone|telephone|tel|mobile|cell|fax|whatsapp|telegram|signal|sms|text|ring|dial|hotline|contact|reach|number is"
    r"|phone number|telefon|handy|mobil|anrufen|ruf|rufnummer|appel\w*|t[eé]l[eé]phone|tel[eé]fono|m[oó]vil|telefone|celular|ligue|llama\w*"
    r"|telefoon|telefono)\b|\u7535\u8bdd|\u8054\u7cfb|\u9023\u7d61|\u806f\u7d61|\u624b\u6a5f|\u554f\u3044\u5408\u308f\u305b|\u70ed\u7ebf|\u71b1\u7dda|\uc5f0\ub77d|\u0647\u0627\u062a\u0641|\u0e42\u0e17\u0e23|\u624b\u673a|\u96fb\u8a71|\u643a\u5e2f|\uc804\ud654|\u0442\u0435\u043b)[^\d+]{0,28}$",
    re.IGNORECASE,
)
_NO_NUMBER = re.compile(
    r"(?:编号|編號|序号|订单|訂單|型号|型號|注文番号|시리얼)[号號]?[\s:：]*$|\b(?:seed|isbn|order|invoice|model|version|serial|page|year|route|iso|--\w+)[\s:=#]*$",
    re.IGNORECASE,
)
_COUNTING = ("1234567", "12345678", "123456789", "1234567890", "0123456789", "9876543210", "0987654321")
_NO_PHONE = re.compile(
    # dates, spans of years, decimals
    r"(?<!\d)0\.\d|(?:1[5-9]|20)\d\d[\s./-]+\d{1,2}[\s./-]+\d{1,2}|\d{1,2}[\s./-]+\d{1,2}[\s./-]+(?:1[5-9]|20)\d\d|(?:1\d|20)\d\d\s*[-–/]\s*(?:1\d|20)\d\d"
)
_NATIONAL = (
    "GB",
    "DE",
    "FR",
    "IT",
    "NL",
    "CH",
    "AT",
    "BE",
    "SE",
    "AU",
    "NZ",
    "JP",
    "KR",
    "IN",
    "ZA",
    "TR",
    "BR",
    "UA",
    "IE",
    "FI",
    "RO",
    "ID",
)
"""Countries whose national numbers begin with 0."""
_ANYWHERE = (
    *_NATIONAL,
    "US",
    "CN",
    "ES",
    "PL",
    "PT",
    "MX",
    "RU",
    "NO",
    "DK",
    "CZ",
    "GR",
    "HK",
    "SG",
    "TW",
    "AR",
    "CO",
    "CL",
    "IL",
    "AE",
    "TH",
    "PH",
)
_NORTH_AMERICAN = re.compile(r"(?:\+?1[\s.-]?)?(?:\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[\s.-]\d{4}|\d{10}")
_RUSSIAN = re.compile(r"8[\s-]?\(?\d{3}\)?[\s-]?\d{3}[\s-]?\d\d[\s-]?\d\d")
_CHINESE_MOBILE = re.compile(r"1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}")
_INDIAN_MOBILE = re.compile(r"[6-9]\d{4}[\s-]?\d{5}")

_CARD = re.compile(r"(?<![\d.+])\d(?:[ \u00a0.-]?\d){12,18}(?![\d])")
_CARD_SAID = re.compile(
    r"\b(?:(?<!business )(?<!greeting )(?<!post )(?<!birthday )card|credit|debit|visa|master\s?card|amex|kreditkarte|karte|carte|tarjeta)\b"
    r"[^\d]{0,30}$",
    re.IGNORECASE,
)
_CARD_FORMS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|6(?:011|5\d\d|4[4-9]\d)\d{12}"
    r"|35(?:2[89]|[3-8]\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}|62\d{14,17}|(?:50|5[6-9]|6[0-9])\d{10,17}"
)

_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ \u00a0-]?[A-Z0-9]{4}){2,7}(?:[ \u00a0-]?[A-Z0-9]{1,4})?\b")
_CHINESE_ID = re.compile(r"(?<![\dA-Za-z])[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])")
_CHINESE_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_KOREAN_ID = re.compile(r"(?<![\d-])\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-[1-8]\d{6}(?![\d-])")
_SOCIAL_SECURITY = re.compile(r"(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])")


def find_contacts(prompt: str) -> list[Span]:
    """All phone numbers, email addresses, card and account numbers in a prompt."""
    spans = [Span(*match.span(), What.EMAIL) for pattern in (_EMAIL, _EMAIL_IN_WORDS) for match in pattern.finditer(prompt)]
    spans += _accounts(prompt)
    spans += _cards(prompt)
    taken = [(span.start, span.end) for span in spans]
    spans += [Span(start, end, What.PHONE) for start, end in _phones(prompt) if not any(a < end and start < b for a, b in taken)]
    return spans


def _accounts(prompt: str) -> Iterator[Span]:
    for match in _IBAN.finditer(prompt):
        if iban_holds(match.group()):
            yield Span(*match.span(), What.ACCOUNT)
    for match in _CHINESE_ID.finditer(prompt):
        if resident_id_holds(match.group()):
            yield Span(*match.span(), What.ACCOUNT)
    for pattern in (_SOCIAL_SECURITY, _KOREAN_ID):
        for match in pattern.finditer(prompt):
            yield Span(*match.span(), What.ACCOUNT)


def resident_id_holds(text: str) -> bool:
    """Check digit of Chinese resident identity numbers (GB 11643)."""
    rest = sum(int(digit) * weight for digit, weight in zip(text[:17], _CHINESE_WEIGHTS, strict=True)) % 11
    return "10X98765432"[rest] == text[17].upper()


def _cards(prompt: str) -> Iterator[Span]:
    for match in _CARD.finditer(prompt):
        digits = re.sub(r"\D", "", match.group())
        said = not digits.startswith("0") and _CARD_SAID.search(prompt[max(0, match.start() - 60) : match.start()]) is not None
        if said or (_CARD_FORMS.fullmatch(digits) and luhn(digits)):
            yield Span(*match.span(), What.CARD)


def luhn(digits: str) -> bool:
    """Luhn check for card numbers."""
    total = 0
    for index, char in enumerate(reversed(digits)):
        value = int(char) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and len(set(digits)) > 1


def iban_holds(text: str) -> bool:
    """Checksum of bank account numbers (ISO 13616)."""
    plain = re.sub(r"[^A-Z0-9]", "", text)
    if not 15 <= len(plain) <= 34:
        return False
    return int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1


def _phones(prompt: str) -> Iterator[tuple[int, int]]:
    looked = 0
    for match in _DIGITS.finditer(prompt):
        text = match.group()
        digits = re.sub(r"\D", "", text)
        before = prompt[max(0, match.start() - 60) : match.start()]
        if not 7 <= len(digits) <= 16 or len(set(digits)) < 4 or digits in _COUNTING:
            continue
        if _NO_NUMBER.search(before) or _NO_PHONE.search(text):
            continue
        looked += 1
        if looked > NUMBERS:
            return
        if ")" not in text:
            text = text.lstrip("(")
        if _is_phone(text, digits, called=_CALLED.search(before) is not None):
            yield match.span()


def _is_phone(text: str, digits: str, *, called: bool) -> bool:
    international = text.lstrip("(").startswith(("+", "00"))
    if international:
        return len(digits) >= 8 and _possible("+" + digits.removeprefix("00"), (None,), valid=False)
    if called:
        return _possible(text, _ANYWHERE, valid=False)
    if _NORTH_AMERICAN.fullmatch(text) and _possible(text, ("US",), valid=True):
        return True
    if text.startswith("("):
        return _possible(text, _ANYWHERE, valid=True)
    if _RUSSIAN.fullmatch(text):
        return _possible(text, ("RU",), valid=True)
    if _CHINESE_MOBILE.fullmatch(text):
        return True
    if _INDIAN_MOBILE.fullmatch(text) and len(digits) == 10:
        return True
    return text.lstrip("(").startswith("0") and 9 <= len(digits) <= 12 and _possible(text, _NATIONAL, valid=True)


def _possible(text: str, regions: tuple[str | None, ...], *, valid: bool) -> bool:
    import phonenumbers  # takes 0.2 s to import, which prompts without digits can skip

    for region in regions:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number) or (not valid and phonenumbers.is_possible_number(number)):
            return True
    return False
