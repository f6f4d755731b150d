"""Tables of the ledger, the only source of truth.

Money is in whole millionths of a US dollar, times are wall-clock seconds since the epoch (UTC). A row is written before the event it
describes (an attempt before its call, a message before it's sent).
"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Index, Integer, String, Table, Text, UniqueConstraint, text

from bot.ledger.batch_tables import batch_items as batch_items
from bot.ledger.batch_tables import batch_sheets as batch_sheets
from bot.ledger.batch_tables import batches as batches
from bot.ledger.dialect import POSTGRESQL_WHERE, append_only
from bot.ledger.gallery_tables import gallery_marks as gallery_marks
from bot.ledger.ladder_tables import ladder_steps as ladder_steps
from bot.ledger.ladder_tables import ladders as ladders
from bot.ledger.process_tables import grants as grants
from bot.ledger.process_tables import holdings as holdings
from bot.ledger.process_tables import processes as processes
from bot.ledger.schema import metadata as metadata
from bot.ledger.vault_tables import vault as vault

requests = Table(
    "requests",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("event_key", String(200), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("platform", String(20), nullable=False),
    Column("community", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("thread", String(64)),
    Column("reply", JSON, nullable=False),
    Column("person", String(64), nullable=False),
    Column("person_name", String(120), nullable=False),
    Column("prompt", Text, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("typed", JSON, nullable=False),
    Column("model", String(120), nullable=False),
    Column("size", String(20), nullable=False),
    Column("quality", String(20), nullable=False),
    Column("count", Integer, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("due_at", Float, nullable=False),
    Column("deadline_at", Float, nullable=False),
    Column("origin", String(16), nullable=False),
    Column("parent", String(32)),
    Column("case_id", String(32)),
    Column("lane", String(16), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("rate_answers", Integer, nullable=False, key="unbilled_tries"),
    Column("answer", String(16)),
    Column("answered_at", Float),
    Column("failure", JSON),
    Column("refusal", JSON),
    Column("published", Boolean, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("service", String(40)),
    Column("template", String(60)),
)
Index("requests_waiting", requests.c.state, requests.c.due_at, sqlite_where=text("state NOT IN ('answered', 'refused')"))
Index("requests_live_of_person", requests.c.platform, requests.c.person, sqlite_where=text("state NOT IN ('answered', 'refused')"))
Index("requests_of_person", requests.c.platform, requests.c.person, requests.c.created_at)
Index("requests_children", requests.c.parent, sqlite_where=requests.c.parent.is_not(None))
Index("requests_created", requests.c.created_at)
Index("requests_of_case", requests.c.case_id, sqlite_where=requests.c.case_id.is_not(None))

attempts = Table(
    "attempts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("request_id", String(32), nullable=False),
    Column("number", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("opened_at", Float, nullable=False),
    Column("wanted", Integer, nullable=False),
    Column("reserved", Integer, nullable=False),
    Column("periods", JSON, nullable=False),
    Column("closed_at", Float),
    Column("billed", String(8)),
    Column("cost", Integer, nullable=False),
    Column("task_id", String(200)),
    Column("poll_url", Text),
    Column("handed_to", Text),
    Column("provider_request_id", String(120)),
    Column("status", Integer),
    Column("latency", Float),
    Column("evidence", JSON),
    Column("owner", String(32)),
    UniqueConstraint("request_id", "number"),
)
Index("attempts_open", attempts.c.opened_at, sqlite_where=attempts.c.closed_at.is_(None))
Index("attempts_opened", attempts.c.opened_at)

pictures = Table(
    "pictures",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("request_id", String(32), nullable=False),
    Column("attempt_id", String(32), nullable=False),
    Column("position", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("format", String(8), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("revised_prompt", Text),
    Column("signed", Boolean),
    Column("kept", Boolean),
    Column("change", JSON(none_as_null=True)),
    Column("source", String(64)),
    Column("aside_at", Float),
)
Index("pictures_of_request", pictures.c.request_id, pictures.c.position)
Index("pictures_by_hash", pictures.c.sha256)
Index("pictures_by_source", pictures.c.source, sqlite_where=text("source IS NOT NULL"))
Index("pictures_aside", pictures.c.aside_at, sqlite_where=text("aside_at IS NOT NULL"))

picture_drafts = Table(
    "picture_drafts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("request_id", String(32), nullable=False),
    Column("change", JSON, nullable=False),
    Column("replaces", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("format", String(8), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("preview", String(64), nullable=False),
    Column("created_at", Float, nullable=False),
)
Index("picture_drafts_of_request", picture_drafts.c.request_id, picture_drafts.c.created_at)
Index("picture_drafts_age", picture_drafts.c.created_at)

rejections = Table(
    "rejections",
    metadata,
    Column("request_id", String(32), primary_key=True),
    Column("reason", String(16), nullable=False),
    Column("words", Text, nullable=False),
    Column("at", Float, nullable=False),
)
Index("rejections_age", rejections.c.at)

contact_sheets = Table(
    "contact_sheets",
    metadata,
    Column("request_id", String(32), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("made", Boolean, nullable=False),
)
Index("contact_sheets_by_hash", contact_sheets.c.sha256, sqlite_where=text("sha256 != ''"))
Index("contact_sheets_to_make", contact_sheets.c.request_id, sqlite_where=text("made = 0"), info={POSTGRESQL_WHERE: "made IS false"})

attachments = Table(
    "attachments",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("request_id", String(32), nullable=False),
    Column("person", String(100), nullable=False),
    Column("position", Integer, nullable=False),
    Column("role", String(8), nullable=False),
    Column("name", String(120), nullable=False),
    Column("claimed_size", Integer),
    Column("handle", JSON, nullable=False),
    Column("stored", String(64), nullable=False),
    Column("made_here", Boolean, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("format", String(8), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size", Integer, nullable=False),
)
Index("attachments_of_request", attachments.c.request_id, attachments.c.position)
Index("attachments_by_hash", attachments.c.sha256, sqlite_where=text("sha256 != ''"))
Index("attachments_by_source", attachments.c.stored, sqlite_where=text("stored != ''"))
Index("attachments_age", attachments.c.created_at)

messages = Table(
    "messages",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("subject", String(80), nullable=False),
    Column("audience", String(16), nullable=False),
    Column("reader", String(64), nullable=False),
    Column("platform", String(20), nullable=False),
    Column("community", String(64), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("thread", String(64)),
    Column("reply", JSON, nullable=False),
    Column("ref", JSON, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("wanted_revision", Integer, nullable=False),
    Column("sent_revision", Integer, nullable=False),
    Column("settled", Boolean, nullable=False),
    Column("refused", String(40)),
    UniqueConstraint("subject", "audience", "reader"),
)
Index("messages_unsettled", messages.c.created_at, sqlite_where=text("settled = 0"), info={POSTGRESQL_WHERE: "settled IS false"})
Index("messages_of_platform", messages.c.platform, messages.c.created_at)

spend = Table(
    "spend",
    metadata,
    Column("scope", String(16), primary_key=True),
    Column("owner", String(140), primary_key=True),
    Column("period", String(12), primary_key=True),
    Column("reserved", Integer, nullable=False),
    Column("spent", Integer, nullable=False),
    Column("pictures", Integer, nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("cause", String(80), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("count", Integer, nullable=False),
    Column("first_at", Float, nullable=False),
    Column("last_at", Float, nullable=False),
    Column("resolved_at", Float),
    Column("facts", JSON, nullable=False),
)

blocked_prompts = Table(
    "blocked_prompts",
    metadata,
    Column("community", String(64), primary_key=True),
    Column("fingerprint", String(64), primary_key=True),
    Column("person", String(64), nullable=False),
    Column("case_id", String(32), nullable=False),
    Column("until", Float, nullable=False),
)

blocked_members = Table(
    "blocked_members",
    metadata,
    Column("community", String(64), primary_key=True),
    Column("person", String(64), primary_key=True),
    Column("until", Float, nullable=False),
    Column("by", String(64), nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("state", String(20), nullable=False),
    Column("platform", String(20), nullable=False),
    Column("community", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    Column("person_name", String(120), nullable=False),
    Column("request_id", String(32), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("opened_at", Float, nullable=False),
    Column("waiting_since", Float, nullable=False),
    Column("due_at", Float),
    Column("version", Integer, nullable=False),
    Column("holder", String(64)),
    Column("holder_name", String(120)),
    Column("lease_until", Float),
    Column("asked", String(32)),
    Column("told", Integer, key="shown_step"),  # the stored name is older
    Column("decided_by", String(64)),
    Column("decided_name", String(120)),
    Column("closed_at", Float),
    Column("reason", String(120)),
    Column("expires_at", Float, nullable=False),
    Column("reminded", Integer, nullable=False),
    Column("appeals", Integer, nullable=False),
    Column("forget", Boolean, nullable=False),
    Column("texts_removed", Boolean, nullable=False),
)
Index("cases_of_person", cases.c.platform, cases.c.community, cases.c.person, cases.c.opened_at)
Index("cases_due", cases.c.due_at, sqlite_where=cases.c.due_at.is_not(None))
Index("cases_with_texts", cases.c.closed_at, sqlite_where=text("texts_removed = 0"), info={POSTGRESQL_WHERE: "texts_removed IS false"})

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    Column("case_id", String(32), nullable=False),
    Column("community", String(64), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("actor_name", String(120), nullable=False),
    Column("event", String(32), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("facts", JSON, nullable=False),
)
Index("audit_of_case", audit.c.case_id, audit.c.seq)
Index("audit_of_actor", audit.c.community, audit.c.actor, audit.c.at)
append_only(audit, sentence="audit is append-only")

rewrites = Table(
    "rewrites",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("case_id", String(32), nullable=False),
    Column("prompt", Text, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("author", String(64), nullable=False),
    Column("author_name", String(120), nullable=False),
    Column("written_at", Float, nullable=False),
    Column("answer", String(16)),
    Column("answered_at", Float),
)
Index("rewrites_of_case", rewrites.c.case_id)

case_notes = Table(
    "case_notes",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("case_id", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("author", String(64), nullable=False),
    Column("author_name", String(120), nullable=False),
    Column("at", Float, nullable=False),
    Column("text", Text, nullable=False),
)
Index("case_notes_of_case", case_notes.c.case_id, case_notes.c.at)

acts = Table("acts", metadata, Column("event_key", String(200), primary_key=True), Column("at", Float, nullable=False))
Index("acts_age", acts.c.at)

community_settings = Table(
    "community_settings",
    metadata,
    Column("platform", String(20), primary_key=True),
    Column("community", String(64), primary_key=True),
    Column("values", JSON, nullable=False),
    Column("changed_at", Float, nullable=False),
    Column("changed_by", String(64), nullable=False),
)

prompt_templates = Table(
    "prompt_templates",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("platform", String(20), nullable=False),
    Column("community", String(64), nullable=False),
    Column("name", String(60), nullable=False),
    Column("key", String(120), nullable=False),
    Column("parts", JSON, nullable=False),
    Column("size", String(20), nullable=False),
    Column("quality", String(20), nullable=False),
    Column("changed_at", Float, nullable=False),
    Column("changed_by", String(64), nullable=False),
    UniqueConstraint("platform", "community", "key"),
)

prompt_drafts = Table(
    "prompt_drafts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("platform", String(20), nullable=False),
    Column("person", String(64), nullable=False),
    Column("template", String(60), nullable=False),
    Column("parts", JSON, nullable=False),
    Column("wording", Text, nullable=False),
    Column("options", JSON, nullable=False),
    Column("request_id", String(32), nullable=False),
    Column("created_at", Float, nullable=False),
)
Index("prompt_drafts_of_person", prompt_drafts.c.platform, prompt_drafts.c.person)
Index("prompt_drafts_age", prompt_drafts.c.created_at)

memory = Table(
    "memory",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("value", JSON, nullable=False),
    Column("saved_at", Float, nullable=False),
)
