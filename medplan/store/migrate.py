"""Brings a database to the tables that this release expects; `steps` says whether it is there.

The steps are in `migrations/`, beside the package. SQLite needs care: its DDL is transactional
only because `Database` begins transactions itself, so a migration that fails leaves nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

from alembic.command import downgrade as alembic_downgrade
from alembic.command import upgrade as alembic_upgrade
from alembic.config import Config
from sqlalchemy import Connection

from medplan.store.database import Database
from medplan.store.steps import STEPS


def upgrade(database: Database, to: str = "head") -> None:
    """Run every step up to `to` in one transaction; nothing happens when it is already there."""
    with _altering(database) as connection:
        alembic_upgrade(_config({"connection": connection}), to)


def downgrade(database: Database, to: str) -> None:
    """Undo steps down to `to`; `base` removes every table."""
    with _altering(database) as connection:
        alembic_downgrade(_config({"connection": connection}), to)


def write_sql(since: str = "base") -> str:
    """Write PostgreSQL's statements for the steps after `since`, for somebody else to run."""
    written = StringIO()
    config = _config({"dialect": "postgresql"})
    config.output_buffer = written
    alembic_upgrade(config, f"{since}:head", sql=True)
    return written.getvalue()


@contextmanager
def _altering(database: Database) -> Iterator[Connection]:
    """Open the one transaction of a migration.

    SQLite can change a column only by making its table anew, which would look to rows that point
    at it as if theirs had gone. So it checks foreign keys once, at the end, as its manual advises
    (https://sqlite.org/lang_altertable.html, 7); only a new connection may be told so.
    """
    if database.url.get_backend_name() != "sqlite":
        with database.engine.begin() as connection:
            yield connection
        return
    with database.engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                _refuse_lost_parents(connection)
        finally:
            connection.connection.cursor().execute("PRAGMA foreign_keys=ON")


def _refuse_lost_parents(connection: Connection) -> None:
    lost = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if lost:
        msg = f"rows of {sorted({row[0] for row in lost})} point at rows that are not there"
        raise RuntimeError(msg)


def _config(attributes: dict[str, object]) -> Config:
    config = Config(attributes=attributes)
    config.set_main_option("script_location", str(STEPS))
    return config
