"""Brings a database to the tables that this release expects, and says whether it is there.

The steps are in `migrations/`, beside the package. SQLite needs care: its DDL is transactional
only because `Database` begins transactions itself, so a migration that fails leaves nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from alembic.command import downgrade as alembic_downgrade
from alembic.command import upgrade as alembic_upgrade
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from medplan.store.database import Database

_FOLDER = Path(__file__).resolve().parents[2] / "migrations"
_NO_STEP = "none"


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


def latest_step() -> str:
    """Name the newest step of this release."""
    return ScriptDirectory.from_config(_config({})).get_current_head() or _NO_STEP


def current_step(database: Database) -> str:
    """Name the step that the database is at, `none` when it has no tables."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or _NO_STEP


def lacks_steps(database: Database) -> bool:
    """Whether a step of this release is still to be run. A later release's steps only add what this
    one can live without (`docs/how-to/change-the-tables.md`), so after them none is lacking."""
    step = current_step(database)
    return step == _NO_STEP or step < latest_step()


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
    config.set_main_option("script_location", str(_FOLDER))
    return config
