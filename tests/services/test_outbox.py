"""Tasks are done at least once, by one worker at a time, and given up in the end."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

import pytest
from sqlalchemy import select, update

from medplan.services.access import Caller, Role
from medplan.services.telling import outbox
from medplan.store.database import Database, bind
from medplan.store.database_time import DatabaseTime
from medplan.store.ids import new_id
from medplan.store.tables import OrganisationRow, OutboxRow

NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
TOPIC = ("test",)


@pytest.fixture
def caller(database: Database) -> Caller:
    """Somebody of an invented organisation."""
    row = OrganisationRow(organisation_id=new_id(NOW), name="Invented", created_at=NOW)
    with database.writing.begin() as session:
        bind(session, row.organisation_id)
        session.add(row)
    return Caller(row.organisation_id, new_id(NOW), Role.PRESCRIBER, NOW)


def add_tasks(database: Database, caller: Caller, count: int) -> set[UUID]:
    with database.writing_for(caller.organisation_id) as session:
        for _ in range(count):
            outbox.enqueue(session, caller, "test", new_id(NOW))
    with database.reading_for(caller.organisation_id) as session:
        return set(session.scalars(select(OutboxRow.id)))


def rest(seen: Database) -> None:
    """Let every waiting time and every lease be over."""
    with seen.writing.begin() as session:
        session.execute(
            update(OutboxRow).values(available_at=DatabaseTime(-1), lease_until=DatabaseTime(-1))
        )


def row(seen: Database) -> OutboxRow:
    with seen.reading.begin() as session:
        return session.scalars(select(OutboxRow)).one()


def test_workers_at_once_share_the_tasks_and_none_is_done_twice(
    database: Database, caller: Caller
) -> None:
    tasks = add_tasks(database, caller, 40)

    def work(owner: str) -> list[UUID]:
        done = []
        while claimed := outbox.claim(database, TOPIC, owner, 3):
            for task in claimed:
                outbox.finish(database, [task], owner)
                done.append(task.id)
        return done

    with ThreadPoolExecutor(6) as threads:
        done = Counter(task for got in threads.map(work, "abcdef") for task in got)

    assert done == Counter(tasks)


def test_a_task_that_a_dead_worker_held_goes_to_the_next_under_its_own_id(
    database: Database, seen: Database, caller: Caller
) -> None:
    (task,) = add_tasks(database, caller, 1)
    (held,) = outbox.claim(database, TOPIC, "dead", 1)
    assert outbox.claim(database, TOPIC, "next", 1) == []

    rest(seen)
    (taken,) = outbox.claim(database, TOPIC, "next", 1)

    assert (held.id, taken.id, taken.attempts) == (task, task, 2)
    outbox.finish(database, [held], "dead")
    assert row(seen).done_at is None
    outbox.finish(database, [taken], "next")
    assert row(seen).done_at is not None


def test_a_failing_task_waits_ever_longer_and_is_given_up_after_eleven_tries(
    database: Database, seen: Database, caller: Caller
) -> None:
    add_tasks(database, caller, 1)
    waits = []
    for number in range(1, 12):
        (task,) = outbox.claim(database, TOPIC, "me", 1)
        begun = datetime.now(UTC)  # noqa: TID251 - the database goes by the real clock
        given_up = outbox.fail(database, task, "me", "refused" * 100)
        assert (task.attempts, given_up) == (number, number == 11)
        assert outbox.claim(database, TOPIC, "me", 1) == []
        waits.append((row(seen).available_at - begun).total_seconds())
        rest(seen)

    assert all(longer > shorter * 0.8 for shorter, longer in pairwise(waits[:10]))
    assert 3 < waits[0] < 8
    assert sum(waits[:10]) > 72 * 3600
    assert (row(seen).last_error or "").startswith("refused")
    assert row(seen).dead_at is not None
    assert outbox.claim(database, TOPIC, "me", 1) == []


def test_a_worker_takes_its_own_topics_only(database: Database, caller: Caller) -> None:
    add_tasks(database, caller, 1)

    assert outbox.claim(database, ("another",), "me", 1) == []


def test_tasks_done_long_ago_are_dropped_and_those_given_up_stay(
    database: Database, seen: Database, caller: Caller
) -> None:
    done, dead, new = sorted(add_tasks(database, caller, 3))
    week = 8 * 24 * 3600
    with seen.writing.begin() as session:
        old = DatabaseTime(-week)
        session.execute(update(OutboxRow).where(OutboxRow.id == done).values(done_at=old))
        session.execute(update(OutboxRow).where(OutboxRow.id == dead).values(dead_at=old))

    outbox.drop_done(database)

    with seen.reading.begin() as session:
        assert set(session.scalars(select(OutboxRow.id))) == {dead, new}
