"""Adding a row unless there is one like it, in one statement and without losing the transaction."""

from collections.abc import Mapping

from sqlalchemy import Connection, literal
from sqlalchemy.dialects import postgresql, sqlite

from medplan.store.tables.base import Row


def insert_unless_there(
    connection: Connection, table: type[Row], columns: Mapping[str, object]
) -> bool:
    """Add a row; False when a unique one like it is there. Waits for another transaction that is
    adding it."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    adding = insert(table).values(**columns).on_conflict_do_nothing().returning(literal(1))
    return connection.execute(adding).one_or_none() is not None
