"""Runs migrations on the connection that `medplan.store.migrate` hands over, or writes their SQL.

On PostgreSQL nothing waits longer than three seconds for a table that others use: the migration
fails then, leaves nothing, and can be tried again. Whatever is missing of the walls between
organisations is raised in the same transaction.
"""

from alembic import context

from medplan.store.tables import Row
from medplan.store.walls import MIGRATING, WALLS

LOCK_TIMEOUT = "SET LOCAL lock_timeout = '3s'"
HOW_WRITTEN = {"paramstyle": "named"}  # psycopg's own would double each %

context.configure(
    connection=context.config.attributes.get("connection"),
    dialect_name=context.config.attributes.get("dialect"),
    dialect_opts=HOW_WRITTEN if context.is_offline_mode() else {},
    literal_binds=context.is_offline_mode(),
    target_metadata=Row.metadata,
    compare_type=True,
    transaction_per_migration=False,
)
on_postgresql = context.get_context().dialect.name == "postgresql"
with context.begin_transaction():
    if on_postgresql:
        context.execute(LOCK_TIMEOUT)
        context.execute(MIGRATING)
    context.run_migrations()
    if on_postgresql:
        context.execute(WALLS)
