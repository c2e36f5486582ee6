"""One database and its ways in: sessions that write and sessions that only read.

A session is bound to one organisation and sees no other's rows. Where the organisation is not
known yet, a key says whose it is: a token's hash, an address. PostgreSQL enforces this
(`store.walls`); on SQLite the queries alone do.

How connections are made is said in `store.engines`. Nothing here commits; services do, by leaving a
session's block.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

from sqlalchemy import (
    DateTime,
    Dialect,
    Select,
    String,
    bindparam,
    cast,
    func,
    select,
    text,
    true,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute, Session, sessionmaker
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

from medplan.store.engines import driver_url, make_engine
from medplan.store.keys import KEYS, MasterKeys
from medplan.store.late_lines import LateLines
from medplan.store.replica import Replica, ReplicaSessions

KeyColumn = (
    InstrumentedAttribute[str] | InstrumentedAttribute[str | None] | InstrumentedAttribute[UUID]
)

_READS = {"medplan_reads": True, "postgresql_readonly": True}
_LOST = frozenset({"40001", "40P01"})  # serialization failure, deadlock
_TAKES_NO_CHANGE = frozenset({"25006", "53100"})  # read-only transaction, disk full
_TAKES_NO_CHANGE_SQLITE = ("SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR_WRITE")
_READ_ONLY = text("SELECT current_setting('transaction_read_only')")
_SET = text("SELECT set_config(:name, :value, true)")
_KEY_FORGOTTEN = func.set_config("medplan.key", "", true())


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
    """Where rows live; `url` says where.

    Texts about patients are sealed by `keys` (`store.tables.sealing`). `prepares` False keeps
    psycopg from preparing statements, as PgBouncer before 1.22 needs it. `replica_url` says where
    copies of it can be read (PostgreSQL only).
    """

    def __init__(
        self,
        url: str,
        keys: MasterKeys | None = None,
        *,
        prepares: bool = True,
        replica_url: str | None = None,
    ) -> None:
        self.url = driver_url(url)
        sealing = {KEYS: keys or MasterKeys()}
        self.engine = make_engine(self.url, prepares=prepares).execution_options(**sealing)
        readers = self.engine.execution_options(**_READS)
        self.replica: Replica | None = None
        if replica_url is not None:
            copies = make_engine(driver_url(replica_url), prepares=prepares)
            copies = copies.execution_options(**sealing, **_READS)
            self.replica = Replica(copies, self.engine)
        self.late = LateLines()
        self.writing = sessionmaker(self.engine, expire_on_commit=False)
        self.reading = sessionmaker(readers, expire_on_commit=False, autoflush=False)

    @contextmanager
    def writing_for(self, organisation_id: UUID) -> Iterator[Session]:
        """Open a transaction of one organisation; leaving the block commits it."""
        with self.writing.begin() as session:
            bind(session, organisation_id)
            yield session

    @contextmanager
    def reading_for(self, organisation_id: UUID) -> Iterator[Session]:
        """Open a transaction that only reads one organisation's rows."""
        with self.reading.begin() as session:
            bind(session, organisation_id)
            yield session

    @contextmanager
    def reading_by(self, column: KeyColumn, key: str | UUID) -> Iterator[Session]:
        """Open a transaction that only reads the rows of whichever organisation has this key: a
        token's hash, an address. When none has, nothing is seen."""
        with self.reading.begin() as session:
            _bind_by(session, column, key)
            yield session

    @contextmanager
    def writing_by(self, column: KeyColumn, key: str | UUID) -> Iterator[Session]:
        """Open a transaction of whichever organisation has this key."""
        with self.writing.begin() as session:
            _bind_by(session, column, key)
            yield session

    @contextmanager
    def working(self) -> Iterator[Session]:
        """Open a transaction on every organisation's tasks, and on nothing else."""
        with self.writing.begin() as session:
            _set(session, "medplan.duty", "worker")
            yield session

    @contextmanager
    def operating(self) -> Iterator[Session]:
        """Open a transaction that lists the organisations, for whoever runs medplan."""
        with self.reading.begin() as session:
            _set(session, "medplan.duty", "operator")
            yield session

    def undone(self) -> "Database":
        """Give the same database, where whatever is written is undone as its block is left."""
        found = copy(self)
        found.writing = _Undone(self.engine, expire_on_commit=False)
        return found

    def behind(self, written: str) -> "Database":
        """Give the same database, whose readings may be a little old but show everything up to
        `written` (`store.replica`)."""
        if self.replica is None:
            return self
        found = copy(self)
        found.reading = ReplicaSessions(self.replica, self.reading, written)
        return found

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()
        if self.replica is not None:
            self.replica.engine.dispose()


class _UndoneError(Exception):
    """Ends a transaction that was only tried."""


class _Undone(sessionmaker[Session]):
    """Makes sessions whose transactions do all that they would, and then are undone."""

    @override
    @contextmanager
    def begin(self) -> Iterator[Session]:
        try:
            with super().begin() as session:
                yield session
                session.flush()
                session.expunge_all()  # what was answered stays as it was
                raise _UndoneError  # noqa: TRY301 - how a session's block is told to undo it all
        except _UndoneError:
            return


def bind(session: Session, organisation_id: UUID) -> None:
    """Let a transaction see and write this organisation's rows from here on."""
    _set(session, "medplan.org", str(organisation_id))


def _bind_by(session: Session, column: KeyColumn, key: str | UUID) -> None:
    """Find out whose a key is: at that moment only the row that has it is seen."""
    if session.get_bind().dialect.name == "postgresql":
        _set(session, "medplan.key", str(key))
        if session.execute(_binding_by(column), {"key": key}).one_or_none() is None:
            session.execute(select(_KEY_FORGOTTEN))


@cache
def _binding_by(column: KeyColumn) -> Select[str, str]:
    """Bind a transaction to the organisation of the row that has the key; the columns are few."""
    whose = cast(column.class_.organisation_id, String)
    bound = select(func.set_config("medplan.org", whose, true()), _KEY_FORGOTTEN)
    return bound.where(column == bindparam("key")).limit(1)


def lost_race(error: DBAPIError) -> bool:
    """Whether PostgreSQL gave a transaction up for another one: it may be tried again."""
    return getattr(error.orig, "sqlstate", None) in _LOST


def refuses_changes(error: DBAPIError) -> bool:
    """Whether the database can be read but takes no changes: it is read-only, or its disk full."""
    return getattr(error.orig, "sqlstate", None) in _TAKES_NO_CHANGE or str(
        getattr(error.orig, "sqlite_errorname", "")
    ).startswith(_TAKES_NO_CHANGE_SQLITE)


def read_only(database: Database) -> bool:
    """Whether PostgreSQL has been told to take no changes."""
    if database.engine.dialect.name != "postgresql":
        return False
    with database.engine.connect() as connection:
        told: str = connection.execute(_READ_ONLY).scalar_one()
        return told == "on"


@contextmanager
def unless_refused() -> Iterator[None]:
    """Do without a write that nobody depends on while the database takes no changes."""
    try:
        yield
    except DBAPIError as error:
        if not refuses_changes(error):
            raise


def _set(session: Session, name: str, value: str) -> None:
    """Tell PostgreSQL's policies, for this transaction only."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_SET, {"name": name, "value": value})
