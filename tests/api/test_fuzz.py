"""Whatever is sent to the API, it answers as it says it will.

Requests are made up from the API's own description. `make test-fuzz` makes up 10,000 of them.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.machines import client_of
from tests.api.practice import Caller, Practice, close_practice, open_practice
from tests.databases.kinds import Databases

CASES = int(os.environ.get("MEDPLAN_FUZZ_CASES", "0"))
FEWEST = 4
ROUNDS = 5
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
NEEDED = {"type", "title", "status", "detail", "trace_id"}


@dataclass
class Target:
    """A practice with a draft, an issued plan and a feed, who calls it, and the names of their ids
    in paths; how many requests it was `sent`, by operation."""

    practice: Practice
    callers: Sequence[Caller]
    ids: dict[str, list[str]]
    sent: Counter[str] = field(default_factory=Counter)


@pytest.fixture(scope="session")
def target(databases: Databases, peopled: tuple[str, dict[str, str]]) -> Iterator[Target]:
    """Something to aim at."""
    address = databases.copy(peopled[0])
    practice = open_practice(databases, address, peopled[1])
    prescriber = practice.prescriber
    plans = [prescriber.issued(), prescriber.issued(), prescriber.draft().headers["Location"]]
    ids = {
        "plan_id": [path.rpartition("/")[2] for path in plans],
        "feed_id": [prescriber.feed(plans[0])["id"]],
        "medicine_id": ["naproxen"],
        "number": ["1"],
    }
    callers = (prescriber, client_of(practice), prescriber, practice.pharmacist)
    yield Target(practice, callers, ids)
    close_practice(practice)
    databases.drop(address)


def tried(operation: Any, target: Target, cases: int) -> list[str]:
    """Send made-up requests to an operation; tell the first answer that is not as described."""

    @settings(
        max_examples=cases,
        deadline=None,
        derandomize=not CASES,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        answer = case.call(headers=aimed(case, target))
        target.sent[operation.label] += 1
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            assert answer.headers["content-type"] == ["application/problem+json"]
            told = json.loads(answer.content)
            assert set(told) >= NEEDED
            assert told["status"] == answer.status_code

    try:
        ask()
    except (AssertionError, BaseExceptionGroup) as error:
        return [f"{operation.label}: {describe(error)}"]
    return []


def describe(error: BaseException) -> str:
    """Say what was wrong, also where it was several things."""
    inner = getattr(error, "exceptions", ())
    return "; ".join(map(describe, inner)) if inner else str(error)


def aimed(case: Any, target: Target) -> dict[str, str]:
    """Point most requests at something that is there; give the headers that they are sent with."""
    number = target.sent.total()
    for name, known in target.ids.items():
        if number % 4 and name in (case.path_parameters or {}):
            case.path_parameters[name] = known[number % len(known)]
    caller = target.callers[target.sent[case.operation.label] % len(target.callers)]
    headers = {"Authorization": f"Bearer {caller.token}"}
    if number % 3 and "If-Match" in (case.headers or {}):
        headers["If-Match"] = '"v2"'
    return headers


def test_every_answer_is_one_that_is_described(
    target: Target, capsys: pytest.CaptureFixture[str]
) -> None:
    described: Any = schemathesis.openapi.from_wsgi("/openapi.json", target.practice.app)
    operations = {one.label: one for one in (ok.ok() for ok in described.get_all_operations())}
    faults = []
    for _ in range(ROUNDS):
        for label, cases in shares(operations, target.sent).items():
            faults += tried(operations[label], target, cases)
    tried_out = f"{target.sent.total():,} requests to {len(operations)} operations"
    with capsys.disabled():
        sys.stdout.write(f"\n{tried_out}, {len(faults)} faults\n")

    assert faults == []
    assert target.sent.total() >= CASES


def shares(operations: Mapping[str, Any], sent: Counter[str]) -> dict[str, int]:
    """How many more each operation gets: those of which few requests can be made up get no more."""
    if not sent:
        return dict.fromkeys(operations, max(FEWEST, CASES // len(operations)))
    left = CASES - sent.total()
    able = [label for label in operations if 2 * sent[label] >= max(sent.values())]
    return dict.fromkeys(able, left // len(able) + 1) if left > 0 else {}
