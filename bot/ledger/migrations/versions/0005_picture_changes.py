"""Pictures: how one was made from another one; and drafts, which only their member has seen."""

from alembic import op
from sqlalchemy import JSON, Column, String, inspect, text

from bot.ledger.tables import picture_drafts

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    here = inspect(op.get_bind())
    if "change" not in {column["name"] for column in here.get_columns("pictures")}:  # 0001 makes a fresh file with today's tables
        op.add_column("pictures", Column("change", JSON(none_as_null=True)))
        op.add_column("pictures", Column("source", String(64)))
        op.create_index("pictures_by_source", "pictures", ["source"], sqlite_where=text("source IS NOT NULL"))
    if not here.has_table("picture_drafts"):
        picture_drafts.create(op.get_bind())
