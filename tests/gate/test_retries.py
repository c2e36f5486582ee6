"""A request that lost its transaction to another one is done again, and nobody notices."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import update

from medplan.gate.retries import install_retries
from medplan.store.database import Database, bind
from medplan.store.ids import new_id
from medplan.store.tables import OrganisationRow, UserRow

NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)


@pytest.mark.only_on("postgresql")
def test_two_that_wait_for_each_other_are_both_done(database: Database) -> None:
    organisation_id, *accounts = (new_id(NOW) for _ in range(3))
    with database.writing.begin() as session:
        bind(session, organisation_id)
        session.add(OrganisationRow(organisation_id=organisation_id, name="I", created_at=NOW))
        session.flush()
        for user_id in accounts:
            session.add(
                UserRow(organisation_id=organisation_id, id=user_id, role="x", created_at=NOW)
            )
    met = threading.Barrier(2)
    tries: list[int] = []
    app = Flask("invented")

    @app.get("/<int:first>")
    def take_both(first: int) -> str:
        tries.append(first)
        with database.writing_for(organisation_id) as session:
            for number, user_id in enumerate((accounts[first], accounts[1 - first])):
                session.execute(
                    update(UserRow).where(UserRow.id == user_id).values(role=str(first))
                )
                if number == 0 and len(tries) <= 2:
                    met.wait(30)
        return "done"

    install_retries(app)
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda n: app.test_client().get(f"/{n}").text, (0, 1)))

    assert answers == ["done", "done"]
    assert len(tries) == 3
