"""One database, two ways in: sessions that write and sessions that only read.

SQLite runs in WAL mode with `synchronous=FULL`, and a writing transaction takes its lock when it
begins (`BEGIN IMMEDIATE`): one that reads first and writes later would otherwise fail at once
instead of waiting its turn. Reading transactions never wait for a writer. PostgreSQL is reached
through psycopg. Errors name no values, for they may be about a patient. Nothing here commits;
services do, by leaving `writing.begin()`.
"""

from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection as SQLiteConnection

from sqlalchemy import Connection, DateTime, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.orm import sessionmaker
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

_BUSY_TIMEOUT_S = 30


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware and in UTC in Python, whatever the database keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """Where rows live. `writing` and `reading` make sessions; `url` says where."""

    def __init__(self, url: str) -> None:
        self.url = _driver_url(url)
        self.engine = _engine(self.url)
        readers = self.engine.execution_options(medplan_reads=True, postgresql_readonly=True)
        self.writing = sessionmaker(self.engine, expire_on_commit=False)
        self.reading = sessionmaker(readers, expire_on_commit=False, autoflush=False)

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def _driver_url(text: str) -> URL:
    url = make_url(text)
    if url.drivername in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+psycopg")
    return url


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": _BUSY_TIMEOUT_S}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


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
