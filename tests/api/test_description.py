"""The API's description is valid, complete, and true of the answers."""

import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from werkzeug.test import TestResponse

from medplan.gate.doors import Door
from tests.api.practice import ACUTE, Practice

PAGES = {Door.SESSION, Door.OPEN_FORM}
NOT_OURS = {"HEAD", "OPTIONS"}
ELSEWHERE = ("medplan.web.", "medplan.fhir.", "medplan.cds.", "medplan.oauth.")


def description(practice: Practice) -> dict[str, Any]:
    """The description as it is served."""
    found: dict[str, Any] = practice.nobody.get("/openapi.json").get_json()
    return found


def routes(app: Flask) -> set[tuple[str, str]]:
    """Every method and path of an application's own API, written as OpenAPI writes them."""
    return {
        (method.lower(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method not in NOT_OURS and not is_elsewhere(app.view_functions[rule.endpoint])
    }


def is_elsewhere(view: Callable[..., object]) -> bool:
    """Whether a view is a page for people, or of a standard that is described in its own way."""
    return view.__module__.startswith(ELSEWHERE)


def test_the_description_is_valid_openapi_3_1(practice: Practice) -> None:
    found = description(practice)

    assert found["openapi"] == "3.1.0"
    validate(found)


def test_every_route_is_described_and_nothing_else(practice: Practice) -> None:
    described = {
        (method, path)
        for path, item in description(practice)["paths"].items()
        for method in item
        if method != "parameters"
    }

    assert described == routes(practice.app)


def test_every_operation_has_a_name_of_its_own_and_says_how_it_refuses(
    practice: Practice,
) -> None:
    operations = [
        operation
        for item in description(practice)["paths"].values()
        for method, operation in item.items()
        if method != "parameters"
    ]
    names = [operation["operationId"] for operation in operations]

    assert len(set(names)) == len(names)
    for operation in operations:
        refused = {s: r for s, r in operation["responses"].items() if s >= "400" and s != "default"}
        assert {"500", "503"} <= set(refused), operation["operationId"]
        told = {next(iter(r["content"])) for r in refused.values()}
        assert told == {"application/problem+json"}
        assert operation["summary"]


def check(practice: Practice, name: str, document: object) -> None:
    """Hold an answer against the component that describes it."""
    found = description(practice)
    registry: Registry[Any] = Registry().with_resource(
        "urn:openapi", DRAFT202012.create_resource(found)
    )
    schema = {"$ref": f"urn:openapi#/components/schemas/{name}"}
    errors = [e.message for e in OAS31Validator(schema, registry=registry).iter_errors(document)]
    assert errors == []
    described = found["components"]["schemas"][name].get("properties")
    if described is not None and name != "Medicine" and isinstance(document, dict):
        assert set(document) <= set(described)


def test_answers_are_as_described(practice: Practice) -> None:
    prescriber = practice.prescriber
    path = prescriber.issued()
    check(practice, "NewFeed", prescriber.feed(path))
    answers = {
        "StoredPlan": path,
        "PlanPage": "/api/v1/plans",
        "RevisionList": f"{path}/revisions",
        "Revision": f"{path}/revisions/1",
        "ChangeList": f"{path}/revisions/1/changes",
        "FeedList": f"{path}/feeds",
        "Supply": f"{path}/supply",
        "DoseList": f"{path}/doses",
        "MedicineList": "/api/v1/formulary/medicines?jurisdiction=GB",
        "Medicine": "/api/v1/formulary/medicines/naproxen",
        "Vocabulary": "/api/v1/formulary/vocabulary",
        "SourceList": "/api/v1/formulary/sources",
        "Health": "/healthz",
        "Problem": "/api/v1/plans/pln_01m80n8dx0frsvjy2aw4htpwqw",
    }
    for name, address in answers.items():
        check(practice, name, prescriber.get(address).get_json())


def test_a_preview_is_as_described(practice: Practice) -> None:
    answer = practice.prescriber.send("POST", "/api/v1/previews", ACUTE)

    check(practice, "Plan", answer.get_json())


def test_the_headers_of_answers_are_described(practice: Practice) -> None:
    paths = description(practice)["paths"]
    plans, plan = paths["/api/v1/plans"], paths["/api/v1/plans/{plan_id}"]

    def told(operation: dict[str, Any], answer: TestResponse) -> set[str]:
        described = operation["responses"][str(answer.status_code)].get("headers", {})
        common = {"ETag", "Location", "Link", "Idempotent-Replayed", "Dry-Run", "Retry-After"}
        sent = {name for name, _ in answer.headers if name in common | {"WWW-Authenticate"}}
        assert sent <= set(described)
        return sent

    drafted = practice.prescriber.post("/api/v1/plans", ACUTE)
    path, etag = drafted.headers["Location"], drafted.headers["ETag"]
    assert told(plans["post"], drafted) == {"ETag", "Location"}
    again = practice.prescriber.send("POST", "/api/v1/plans", ACUTE, key="key-0")
    assert told(plans["post"], again) == {"ETag", "Location", "Idempotent-Replayed"}
    tried = practice.prescriber.send("PUT", f"{path}?dry_run=true", ACUTE, etag=etag)
    assert told(plan["put"], tried) == {"ETag", "Dry-Run"}
    assert told(plan["get"], practice.prescriber.get(path)) == {"ETag"}
    assert told(plan["get"], practice.prescriber.get(path, If_None_Match=etag)) == {"ETag"}
    assert told(plan["get"], practice.nobody.get(path)) == {"WWW-Authenticate"}
    practice.prescriber.draft()
    assert told(plans["get"], practice.prescriber.get("/api/v1/plans?limit=1")) == {"Link"}
