"""An invented world to try every right in: two organisations, every role, and plans of them all.

Whoever asks names themselves in the Authorization header, and what is written is undone, so that
thousands of requests find the same world.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from flask import Flask, request
from sqlalchemy import select

from medplan.errors import MedplanError
from medplan.gate.context import Context, install_context
from medplan.gate.doors import identify
from medplan.gate.refusals import NoTokenError, NotSignedInError
from medplan.services.access import Caller, Role
from medplan.services.people.api_tokens import add_token
from medplan.store.ids import (
    API_TOKEN,
    CHECK_IN,
    COUNTER_CHECK,
    FEED,
    LINK,
    PLAN,
    USER,
    WEBHOOK,
    new_id,
    read_id,
    write_id,
)
from medplan.store.tables import UserRow
from tests.api.practice import ACUTE, BEGUN, Practice
from tests.api.practice import Caller as Client

OWN, COLLEAGUES, ELSEWHERE = "own", "a colleague's", "elsewhere"
DELETED, RANDOM = "deleted", "random"
OWNERSHIPS = (OWN, COLLEAGUES, ELSEWHERE, DELETED, RANDOM)
FHIR = ("CarePlan", "MedicationRequest", "DetectedIssue", "Provenance")
Names = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class World:
    """The application, who there is, what fills the places of a path by whose it is, and the plan's
    ETag. `callers` has one of each role, by its name."""

    app: Flask
    callers: Mapping[str, Caller]
    names: Mapping[str, Names]
    etag: str


def make_world(practice: Practice) -> World:
    """Fill a practice with plans, then let every role ask and keep nothing."""
    colleague = _colleague(practice)
    plan, version = _plan(practice.prescriber)
    here = {"user_id": write_id(USER, _find(practice, "colleague").id)}
    there = {"user_id": write_id(USER, _find(practice, "stranger").id)}
    names = {
        OWN: plan | here,
        COLLEAGUES: _plan(colleague)[0] | here,
        ELSEWHERE: _plan(practice.stranger)[0] | there,
        DELETED: _made_up() | {"plan_id": _deleted_plan(practice.prescriber)},
        RANDOM: _made_up(),
    }
    own_plan = read_id(PLAN, str(plan["plan_id"]))
    callers = {role.value: _caller(practice, role, own_plan) for role in Role}
    _keep_nothing(practice.app)
    practice.app.config["WTF_CSRF_METHODS"] = set()  # whose form it was is tried elsewhere
    identify(
        practice.app,
        by_token=_asker(callers, NoTokenError),
        by_session=_asker(callers, NotSignedInError),
    )
    return World(practice.app, callers, names, version)


def _plan(author: Client) -> tuple[dict[str, object], str]:
    """Issue a plan with a feed, a link and a check-in; give their ids and the plan's ETag."""
    path = author.issued(ACUTE | {"start": "2026-11-22"})
    link = author.post(f"{path}/patient-links", {"name": "Mum's phone"})
    check_in = author.post(f"{path}/check-ins", {"noticed": []})
    assert (link.status_code, check_in.status_code) == (201, 201), check_in.text
    ids = {
        "plan_id": path.rpartition("/")[2],
        "feed_id": author.feed(path)["id"],
        "link_id": link.get_json()["id"],
        "check_in_id": check_in.get_json()["id"],
    }
    for kind in FHIR:
        ids |= _resource(author, kind, str(ids["plan_id"]))
    return ids, author.get(path).headers["ETag"]


def _resource(author: Client, kind: str, plan_id: str) -> dict[str, object]:
    """The id of a plan's first FHIR resource of a kind, if it has any."""
    plan_key = plan_id.removeprefix(f"{PLAN}_")
    entries = author.get(f"/fhir/R4/{kind}").get_json().get("entry", ())
    found = [entry["resource"]["id"] for entry in entries]
    of_plan = [name for name in found if plan_key in name]
    return {kind: of_plan[0]} if of_plan else {}


def _made_up() -> dict[str, object]:
    kinds = {
        "plan_id": PLAN,
        "feed_id": FEED,
        "link_id": LINK,
        "check_in_id": CHECK_IN,
        "user_id": USER,
        "token_id": API_TOKEN,
        "endpoint_id": WEBHOOK,
        "check_id": COUNTER_CHECK,
    }
    made_up = {place: write_id(prefix, new_id(BEGUN)) for place, prefix in kinds.items()}
    key = made_up["plan_id"].removeprefix(f"{PLAN}_")
    return {**made_up, **dict.fromkeys((*FHIR, "AuditEvent"), key)}


def _deleted_plan(author: Client) -> str:
    drafted = author.draft()
    path = drafted.headers["Location"]
    gone = author.send("DELETE", path, etag=drafted.headers["ETag"])
    assert gone.status_code == 204
    return path.rpartition("/")[2]


def _colleague(practice: Practice) -> Client:
    user = _add(practice, Role.PRESCRIBER, "colleague@example.org")
    assert user.email is not None
    token = add_token(practice.database, email=user.email, name="test", now=BEGUN)
    return Client(practice.app, token)


def _caller(practice: Practice, role: Role, own_plan: UUID) -> Caller:
    """One of a role: the patient's link is for the prescriber's plan, and the auditor opened it."""
    user = _find(practice) if role is Role.PRESCRIBER else _add(practice, role, None)
    return Caller(
        organisation_id=user.organisation_id,
        user_id=user.id,
        role=role,
        at=BEGUN,
        plan_id=own_plan if role is Role.PATIENT else None,
        opened=frozenset({own_plan}) if role is Role.AUDITOR else frozenset(),
    )


def _add(practice: Practice, role: Role, email: str | None) -> UserRow:
    user = UserRow(
        organisation_id=_find(practice).organisation_id,
        id=new_id(BEGUN),
        email=email,
        role=role,
        created_at=BEGUN,
    )
    with practice.seen.writing.begin() as session:
        session.add(user)
    return user


def _find(practice: Practice, name: str = "prescriber") -> UserRow:
    with practice.seen.reading.begin() as session:
        return session.scalars(select(UserRow).where(UserRow.email == f"{name}@example.org")).one()


def _keep_nothing(app: Flask) -> None:
    found = app.extensions["medplan"]
    assert isinstance(found, Context)
    undone = replace(found.parts, database=found.parts.database.undone())
    install_context(app, replace(found, parts=undone))


def _asker(callers: Mapping[str, Caller], refusal: type[MedplanError]) -> Callable[[], Caller]:
    def ask() -> Caller:
        found = callers.get(request.headers.get("Authorization", ""))
        if found is None:
            raise refusal
        return found

    return ask
