"""How long others wait: an EHR for its cards, well receivers of webhooks beside bad ones.

Cards are measured beside a bare Flask view; receivers are measured alone, then beside others that
never answer, drip, flood, redirect or are not there. Run as `python -m benchmarks.bench_machines`;
it judges nothing.
"""

import json
import logging
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from sqlalchemy import select
from werkzeug.test import TestResponse

from benchmarks.bench_service import Taken, answered, bare_view, p95
from benchmarks.requests import everyday_plan
from benchmarks.servers import postgresql
from config import Config
from medplan.app import create_app
from medplan.documents.json_text import JsonValue
from medplan.documents.request import read_request
from medplan.fhir.out.bundles import plan_resources
from medplan.fhir.values import Resource, write_json
from medplan.gate.logs import configure_logs
from medplan.outside.calls import TIMEOUT_S, Outside
from medplan.services.access import Caller, Role
from medplan.services.clients.registered import NewClient, add_client
from medplan.services.parts import Parts
from medplan.services.people.accounts import add_user
from medplan.services.planning import plan_and_prove
from medplan.services.telling.events import EventKind, announce
from medplan.store.database import Database
from medplan.store.tables import PlanRow
from medplan.worker import Worker
from tests.databases.kinds import migrate
from tests.fhir.orders import simple_order
from tests.fhir.plans import shown
from tests.oauth.clients import EC, public_set
from tests.outside.servers import Got, Receiver, dripping, endless, receiver, saying, silent, well

HERE = "http://127.0.0.1:8000"
ISSUER = "https://ehr.example.org"
BUDGET_MS, DELAY_BUDGET_S = 500, 5
EVENTS_A_SECOND, ALONE_S, BESIDE_S, WELL = 4, 15, 45, 5
ORGANISATION = "Bench"
_JSON = {"Content-Type": "application/json"}
PATIENT: Resource = {
    "resourceType": "Patient",
    "birthDate": "1985-03-01",
    "address": [{"country": "NZ"}],
}


def now() -> datetime:
    """What the time is: workers beside this look at the real clock too."""
    return datetime.now(UTC)  # noqa: TID251 - a measurement is of real time


def main() -> None:
    """Measure and print."""
    configure_logs()
    logging.disable(logging.CRITICAL)
    with postgresql() as databases:
        address = databases.make()
        migrate(address)
        seen = Database(databases.seen(address))
        add_user(
            seen,
            email="bench@example.org",
            password=secrets.token_urlsafe(),
            role=Role.PRESCRIBER,
            organisation=ORGANISATION,
            now=now(),
        )
        app = create_app(
            Config(
                database_url=databases.used(address),
                public_url=HERE,
                rate_limits=False,
                allow_loopback=True,
            )
        )
        measure_cards(app, seen)
        measure_receivers(app, seen)
        app.extensions["medplan"].parts.database.close()
        seen.close()


def measure_cards(app: Flask, seen: Database) -> None:
    """Measure both hooks, each with a usual and a long prescription."""
    keys = public_set(EC)
    ehr = NewClient("Bench EHR", ("cds.use",), jwks=keys, issuer=ISSUER)
    add_client(seen, Outside(), ehr, ORGANISATION, now())
    formularies = app.extensions["medplan"].parts.formularies

    def orders(text: bytes) -> list[Resource]:
        request = read_request(text, formularies)
        plan = plan_and_prove(request, formularies[request.jurisdiction])
        return plan_resources(shown(plan, formularies))

    whole = orders(Path("examples/acute-back-pain.json").read_bytes())
    taper = orders(Path("examples/morphine-taper.json").read_bytes())
    bare = p95(bare_view())
    print("CDS Hooks on PostgreSQL; p95 in ms")
    for name, hook, resources in (
        ("one order", "order-select", [simple_order(subject={"reference": "Patient/1"})]),
        ("several orders", "order-sign", whole),
        ("a long taper", "order-sign", taper),
    ):
        path = f"/cds-services/medplan-{hook}"
        calls = signed_calls(app.test_client(), path, hook, resources)
        told(f"{hook}, {name}", p95(partial(answer_next, calls)), bare)


def answer_next(calls: Iterator[TestResponse]) -> None:
    """Make the next call, and stop where it is refused or no schedule is suggested."""
    answer = next(calls)
    answered(answer)
    if b"suggestions" not in answer.data:
        raise RuntimeError(answer.text)


def told(name: str, took: Taken, bare: Taken) -> None:
    """Print a measurement beside its budget and its reference."""
    print(
        f"{name:28} {took.clock:7.1f} by the clock {took.processor:7.1f} of the processor "
        f"(budget {BUDGET_MS}; {took.clock / bare.clock:.1f} times a bare view)"
    )


def signed_calls(
    client: FlaskClient, path: str, hook: str, resources: Sequence[Resource]
) -> Iterator[TestResponse]:
    """Call a hook again and again, each time with a JWT of its own."""
    entries: list[JsonValue] = [{"resource": resource} for resource in resources]
    context: Resource = {"draftOrders": {"resourceType": "Bundle", "entry": entries}}
    body = write_json({"hook": hook, "context": context, "prefetch": {"patient": PATIENT}})
    for number in count():
        exp = int(now().timestamp()) + 240
        claims = {"iss": ISSUER, "aud": HERE + path, "exp": exp, "jti": f"{number}-{exp}"}
        token = jwt.encode({"alg": "ES384", "kid": EC.kid}, claims, EC, algorithms=["ES384"])
        head = {"Authorization": f"Bearer {token}"} | _JSON
        yield client.post(path, data=body, headers=head)


def measure_receivers(app: Flask, seen: Database) -> None:
    """Let events happen with well receivers alone, then beside bad ones."""
    parts = app.extensions["medplan"].parts
    client = app.test_client()
    head = signed_in(client, seen)
    key = {"Idempotency-Key": secrets.token_hex(8)}
    answered(client.post("/api/v1/plans", data=everyday_plan(), headers=head | key | _JSON))
    with seen.writing.begin() as session:
        plan = session.scalars(select(PlanRow)).one()
        caller = Caller(plan.organisation_id, plan.created_by, Role.CLIENT, now())
        happen = Happening(parts, caller, plan.id)
    Worker(parts).run_beside()
    with ExitStack() as stack:
        good = [stack.enter_context(receiver(well)) for _ in range(WELL)]
        for there in good:
            add(client, head, there)
        print(f"webhooks to {WELL} receivers, {EVENTS_A_SECOND} events a second; delays in s")
        delays_of("alone", happen.for_seconds(ALONE_S, good))
        bad = [silent, silent, dripping, endless, saying(301, Location=good[0].url("/never"))]
        for behave in bad:
            add(client, head, stack.enter_context(receiver(behave)))
        with receiver() as down:
            add(client, head, down)
        delays_of("beside six bad ones", happen.for_seconds(BESIDE_S, good))
        followed = sum(got.path == "/never" for got in good[0].got)
        print(f"{'':22} {followed} redirects followed; a call ends after {TIMEOUT_S:.0f} s at most")


def signed_in(client: FlaskClient, seen: Database) -> dict[str, str]:
    """Sign a pharmacy's system in; its header."""
    pharmacy = NewClient("Bench pharmacy", ("webhooks.manage", "plans.write"))
    added = add_client(seen, Outside(), pharmacy, ORGANISATION, now())
    form = {"client_id": added.client_id, "client_secret": added.secret}
    granted = client.post("/oauth/token", data=form | {"grant_type": "client_credentials"})
    return {"Authorization": f"Bearer {granted.get_json()['access_token']}"}


@dataclass(frozen=True, slots=True)
class Happening:
    """A plan to which things happen, and whoever does them."""

    parts: Parts
    caller: Caller
    plan_id: UUID

    def for_seconds(self, seconds: int, good: Sequence[Receiver]) -> list[float]:
        """Let events happen; how late each of them came to each well receiver."""
        events = seconds * EVENTS_A_SECOND
        for there in good:
            there.got.clear()
        for _ in range(events):
            who = replace(self.caller, at=now())
            with self.parts.database.writing_for(who.organisation_id) as session:
                announce(session, who, EventKind.PLAN_ISSUED, self.plan_id, 1)
            time.sleep(1 / EVENTS_A_SECOND)
        return [late(got) for there in good for got in there.wait_for(events, 60)]


def late(got: Got) -> float:
    """How long after it happened a message came."""
    happened = datetime.fromisoformat(json.loads(got.body)["timestamp"])
    return got.at - time.monotonic() + (now() - happened).total_seconds()


def add(client: FlaskClient, head: dict[str, str], there: Receiver) -> None:
    """Have a receiver told of everything."""
    key = {"Idempotency-Key": secrets.token_hex(8)}
    answered(
        client.post("/api/v1/webhook-endpoints", json={"url": there.url()}, headers=head | key)
    )


def delays_of(name: str, delays: list[float]) -> None:
    """Print how late messages came."""
    print(
        f"{name:22} median {median(delays):.2f}, p95 {quantiles(delays, n=20)[-1]:.2f}, "
        f"most {max(delays):.2f} of {len(delays)} (budget p95 {DELAY_BUDGET_S})"
    )


if __name__ == "__main__":
    main()
