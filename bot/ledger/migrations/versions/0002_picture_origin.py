"""Pictures: whether one arrived signed (C2PA), and whether its bytes were kept. NULL for pictures stored before."""

from alembic import op
from sqlalchemy import Boolean, Column, inspect

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    known = {column["name"] for column in inspect(op.get_bind()).get_columns("pictures")}
    for name in ("signed", "kept"):
        if name not in known:  # 0001 creates a fresh file with the current tables
            op.add_column("pictures", Column(name, Boolean))
