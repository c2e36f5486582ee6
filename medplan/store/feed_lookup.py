"""The one query that calendars ask for ever, on the shortest way to the database.

It is put together once and then handed to the database's driver as text, which costs a quarter of
what it would through SQLAlchemy's layers. Where the driver fails, the usual way is taken, which
mends lost connections and says what is wrong in SQLAlchemy's own words. Bytes that whoever asks
has already are not read.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Engine, bindparam, case, select
from sqlalchemy.exc import DBAPIError

from medplan.store.replica import SHOWS, Replica
from medplan.store.tables import FeedBodyRow, FeedRow

_TOKEN, _AT, _POSITION, _KNOWN = "token_sha256", "now", "position", "known_etag"
_LIVE_BODY = (
    select(
        case((FeedBodyRow.etag != bindparam(_KNOWN), FeedBodyRow.body)),
        FeedBodyRow.etag,
        FeedBodyRow.last_modified,
        FeedBodyRow.revision,
        FeedRow.sequence,
        FeedRow.token_sha256,
        FeedRow.organisation_id,
    )
    .join(
        FeedRow,
        (FeedRow.organisation_id == FeedBodyRow.organisation_id) & (FeedRow.id == FeedBodyRow.id),
    )
    .where(
        FeedRow.token_sha256 == bindparam(_TOKEN),
        FeedRow.revoked_at.is_(None),
        FeedRow.expires_at > bindparam(_AT),
    )
)

# What PostgreSQL must be told before it shows the row that a token opens (`store.walls`).
_OPEN_BY_KEY = f"SELECT set_config('medplan.key', %({_TOKEN})s, true)"
_OPEN_IF_IT_SHOWS = f"{_OPEN_BY_KEY} WHERE {SHOWS.format(f'%({_POSITION})s')}"

_Processor = Callable[[object], object]
_Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class LiveBody:
    """What is stored of a feed that can be read: its bytes, and as of which change they are.

    There are no bytes where whoever asked knew their ETag.
    """

    body: bytes | None
    etag: str
    last_modified: datetime
    revision: int
    sequence: int
    token_sha256: str
    organisation_id: UUID


class FeedLookup:
    """Finds live feeds in one database by the hash of their token; in its copies first, if it has
    any. A feed that no copy shows may be a new one, so the leader is asked then."""

    def __init__(self, engine: Engine, replica: Replica | None = None) -> None:
        self._replica = replica
        compiled = _LIVE_BODY.compile(engine)
        self._engine, self._text = engine, str(compiled)
        self._order: Sequence[str] | None = compiled.positiontup if compiled.positional else None
        dialect = engine.dialect
        self._errors = dialect.loaded_dbapi.Error
        self._walled = dialect.name == "postgresql"
        instant = FeedRow.expires_at.type.dialect_impl(dialect)
        self._write_time = cast("_Processor", instant.bind_processor(dialect) or _same)
        self._read_time = cast("_Processor", instant.result_processor(dialect, None) or _same)
        name = FeedRow.organisation_id.type.dialect_impl(dialect)
        self._read_id = cast("_Processor", name.result_processor(dialect, None) or _same)

    def find(self, token_sha256: str, now: datetime, known_etag: str) -> LiveBody | None:
        """Find the stored bytes of a feed that is neither revoked nor expired, in one indexed
        read."""
        values = {_TOKEN: token_sha256, _AT: self._write_time(now), _KNOWN: known_etag}
        found = self._find_in_copies(values)
        if found is not None:
            return found
        try:
            row = self._ask(self._engine, _OPEN_BY_KEY, values)
        except self._errors:
            return self._find_as_usual({**values, _AT: now})
        return None if row is None else self._live(row)

    def _find_in_copies(self, values: _Values) -> LiveBody | None:
        if self._replica is None or (position := self._replica.needed()) is None:
            return None
        placed = {**values, _POSITION: position}
        try:
            row = self._ask(self._replica.engine, _OPEN_IF_IT_SHOWS, placed)
        except (self._errors, DBAPIError):
            self._replica.leave_alone()
            return None
        return None if row is None else self._live(row)

    def _live(self, row: Sequence[object]) -> LiveBody:
        body, etag, last_modified, revision, sequence, found, organisation_id = row
        return LiveBody(
            None if body is None else bytes(cast("bytes", body)),
            str(etag),
            cast("datetime", self._read_time(last_modified)),
            cast("int", revision),
            cast("int", sequence),
            str(found),
            cast("UUID", self._read_id(organisation_id)),
        )

    def _ask(self, engine: Engine, opening: str, values: _Values) -> Sequence[object] | None:
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            if self._walled:
                cursor.execute(opening, values)
                if cursor.rowcount == 0:  # this copy does not show enough
                    return None
            given = values if self._order is None else tuple(values[n] for n in self._order)
            cursor.execute(self._text, given)
            row: Sequence[object] | None = cursor.fetchone()
            cursor.close()
        except self._errors:
            connection.invalidate()
            raise
        finally:
            connection.close()
        return row

    def _find_as_usual(self, values: _Values) -> LiveBody | None:
        with self._engine.connect() as connection:
            if self._walled:
                connection.exec_driver_sql(_OPEN_BY_KEY, {_TOKEN: values[_TOKEN]})
            row = connection.execute(_LIVE_BODY, values).one_or_none()
        return None if row is None else LiveBody(*row)


def _same(value: object) -> object:
    return value
