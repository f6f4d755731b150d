"""Attachments: the pictures that members attach to their requests, one row each."""

from alembic import op
from sqlalchemy import inspect

from bot.ledger.tables import attachments

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    if not inspect(op.get_bind()).has_table("attachments"):  # 0001 makes a fresh file with today's tables
        attachments.create(op.get_bind())
