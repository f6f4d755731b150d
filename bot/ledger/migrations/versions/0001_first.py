"""Initial schema: the tables in bot.ledger.tables."""

from alembic import op

from bot.ledger.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
