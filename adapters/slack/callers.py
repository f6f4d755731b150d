"""Slack payloads (command, press, form, mention) as callers, parsed without trusting their shape."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass

from adapters.kit.callers import PlatformCaller
from adapters.kit.payload import Payload, parsed_words, part, word
from adapters.slack.escape import unlabel

PLATFORM = "slack"
_PLAIN = re.compile(r"[<>]|&(?!(?:lt|gt|amp);)")


@dataclass(frozen=True, slots=True)
class Caller(PlatformCaller):
    """Someone in Slack, and the ways to answer them."""

    platform = PLATFORM

    url: str = ""
    """response_url."""
    trigger: str = ""
    """Opens one form within three seconds."""
    message: str = ""
    """ts of the message with the pressed button, or of the message that mentions the bot."""
    ephemeral: bool = False
    """Only they can see that message."""
    origin: str = ""
    """The person's workspace according to the event; empty if it names none. After `at_home`, `community` is the bot's own."""

    @property
    def in_direct(self) -> bool:
        """Whether it happened in a direct message, with the bot or between people."""
        return is_direct(self.channel)

    @property
    def ephemeral_thread(self) -> str | None:
        """The thread in which an ephemeral message is visible: Slack only shows it in threads that already exist."""
        return None if self.thread == self.message else self.thread


def as_typed(text: str) -> str:
    """A command's text as typed. Slack doesn't document whether & < > arrive as entities; text containing one of the three unescaped is
    left unchanged, other text is decoded."""
    text = unlabel(text)
    if _PLAIN.search(text):
        return text
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def is_direct(channel: str) -> bool:
    return channel.startswith("D")


def of_command(body: Payload) -> Caller:
    return Caller(
        key=_key("command", body, "trigger_id"),
        community=word(body, "team_id") or word(body, "enterprise_id"),
        channel=word(body, "channel_id"),
        person=word(body, "user_id"),
        name=word(body, "user_name")[:80],
        url=word(body, "response_url"),
        trigger=word(body, "trigger_id"),
    )


def of_press(body: Payload) -> Caller:
    container, message = part(body, "container"), part(body, "message")
    return Caller(
        key=_key("press", body, "trigger_id"),
        community=_team(body),
        channel=word(part(body, "channel"), "id") or word(container, "channel_id"),
        person=word(part(body, "user"), "id"),
        name=_name(body),
        thread=word(message, "thread_ts") or word(container, "thread_ts") or None,
        url=word(body, "response_url"),
        trigger=word(body, "trigger_id"),
        message=word(message, "ts") or word(container, "message_ts"),
        ephemeral=container.get("is_ephemeral") is True,
        origin=word(part(body, "user"), "team_id"),
    )


def of_form(body: Payload) -> Caller:
    """Parse a form submission; the place where it was opened is in its private_metadata."""
    view = part(body, "view")
    where = parsed_words(word(view, "private_metadata"))
    return Caller(
        key=_key("form", body, "trigger_id", word(view, "id")),
        community=_team(body),
        channel=where.get("channel", ""),
        person=word(part(body, "user"), "id"),
        name=_name(body),
        thread=where.get("thread") or None,
        url=where.get("url", ""),
        trigger=word(body, "trigger_id"),
        origin=word(part(body, "user"), "team_id"),
    )


def of_mention(body: Payload) -> Caller:
    """Parse a mention of the bot. A message keeps its ts across deliveries and edits, so its answer can be found by it."""
    event = part(body, "event")
    team, channel, ts = word(body, "team_id") or word(event, "team"), word(event, "channel"), word(event, "ts")
    return Caller(
        key=f"slack:mention:{team}:{channel}:{ts}",
        community=team,
        channel=channel,
        person=word(event, "user"),
        name="",
        thread=word(event, "thread_ts") or ts or None,
        message=ts,
        origin=word(event, "user_team") or word(event, "source_team"),
    )


def metadata(caller: Caller, pictures: str = "") -> str:
    """The private_metadata of a form: where it was opened, and the packed pictures that it's about."""
    found = {"channel": caller.channel, "thread": caller.thread or "", "url": caller.url, "pictures": pictures}
    return json.dumps({key: value for key, value in found.items() if value}, separators=(",", ":"), ensure_ascii=False)[:3000]


def _key(kind: str, body: Payload, name: str, more: str = "") -> str:
    """`slack:<trigger id>`, which is unique per action. A payload without one is identified by its content."""
    found = word(body, name)
    if found:
        return f"slack:{kind}:{found}"[:200]
    content = json.dumps(body, sort_keys=True, default=str).encode()
    return f"slack:{kind}:{more}:{hashlib.sha256(content).hexdigest()[:40]}"


def _team(body: Payload) -> str:
    user = part(body, "user")
    return word(part(body, "team"), "id") or word(user, "team_id") or word(part(body, "enterprise"), "id")


def _name(body: Payload) -> str:
    user = part(body, "user")
    return (word(user, "username") or word(user, "name"))[:80]
