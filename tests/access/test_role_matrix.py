"""Every role asks for every operation on its own, a colleague's, another organisation's, a deleted
and a made-up object, and is answered as the matrix says."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from werkzeug.test import TestResponse

from medplan.gate.doors import Door, Guard, guard_of
from medplan.services.access import MATRIX, Reach, Right, Role, may
from tests.access.world import (
    COLLEAGUES,
    DELETED,
    ELSEWHERE,
    OWN,
    OWNERSHIPS,
    RANDOM,
    World,
    make_world,
)
from tests.api.conftest import peopled
from tests.api.practice import ACUTE, close_practice, open_practice
from tests.databases.kinds import Databases

__all__ = ["peopled"]

NOBODY = "nobody"
ASKERS = (NOBODY, *Role)
OPEN = {
    "asked_factor",
    "assets",
    "calendar",
    "calendars",
    "cds",
    "description",
    "docs",
    "fhir-metadata",
    "health",
    "oauth",
    "outside",
    "passwords",
    "patient",
    "patient_acts",
    "patient_calendars",
    "problems",
    "sign_in",
}
"""The blueprints that may have doors which open without a caller. Add one only with a reason."""

EXAMPLES = json.loads(Path("medplan/api/example_files/requests.json").read_text(encoding="utf-8"))
REASON = {"reason": "Invented."}
BODIES: Mapping[str, object] = {
    "preview_plan": ACUTE,
    "create_plan": ACUTE,
    "replace_plan": ACUTE,
    "amend_plan": REASON | {"request": ACUTE},
    "stop_plan": REASON,
    "resync_plan": REASON | {"medicine": "naproxen", "taking": {"daily_mg": "250"}},
    "decide_plan": {"medicine": "naproxen", "choice": "stay"},
    "set_advance": {"medicine": "naproxen", "advance": "planned"},
    "create_feed": {"name": "Invented phone"},
    "change_feed": {"name": "Invented phone"},
    "create_patient_link": {"name": "Invented phone"},
    "create_check_in": {"noticed": []},
    "answer_check_in": {"answer": "Seen."},
    "create_user": {"email": "new@example.org", "role": "pharmacist"},
    "change_user": {"role": "pharmacist"},
    "open_plan": REASON,
}
"""What an operation is sent in the place of the API's own example."""

QUERIES: Mapping[str, str] = {
    "list_changes": "from=2026-11-22&to=2026-11-29",
    "list_changes_as_csv": "from=2026-11-22&to=2026-11-29",
    "list_packing": "from=2026-11-22&to=2026-11-29",
    "list_packing_as_csv": "from=2026-11-22&to=2026-11-29",
}
FIXED = {
    "medicine_id": "naproxen",
    "number": 1,
    "code": "not-found",
    "version": 1,
    "form": "plan",
    "reference": "invented:canary-8841",
}
OWNED = {"plan_id", "feed_id", "link_id", "check_in_id", "user_id", "resource_id"}
ABSENT = {"session_id", "token_id", "endpoint_id", "check_id"}
"""Of these the world has none, so each is missing for everybody who may ask."""

FORM = {"key": "an-invented-form-key", "version": "2"}
FORMS: Mapping[str, Mapping[str, str]] = {
    "acting.stop": REASON | {"taper": "auto"},
    "acting.hold": {"days": "7"},
    "acting.decide": {"medicine": "naproxen", "choice": "stay"},
    "acting.complete": REASON,
    "acting.mark_as_error": REASON,
    "acting.resync": REASON | {"medicine": "naproxen", "daily_mg": "250"},
    "acting.answer": {"answer": "Seen."},
    "sharing.create_feed": {"name": "Invented phone"},
    "sharing.create_link": {"name": "Invented phone"},
}
"""What a page's form needs besides."""


@dataclass(frozen=True, slots=True)
class Case:
    """An operation, somebody who asks for it, and whose object it is about."""

    endpoint: str
    method: str
    path: str
    places: frozenset[str]
    guard: Guard
    asks: str
    ownership: str

    @property
    def operation(self) -> str:
        """The view's own name."""
        return self.endpoint.rpartition(".")[2]

    @property
    def about_something(self) -> bool:
        """Whether the path names something that somebody owns."""
        return bool(self.places & (OWNED | ABSENT))

    @property
    def kind(self) -> str:
        """Which FHIR resources the path is about."""
        return self.path.removeprefix("/fhir/R4/").partition("/")[0]


_NEW_EACH_TIME = re.compile(rb' value="[^"]*"|[a-z]{3}_[0-9a-z]{26}|/plans/[^"]*')
Answers: TypeAlias = Mapping[Case, TestResponse]


@pytest.fixture(scope="module")
def world(databases: Databases, peopled: tuple[str, dict[str, str]]) -> Iterator[World]:
    """The world that every case is tried in."""
    address = databases.copy(peopled[0])
    practice = open_practice(databases, address, peopled[1])
    yield make_world(practice)
    close_practice(practice)
    databases.drop(address)


@pytest.fixture(scope="module")
def answers(world: World) -> Answers:
    """What every case was answered."""
    return {case: ask(world, case) for case in cases(world)}


def operations(world: World) -> Iterator[tuple[str, str, str, frozenset[str], Guard]]:
    """Every operation that is not open: its endpoint, method, path, places and guard."""
    for rule in world.app.url_map.iter_rules():
        guard = guard_of(world.app.view_functions[rule.endpoint])
        if guard.door in {Door.BEARER, Door.SESSION}:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule.endpoint, method, rule.rule, frozenset(rule.arguments), guard


def cases(world: World) -> Iterator[Case]:
    """Every case: operations by askers by ownerships."""
    for operation in operations(world):
        for asks in ASKERS:
            for ownership in OWNERSHIPS:
                yield Case(*operation, asks, ownership)


def ask(world: World, case: Case) -> TestResponse:
    """Send what a case is about."""
    path = case.path
    for place in case.places:
        path = path.replace(_place(case.path, place), named(world, case, place))
    body = BODIES.get(case.operation, EXAMPLES.get(case.operation))
    headers = {"Authorization": case.asks, "Idempotency-Key": "a-key", "If-Match": world.etag}
    if case.guard.door is Door.SESSION:
        form = {**FORM, **FORMS.get(case.endpoint, {})} if case.method == "POST" else None
        return world.app.test_client().open(path, method=case.method, data=form, headers=headers)
    return world.app.test_client().open(
        path,
        method=case.method,
        query_string=QUERIES.get(case.operation, ""),
        data=None if body is None else json.dumps(body),
        content_type=None if body is None else "application/json",
        headers=headers,
    )


def named(world: World, case: Case, place: str) -> str:
    """What stands in a place of a path."""
    names = world.names[case.ownership]
    made_up = world.names[RANDOM]
    wanted = case.kind if place == "resource_id" else place
    return str(names.get(wanted) or FIXED.get(wanted) or made_up.get(wanted, "1"))


def is_there(world: World, case: Case) -> bool:
    """Whether the world has what the path names, for somebody of the organisation to find."""
    if case.ownership not in {OWN, COLLEAGUES} or case.places & ABSENT:
        return False
    return "resource_id" not in case.places or case.kind in world.names[case.ownership]


def _place(path: str, place: str) -> str:
    """How a rule writes one of its places: `<plan:plan_id>`."""
    written = next(part for part in path.split("<")[1:] if part.split(">")[0].endswith(place))
    return f"<{written.split('>')[0]}>"


def expected(world: World, case: Case) -> str:
    """What the matrix says of a case."""
    if case.asks == NOBODY:
        return "nobody"
    assert case.guard.right is not None
    reach = MATRIX.reach(world.callers[case.asks], case.guard.right)
    if reach is None:
        return "refused"
    if case.guard.door is Door.SESSION and not may(world.callers[case.asks], Right.SIGN_IN):
        return "refused"
    if reach is Reach.ORGANISATION:
        return "let in" if is_there(world, case) or not case.about_something else "missing"
    if "plan_id" not in case.places:
        return "refused"
    if case.ownership == OWN:
        return "let in"
    return "refused" if reach is Reach.OPENED else "missing"


def answered(response: TestResponse) -> str:
    """What became of a case."""
    by_status = {401: "nobody", 403: "refused", 404: "missing"}
    if response.headers.get("Location", "").startswith("/login"):
        return "nobody"
    return "fault" if response.status_code >= 500 else by_status.get(response.status_code, "let in")


def told(response: TestResponse) -> object:
    """What a refusal tells, but for what is new in every answer."""
    if not response.is_json and "problem" not in response.content_type:
        return _NEW_EACH_TIME.sub(b"", response.data)
    document: dict[str, Any] = json.loads(response.data)
    return {name: value for name, value in document.items() if name != "trace_id"}


def test_every_view_declares_its_right_or_is_known_to_be_open(world: World) -> None:
    for endpoint, view in world.app.view_functions.items():
        guard = guard_of(view)
        if guard.right is None:
            assert endpoint.partition(".")[0] in OPEN, endpoint
            assert guard.door in {Door.OPEN, Door.OPEN_FORM}, endpoint


def test_every_answer_is_what_the_matrix_says(world: World, answers: Answers) -> None:
    wrong = [
        f"{case.method} {case.endpoint} {case.asks} {case.ownership}: "
        f"{response.status_code}, not {expected(world, case)}"
        for case, response in answers.items()
        if answered(response) != expected(world, case)
    ]

    assert wrong == []


def test_the_matrix_is_tried_widely(world: World, answers: Answers) -> None:
    tried = Counter(answered(response) for response in answers.values())

    assert len(answers) == len(list(operations(world))) * len(ASKERS) * len(OWNERSHIPS)
    assert len(answers) > 3600
    assert min(tried[what] for what in ("nobody", "refused", "missing", "let in")) > 100


def test_what_is_elsewhere_is_as_if_it_had_never_been(answers: Answers) -> None:
    for case, there in answers.items():
        asked = case.ownership in {ELSEWHERE, DELETED} and case.asks != NOBODY
        if asked and case.about_something:
            nowhere = answers[replace(case, ownership=RANDOM)]
            assert there.status_code == nowhere.status_code, case
            assert told(there) == told(nowhere), case


def test_no_answer_shows_what_is_elsewhere(world: World, answers: Answers) -> None:
    foreign = {str(name).encode() for name in world.names[ELSEWHERE].values()}
    for case, answer in answers.items():
        if case.ownership != ELSEWHERE:
            assert not any(name in answer.data for name in foreign), case


def test_every_right_is_asked_for_by_something_and_held_by_somebody() -> None:
    for right in Right:
        assert any(right in rights for rights in MATRIX.roles.values()), right
