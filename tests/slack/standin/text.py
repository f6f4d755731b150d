"""How a message reads to a person: entities decoded, mrkdwn marks taken away; and what in it would ping somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

PING = re.compile(r"<(?:!(?:channel|here|everyone|group|subteam\^[A-Z0-9]+)(?:\|[^>]*)?|@[UWB][A-Z0-9]+(?:\|[^>]*)?)>")
LINK = re.compile(r"<((?:https?://|mailto:|tel:)[^|>]+)(?:\|([^>]*))?>")
NAMED = re.compile(r"<(?:@|#|!)([^|>]+)(?:\|([^>]*))?>")
EMOJI = re.compile(
    r":(\+1|-1|art|boom|bulb|camera|car|cat|dog|earth_africa|eyes|fire|frog|ghost|heart|house|moon|rainbow|robot_face|rocket|rose|skull"
    r"|smile|smiley|snowman|sob|sparkles|star|sun|tada|thumbsup|tree|warning|wave|white_check_mark|x|zap):"
)
DATE = re.compile(
    r"<!date\^(\d{1,11})\^((?:[^|^<>{}]|\{(?:date|date_num|date_short|date_long|date_pretty|date_short_pretty|date_long_pretty|time|time_secs)\})+)(?:\^[^|<>]+)?\|([^<>|]+)>"
)
"""A time that each reader sees on their own clock, and the words for clients that can't."""
MARKS = [re.compile(rf"(?<![\w{re.escape(m)}]){re.escape(m)}(?=\S)([^\n{re.escape(m)}]*?\S){re.escape(m)}(?!\w)") for m in "*_~"]
CODE = re.compile(r"```(.+?)```|`([^`\n]+)`", re.DOTALL)
QUOTE = re.compile(r"^(?:&gt;|>)(?:(?:&gt;|>){2})? ?", re.MULTILINE)


def decoded(text: str) -> str:
    """The three entities that Slack knows, and no other."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def dated(text: str, zone: str = "UTC") -> str:
    """The text as somebody in a time zone sees its times, in English."""

    def shown(found: re.Match[str]) -> str:
        local = datetime.fromtimestamp(int(found[1]), UTC).astimezone(ZoneInfo(zone))
        date, time = f"{local:%b} {local.day}, {local.year}", f"{local.hour % 12 or 12}:{local:%M %p}"
        return re.sub(r"\{(date|time)\w*\}", lambda part: time if part[1] == "time" else date, found[2])

    return DATE.sub(shown, text)


def emojis(text: str) -> str:
    return EMOJI.sub(lambda found: f"⟪{found[1]}⟫", text)


def plain(item: Mapping[str, Any]) -> str:
    """What a plain_text object shows."""
    text = item.get("text", "")
    return decoded(emojis(text) if item.get("emoji", True) else text)


def mrkdwn(text: str, *, verbatim: bool = False, zone: str = "UTC") -> str:
    """What a mrkdwn text shows, roughly: a reader sees no marks, no quotation signs, a picture for an emoji, a name for a mention, and
    times on their own clock."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[1] if found[1] is not None else found[2])
        return f"\x00{len(kept) - 1}\x00"

    text = dated(CODE.sub(keep, text), zone)
    text = LINK.sub(lambda found: found[2] or found[1], text)
    text = NAMED.sub(lambda found: f"⟪{found[2] or found[1]}⟫", text)
    text = QUOTE.sub("", text)
    for mark in MARKS:
        text = mark.sub(r"\1", text)
    text = emojis(text)
    text = re.sub("\x00(\\d+)\x00", lambda found: kept[int(found[1])], text)
    return decoded(text)


def walk(found: Any) -> Iterator[dict[str, Any]]:
    """Every object inside blocks, outermost first."""
    if isinstance(found, Mapping):
        yield dict(found)
        for value in found.values():
            yield from walk(value)
    elif isinstance(found, list):
        for value in found:
            yield from walk(value)


def texts(blocks: list[dict[str, Any]], zone: str = "UTC") -> Iterator[str]:
    """What a person with their clock in this zone reads in blocks, in order; no labels of buttons."""
    for block in blocks:
        kind = block.get("type")
        if kind == "markdown":
            yield decoded(block.get("text", ""))
        if kind == "rich_text":
            yield "".join(one.get("text", "") for one in walk(block.get("elements", [])) if one.get("type") in ("text", "link"))
        found = [block.get("text"), *(block.get("fields") or [])] if kind in ("section", "header") else []
        found += [one for one in block.get("elements") or [] if kind == "context"]
        found += [block.get("title")] if kind == "image" else []
        found += [block.get("label"), block.get("hint")] if kind == "input" else []
        for one in found:
            if isinstance(one, Mapping) and one.get("type") == "plain_text":
                yield plain(one)
            elif isinstance(one, Mapping) and one.get("type") == "mrkdwn":
                yield mrkdwn(one.get("text", ""), verbatim=bool(one.get("verbatim")), zone=zone)


def pings(text: str | None, blocks: list[dict[str, Any]] | None) -> list[str]:
    """What in a message would notify somebody, written as it was sent."""
    found = [hit[0] for hit in PING.finditer(text or "")]
    for one in walk(blocks or []):
        if one.get("type") == "mrkdwn":
            found += [hit[0] for hit in PING.finditer(one.get("text", ""))]
        if one.get("type") in ("broadcast", "user", "usergroup"):
            found.append(str(one))
    return found


def pictures(blocks: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """(file id, alt text) of every image in the blocks, in order."""
    return [
        (one["slack_file"].get("id", ""), one.get("alt_text", ""))
        for one in walk(blocks)
        if one.get("type") == "image" and "slack_file" in one
    ]


def buttons(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in walk(blocks) if one.get("type") == "button"]
