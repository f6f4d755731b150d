"""Queries on messages, notices, small memories and deduplicated acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, delete, select, true, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bot.chat.port import Message
from bot.chat.views import Audience
from bot.domain.requests import Place
from bot.ledger.store import Tx
from bot.ledger.tables import acts, community_settings, memory, messages, notices

# Built once, like the hot statements of request_rows.
_WANT = (
    upsert(messages)
    .on_conflict_do_update(
        index_elements=["subject", "audience", "reader"], set_={"wanted_revision": messages.c.wanted_revision + 1, "settled": False}
    )
    .returning(messages.c.id)
)
_ONE = select(messages).where(messages.c.id == bindparam("id"))
_SETTINGS = select(community_settings.c["values"]).where(
    community_settings.c.platform == bindparam("platform"), community_settings.c.community == bindparam("community")
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A message with its revisions."""

    message: Message
    wanted: int
    sent: int
    settled: bool


def want(tx: Tx, subject: str, audience: Audience, place: Place, reader: str | None = None) -> None:
    """Say that a message shall show its subject's newest state; makes the message when there is none. Wakes its sender after the commit."""
    identity = tx.new_id()
    row = {
        "id": identity,
        "subject": subject,
        "audience": audience.value,
        "reader": reader or "",
        "platform": place.platform,
        "community": place.community,
        "channel": place.channel,
        "thread": place.thread,
        "reply": dict(place.reply),
        "ref": {},
        "created_at": tx.now,
        "wanted_revision": 1,
        "sent_revision": 0,
        "settled": False,
    }
    found = tx.connection.execute(_WANT, row).scalar_one()
    tx.wake("message", str(found))


def bump(tx: Tx, subject: str, audience: Audience | None = None) -> None:
    """Every message about this subject (for this audience) shall be shown anew; makes none."""
    rows = tx.connection.execute(
        update(messages)
        .where(messages.c.subject == subject, true() if audience is None else messages.c.audience == audience.value)
        .values(wanted_revision=messages.c.wanted_revision + 1, settled=False)
        .returning(messages.c.id)
    ).all()
    for row in rows:
        tx.wake("message", row.id)


def get(connection: Connection, message_id: str) -> Stored | None:
    """One message, or None."""
    row = connection.execute(_ONE, {"id": message_id}).one_or_none()
    return None if row is None else _stored(row)


def of_subject(connection: Connection, subject: str) -> Sequence[Stored]:
    """All messages about a subject."""
    return [_stored(row) for row in connection.execute(select(messages).where(messages.c.subject == subject))]


def at(connection: Connection, subject: str, place: Place) -> Sequence[str]:
    """Ids of the messages about a subject in one channel."""
    here = (messages.c.subject == subject, messages.c.platform == place.platform, messages.c.channel == place.channel)
    return [row.id for row in connection.execute(select(messages.c.id).where(*here))]


def remove_acts(tx: Tx, *, before: float) -> None:
    """Forget the ids of events that were handled before this time."""
    tx.connection.execute(delete(acts).where(acts.c.at < before))


def unsettled(connection: Connection) -> Sequence[str]:
    """Ids of messages whose last wanted view has not been shown for certain, oldest first."""
    return [
        row.id for row in connection.execute(select(messages.c.id).where(messages.c.settled.is_(False)).order_by(messages.c.created_at))
    ]


def of_platform(connection: Connection, platform: str, limit: int) -> Sequence[Stored]:
    """The newest messages of a platform, oldest first."""
    rows = connection.execute(
        select(messages).where(messages.c.platform == platform).order_by(messages.c.created_at.desc(), messages.c.id).limit(limit)
    ).all()
    return [_stored(row) for row in reversed(rows)]


def shown(tx: Tx, message_id: str, *, sent: int, ref: Mapping[str, str], final: bool) -> bool:
    """The platform shows revision `sent` for certain. Returns whether that was the newest wanted one."""
    done = tx.connection.execute(
        update(messages)
        .where(messages.c.id == message_id)
        .values(sent_revision=sent, ref=dict(ref), refused=None, settled=(messages.c.wanted_revision == sent) if final else False)
        .returning(messages.c.wanted_revision)
    ).scalar()
    return done == sent


def keep_ref(tx: Tx, message_id: str, ref: Mapping[str, str]) -> None:
    """Remember where the platform keeps a message, before anything else can be lost."""
    tx.connection.execute(update(messages).where(messages.c.id == message_id).values(ref=dict(ref)))


def unsettle(tx: Tx, message_id: str) -> None:
    """Have a message sent once more as it stands."""
    tx.connection.execute(
        update(messages).where(messages.c.id == message_id).values(settled=False, wanted_revision=messages.c.wanted_revision + 1)
    )


def refuse(tx: Tx, message_id: str, why: str, *, sent: int) -> None:
    """The platform will never show this one; it stays fetchable."""
    tx.connection.execute(
        update(messages).where(messages.c.id == message_id).values(refused=why[:40], settled=messages.c.wanted_revision == sent)
    )


def raise_notice(tx: Tx, cause: str, kind: str, facts: Mapping[str, str]) -> None:
    """Count a cause for operators; a resolved one opens again from one."""
    statement = upsert(notices).values(
        cause=cause, kind=kind, count=1, first_at=tx.now, last_at=tx.now, resolved_at=None, facts=dict(facts)
    )
    reopened = notices.c.resolved_at.is_not(None)
    tx.connection.execute(
        statement.on_conflict_do_update(
            index_elements=["cause"],
            set_={
                "count": case((reopened, 1), else_=notices.c.count + 1),
                "first_at": case((reopened, tx.now), else_=notices.c.first_at),
                "last_at": tx.now,
                "resolved_at": None,
                "facts": dict(facts),
                "kind": kind,
            },
        )
    )


def resolve_notice(tx: Tx, cause: str) -> bool:
    """Mark a cause as gone; False when it was not open."""
    return bool(
        tx.connection.execute(
            update(notices).where(notices.c.cause == cause, notices.c.resolved_at.is_(None)).values(resolved_at=tx.now)
        ).rowcount
    )


def change_notice(tx: Tx, cause: str, facts: Mapping[str, str]) -> None:
    """Replace what is known of a cause, without counting it again."""
    tx.connection.execute(update(notices).where(notices.c.cause == cause).values(facts=dict(facts)))


def notice(connection: Connection, cause: str) -> Row[Any] | None:
    """One notice's row."""
    return connection.execute(select(notices).where(notices.c.cause == cause)).one_or_none()


def open_notices(connection: Connection) -> Sequence[str]:
    """Causes that are not resolved."""
    return [row.cause for row in connection.execute(select(notices.c.cause).where(notices.c.resolved_at.is_(None)))]


def first_time(tx: Tx, event_key: str) -> bool:
    """Whether this press or form was not seen before; remembers it."""
    return bool(
        tx.connection.execute(
            upsert(acts).values(event_key=event_key, at=tx.now).on_conflict_do_nothing(index_elements=["event_key"])
        ).rowcount
    )


def remember(tx: Tx, key: str, value: object) -> None:
    """Keep a small JSON value."""
    statement = upsert(memory).values(key=key, value=value, saved_at=tx.now)
    tx.connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value, "saved_at": tx.now}))


def recall(connection: Connection, key: str) -> tuple[Any, float] | None:
    """A small JSON value with the time at which it was kept."""
    row = connection.execute(select(memory).where(memory.c.key == key)).one_or_none()
    return None if row is None else (row.value, float(row.saved_at))


def settings_of(connection: Connection, platform: str, community: str) -> Mapping[str, Any]:
    """A community's own settings; empty when nobody set any."""
    value = connection.execute(_SETTINGS, {"platform": platform, "community": community}).scalar()
    return value if isinstance(value, Mapping) else {}


def change_settings(tx: Tx, platform: str, community: str, values: Mapping[str, Any], by: str) -> None:
    """Replace a community's settings."""
    row = {"platform": platform, "community": community, "values": dict(values), "changed_at": tx.now, "changed_by": by}
    statement = upsert(community_settings).values(row)
    tx.connection.execute(statement.on_conflict_do_update(index_elements=["platform", "community"], set_=row))


def _stored(row: Row[Any]) -> Stored:
    return Stored(
        message=Message(
            id=row.id,
            subject=row.subject,
            audience=Audience(row.audience),
            place=Place(row.platform, row.community, row.channel, row.thread, row.reply),
            person=row.reader or None,
            ref=row.ref,
        ),
        wanted=row.wanted_revision,
        sent=row.sent_revision,
        settled=row.settled,
    )


def salt(tx: Tx) -> str:
    """What members' ids are hashed with for the service; made once."""
    known = recall(tx.connection, "salt")
    if known is not None:
        return str(known[0])
    made = tx.new_id() + tx.new_id()
    remember(tx, "salt", made)
    return made
