"""Requests: the community's template that a prompt was made with. NULL without one."""

from alembic import op
from sqlalchemy import Column, String, inspect

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    known = {column["name"] for column in inspect(op.get_bind()).get_columns("requests")}
    if "template" not in known:  # 0001 makes a fresh file with today's tables
        op.add_column("requests", Column("template", String(60)))
