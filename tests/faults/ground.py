"""Where faults are tried: both kinds of database, a practice on them, and the table of results."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from medplan.services.access import Role
from medplan.services.people.accounts import add_user
from medplan.services.people.api_tokens import add_token
from medplan.store.database import Database
from tests.api.practice import BEGUN, Practice, close_practice, open_practice
from tests.databases import server
from tests.databases.kinds import Databases, PostgreSQLDatabases, SQLiteDatabases, migrate
from tests.databases.server import Server

PEOPLE = (("prescriber", "Invented Practice"), ("stranger", "Another Practice"))


KILLS = int(os.environ.get("FAULT_KILLS", "100"))
"""How often a web process is killed; workers half as often, and the power is cut two and a half
times as often. 200 is what is asked for, and takes twice as long."""


@dataclass(frozen=True)
class Result:
    """What a fault did: tries, what was lost of what had been acknowledged, what was torn or wrong
    otherwise; `measured` is a figure worth telling."""

    fault: str
    tries: int
    lost: int
    torn: int
    measured: str = ""


@dataclass(frozen=True)
class Ground:
    """One kind of database; `server` is PostgreSQL's, which writes to disk before it says so."""

    kind: str
    databases: Databases
    folder: Path
    server: Server | None


Check = Callable[[Ground], Iterator[Result]]


@contextmanager
def on_sqlite() -> Iterator[Ground]:
    """Try on SQLite."""
    with tempfile.TemporaryDirectory(prefix="medplan-faults-") as folder:
        yield Ground("SQLite", SQLiteDatabases(Path(folder)), Path(folder), None)


@contextmanager
def on_postgresql(settings: Mapping[str, str] | None = None) -> Iterator[Ground]:
    """Try on a PostgreSQL of our own."""
    with tempfile.TemporaryDirectory(prefix="medplan-faults-") as folder:
        started = server.start(settings or {})
        try:
            databases = PostgreSQLDatabases(started.url)
            yield Ground("PostgreSQL", databases, Path(folder), started)
        finally:
            started.remove()


@contextmanager
def peopled(ground: Ground) -> Iterator[tuple[str, dict[str, str]]]:
    """A database with people and nothing else: its address and their tokens."""
    address = ground.databases.make()
    migrate(address)
    database = Database(ground.databases.used(address))
    tokens = {"pharmacist": ""}
    for name, organisation in PEOPLE:
        email = f"{name}@example.org"
        add_user(database, email=email, password="an invented password", role=Role.PRESCRIBER,
                 organisation=organisation, now=BEGUN)  # fmt: skip
        tokens[name] = add_token(database, email=email, name="faults", now=BEGUN)
    database.close()
    yield address, tokens
    ground.databases.drop(address)


@contextmanager
def practice_on(ground: Ground) -> Iterator[Practice]:
    """A practice with people and nothing else."""
    with peopled(ground) as (address, tokens):
        opened = open_practice(ground.databases, address, tokens)
        yield opened
        close_practice(opened)
