"""Detection of keys, tokens, passwords and private keys: own patterns first, then detect-secrets, then an entropy test.

detect-secrets is only loaded if a prompt contains a string long and mixed enough to be a secret; ordinary prompts never trigger it.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Protocol

from bot.prompts.lint_spans import Span, What

_WORD_START = r"(?<![A-Za-z0-9])"
"""Keys begin at a word boundary; a preceding underscore or hyphen counts as part of a word."""

KNOWN: tuple[str, ...] = (
    # OpenAI and services that copied its format (sk-proj-, sk-ant-, sk-or-, sk-svcacct-)
    _WORD_START + r"sk-(?=[A-Za-z0-9_-]{0,60}[0-9A-Z])[A-Za-z0-9_-]{16,300}",
    # Discord: bot tokens, old user tokens, webhooks
    _WORD_START + r"[A-Za-z0-9_-]{23,28}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,45}",
    _WORD_START + r"mfa\.[A-Za-z0-9_-]{60,300}",
    r"(?:https?://)?(?:[a-z]{1,10}\.)?discord(?:app)?\.com/api(?:/v\d{1,3})?/webhooks/\d{1,25}/[A-Za-z0-9_-]{1,300}",
    # Slack: bot, user, app and refresh tokens, webhooks
    _WORD_START + r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{8,300}",
    _WORD_START + r"xapp-\d-[A-Za-z0-9-]{8,300}",
    r"(?:https?://)?hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{1,300}",
    # code hosting
    _WORD_START + r"gh[pousr]_[A-Za-z0-9]{16,300}",
    _WORD_START + r"github_pat_[A-Za-z0-9_]{16,300}",
    _WORD_START + r"gl(?:pat|dt|rt|ptt|ft|imt|agent|oas|soat|cbt)-[A-Za-z0-9_-]{10,300}",
    _WORD_START + r"ATBB[A-Za-z0-9]{20,300}",
    # clouds
    _WORD_START + r"(?:AKIA|ASIA|ABIA|ACCA|AGPA|AROA|AIDA)[A-Z0-9]{12,300}",
    _WORD_START + r"AIza[A-Za-z0-9_-]{25,300}",
    _WORD_START + r"ya29\.[A-Za-z0-9_-]{16,300}",
    _WORD_START + r"GOCSPX-[A-Za-z0-9_-]{16,300}",
    r"(?:AccountKey|SharedAccessKey|SharedAccessSignature|sig)=[A-Za-z0-9%+/=]{16,300}",
    _WORD_START + r"do[opr]_v1_[a-f0-9]{16,300}",
    _WORD_START + r"hv[sbr]\.[A-Za-z0-9_-]{16,300}",
    _WORD_START + r"LTAI[A-Za-z0-9]{12,300}",
    # payments
    _WORD_START + r"(?:sk|pk|rk)_(?:live|test|prod)_[A-Za-z0-9]{8,300}",
    _WORD_START + r"whsec_[A-Za-z0-9+/=]{16,300}",
    _WORD_START + r"sq0[a-z]{3}-[A-Za-z0-9_-]{16,300}",
    _WORD_START + r"shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{16,300}",
    # mail, telephone, chat
    _WORD_START + r"SG\.[A-Za-z0-9_-]{12,300}\.[A-Za-z0-9_-]{12,300}",
    _WORD_START + r"key-[0-9a-f]{24,300}",
    _WORD_START + r"[0-9a-f]{32}-us\d{1,2}\b",
    _WORD_START + r"(?:AC|SK)[0-9a-f]{32}\b",
    _WORD_START + r"\d{8,10}:[A-Za-z0-9_-]{30,300}",
    _WORD_START + r"xkeysib-[a-f0-9]{16,300}[A-Za-z0-9-]{0,100}",
    # packages, models, tools
    _WORD_START + r"(?:npm|hf|r8|gsk|pplx|dckr_pat|glsa|glc|lin_api|ntn|figd|pul|sbp|rnd|tskey|PMAK|nvapi|fal|key_live|secret)[_-]"
    r"(?=[A-Za-z0-9_-]{0,60}\d)[A-Za-z0-9_-]{16,300}",
    _WORD_START + r"(?:hf|npm|gsk)_[A-Za-z0-9]{24,300}|" + _WORD_START + r"(?:xai|nvapi|pplx)-[A-Za-z0-9_-]{24,300}",
    _WORD_START + r"pypi-[A-Za-z0-9_-]{16,300}",
    _WORD_START + r"EAA[A-Za-z0-9]{20,300}",
    _WORD_START + r"AGE-SECRET-KEY-1[A-Z0-9]{20,300}",
    # formats shared by many services
    _WORD_START + r"eyJ[A-Za-z0-9_-]{8,1000}\.[A-Za-z0-9_-]{8,2000}(?:\.[A-Za-z0-9_-]{0,1000})?",
    r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:.{0,8000}?-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----|.{0,8000})",
    r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]{1,64}:[^\s/@]{1,128}@[^\s]{1,300}",
    r"\b[Bb]earer\s{1,5}(?=[A-Za-z0-9._~+/-]{0,60}\d)[A-Za-z0-9._~+/-]{12,300}={0,2}",
    r"\b[Bb]asic\s{1,5}(?=[A-Za-z0-9+/]{0,60}[0-9A-Z])[A-Za-z0-9+/]{16,300}={0,2}",
)
_KNOWN = re.compile("|".join(f"(?:{pattern})" for pattern in KNOWN), re.DOTALL)

_WORTH_SCANNING = re.compile(r"[A-Za-z0-9_.:/=+@-]{12}|BEGIN|[Bb]earer|[Bb]asic")
"""Cheap pre-check: a long string without spaces, or a word that introduces a secret."""

_LABEL_STEMS = (
    "pass",
    "pwd",
    "pw",
    "kennwort",
    "contrase",
    "mot de",
    "senha",
    "\u043f\u0430\u0440\u043e\u043b\u044c",
    "\u5bc6\u7801",
    "\u5bc6\u78bc",
    "\u53e3\u4ee4",
    "\ube44\ubc00\ubc88\ud638",
    "\u30d1\u30b9",
    "key",
    "token",
    "secret",
)
_LABELS = (
    r"pass(?:word|wort|phrase|code|wd)|pwd|passwd|kennwort|contrase\u00f1a|mot de passe|senha|\u043f\u0430\u0440\u043e\u043b\u044c"
    r"|\u5bc6\u7801|\u30d1\u30b9\u30ef\u30fc\u30c9"
)
_UNSPACED_LABELS = r"\u5bc6\u7801|\u5bc6\u78bc|\u53e3\u4ee4|\u30d1\u30b9\u30ef\u30fc\u30c9|\ube44\ubc00\ubc88\ud638"
"""Chinese, Japanese and Korean: no space or boundary before them, and words for "is" instead of a colon."""
_KEYS = (
    r"(?:[a-z0-9]{1,20}[ _-]){0,3}(?:api|access|secret|private|auth|client|account|encryption|signing|license|bot|app)[ _-]?"
    r"(?:key|token|secret)(?:[ _-]?id)?|(?:[a-z0-9]{1,20}_){0,3}(?:token|secret|apikey|api_key|secret_key)"
)
_SHORT_LABELS = r"(?<!boarding )(?<!press )(?<!bus )(?<!day )(?<!mountain )(?:pass|pw)"
_LABELLED = re.compile(
    # After a colon or equals sign any word can be a password; without one it must not look like a plain word.
    rf"(?:\b|(?<=[\s_]))(?:{_LABELS})\b\s{{0,5}}(?:[:=]|=>|\uff1a)\s{{0,5}}[\"'`]?(?P<password>[^\s\"'`]{{4,200}})"
    rf"|\b(?:{_LABELS})\s{{1,5}}(?:is|ist|es|est|to)\s{{1,5}}[\"'`]?(?P<said>(?=[^\s\"'`]{{0,60}}[0-9!@#$%^&*_])[^\s\"'`,]{{5,200}})"
    rf"|\b(?:{_LABELS})\s{{1,5}}[\"'`]?(?P<bare>(?=[^\s\"'`]{{0,60}}[A-Za-z])(?=[^\s\"'`]{{0,60}}[0-9])[^\s\"'`,.]{{6,200}})"
    rf"|(?:{_UNSPACED_LABELS})\s{{0,5}}(?:[:=\uff1a\u662f\u4e3a\u70ba\u306f\uc740\ub294])\s{{0,5}}[\"'`\u300c\u201c]?(?P<unspaced>(?=[!-~]{{0,60}}[0-9!@#$%^&*_])[!-~]{{4,200}})"
    rf"|\b{_SHORT_LABELS}\s{{0,5}}[:=]\s{{0,5}}[\"'`]?(?P<short>(?=[^\s\"'`]{{0,60}}[A-Za-z])(?=[^\s\"'`]{{0,60}}[0-9!@#$%^&*])[^\s\"'`,]{{6,200}})"
    rf"|\b(?:{_KEYS})\b\s{{0,5}}(?:[:=]|=>|\uff1a|\bis\b)\s{{0,5}}[\"'`]?(?P<key>(?=[^\s\"'`]{{0,60}}[0-9])[^\s\"'`,;]{{6,200}})"
    rf"|\b(?:{_KEYS})\s{{1,5}}[\"'`]?(?P<value>(?=\S{{0,60}}[A-Za-z])(?=\S{{0,30}}\d\S{{0,30}}\d)[A-Za-z0-9._~+/=-]{{12,200}})",
    re.IGNORECASE,
)
_PIN = re.compile(r"\b(?:pin|cvv|cvc|otp|2fa code|passcode)\b\s*(?:code|number)?\s*(?:[:=]|is)\s*(?P<pin>\d{3,8})\b", re.IGNORECASE)

_RANDOM = re.compile(r"(?<![A-Za-z0-9+/=_.%-])[A-Za-z0-9+/]{20,400}={0,2}(?![A-Za-z0-9+/=_%-]|\.[a-z0-9]{2,4}\b)")
_HEX = re.compile(r"(?<![A-Za-z0-9])[0-9a-fA-F]{32,400}(?![A-Za-z0-9])")
_SEGMENTED = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{6,200}(?:[_.-][A-Za-z0-9]{4,200}){1,8}(?![A-Za-z0-9])")
RANDOM_BITS = 3.6
"""Shannon entropy per character above which a long mixed string counts as random; English words stay below 3.3."""
CHUNK, CHUNKS = 400, 40
"""Input limits for detect-secrets: characters per string without spaces, and number of such strings."""
_HAS_BOTH = re.compile(r"[A-Za-z][^A-Za-z0-9]{0,60}\d|\d[^A-Za-z0-9]{0,60}[A-Za-z]")
_ADDRESS = re.compile(r"\bhttps?://\S{1,2000}", re.IGNORECASE)


def find_secrets(prompt: str) -> list[Span]:
    return [Span(start, end, What.SECRET) for start, end in _found(prompt) if end > start]


def _found(prompt: str) -> Iterator[tuple[int, int]]:
    if _WORTH_SCANNING.search(prompt):
        for match in _KNOWN.finditer(prompt):
            yield match.span()
    lowered = prompt.lower()
    if any(label in lowered for label in _LABEL_STEMS):
        for match in _LABELLED.finditer(prompt):
            yield match.start(), match.end(str(match.lastgroup))
    for match in _PIN.finditer(prompt):
        yield match.span()
    suspicious = [chunk for chunk in prompt.split() if len(chunk) >= 16 and _HAS_BOTH.search(chunk[:CHUNK])]
    if not suspicious:
        return
    addresses = [match.span() for match in _ADDRESS.finditer(prompt)]
    for pattern in (_RANDOM, _HEX, _SEGMENTED):
        for match in pattern.finditer(prompt):
            inside = any(start <= match.start() < end for start, end in addresses)
            if not inside and looks_random(match.group()):
                yield match.span()
    yield from _from_detect_secrets(prompt, suspicious[:CHUNKS])


def looks_random(token: str) -> bool:
    """Whether a long string looks machine-made: digits among letters of both cases, or long hexadecimal, with high entropy."""
    plain = re.sub(r"[_.+/=-]", "", token)
    digits = sum(char.isdigit() for char in plain)
    letters = len(plain) - digits
    if len(plain) >= 32 and re.fullmatch(r"[0-9a-fA-F]+", plain):
        return digits >= 4 and letters >= 4 and len(set(plain.lower())) >= 8
    mixed = any(char.isupper() for char in plain) and any(char.islower() for char in plain)
    # A name with a year or version has its digits in one place; a random string has them in several.
    places = len(re.findall(r"\d+", plain))
    if len(plain) < 20 or not mixed or entropy(plain) < RANDOM_BITS:
        return False
    return (digits >= 3 and letters >= 4 and places >= 3) or (len(plain) >= 36 and digits > 0 and 4 * _changes(plain) >= len(plain))


def _changes(plain: str) -> int:
    """Number of switches between lower case, upper case and digits; CamelCase words switch rarely."""
    classes = ["d" if char.isdigit() else "u" if char.isupper() else "l" for char in plain]
    return sum(1 for one, other in pairwise(classes) if one != other)


def entropy(token: str) -> float:
    """Shannon entropy in bits per character."""
    counts = [token.count(char) for char in set(token)]
    return -sum(count / len(token) * math.log2(count / len(token)) for count in counts)


class _Detector(Protocol):
    def analyze_string(self, string: str) -> Iterator[str]: ...


@functools.cache
def _detectors() -> tuple[_Detector, ...]:
    """Detectors from detect-secrets, without its IP address detector and its keyword detector (quoted words after "password" are common in
    prompts about signs; our own rule is stricter)."""
    from detect_secrets.plugins import (
        artifactory,
        aws,
        azure_storage_key,
        basic_auth,
        cloudant,
        discord,
        github_token,
        gitlab_token,
        ibm_cloud_iam,
        ibm_cos_hmac,
        jwt,
        mailchimp,
        npm,
        openai,
        private_key,
        pypi_token,
        sendgrid,
        slack,
        softlayer,
        square_oauth,
        stripe,
        telegram_token,
        twilio,
    )

    return (
        artifactory.ArtifactoryDetector(),
        aws.AWSKeyDetector(),
        azure_storage_key.AzureStorageKeyDetector(),
        basic_auth.BasicAuthDetector(),
        cloudant.CloudantDetector(),
        discord.DiscordBotTokenDetector(),
        github_token.GitHubTokenDetector(),
        gitlab_token.GitLabTokenDetector(),
        ibm_cloud_iam.IbmCloudIamDetector(),
        ibm_cos_hmac.IbmCosHmacDetector(),
        jwt.JwtTokenDetector(),
        mailchimp.MailchimpDetector(),
        npm.NpmDetector(),
        openai.OpenAIDetector(),
        private_key.PrivateKeyDetector(),
        pypi_token.PypiTokenDetector(),
        sendgrid.SendGridDetector(),
        slack.SlackDetector(),
        softlayer.SoftlayerDetector(),
        square_oauth.SquareOAuthDetector(),
        stripe.StripeDetector(),
        telegram_token.TelegramBotTokenDetector(),
        twilio.TwilioKeyDetector(),
    )


def _from_detect_secrets(prompt: str, chunks: list[str]) -> Iterator[tuple[int, int]]:
    for chunk in dict.fromkeys(chunks):
        for detector in _detectors():
            for secret in detector.analyze_string(chunk[:CHUNK]):
                value = str(secret)
                start = prompt.find(value) if len(value) >= 6 else -1
                while start >= 0:
                    yield start, start + len(value)
                    start = prompt.find(value, start + len(value))


def load() -> None:
    """Load the lazy dependencies of `find_secrets` at start (0.5 s) instead of during a request."""
    _detectors()
