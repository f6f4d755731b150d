"""Requests: which image service draws them. NULL is the configured one."""

from alembic import op
from sqlalchemy import Column, String, inspect

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    known = {column["name"] for column in inspect(op.get_bind()).get_columns("requests")}
    if "service" not in known:  # 0001 makes a fresh file with today's tables
        op.add_column("requests", Column("service", String(40)))
