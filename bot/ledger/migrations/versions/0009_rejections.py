"""Rejected results with their reason, contact sheets of candidates, and the time at which a candidate was set aside."""

from alembic import op
from sqlalchemy import Column, Float, inspect, text

from bot.ledger.tables import contact_sheets, rejections

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    here = inspect(op.get_bind())
    if "aside_at" not in {column["name"] for column in here.get_columns("pictures")}:
        op.add_column("pictures", Column("aside_at", Float))
        op.create_index("pictures_aside", "pictures", ["aside_at"], sqlite_where=text("aside_at IS NOT NULL"))
    for table in (rejections, contact_sheets):
        if not here.has_table(table.name):
            table.create(op.get_bind())
