"""Prompts with something planted in them, made up for these tests. Tokens are put together from parts, so that no scanner takes this file
for a leak."""

from __future__ import annotations

import base64
import hashlib


def _noise(seed: str, length: int, alphabet: str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") -> str:
    """Random-looking, the same every time."""
    out, counter = "", 0
    while len(out) < length:
        out += "".join(alphabet[byte % len(alphabet)] for byte in hashlib.sha256(f"{seed}{counter}".encode()).digest())
        counter += 1
    return out[:length]


HEX = "0123456789abcdef"
DIGITS = "0123456789"
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def _b64(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


SECRETS: dict[str, str] = {
    "openai": "sk-" + _noise("a", 48),
    "openai project": "sk-proj-" + _noise("b", 60) + "_" + _noise("b2", 40),
    "openai service account": "sk-svcacct-" + _noise("c", 74),
    "anthropic": "sk-ant-api03-" + _noise("d", 90) + "-" + _noise("d2", 6),
    "openrouter": "sk-or-v1-" + _noise("e", 64, HEX),
    "discord bot": "M" + _noise("f", 23) + "." + _noise("g", 6) + "." + _noise("h", 38),
    "discord bot short": "N" + _noise("f2", 23) + "." + _noise("g2", 6) + "." + _noise("h2", 27),
    "discord webhook": "https://discord.com/api/webhooks/" + _noise("i", 18, DIGITS) + "/" + _noise("j", 68),
    "slack bot": "xoxb-" + _noise("k", 12, DIGITS) + "-" + _noise("l", 13, DIGITS) + "-" + _noise("m", 24),
    "slack user": "xoxp-" + _noise("n", 12, DIGITS) + "-" + _noise("o", 32, HEX),
    "slack app": "xapp-1-A0" + _noise("p", 9, UPPER) + "-" + _noise("q", 13, DIGITS) + "-" + _noise("r", 64, HEX),
    "slack webhook": "https://hooks.slack.com/services/T" + _noise("s", 8, UPPER) + "/B" + _noise("t", 8, UPPER) + "/" + _noise("u", 24),
    "github classic": "ghp_" + _noise("v", 36),
    "github fine": "github_pat_" + _noise("w", 22) + "_" + _noise("x", 59),
    "gitlab": "glpat-" + _noise("y", 20),
    "aws id": "AKIA" + _noise("z", 16, UPPER),
    "aws secret": _noise("aws", 40, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/+"),
    "google": "AIza" + _noise("aa", 35),
    "stripe live": "sk_live_" + _noise("ab", 24),
    "stripe restricted": "rk_live_" + _noise("ac", 32),
    "sendgrid": "SG." + _noise("ad", 22) + "." + _noise("ae", 43),
    "twilio": "SK" + _noise("af", 32, HEX),
    "mailgun": "key-" + _noise("ag", 32, HEX),
    "mailchimp": _noise("ah", 32, HEX) + "-us14",
    "npm": "npm_" + _noise("ai", 36),
    "pypi": "pypi-AgEIcHlwaS5vcmc" + _noise("aj", 70),
    "hugging face": "hf_" + _noise("ak", 34),
    "groq": "gsk_" + _noise("al", 52),
    "replicate": "r8_" + _noise("am", 37),
    "telegram": _noise("an", 10, "123456789") + ":AA" + _noise("ao", 33),
    "jwt": _b64('{"alg":"HS256","typ":"JWT"}') + "." + _b64('{"sub":"1234567890","name":"Jo"}') + "." + _noise("ap", 43),
    "private key": "-----BEGIN RSA PRIVATE "
    + "KEY-----\n"
    + _noise("aq", 64)
    + "\n"
    + _noise("ar", 64)
    + "\n-----END RSA PRIVATE KEY-----",
    "azure storage": "DefaultEndpointsProtocol=https;AccountName=pics;AccountKey=" + _noise("as", 86) + "==",
    "azure openai": "api-key: " + _noise("at", 32, HEX),
    "database address": "postgres://admin:" + _noise("au", 12) + "@db.internal:5432/prod",
    "bearer": "Authorization: Bearer " + _noise("av", 40),
    "shopify": "shpat_" + _noise("aw", 32, HEX),
    "digital ocean": "dop_v1_" + _noise("ax", 64, HEX),
    "unlabelled random": _noise("ay", 43),
    "unlabelled hex": _noise("az", 40, HEX),
    "password after colon": "password: Tr0ub4dor&3",
    "password said": "my password is hunter2!",
    "german password": "Passwort: Sommer2024!",
    "env line": "SECRET_KEY=" + _noise("ba", 28),
    "client secret": "client_secret: " + _noise("bb", 26),
}

PHONES: tuple[str, ...] = (
    "+1 415-555-2671",
    "+14155552671",
    "(415) 555-2671",
    "415-555-2671",
    "415.555.2671",
    "+49 171 3920012",
    "+49 (0)30 901820",
    "0171 2345678",
    "0171/2345678",
    "030 23125001",
    "+44 7700 900123",
    "020 7946 0958",
    "07911 123456",
    "+33 6 12 34 56 78",
    "06 12 34 56 78",
    "+86 138 0013 8000",
    "13800138000",
    "+91 98765 43210",
    "+81 90-1234-5678",
    "+55 11 91234-5678",
    "0041 44 668 18 00",
    "+61 412 345 678",
    "+34 612 34 56 78",
)

EMAILS: tuple[str, ...] = (
    "jane.doe@example.com",
    "j_doe+art@mail.example.co.uk",
    "info@m\u00fcller-kunst.de",
    "JOHN@EXAMPLE.ORG",
    "first.last@sub.domain.travel",
    "jane (at) example (dot) com",
    "jane [at] example.com",
    "sales@studio-42.io",
)

CARDS: tuple[str, ...] = (
    "4111 1111 1111 1111",
    "4111111111111111",
    "5500-0000-0000-0004",
    "5555 5555 5555 4444",
    "3782 822463 10005",
    "378282246310005",
    "6011 1111 1111 1117",
    "3530 1113 3330 0000",
    "2223 0000 4841 0010",
)

ACCOUNTS: tuple[str, ...] = ("DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819", "FR14 2004 1010 0505 0001 3M02 606", "078-05-1120")

AROUND: tuple[str, ...] = (
    "a flyer for our summer fair with {0} on it",
    "{0} a cat in a garden, watercolor",
    "business card, minimal, {0}",
    "Draw a poster. Use {0} for it, in blue letters.",
    "a red fox in the snow, morning light ({0})",
    "please make a banner\n{0}\nwith a sunset",
)


def all_planted() -> list[tuple[str, str, str]]:
    """(what, the planted thing, prompt) for everything above, each within another sentence."""
    things = [("secret", value) for value in SECRETS.values()]
    things += [("phone", value) for value in PHONES]
    things += [("email", value) for value in EMAILS]
    things += [("card", value) for value in CARDS]
    things += [("account", value) for value in ACCOUNTS]
    return [(what, value, AROUND[index % len(AROUND)].format(value)) for index, (what, value) in enumerate(things)]
