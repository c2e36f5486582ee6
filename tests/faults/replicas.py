"""A practice whose database has a copy that follows it and can be held up."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from sqlalchemy.engine import make_url

from tests.api.practice import Practice, close_practice, open_practice
from tests.databases import server
from tests.databases.kinds import APPLICATION
from tests.databases.server import Server
from tests.faults.ground import Ground, on_postgresql, peopled
from tests.programs import until

_CAUGHT_UP_S = 30


@dataclass
class Copied:
    """The practice, and the copy's server."""

    practice: Practice
    leader: Server
    copy: Server

    def hold_up(self) -> None:
        """Let the copy show nothing new."""
        _asked(self.copy, "SELECT pg_wal_replay_pause()")
        until(lambda: _asked(self.copy, "SELECT pg_get_wal_replay_pause_state()") == "paused",
              seconds=_CAUGHT_UP_S, what="the copy's pause")  # fmt: skip

    def let_go(self) -> None:
        """Let the copy catch up, and wait until it has."""
        _asked(self.copy, "SELECT pg_wal_replay_resume()")
        position = _asked(self.leader, "SELECT pg_current_wal_lsn()")
        shown = f"SELECT pg_last_wal_replay_lsn() >= '{position}'::pg_lsn"
        until(lambda: _asked(self.copy, shown) == "True", seconds=_CAUGHT_UP_S, what="the copy")


@contextmanager
def copied_practice() -> Iterator[Copied]:
    """Start a server, a copy of it, and a practice that reads both."""
    with on_postgresql() as ground:
        assert ground.server is not None
        with peopled(ground) as (address, tokens), _followed(ground.server) as copy:
            practice = open_practice(
                ground.databases, address, tokens, replica_url=_at(copy, ground, address)
            )
            yield Copied(practice, ground.server, copy)
            close_practice(practice)


@contextmanager
def _followed(leader: Server) -> Iterator[Server]:
    copy = server.following(leader)
    try:
        yield copy
    finally:
        copy.remove()


def _at(copy: Server, ground: Ground, address: str) -> str:
    """The address of the same database, at the copy."""
    used = make_url(ground.databases.used(address))
    assert used.username == APPLICATION
    return used.set(query={"host": str(copy.folder)}).render_as_string(hide_password=False)


def _asked(asked: Server, statement: str) -> str:
    with psycopg.connect(asked.url, autocommit=True) as connection:
        row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return str(row[0])
