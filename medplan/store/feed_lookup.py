"""The one query that calendars ask for ever, on the shortest way to the database.

It is put together once and then handed to the database's driver as text, which costs a quarter of
what it would through SQLAlchemy's layers. Where the driver fails, the usual way is taken, which
mends lost connections and says what is wrong in SQLAlchemy's own words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Engine, bindparam, select

from medplan.store.tables import FeedBodyRow, FeedRow

_TOKEN, _AT = "token_sha256", "now"
_LIVE_BODY = (
    select(
        FeedBodyRow.body,
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

_Processor = Callable[[object], object]


@dataclass(frozen=True, slots=True)
class LiveBody:
    """What is stored of a feed that can be read: its bytes, and as of which change they are."""

    body: bytes
    etag: str
    last_modified: datetime
    revision: int
    sequence: int
    token_sha256: str
    organisation_id: UUID


class FeedLookup:
    """Finds live feeds in one database by the hash of their token."""

    def __init__(self, engine: Engine) -> None:
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

    def find(self, token_sha256: str, now: datetime) -> LiveBody | None:
        """Find the stored bytes of a feed that is neither revoked nor expired, in one indexed
        read."""
        try:
            row = self._ask({_TOKEN: token_sha256, _AT: self._write_time(now)})
        except self._errors:
            return self._find_as_usual(token_sha256, now)
        if row is None:
            return None
        body, etag, last_modified, revision, sequence, found, organisation_id = row
        return LiveBody(
            bytes(cast("bytes", body)),
            str(etag),
            cast("datetime", self._read_time(last_modified)),
            cast("int", revision),
            cast("int", sequence),
            str(found),
            cast("UUID", self._read_id(organisation_id)),
        )

    def _ask(self, values: dict[str, object]) -> Sequence[object] | None:
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            if self._walled:
                cursor.execute(_OPEN_BY_KEY, values)
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

    def _find_as_usual(self, token_sha256: str, now: datetime) -> LiveBody | None:
        with self._engine.connect() as connection:
            if self._walled:
                connection.exec_driver_sql(_OPEN_BY_KEY, {_TOKEN: token_sha256})
            row = connection.execute(_LIVE_BODY, {_TOKEN: token_sha256, _AT: now}).one_or_none()
        return None if row is None else LiveBody(*row)


def _same(value: object) -> object:
    return value
