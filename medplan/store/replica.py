"""A copy of the database that follows it: where lists and calendars may be read.

A copy may be behind, and nobody may come to harm by it. So it answers only while it shows two
things: what the caller wrote last, and what the leader had written when this process asked it last,
a moment ago. Whatever is revoked is therefore refused by every copy soon, however far one falls
behind. Where a copy can't answer, the leader does. Positions are those of PostgreSQL's log; a
leader that takes over goes on counting where the one before had acknowledged its last change.
"""

import math
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker
from typing_extensions import override

ASKED_EVERY_S = 10.0
"""How long what the leader said counts as new."""
OLDEST_S = 45.0
"""How long it still counts while the leader can't be asked."""
_LEFT_ALONE_S = 5.0
_NOWHERE = "0/0"
_POSITION = re.compile(r"[0-9A-F]{1,8}/[0-9A-F]{1,8}")
_WRITTEN = text("SELECT pg_current_wal_lsn()::text")

SHOWS = (
    "(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END) "
    ">= CAST({} AS pg_lsn)"
)
"""SQL that says whether the server that runs it shows all up to a position."""
_SHOWS_ALL = text(f"SELECT {SHOWS.format(':position')}")


def is_position(said: str) -> bool:
    """Whether a text names a position."""
    return _POSITION.fullmatch(said) is not None


def later(one: str, other: str) -> str:
    """Give the later one of two positions."""
    return max(one, other, key=_bytes_before)


def _bytes_before(position: str) -> int:
    high, low = position.split("/")
    return (int(high, 16) << 32) + int(low, 16)


class Replica:
    """The copies behind one address, and what they must show to be read. The leader is asked every
    `every_s` seconds how far it has written."""

    def __init__(self, engine: Engine, leader: Engine, every_s: float = ASKED_EVERY_S) -> None:
        self.engine, self._leader, self.every_s = engine, leader, every_s
        self._lock = threading.Lock()
        self._mark = _NOWHERE
        self._marked_at = self._asked_at = self._back_at = -math.inf

    def written(self) -> str:
        """Ask the leader how far it has written."""
        with self._leader.connect() as connection:
            found: str = connection.execute(_WRITTEN).scalar_one()
            return found

    def needed(self, written: str = _NOWHERE) -> str | None:
        """Say what must be shown to somebody whose last change is at `written`; None while the
        copies, or the leader's word, can't be had."""
        now = time.monotonic()
        if now < self._back_at:
            return None
        if now >= self._asked_at + self.every_s and self._lock.acquire(blocking=False):
            try:
                self._ask(now)
            finally:
                self._lock.release()
        return later(self._mark, written) if now - self._marked_at < OLDEST_S else None

    def leave_alone(self) -> None:
        """Ask no copy for a while: one could not be reached."""
        self._back_at = time.monotonic() + _LEFT_ALONE_S

    def _ask(self, now: float) -> None:
        self._asked_at = now
        try:
            self._mark = self.written()
        except DBAPIError:
            return
        self._marked_at = now


class ReplicaSessions(sessionmaker[Session]):
    """Makes sessions that read a copy, or what `leader` makes where none shows enough."""

    def __init__(self, replica: Replica, leader: sessionmaker[Session], written: str) -> None:
        super().__init__(replica.engine, expire_on_commit=False, autoflush=False)
        self._replica, self._from_leader, self._written = replica, leader, written

    @override
    @contextmanager
    def begin(self) -> Iterator[Session]:
        with self._that_shows_enough() as session:
            yield session
            session.commit()

    def _that_shows_enough(self) -> Session:
        """Copies may differ, so the one is asked in the transaction that then reads it."""
        position = self._replica.needed(self._written)
        if position is not None:
            session = self()
            try:
                if session.scalar(_SHOWS_ALL, {"position": position}):
                    return session
            except DBAPIError:
                self._replica.leave_alone()
            session.close()
        return self._from_leader()
