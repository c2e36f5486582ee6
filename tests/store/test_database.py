"""How databases are opened: nothing acknowledged is lost, and writers wait for each other."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, make_url, select

from medplan.store.database import Database
from medplan.store.engines import WrongEncodingError
from medplan.store.ids import new_id
from medplan.store.tables import OrganisationRow
from tests.databases.kinds import Databases

NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)


@pytest.mark.only_on("sqlite")
def test_sqlite_keeps_a_log_that_survives_power_loss(database: Database) -> None:
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


@pytest.mark.only_on("sqlite")
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


@pytest.mark.only_on("sqlite")
def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    with database.writing.begin() as writer:
        writer.add(OrganisationRow(organisation_id=new_id(NOW), name="unseen", created_at=NOW))
        writer.flush()
        with database.reading.begin() as reader:
            assert reader.scalars(select(OrganisationRow.name)).all() == []


def test_an_instant_comes_back_in_utc_whatever_its_offset_was(database: Database) -> None:
    there = NOW.astimezone(timezone(timedelta(hours=13)))
    organisation_id = new_id(NOW)
    with database.writing_for(organisation_id) as session:
        session.add(OrganisationRow(organisation_id=organisation_id, name="x", created_at=there))
    with database.reading_for(organisation_id) as session:
        found = session.scalars(select(OrganisationRow.created_at)).one()

    assert (found, found.tzinfo) == (NOW, UTC)


@pytest.mark.only_on("postgresql")
def test_a_database_that_is_not_in_utf8_is_refused_in_plain_words(
    databases: Databases, address: str, seen: Database
) -> None:
    name = "medplan_test_ascii"
    with seen.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(
            f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' TEMPLATE template0"
        )
    made = (
        make_url(databases.seen(address)).set(database=name).render_as_string(hide_password=False)
    )
    other = Database(made)
    with pytest.raises(WrongEncodingError, match=r"encoding is SQL_ASCII.*ENCODING 'UTF8'"):
        other.engine.connect()
    other.close()
    databases.drop(made)


@pytest.mark.only_on("postgresql")
def test_statements_are_prepared_unless_the_operator_says_otherwise(
    databases: Databases, address: str
) -> None:
    found = []
    for prepares in (True, False):
        opened = Database(databases.used(address), prepares=prepares)
        with opened.engine.connect() as connection:
            for _ in range(9):
                connection.exec_driver_sql("SELECT 1")
            prepared = connection.exec_driver_sql("SELECT count(*) FROM pg_prepared_statements")
            found.append(prepared.scalar_one() > 0)
        opened.close()

    assert found == [True, False]


def test_a_postgresql_address_gets_its_driver() -> None:
    database = Database("postgresql://medplan@db.example.org/medplan")

    assert database.url.drivername == "postgresql+psycopg"
    database.close()
