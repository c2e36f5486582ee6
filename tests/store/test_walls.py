"""PostgreSQL shows a transaction its own organisation's rows and no other's, in every table."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, inspect, select, update
from sqlalchemy.exc import DBAPIError

from medplan.store.database import Database
from medplan.store.ids import new_id
from medplan.store.tables import FeedRow, OrganisationRow, OutboxRow, PlanRow, Row, UserRow
from tests.api.conftest import peopled, practice
from tests.api.practice import Practice

__all__ = ["peopled", "practice"]

pytestmark = pytest.mark.only_on("postgresql")

NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
TABLES = {table.name: table for table in Row.metadata.sorted_tables}


def test_every_table_of_an_organisation_has_its_wall(seen: Database) -> None:
    with seen.engine.connect() as connection:
        walled = {
            name
            for (name,) in connection.exec_driver_sql(
                "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
            )
        }
        names = set(inspect(connection).get_table_names()) - {"alembic_version"}

    assert walled == names
    assert set(TABLES) <= walled


@pytest.fixture
def rows(practice: Practice) -> Practice:
    """A practice with rows in most of its tables, and a stranger's beside it."""
    for caller in (practice.prescriber, practice.stranger):
        path = caller.issued()
        caller.feed(path)
        caller.draft()
    return practice


def counts(database: Database, organisation_id: UUID | None) -> dict[str, int]:
    """How many rows of each table a transaction sees without asking for an organisation."""
    opened = (
        database.reading.begin()
        if organisation_id is None
        else database.reading_for(organisation_id)
    )
    with opened as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in TABLES.items()
        }


def test_a_query_without_an_organisation_shows_nothing(rows: Practice) -> None:
    there = counts(rows.seen, None)

    assert counts(rows.database, None) == dict.fromkeys(TABLES, 0)
    assert {"plan", "revision", "draft", "feed_body", "audit", "event", "outbox"} <= {
        name for name, count in there.items() if count
    }


def test_a_bound_transaction_shows_its_own_rows_alone(rows: Practice) -> None:
    with rows.seen.reading.begin() as session:
        practices = session.scalars(select(OrganisationRow.organisation_id)).all()
    there = counts(rows.seen, None)
    mine, theirs = (counts(rows.database, practice) for practice in practices)

    assert {name: mine[name] + theirs[name] for name in TABLES} == there
    assert mine["plan"] == theirs["plan"] == 2


def test_a_row_can_not_be_written_for_another_organisation(rows: Practice) -> None:
    with rows.seen.reading.begin() as session:
        mine, theirs = session.scalars(select(OrganisationRow.organisation_id)).all()
        plan_id = session.scalars(
            select(PlanRow.id).where(PlanRow.organisation_id == theirs)
        ).first()

    with rows.database.writing_for(mine) as session:
        changed = session.execute(
            update(PlanRow).where(PlanRow.id == plan_id).values(status="stopped")
        )
        assert changed.rowcount == 0  # type: ignore[attr-defined] # what an UPDATE always has
    with (
        pytest.raises(DBAPIError, match="row-level security"),
        rows.database.writing_for(mine) as session,
    ):
        session.add(
            UserRow(organisation_id=theirs, id=new_id(NOW), role="prescriber", created_at=NOW)
        )


def test_a_key_opens_its_own_row_and_then_its_organisation(rows: Practice) -> None:
    with rows.seen.reading.begin() as session:
        feed = session.scalars(select(FeedRow)).first()
    assert feed is not None

    with rows.database.reading_by(FeedRow.token_sha256, feed.token_sha256) as session:
        assert {row.organisation_id for row in session.scalars(select(FeedRow))} == {
            feed.organisation_id
        }
        assert session.get(PlanRow, (feed.organisation_id, feed.plan_id)) is not None
    with rows.database.reading_by(FeedRow.token_sha256, "no such hash") as session:
        assert session.scalars(select(FeedRow)).all() == []
    with rows.database.reading_by(UserRow.email, "stranger@example.org") as session:
        assert "prescriber@example.org" not in set(session.scalars(select(UserRow.email)))


def test_a_worker_sees_tasks_and_nothing_they_are_about(rows: Practice) -> None:
    with rows.database.working() as session:
        assert len(session.scalars(select(OutboxRow)).all()) == 2
        assert session.scalars(select(PlanRow.id)).all() == []
    with rows.database.operating() as session:
        assert len(session.scalars(select(OrganisationRow)).all()) == 2
        assert session.scalars(select(UserRow.id)).all() == []


def test_the_application_owns_nothing_and_can_not_unwrite(rows: Practice) -> None:
    for statement in (
        "UPDATE audit SET act = 'x'",
        "DELETE FROM revision",
        "TRUNCATE audit",
        "UPDATE event SET number = 0",
        "ALTER TABLE plan DISABLE ROW LEVEL SECURITY",
        "DROP POLICY of_organisation ON plan",
    ):
        with (
            pytest.raises(DBAPIError, match=r"permission denied|must be owner"),
            rows.database.engine.begin() as connection,
        ):
            connection.exec_driver_sql(statement)
