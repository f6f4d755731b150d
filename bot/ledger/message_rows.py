"""Queries on messages: wanted revision, shown revision, and the platform's reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, true, update

from bot.chat.port import Message
from bot.chat.views import Audience
from bot.domain.requests import Place
from bot.ledger.dialect import upsert
from bot.ledger.records import find_one, place_columns, record
from bot.ledger.store import Tx
from bot.ledger.tables import messages

# Prepared once, like the hot statements of request_rows.
_WANT = (
    upsert(messages)
    .on_conflict_do_update(
        index_elements=["subject", "audience", "reader"], set_={"wanted_revision": messages.c.wanted_revision + 1, "settled": False}
    )
    .returning(messages.c.id)
)
_ONE = select(messages).where(messages.c.id == bindparam("id"))


@dataclass(frozen=True, slots=True)
class Stored:
    message: Message
    wanted: int
    sent: int
    settled: bool


def want(tx: Tx, subject: str, audience: Audience, place: Place, reader: str | None = None) -> None:
    """Request that a message shows its subject's latest state, creating it if needed. Wakes its sender after the commit."""
    row = {
        "id": tx.new_id(),
        "subject": subject,
        "audience": audience.value,
        "reader": reader or "",
        **place_columns(place),
        "ref": {},
        "created_at": tx.now,
        "wanted_revision": 1,
        "sent_revision": 0,
        "settled": False,
    }
    found = tx.connection.execute(_WANT, row).scalar_one()
    tx.wake("message", str(found))


def bump(tx: Tx, subject: str, audience: Audience | None = None) -> None:
    """Request a new rendering of all messages about this subject (for this audience); creates none."""
    rows = tx.connection.execute(
        update(messages)
        .where(messages.c.subject == subject, true() if audience is None else messages.c.audience == audience.value)
        .values(wanted_revision=messages.c.wanted_revision + 1, settled=False)
        .returning(messages.c.id)
    ).all()
    for row in rows:
        tx.wake("message", row.id)


def bump_all(tx: Tx, prefix: str) -> None:
    """The same for all subjects that begin like this."""
    subjects = select(messages.c.subject).where(messages.c.subject.startswith(prefix, autoescape=True)).distinct()
    for row in tx.connection.execute(subjects).all():
        bump(tx, row.subject)


def get(connection: Connection, message_id: str) -> Stored | None:
    return find_one(connection, _ONE, _stored, {"id": message_id})


def of_subject(connection: Connection, subject: str) -> Sequence[Stored]:
    return [_stored(row) for row in connection.execute(select(messages).where(messages.c.subject == subject))]


def at(connection: Connection, subject: str, place: Place) -> Sequence[str]:
    """Ids of the messages about a subject in one channel."""
    here = (messages.c.subject == subject, messages.c.platform == place.platform, messages.c.channel == place.channel)
    return [row.id for row in connection.execute(select(messages.c.id).where(*here))]


def unsettled(connection: Connection) -> Sequence[str]:
    """Ids of messages whose last wanted view isn't confirmed as shown, oldest first."""
    found = select(messages.c.id).where(messages.c.settled.is_(False)).order_by(messages.c.created_at)
    return connection.execute(found).scalars().all()


def unsettled_places(connection: Connection) -> Sequence[tuple[str, Place]]:
    """The same, with the place of each."""
    found = select(messages).where(messages.c.settled.is_(False)).order_by(messages.c.created_at)
    return [(row.id, _stored(row).message.place) for row in connection.execute(found)]


def unsettled_at(connection: Connection, platform: str, community: str) -> Sequence[str]:
    """The same of one community."""
    here = (messages.c.settled.is_(False), messages.c.platform == platform, messages.c.community == community)
    return list(connection.execute(select(messages.c.id).where(*here).order_by(messages.c.created_at)).scalars())


def of_platform(connection: Connection, platform: str, limit: int) -> Sequence[Stored]:
    """A platform's latest messages, oldest first."""
    rows = connection.execute(
        select(messages).where(messages.c.platform == platform).order_by(messages.c.created_at.desc(), messages.c.id).limit(limit)
    ).all()
    return [_stored(row) for row in reversed(rows)]


def shown(tx: Tx, message_id: str, *, sent: int, ref: Mapping[str, str], final: bool) -> bool:
    """Record that the platform definitely shows revision `sent`. Returns whether that was the latest wanted one."""
    done = tx.connection.execute(
        update(messages)
        .where(messages.c.id == message_id)
        .values(sent_revision=sent, ref=dict(ref), refused=None, settled=(messages.c.wanted_revision == sent) if final else False)
        .returning(messages.c.wanted_revision)
    ).scalar()
    return done == sent


def keep_ref(tx: Tx, message_id: str, ref: Mapping[str, str]) -> None:
    """Store the platform's reference to a message before anything else can fail."""
    tx.connection.execute(update(messages).where(messages.c.id == message_id).values(ref=dict(ref)))


def unsettle(tx: Tx, message_id: str) -> None:
    """Send a message's current view once more."""
    tx.connection.execute(
        update(messages).where(messages.c.id == message_id).values(settled=False, wanted_revision=messages.c.wanted_revision + 1)
    )
    tx.wake("message", message_id)


def refuse(tx: Tx, message_id: str, why: str, *, sent: int) -> None:
    """Record that the platform will never show this message; it stays fetchable."""
    tx.connection.execute(
        update(messages).where(messages.c.id == message_id).values(refused=why[:40], settled=messages.c.wanted_revision == sent)
    )


def _stored(row: Row[Any]) -> Stored:
    message = Message(row.id, row.subject, Audience(row.audience), record(Place, row), row.reader or None, row.ref)
    return Stored(message, row.wanted_revision, row.sent_revision, row.settled)
