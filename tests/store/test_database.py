"""How SQLite is opened: nothing acknowledged is lost, and writers wait for each other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import func, select

from medplan.store.database import Database
from medplan.store.ids import new_id
from medplan.store.migrate import upgrade
from medplan.store.tables import OrganisationRow

NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A migrated SQLite file."""
    opened = Database(f"sqlite:///{tmp_path / 'medplan.db'}")
    upgrade(opened)
    yield opened
    opened.close()


def test_sqlite_keeps_a_log_that_survives_power_loss(database: Database) -> None:
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_writers_that_read_first_wait_instead_of_failing(database: Database) -> None:
    def add_next(_: int) -> None:
        with database.writing.begin() as session:
            count = session.scalar(select(func.count()).select_from(OrganisationRow))
            row = OrganisationRow(organisation_id=new_id(NOW), name=f"n{count}", created_at=NOW)
            session.add(row)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add_next, range(40)))

    with database.reading.begin() as session:
        names = set(session.scalars(select(OrganisationRow.name)))
    assert names == {f"n{n}" for n in range(40)}


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    with database.writing.begin() as writer:
        writer.add(OrganisationRow(organisation_id=new_id(NOW), name="unseen", created_at=NOW))
        writer.flush()
        with database.reading.begin() as reader:
            assert reader.scalars(select(OrganisationRow.name)).all() == []


def test_an_instant_comes_back_in_utc_whatever_its_offset_was(database: Database) -> None:
    there = NOW.astimezone(timezone(timedelta(hours=13)))
    with database.writing.begin() as session:
        session.add(OrganisationRow(organisation_id=new_id(NOW), name="x", created_at=there))
    with database.reading.begin() as session:
        found = session.scalars(select(OrganisationRow.created_at)).one()

    assert (found, found.tzinfo) == (NOW, UTC)


def test_a_postgresql_address_gets_its_driver() -> None:
    database = Database("postgresql://medplan@db.example.org/medplan")

    assert database.url.drivername == "postgresql+psycopg"
    database.close()
