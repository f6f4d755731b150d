"""Several processes: who shares the ledger, what each holds, calls that the gate granted, and the owner of each attempt."""

from alembic import op
from sqlalchemy import Column, String, inspect

from bot.ledger.tables import grants, holdings, processes

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    here = inspect(op.get_bind())
    for table in (processes, holdings, grants):
        if not here.has_table(table.name):  # 0001 makes a fresh file with today's tables
            table.create(op.get_bind())
    if "owner" not in {column["name"] for column in here.get_columns("attempts")}:
        op.add_column("attempts", Column("owner", String(32)))
