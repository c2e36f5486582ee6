"""Every role asks for every operation on its own, a colleague's, another organisation's, a deleted
and a made-up object, and is answered as the matrix says."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from medplan.gate.doors import Door, Guard, guard_of
from medplan.services.access import MATRIX, Reach, Right
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
OPEN = {
    "assets",
    "calendar",
    "calendars",
    "description",
    "docs",
    "health",
    "patient",
    "patient_acts",
    "patient_calendars",
    "problems",
    "sign_in",
}
"""The blueprints that may have doors which open without a caller. Add one only with a reason."""

REASON = {"reason": "Invented."}
BODIES: Mapping[str, object] = {
    "preview_plan": ACUTE,
    "create_plan": ACUTE,
    "replace_plan": ACUTE,
    "amend_plan": REASON | {"request": ACUTE},
    "stop_plan": REASON,
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
"""What an operation needs to be sent to get as far as looking for its object."""

QUERIES: Mapping[str, str] = {
    "list_changes": "from=2026-11-22&to=2026-11-29",
    "list_changes_as_csv": "from=2026-11-22&to=2026-11-29",
    "list_packing": "from=2026-11-22&to=2026-11-29",
    "list_packing_as_csv": "from=2026-11-22&to=2026-11-29",
}
FIXED = {"medicine_id": "naproxen", "number": 1, "code": "not-found"}
OWNED = {"plan_id", "feed_id", "link_id", "check_in_id", "user_id", "token_id"}


@dataclass(frozen=True, slots=True)
class Case:
    """An operation, somebody who asks for it, and whose object it is about."""

    endpoint: str
    method: str
    rule: Rule
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
        return bool(self.rule.arguments & OWNED)


@pytest.fixture(scope="module")
def world(databases: Databases, peopled: tuple[str, dict[str, str]]) -> Iterator[World]:
    """The world that every case is tried in."""
    address = databases.copy(peopled[0])
    practice = open_practice(databases, address, peopled[1])
    yield make_world(practice)
    close_practice(practice)
    databases.drop(address)


def operations(world: World) -> Iterator[tuple[str, str, Rule, Guard]]:
    """Every operation that is not open: its endpoint, method, rule and guard."""
    for rule in world.app.url_map.iter_rules():
        guard = guard_of(world.app.view_functions[rule.endpoint])
        if guard.door in {Door.BEARER, Door.SESSION}:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule.endpoint, method, rule, guard


def cases(world: World) -> Iterator[Case]:
    """Every case, about 60 operations by 11 askers by 5 ownerships."""
    for operation in operations(world):
        for asks in (NOBODY, *world.callers):
            for ownership in OWNERSHIPS:
                yield Case(*operation, asks, ownership)


def ask(world: World, case: Case) -> TestResponse:
    """Send what a case is about."""
    values = {
        place: world.names[case.ownership].get(place, FIXED.get(place))
        for place in case.rule.arguments
    }
    path = case.rule.rule
    for place, value in values.items():
        converter = case.rule._converters[place]  # noqa: SLF001 - the rule's own text of a path
        path = path.replace(_place(case.rule, place), str(value))
        assert converter is not None
    body = BODIES.get(case.operation)
    headers = {"Authorization": case.asks, "Idempotency-Key": "a-key", "If-Match": world.etag}
    return world.app.test_client().open(
        path,
        method=case.method,
        query_string=QUERIES.get(case.operation, ""),
        data=None if body is None else json.dumps(body),
        content_type=None if body is None else "application/json",
        headers=headers,
    )


def _place(rule: Rule, place: str) -> str:
    """How a rule writes one of its places: `<plan:plan_id>`."""
    written = next(part for part in rule.rule.split("<")[1:] if part.split(">")[0].endswith(place))
    return f"<{written.split('>')[0]}>"


def expected(world: World, case: Case) -> str:
    """What the matrix says of a case."""
    if case.asks == NOBODY:
        return "nobody"
    assert case.guard.right is not None
    reach = MATRIX.reach(world.callers[case.asks], case.guard.right)
    if reach is None:
        return "refused"
    if reach is Reach.ORGANISATION:
        return (
            "missing"
            if case.about_something and case.ownership not in {OWN, COLLEAGUES}
            else "let in"
        )
    if "plan_id" not in case.rule.arguments:
        return "refused"
    if case.ownership == OWN:
        return "let in"
    return "refused" if reach is Reach.OPENED else "missing"


def answered(response: TestResponse) -> str:
    """What became of a case."""
    by_status = {401: "nobody", 303: "nobody", 403: "refused", 404: "missing"}
    return "fault" if response.status_code >= 500 else by_status.get(response.status_code, "let in")


def told(response: TestResponse) -> object:
    """What a refusal tells, but for what is new in every answer."""
    if not response.is_json and "problem" not in response.content_type:
        return response.data
    document: dict[str, Any] = json.loads(response.data)
    return {name: value for name, value in document.items() if name != "trace_id"}


def test_every_view_declares_its_right_or_is_known_to_be_open(world: World) -> None:
    for endpoint, view in world.app.view_functions.items():
        guard = guard_of(view)
        if guard.right is None:
            assert endpoint.partition(".")[0] in OPEN, endpoint
            assert guard.door in {Door.OPEN, Door.OPEN_FORM}, endpoint


def test_every_answer_is_what_the_matrix_says(world: World) -> None:
    wrong, tried = [], Counter[str]()
    for case in cases(world):
        response = ask(world, case)
        tried[answered(response)] += 1
        if answered(response) != expected(world, case):
            line = f"{case.method} {case.endpoint} {case.asks} {case.ownership}"
            wrong.append(f"{line}: {response.status_code}, not {expected(world, case)}")

    assert wrong == []
    assert tried.total() == len(list(operations(world))) * 11 * 5
    assert min(tried[what] for what in ("nobody", "refused", "missing", "let in")) > 0


@pytest.mark.parametrize("ownership", [ELSEWHERE, DELETED])
def test_what_is_elsewhere_is_as_if_it_had_never_been(world: World, ownership: str) -> None:
    for operation in operations(world):
        for asks in world.callers:
            there = ask(world, Case(*operation, asks, ownership))
            nowhere = ask(world, Case(*operation, asks, RANDOM))
            if Case(*operation, asks, RANDOM).about_something:
                assert there.status_code == nowhere.status_code, operation
                assert told(there) == told(nowhere), operation


def test_no_list_shows_what_is_elsewhere(world: World) -> None:
    foreign = {str(name).encode() for name in world.names[ELSEWHERE].values()}
    for operation in operations(world):
        for asks in world.callers:
            answer = ask(world, Case(*operation, asks, OWN)).data
            assert not any(name in answer for name in foreign), operation


def test_every_right_is_asked_for_by_something_and_held_by_somebody() -> None:
    for right in Right:
        assert any(right in rights for rights in MATRIX.roles.values()), right
