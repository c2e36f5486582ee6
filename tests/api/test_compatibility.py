"""The API goes on as clients know it: `docs/openapi.json` is what they were told."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.api.compatibility import breaking
from tests.api.practice import Practice

SNAPSHOT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
RENEW = "If it must be: CHANGELOG.md, then `make api-docs`."


def test_nothing_that_a_client_relies_on_has_changed(practice: Practice) -> None:
    told = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    now = practice.nobody.get("/openapi.json").get_json()

    assert list(breaking(told, now)) == [], RENEW


def without(document: Any, *place: str) -> None:
    """Take something out of a document."""
    for name in place[:-1]:
        document = document[name]
    del document[place[-1]]


PLAN = ("paths", "/api/v1/plans/{plan_id}", "get")
CHANGES: dict[str, Callable[[Any], None]] = {
    "GET /api/v1/plans/{plan_id} is gone": lambda d: without(d, *PLAN),
    "GET /api/v1/plans/{plan_id} does not answer 200 any more": lambda d: without(
        d, *PLAN, "responses", "200"
    ),
    "PlanSummary.status is gone": lambda d: without(
        d, "components", "schemas", "PlanSummary", "properties", "status"
    ),
    "PlanSummary.status does not know 'draft' any more": lambda d: d["components"]["schemas"][
        "PlanSummary"
    ]["properties"]["status"]["enum"].remove("draft"),
    "PlanPage.next is ['null'] instead of ['null', 'string']": lambda d: d["components"]["schemas"][
        "PlanPage"
    ]["properties"]["next"].update(type="null"),
    "GET /api/v1/plans asks for status": lambda d: d["paths"]["/api/v1/plans"]["get"][
        "parameters"
    ].append({"in": "header", "name": "status", "required": True}),
    "Hold.medicine has become required": lambda d: d["components"]["schemas"]["Hold"].update(
        required=["medicine"]
    ),
}


@pytest.mark.parametrize("told", list(CHANGES))
def test_a_change_that_breaks_clients_is_told(told: str) -> None:
    before = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    after = copy.deepcopy(before)
    CHANGES[told](after)

    assert told in set(breaking(before, after))


def test_what_is_only_added_breaks_nobody() -> None:
    before = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    after = copy.deepcopy(before)
    after["paths"]["/api/v1/new"] = {"get": {"operationId": "new", "responses": {}}}
    after["components"]["schemas"]["PlanSummary"]["properties"]["new"] = {"type": "string"}

    assert list(breaking(before, after)) == []
