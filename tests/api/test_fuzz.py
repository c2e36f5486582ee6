"""Whatever is sent to the API, it answers as it says it will.

Requests are made up from the API's own description. `make test-fuzz` makes up 10,000 of them.
"""

import itertools
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
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

from tests.api.practice import Practice, close_practice, open_practice
from tests.databases.kinds import Databases

THOROUGH = "MEDPLAN_FUZZ_EXAMPLES" in os.environ
EXAMPLES = int(os.environ.get("MEDPLAN_FUZZ_EXAMPLES", "4"))
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
NEEDED = {"type", "title", "status", "detail", "trace_id"}
turn = itertools.count()


@dataclass
class Target:
    """A practice with a draft, an issued plan and a feed, and the names of their ids in paths."""

    practice: Practice
    ids: dict[str, list[str]]


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
    yield Target(practice, ids)
    close_practice(practice)
    databases.drop(address)


def tried(operation: Any, target: Target) -> list[str]:
    """Send made-up requests to an operation; tell the first answer that is not as described."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=not THOROUGH,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        answer = case.call(headers=aimed(case, target))
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
    number = next(turn)
    for name, known in target.ids.items():
        if number % 4 and name in (case.path_parameters or {}):
            case.path_parameters[name] = known[number % len(known)]
    headers = {"Authorization": f"Bearer {target.practice.prescriber.token}"}
    if number % 3 and "If-Match" in (case.headers or {}):
        headers["If-Match"] = '"v2"'
    return headers


def test_every_answer_is_one_that_is_described(target: Target) -> None:
    described: Any = schemathesis.openapi.from_wsgi("/openapi.json", target.practice.app)
    operations = [found.ok() for found in described.get_all_operations()]

    assert [fault for one in operations for fault in tried(one, target)] == []
