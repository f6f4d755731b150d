"""Simplify: ladders, and the steps of each that its member has seen."""

from alembic import op
from sqlalchemy import inspect

from bot.ledger.tables import ladder_steps, ladders

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    here = inspect(op.get_bind())
    for table in (ladders, ladder_steps):
        if not here.has_table(table.name):  # 0001 makes a fresh file with today's tables
            table.create(op.get_bind())
