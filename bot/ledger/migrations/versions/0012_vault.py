"""Encrypted values: tokens of installations, keys of communities."""

from alembic import op
from sqlalchemy import inspect

from bot.ledger.tables import vault

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    if not inspect(op.get_bind()).has_table(vault.name):  # 0001 makes a fresh file with today's tables
        vault.create(op.get_bind())
