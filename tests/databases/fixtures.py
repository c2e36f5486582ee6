"""Fixtures that give a test a database of its own, once on each kind that was asked for.

PostgreSQL is the server in `MEDPLAN_TEST_DATABASE_URL` (a role that may make roles and databases),
else one that the run starts for itself; all its workers share it, and it ends with the run. On
SQLite alone, a process whose tests need PostgreSQL all the same starts one of its own.
"""

import os
from collections.abc import Iterator

import pytest

from medplan.store.database import Database
from tests.databases import server
from tests.databases.kinds import Databases, PostgreSQLDatabases, SQLiteDatabases, migrate

_URL = "MEDPLAN_TEST_DATABASE_URL"
_SERVER = pytest.StashKey[server.Server]()
KINDS = {"sqlite": ("sqlite",), "postgresql": ("postgresql",), "both": ("sqlite", "postgresql")}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", choices=tuple(KINDS), default="sqlite", help="What tests keep their rows in."
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "only_on(kind): a test of this kind of database alone")
    if config.getoption("--database") != "sqlite" and _URL not in os.environ:
        config.stash[_SERVER] = started = server.start()
        os.environ[_URL] = started.url


def pytest_unconfigure(config: pytest.Config) -> None:
    started = config.stash.get(_SERVER, None)
    if started is not None:
        del os.environ[_URL]
        started.remove()


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
    if _URL in os.environ:
        yield PostgreSQLDatabases(os.environ[_URL])
        return
    started = server.start()
    yield PostgreSQLDatabases(started.url)
    started.remove()


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
