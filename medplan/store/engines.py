"""How connections to a database are made.

SQLite runs in WAL mode with `synchronous=FULL`, and a writing transaction takes its lock when it
begins (`BEGIN IMMEDIATE`): one that reads first and writes later would otherwise fail at once
instead of waiting its turn. Reading transactions never wait for a writer. PostgreSQL is reached
through psycopg. Errors name no values, for they may be about a patient.
"""

from pathlib import Path
from sqlite3 import Connection as SQLiteConnection

from sqlalchemy import Connection, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection

from medplan.errors import MedplanError

_BUSY_TIMEOUT_S = 30


class WrongEncodingError(MedplanError):
    """The database keeps text in another way than UTF-8: names would be lost or fail to be read."""

    code = "not-ready"

    def __init__(self, encoding: str) -> None:
        super().__init__(
            f"The database's encoding is {encoding}. Make one with: CREATE DATABASE … "
            "ENCODING 'UTF8' TEMPLATE template0"
        )


def driver_url(address: str) -> URL:
    """Name the driver that a database is reached through."""
    url = make_url(address)
    if url.drivername in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+psycopg")
    return url


def make_engine(url: URL, *, prepares: bool) -> Engine:
    """Make a pool of connections to a database, each set up as medplan needs it."""
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    usual = {} if prepares else {"prepare_threshold": None}
    engine = create_engine(url, connect_args=usual, pool_pre_ping=True, hide_parameters=True)
    event.listen(engine, "do_connect", _connect_postgresql)
    event.listen(engine, "checkin", _forget_mode)
    return engine


def _sqlite_engine(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": _BUSY_TIMEOUT_S}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _connect_postgresql(
    dialect: Dialect, _record: object, arguments: list[str], options: dict[str, object]
) -> DBAPIConnection:
    """Connect, and refuse a database whose text the driver would hand over as bytes.

    Raises:
        WrongEncodingError: it is not in UTF-8.
    """
    connection = dialect.connect(*arguments, **options)
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        connection.close()
        raise WrongEncodingError(encoding or "unknown")
    return connection


def _forget_mode(connection: DBAPIConnection | None, _record: object) -> None:
    """Let the server say whether the next transaction may write: after one that only read, the
    driver would otherwise insist on it, also where the operator has made the database read-only."""
    if connection is not None:
        connection.read_only = None


def _prepare_sqlite(connection: SQLiteConnection, _record: object) -> None:
    """Leave transactions to `_begin_sqlite`: Python's own would start too late to be safe."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get("medplan_reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
