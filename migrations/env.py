"""Runs migrations on the connection that `medplan.store.migrate` hands over."""

from alembic import context
from sqlalchemy import Connection

from medplan.store.tables import Row

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Row.metadata,
    compare_type=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
