"""How long the API takes on PostgreSQL: a preview, a new draft, a page of 100,000 plans.

Beside each stands something that does the least a server could: a bare Flask view, a bare insert,
a bare select. Run as `python -m benchmarks.bench_service`; it judges nothing.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from statistics import quantiles
from time import perf_counter, process_time
from typing import Any
from uuid import UUID

from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, insert, select, text
from werkzeug.test import TestResponse

from benchmarks.requests import everyday_plan
from benchmarks.servers import postgresql
from config import Config
from medplan.app import create_app
from medplan.gate.logs import configure_logs
from medplan.services.access import Role
from medplan.services.people.accounts import add_user
from medplan.services.people.api_tokens import add_token
from medplan.store.database import Database
from medplan.store.ids import new_id
from medplan.store.keys import seal
from medplan.store.tables import PatientRow, PlanRow, UserRow
from medplan.store.tables.sealing import keys_of
from tests.databases.kinds import migrate

NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
PLANS = 100_000
PATIENTS = 2_000
ROUNDS = 120
BUDGETS_MS = {"preview": 60, "create": 120, "first page": 80, "deep page": 80, "filtered page": 80}


def main() -> None:
    """Measure and print."""
    configure_logs()
    logging.disable(logging.CRITICAL)
    with postgresql() as databases:
        address = databases.make()
        migrate(address)
        seen, used = Database(databases.seen(address)), databases.used(address)
        user_id = add_user(
            seen,
            email="bench@example.org",
            password=secrets.token_urlsafe(),
            role=Role.PRESCRIBER,
            organisation="Bench",
            now=NOW,
        )
        token = add_token(seen, email="bench@example.org", name="bench", now=NOW)
        app = create_app(Config(database_url=used, rate_limits=False), lambda: NOW)
        print(f"PostgreSQL, {PLANS:,} plans of {PATIENTS:,} patients; p95 of {ROUNDS} in ms")
        measure_all(app, seen, token, user_id)
        app.extensions["medplan"].parts.database.close()
        seen.close()


def measure_all(app: Flask, database: Database, token: str, user_id: UUID) -> None:
    """Measure everything and print it beside its reference."""
    client, body = app.test_client(), everyday_plan()
    head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def preview() -> None:
        answered(client.post("/api/v1/previews", data=body, headers=head))

    def create() -> None:
        key = {"Idempotency-Key": secrets.token_hex(8)}
        answered(client.post("/api/v1/plans", data=body, headers=head | key))

    bare = p95(bare_view())
    raw = p95(lambda: raw_insert(database))
    told("preview", p95(preview), "a bare view", bare)
    told("create", p95(create), "a bare insert", raw)
    add_plans(database, user_id)
    deep = deep_page(client, head)
    for name, path in (
        ("first page", "/api/v1/plans?limit=50"),
        ("deep page", deep),
        ("filtered page", "/api/v1/plans?limit=50&status=active&review_before=2026-12-01"),
    ):

        def page(path: str = path) -> None:
            answered(client.get(path, headers=head))

        told(name, p95(page), "a bare view", bare)
        used = app.extensions["medplan"].parts.database.engine
        print(f"{'':14} {statements(used, page)} statements")


@dataclass(frozen=True, slots=True)
class Taken:
    """What 95 of 100 stay under, in milliseconds: by the clock, and of our own processor."""

    clock: float
    processor: float


def told(name: str, took: Taken, beside: str, reference: Taken) -> None:
    """Print a measurement, its budget, and how many times its reference it is."""
    ratio = took.clock / reference.clock
    print(
        f"{name:14} {took.clock:7.1f} by the clock {took.processor:7.1f} of the processor "
        f"(budget {BUDGETS_MS[name]}; {ratio:.1f} times {beside})"
    )


def answered(response: TestResponse) -> None:
    """Stop when something was refused: its time would mean nothing."""
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        raise RuntimeError(response.text)


def p95(act: Callable[[], object]) -> Taken:
    """Do something again and again."""
    for _ in range(5):
        act()
    clock, processor = [], []
    for _ in range(ROUNDS):
        began, used = perf_counter(), process_time()
        act()
        clock.append((perf_counter() - began) * 1000)
        processor.append((process_time() - used) * 1000)
    return Taken(quantiles(clock, n=20)[-1], quantiles(processor, n=20)[-1])


def bare_view() -> Callable[[], object]:
    """A Flask view that does nothing."""
    app = Flask("bare", static_folder=None)

    @app.get("/")
    def nothing() -> Response:
        return Response("{}", content_type="application/json")

    client = app.test_client()
    return lambda: client.get("/")


def raw_insert(database: Database) -> None:
    """One row in one transaction, and nothing else."""
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO organisation (organisation_id, name, created_at) VALUES (:i, :n, :t)"
            ),
            {"i": new_id(NOW), "n": secrets.token_hex(8), "t": NOW},
        )


def add_plans(database: Database, user_id: UUID) -> None:
    """Add plans as rows, without what they hold: a list does not read that."""
    with database.writing.begin() as session:
        user = session.scalars(select(UserRow).where(UserRow.id == user_id)).one()
        organisation_id = user.organisation_id
        session.add_all(_plan(organisation_id, user_id, n) for n in range(PATIENTS))
        session.flush()
        keys = keys_of(session.connection())
        patients = [
            (row.id, keys.unwrap(row.id, row.wrapped_key or b""))
            for row in session.scalars(select(PatientRow)).all()
        ]
        rows = []
        for number in range(PATIENTS, PLANS):
            columns = _columns(organisation_id, user_id, number)
            patient_id, key = patients[number % PATIENTS]
            place = f"plan.patient_reference.{columns['id'].hex}"
            reference = seal(patient_id, key, place, f"invented:{number % PATIENTS}")
            rows.append(columns | {"patient_id": patient_id, "patient_reference": reference})
        session.connection().execute(insert(PlanRow), rows)
    with database.engine.begin() as connection:
        connection.execute(text("ANALYZE"))


def _plan(organisation_id: UUID, user_id: UUID, number: int) -> PlanRow:
    columns = _columns(organisation_id, user_id, number)
    return PlanRow(**columns, patient_reference=f"invented:{number}")


def _columns(organisation_id: UUID, user_id: UUID, number: int) -> dict[str, Any]:
    at = NOW + timedelta(seconds=number)
    return {
        "organisation_id": organisation_id,
        "id": new_id(at),
        "status": "active" if number % 3 else "completed",
        "version": 1,
        "planned_ahead": "[]",
        "next_review": (NOW + timedelta(number % 400)).date(),
        "created_by": user_id,
        "created_at": at,
        "updated_at": at,
    }


def deep_page(client: FlaskClient, head: dict[str, str]) -> str:
    """Follow the list for a hundred pages."""
    path = "/api/v1/plans?limit=200"
    for _ in range(100):
        path = client.get(path, headers=head).get_json()["next"]
    return path


def statements(engine: Engine, act: Callable[[], object]) -> int:
    """Count the statements that something sends."""
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    act()
    event.remove(engine, "before_cursor_execute", note)
    return len(sent)


if __name__ == "__main__":
    main()
