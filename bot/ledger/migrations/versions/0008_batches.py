"""Batches: what was asked for, and each of their topics."""

from alembic import op
from sqlalchemy import inspect

from bot.ledger.tables import batch_items, batch_sheets, batches

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    here = inspect(op.get_bind())
    for table in (batches, batch_items, batch_sheets):
        if not here.has_table(table.name):  # 0001 makes a fresh file with today's tables
            table.create(op.get_bind())
