"""Alembic entry point: runs the migrations on the connection passed by `bot.ledger.migrate`."""

from alembic import context

from bot.ledger.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
