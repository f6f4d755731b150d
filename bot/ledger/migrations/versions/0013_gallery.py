"""The gallery: members' favourites and tags, and their searches."""

from alembic import op
from sqlalchemy import inspect

from bot.ledger.gallery_tables import gallery_marks, gallery_searches

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    here = inspect(op.get_bind())
    for table in (gallery_marks, gallery_searches):
        if not here.has_table(table.name):  # 0001 makes a fresh file with today's tables
            table.create(op.get_bind())
