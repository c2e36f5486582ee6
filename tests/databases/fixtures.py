"""Fixtures that give a test a database of its own, once on each kind that was asked for.

PostgreSQL is the server in `MEDPLAN_TEST_DATABASE_URL` (a role that may make roles and databases),
else one that the first test to need it starts; all workers of a run share it, and the last stops
it.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from medplan.store.database import Database
from tests.databases import server
from tests.databases.kinds import Databases, PostgreSQLDatabases, SQLiteDatabases, migrate

KINDS = {"sqlite": ("sqlite",), "postgresql": ("postgresql",), "both": ("sqlite", "postgresql")}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=tuple(KINDS), default="sqlite", help="What tests keep their rows in."
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "only_on(kind): a test of this kind of database alone")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what needs a database once on each kind."""
    if "database_kind" in metafunc.fixturenames:
        kinds = KINDS[metafunc.config.getoption("--database")]
        only = metafunc.definition.get_closest_marker("only_on")
        wanted = kinds if only is None else only.args
        metafunc.parametrize("database_kind", wanted, scope="session")


@pytest.fixture(scope="session")
def databases(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Where databases come from."""
    if database_kind == "sqlite":
        yield SQLiteDatabases(tmp_path_factory.mktemp("databases"))
        return
    given = os.environ.get("MEDPLAN_TEST_DATABASE_URL")
    if given:
        yield PostgreSQLDatabases(given)
        return
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with _server(shared / "postgresql.json") as folder:
        yield PostgreSQLDatabases(f"postgresql://postgres@/postgres?host={folder}")


@contextmanager
def _server(known: Path) -> Iterator[str]:
    """Share one server; `known` says where it is and how many use it."""
    with _held(known):
        there = json.loads(known.read_text()) if known.exists() else None
        there = there or {"folder": str(server.start()), "users": 0}
        known.write_text(json.dumps(there | {"users": there["users"] + 1}))
    yield there["folder"]
    with _held(known):
        there = json.loads(known.read_text())
        if there["users"] > 1:
            known.write_text(json.dumps(there | {"users": there["users"] - 1}))
        else:
            server.stop(Path(there["folder"]))
            known.unlink()


@contextmanager
def _held(known: Path) -> Iterator[None]:
    with known.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def migrated(databases: Databases) -> Iterator[str]:
    """The address of a database with every table and no row, to be copied."""
    made = databases.make()
    migrate(made)
    yield made
    databases.drop(made)


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[Database]:
    """A database without tables, opened by its owner."""
    address = databases.make()
    opened = Database(address)
    yield opened
    opened.close()
    databases.drop(address)


@pytest.fixture
def address(databases: Databases, migrated: str) -> Iterator[str]:
    """The address of a migrated database without rows."""
    made = databases.copy(migrated)
    yield made
    databases.drop(made)


@pytest.fixture
def database(databases: Databases, address: str) -> Iterator[Database]:
    """A migrated database without rows, opened as medplan opens it."""
    opened = Database(databases.used(address))
    yield opened
    opened.close()


@pytest.fixture
def seen(databases: Databases, address: str) -> Iterator[Database]:
    """The same database as `database`, opened by somebody whom no wall keeps out."""
    opened = Database(databases.seen(address))
    yield opened
    opened.close()
