"""Half-price tasks: the service and the key that each was handed in with."""

from alembic import op
from sqlalchemy import Column, Text, inspect

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    if "handed_to" not in {column["name"] for column in inspect(op.get_bind()).get_columns("attempts")}:
        op.add_column("attempts", Column("handed_to", Text))  # 0001 makes a fresh file with today's tables
