"""Migrations make the tables that the code expects, and can be undone, also with rows in them."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from medplan.services.audit.checking import check_audit
from medplan.services.audit.lines import note_by_operator
from medplan.store.database import Database
from medplan.store.ids import new_id
from medplan.store.migrate import downgrade, upgrade
from medplan.store.steps import STEPS, current_step, latest_step
from medplan.store.tables import (
    FeedBodyRow,
    FeedRow,
    OrganisationRow,
    PlanRow,
    RevisionRow,
    Row,
    UserRow,
)
from tests.databases.kinds import Databases

NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)


@pytest.fixture
def address(databases: Databases) -> Iterator[str]:
    """The address of an empty database."""
    made = databases.make()
    yield made
    databases.drop(made)


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    """An empty database, opened by its owner."""
    opened = Database(address)
    yield opened
    opened.close()


def add_revision(database: Database) -> None:
    """Add an invented organisation with an issued plan."""
    organisation_id, user_id, plan_id = new_id(NOW), new_id(NOW), new_id(NOW)
    with database.writing_for(organisation_id) as session:
        session.add(
            OrganisationRow(organisation_id=organisation_id, name="Invented", created_at=NOW)
        )
        session.flush()
        session.add(
            UserRow(
                organisation_id=organisation_id,
                id=user_id,
                email="a@example.org",
                role="prescriber",
                password_hash="-",
                created_at=NOW,
            )
        )
        session.flush()
        session.add(
            PlanRow(
                organisation_id=organisation_id,
                id=plan_id,
                status="active",
                patient_reference="invented:1",
                version=2,
                revision=1,
                created_by=user_id,
                created_at=NOW,
                updated_at=NOW,
            )
        )
        session.flush()
        session.add(
            RevisionRow(
                organisation_id=organisation_id,
                id=new_id(NOW),
                plan_id=plan_id,
                number=1,
                act="issue",
                effective=None,
                request="{}",
                plan="{}",
                formulary_version="x",
                tzdata_version="x",
                made_by=user_id,
                made_at=NOW,
                reason="issued",
            )
        )


def add_audit_lines(database: Database, seen: Database) -> None:
    """Add some audit lines of the invented organisation."""
    with seen.reading.begin() as session:
        organisation_id = session.scalars(select(OrganisationRow.organisation_id)).one()
    for _ in range(3):
        with database.writing_for(organisation_id) as session:
            note_by_operator(session, organisation_id, NOW, "plan.read", "pln_invented")


def test_a_new_database_is_brought_to_the_tables_of_the_code(database: Database) -> None:
    assert current_step(database) == "none"

    upgrade(database)

    assert current_step(database) == latest_step()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Row.metadata) == []


def test_the_newest_step_is_where_upgrading_ends() -> None:
    config = Config()
    config.set_main_option("script_location", str(STEPS))

    assert latest_step() == ScriptDirectory.from_config(config).get_current_head()


def test_a_web_process_loads_nothing_that_migrates() -> None:
    program = "import sys, wsgi; print([m for m in ('alembic', 'mako') if m in sys.modules])"
    made = subprocess.run(
        [sys.executable, "-c", program],
        env={"MEDPLAN_DATABASE_URL": "sqlite://"},
        cwd=STEPS.parent,
        capture_output=True,
        check=False,
        text=True,
    )

    assert (made.returncode, made.stdout) == (0, "[]\n"), made.stderr


def test_upgrading_again_changes_nothing(database: Database, seen: Database) -> None:
    upgrade(database)
    add_revision(database)

    upgrade(database)

    with seen.reading.begin() as session:
        assert session.query(RevisionRow).count() == 1


def test_every_step_can_be_undone_and_done_again_with_rows_there(
    database: Database, seen: Database
) -> None:
    upgrade(database)
    add_revision(database)
    add_audit_lines(database, seen)

    downgrade(database, "0001")
    assert current_step(database) == "0001"
    with seen.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT number FROM revision").all() == [(1,)]
    upgrade(database)
    with seen.reading.begin() as session:
        assert [(r.act, r.effective) for r in session.query(RevisionRow)] == [("issue", None)]
    checked = check_audit(database)
    assert (checked.lines, list(checked.faults)) == (3, [])
    downgrade(database, "base")

    assert inspect(database.engine).get_table_names() == ["alembic_version"]
    upgrade(database)
    assert current_step(database) == latest_step()


def test_feeds_of_before_show_revision_one_by_clock_time(
    database: Database, seen: Database
) -> None:
    upgrade(database)
    add_revision(database)
    downgrade(database, "0002")
    with seen.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO feed (organisation_id, id, plan_id, name, detail, alarms, token_sha256, "
            "created_by, created_at, expires_at) SELECT organisation_id, id, plan_id, 'Mum', "
            "'full', false, 'x', made_by, made_at, made_at FROM revision"
        )
        connection.execute(
            text(
                "INSERT INTO feed_body (organisation_id, id, body, etag, last_modified) "
                "SELECT organisation_id, id, :body, 'x', created_at FROM feed"
            ),
            {"body": b"x"},
        )

    upgrade(database)

    with seen.reading.begin() as session:
        feed, body = session.query(FeedRow).one(), session.query(FeedBodyRow).one()
    assert (feed.sequence, feed.grouping, feed.labels, feed.medicines) == (1, "time", "{}", None)
    assert (feed.expiry_chosen, feed.last_fetched, body.revision) == (False, None, 1)
    downgrade(database, "0002")
    with seen.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT name FROM feed").all() == [("Mum",)]


@pytest.mark.parametrize("act", ["UPDATE revision SET plan = 'x'", "DELETE FROM revision"])
def test_the_database_refuses_to_change_a_revision(database: Database, act: str) -> None:
    upgrade(database)
    add_revision(database)

    with (
        pytest.raises(IntegrityError, match="written once"),
        database.engine.begin() as connection,
    ):
        connection.exec_driver_sql(act)


def test_every_key_begins_with_the_organisation() -> None:
    for table in Row.metadata.sorted_tables:
        keys = [column.name for column in table.primary_key]
        assert keys[0] == "organisation_id", table.name
