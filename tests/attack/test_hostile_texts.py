"""Whatever text is sent, wherever a text can stand: no fault of ours.

PostgreSQL keeps no NUL and no lone surrogate, so this is worth most with `--database=both`.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from medplan.gate.bearer import bearer_caller
from medplan.gate.doors import identify
from medplan.gate.refusals import NoTokenError, NotSignedInError
from medplan.services.access import Caller
from tests.api.practice import PUBLIC_URL, close_practice, open_practice
from tests.attack.target import Target, make_target
from tests.databases.kinds import Databases

TEXTS = (
    "a\0b",
    "\u202e\ud7ff\ufffe",
    "\r\nSet-Cookie: stolen=1",
    "'; DROP TABLE plan; --",
    "{{7*7}}${7*7}",
    "<script>alert(1)</script>",
    "../../../../etc/passwd",
    "٣",
    "9" * 400,
    "pln_00000000000000000000000000",
)
QUERY = ("patient", "reference", "cursor", "from", "status", "_id", "next")
FORM = (
    "email", "password", "next", "name", "scopes", "code", "old", "new", "reason", "medicine",
    "choice", "days", "daily_mg", "taper", "noticed", "answer", "grant_type", "client_id",
    "client_secret", "client_assertion", "scope", "expires", "patient.reference", "courses.0.name",
)  # fmt: skip
FITTING = {"key": "an-invented-form-key", "version": "2"}


@pytest.fixture(scope="module")
def target(databases: Databases, peopled: tuple[str, dict[str, str]]) -> Iterator[Target]:
    """Something to aim at, for all of this module; its prescriber is signed in everywhere."""
    address = databases.copy(peopled[0])
    practice = open_practice(databases, address, peopled[1])
    made = make_target(practice)
    practice.app.config["WTF_CSRF_METHODS"] = set()  # whose form it was is tried elsewhere
    identify(practice.app, by_token=bearer_caller, by_session=signed_in)
    yield made
    close_practice(practice)
    databases.drop(address)


def signed_in() -> Caller:
    try:
        return bearer_caller()
    except NoTokenError as error:
        raise NotSignedInError from error


def client_of(target: Target) -> FlaskClient:
    client = target.practice.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {target.practice.prescriber.token}"
    client.environ_base["HTTP_IF_MATCH"] = '"v2"'
    return client


def faults(target: Target, method: str, path: str, **sent: Any) -> list[str]:
    """What went wrong on our side."""
    answer = client_of(target).open(path, method=method, base_url=PUBLIC_URL, **sent)
    return [] if answer.status_code < 500 else [f"{method} {path} {sent}: {answer.text}"]


def test_no_text_in_a_path_is_a_fault(target: Target) -> None:
    found = [
        fault
        for method, rule, places in target.routes()
        for text in (TEXTS if places else ())
        for fault in faults(target, method, target.path(rule, quote(text, safe="")))
    ]

    assert found == []


def test_no_text_in_a_query_is_a_fault(target: Target) -> None:
    found = [
        fault
        for method, rule, _ in target.routes()
        for name in (QUERY if method == "GET" else ())
        for text in TEXTS[:1]
        for fault in faults(target, method, f"{target.path(rule)}?{name}={quote(text)}")
    ]

    assert found == []


def test_no_text_in_a_form_is_a_fault(target: Target) -> None:
    found = [
        fault
        for method, rule, _ in target.routes()
        for text in (TEXTS if method == "POST" and not rule.startswith(("/api", "/fhir")) else ())
        for fault in faults(
            target, method, target.path(rule), data=dict.fromkeys(FORM, text) | FITTING
        )
    ]

    assert found == []


def test_no_text_in_a_header_is_a_fault(target: Target) -> None:
    names = ("Authorization", "If-Match", "If-None-Match", "If-Modified-Since", "Idempotency-Key",
             "X-Request-Id", "traceparent", "Accept", "Accept-Language", "Cookie", "Range",
             "X-Forwarded-Proto", "Content-Type", "Origin", "Prefer")  # fmt: skip
    found = [
        fault
        for name in names
        for text in ("\xff\xfe", "a" * 4000, ",,,;;q=", '"', "Basic ====", "bytes=9-1,", "W/")
        for path in (target.plan, f"/f/{target.feed_token}.ics", "/", f"/p/{target.link_token}")
        for fault in faults(target, "GET", path, headers={name: text})
    ]

    assert found == []


def test_no_text_in_a_body_is_a_fault(target: Target) -> None:
    """Every text of every example of the API's description, one after the other."""
    described = client_of(target).get("/openapi.json").get_json()
    found = []
    for path, item in described["paths"].items():
        for method, operation in item.items():
            content = (
                operation.get("requestBody", {}).get("content", {})
                if method != "parameters"
                else {}
            )
            example = content.get("application/json", {}).get("examples", {}).get("usual", {})
            rule = path.replace("{", "<").replace("}", ">")
            for n, sent in enumerate(spoilt(example.get("value"))):
                found += faults(
                    target,
                    method.upper(),
                    target.path(rule),
                    data=json.dumps(sent),
                    content_type="application/json",
                    headers={"Idempotency-Key": f"text-{n}"},
                )

    assert found == []


def spoilt(example: Any) -> Iterator[Any]:
    """The example with one text after the other in all places where it has text."""
    for text in TEXTS if example is not None else ():
        yield with_text(example, text)


def with_text(value: Any, text: str) -> Any:
    if isinstance(value, dict):
        return {key: with_text(inner, text) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_text(inner, text) for inner in value]
    return text if isinstance(value, str) else value
