"""The guide: communities' templates for prompts, and wordings that their member hasn't sent yet."""

from alembic import op
from sqlalchemy import inspect

from bot.ledger.tables import prompt_drafts, prompt_templates

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    here = inspect(op.get_bind())
    for table in (prompt_templates, prompt_drafts):
        if not here.has_table(table.name):  # 0001 makes a fresh file with today's tables
            table.create(op.get_bind())
