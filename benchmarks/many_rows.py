"""Rows by the million, as the services would have written them, but with small texts.

Plans stand in the proportions of a practice of some years: most are over, some are in force, a few
wait for somebody. The same numbers come out each time; only ids and keys are new.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from hashlib import sha256
from itertools import islice
from random import Random
from uuid import UUID

from psycopg import sql
from sqlalchemy import insert, text

from benchmarks.practices import NOW, Practice
from medplan.store.database import Database
from medplan.store.ids import new_id
from medplan.store.keys import seal
from medplan.store.tables import EventRow, FeedBodyRow, FeedRow, OutboxRow, PatientRow, PlanRow
from medplan.store.tables.base import Row
from medplan.store.tables.sealing import keys_of

_YEARS = timedelta(days=3 * 365)
_PLANS_EACH = 5  # of a patient
_AT_A_TIME = 10_000
_STATUSES = ("completed", "active", "stopped", "on-hold", "draft")
_WEIGHTS = (700, 200, 80, 18, 2)
_IN_FORCE = frozenset({"active", "on-hold"})

Columns = dict[str, object]
Patients = list[tuple[UUID, bytes, str]]
"""Ids, keys and references."""


def add_plans(practice: Practice, count: int) -> list[UUID]:
    """Add plans, and a patient for every five of them; give the plans' ids, the oldest first."""
    patients: Patients = []
    pour(practice.seen, PatientRow, _patients(practice, max(1, count // _PLANS_EACH), patients))
    plans: list[UUID] = []
    pour(practice.seen, PlanRow, _noted(_plans(practice, count, patients), plans))
    return plans


def add_feeds(
    practice: Practice, plans: list[UUID], count: int, token_of: Callable[[int], str]
) -> None:
    """Add live feeds and their bytes, to one plan after the other."""
    feeds: list[UUID] = []
    pour(practice.seen, FeedRow, _noted(_feeds(practice, plans, count, token_of), feeds))
    pour(practice.seen, FeedBodyRow, _bodies(practice, feeds))


def add_tasks(practice: Practice, plan_id: UUID, count: int) -> None:
    """Add events, each with the task that a worker would find."""
    events: list[UUID] = []
    pour(practice.seen, EventRow, _noted(_events(practice, plan_id, count), events))
    pour(practice.seen, OutboxRow, _tasks(practice, events))


def pour(database: Database, table: type[Row], rows: Iterable[Columns]) -> None:
    """Add rows by the quickest way that the database has, and let it count them."""
    if database.engine.dialect.name == "postgresql":
        _copy(database, table, rows)
    else:
        _insert(database, table, rows)
    with database.engine.begin() as connection:
        connection.execute(text(f"ANALYZE {table.__tablename__}"))


def _copy(database: Database, table: type[Row], rows: Iterable[Columns]) -> None:
    """Copy rows in; that they belong to each other is not checked a million times."""
    left = iter(rows)
    first = next(left)
    order = tuple(first)
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.__tablename__), sql.SQL(", ").join(map(sql.Identifier, order))
    )
    with database.engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        cursor = connection.connection.cursor()
        with cursor.copy(command) as copied:
            copied.write_row([first[name] for name in order])
            for row in left:
                copied.write_row([row[name] for name in order])


def _insert(database: Database, table: type[Row], rows: Iterable[Columns]) -> None:
    left = iter(rows)
    with database.engine.begin() as connection:
        while some := list(islice(left, _AT_A_TIME)):
            connection.execute(insert(table), some)


def _noted(rows: Iterable[Columns], ids: list[UUID]) -> Iterator[Columns]:
    """Pass rows on and keep their ids."""
    for row in rows:
        ids.append(row["id"])  # type: ignore[arg-type] # an id, as every row here has one
        yield row


def _patients(practice: Practice, count: int, made: Patients) -> Iterator[Columns]:
    """Make patients, and keep what seals their plans."""
    organisation_id = practice.organisation_id
    with practice.seen.engine.connect() as connection:
        keys = keys_of(connection)
    for number in range(count):
        patient_id, reference = new_id(NOW - _YEARS), f"invented:{number}"
        wrapped = keys.new_key(patient_id)
        made.append((patient_id, keys.unwrap(patient_id, wrapped), reference))
        yield {
            "organisation_id": organisation_id,
            "id": patient_id,
            "reference_index": keys.blind_indexes(organisation_id, reference)[0],
            "wrapped_key": wrapped,
            "created_at": NOW - _YEARS,
        }


def _plans(practice: Practice, count: int, patients: Patients) -> Iterator[Columns]:
    """Make plans over three years; what is over keeps the days it had, as `look_ahead` does."""
    random = Random(1)  # noqa: S311 - the same plans each time, not a secret
    for number in range(count):
        at = NOW - _YEARS + _YEARS * (number / count)
        plan_id = new_id(at)
        patient_id, key, reference = patients[number % len(patients)]
        status = random.choices(_STATUSES, _WEIGHTS)[0]
        since = NOW if status in _IN_FORCE else at
        day = (since + timedelta(days=random.randrange(-3, 90))).date()
        yield {
            "organisation_id": practice.organisation_id,
            "id": plan_id,
            "status": status,
            "patient_id": patient_id,
            "patient_reference": seal(
                patient_id, key, f"plan.patient_reference.{plan_id.hex}", reference
            ),
            "version": 1,
            "revision": None if status == "draft" else 1,
            "planned_ahead": "[]",
            "first_day": at.date(),
            "last_day": day,
            "next_review": day,
            "next_stop": day if number % 2 else None,
            "next_decision": day if number % 10 == 0 else None,
            "created_by": practice.user_id,
            "created_at": at,
            "updated_at": at,
        }


def _feeds(
    practice: Practice, plans: list[UUID], count: int, token_of: Callable[[int], str]
) -> Iterator[Columns]:
    for number in range(count):
        yield {
            "organisation_id": practice.organisation_id,
            "id": new_id(NOW),
            "plan_id": plans[number % len(plans)],
            "name": "bench",
            "detail": "full",
            "alarms": True,
            "grouping": "slot",
            "labels": "{}",
            "medicines": None,
            "sequence": 1,
            "token_sha256": sha256(token_of(number).encode()).hexdigest(),
            "created_by": practice.user_id,
            "created_at": NOW,
            "expires_at": NOW + timedelta(days=90),
            "expiry_chosen": False,
            "last_fetched": NOW,
            "served_revision": 1,
            "served_sequence": 1 if number % 100 else 0,
        }


def _bodies(practice: Practice, feeds: list[UUID]) -> Iterator[Columns]:
    """Make a small calendar for each feed, no two the same."""
    for number, feed_id in enumerate(feeds):
        body = b"BEGIN:VCALENDAR\r\nX-NUMBER:%d\r\n%s\r\nEND:VCALENDAR\r\n" % (number, b"x" * 600)
        yield {
            "organisation_id": practice.organisation_id,
            "id": feed_id,
            "body": body,
            "etag": sha256(body).hexdigest(),
            "last_modified": NOW,
            "revision": 1,
        }


def _events(practice: Practice, plan_id: UUID, count: int) -> Iterator[Columns]:
    for number in range(1, count + 1):
        yield {
            "organisation_id": practice.organisation_id,
            "id": new_id(NOW),
            "number": number,
            "at": NOW,
            "kind": "plan.issued",
            "plan_id": plan_id,
            "revision": 1,
        }


def _tasks(practice: Practice, events: list[UUID]) -> Iterator[Columns]:
    for number, event_id in enumerate(events):
        at = NOW - timedelta(days=1) + timedelta(milliseconds=number)
        yield {
            "organisation_id": practice.organisation_id,
            "id": new_id(at),
            "topic": "event",
            "subject_id": event_id,
            "created_at": at,
            "available_at": at,
            "attempts": 0,
        }
