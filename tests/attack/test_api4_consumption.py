"""OWASP API4, unrestricted resource consumption: too much, too deep, too often, too long.

Rates by account, feed and address: `tests/gate/test_limits.py`; JSON's own bounds:
`tests/documents/test_json_text.py`; other people's endless answers: `tests/outside/test_calls.py`.
"""

import json
import time
from collections.abc import Iterator

import pytest

from medplan.gate.bodies import MOST_BYTES
from tests.api.practice import ACUTE, Practice, close_practice, open_practice
from tests.attack.target import make_target
from tests.databases.kinds import Databases


@pytest.mark.parametrize("path", ["/api/v1/previews", "/oauth/token", "/login", "/fhir/R4/$plan"])
def test_a_body_that_is_too_large_is_refused_unread(practice: Practice, path: str) -> None:
    answer = practice.app.test_client().post(
        path,
        data=b"x" * (MOST_BYTES + 1),
        content_type="application/json",
        headers={"Authorization": f"Bearer {practice.prescriber.token}"},
    )

    assert answer.status_code in {400, 413}


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"patient": {"conditions": [' + b'"a",' * 40_000 + b'"a"]}}',
        b'{"start": "' + b"9" * 200_000 + b'"}',
        b'{"courses": [' + b"1," * 100_000 + b"1]}",
        b'{"n": ' + b"9" * 200_000 + b"}",
    ],
)
def test_a_body_made_to_be_costly_is_refused_at_once(practice: Practice, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {practice.prescriber.token}"}
    begun = time.process_time()
    answer = practice.app.test_client().post(
        "/api/v1/previews", data=body, content_type="application/json", headers=headers
    )

    assert answer.status_code in {400, 422}
    assert len(answer.data) < MOST_BYTES
    assert time.process_time() - begun < 10, "a hang, not a measurement"


def test_a_plan_without_end_is_refused(practice: Practice) -> None:
    many = ACUTE["courses"] * 40
    long = [{"medicine": "paracetamol", "regimen": "regular", "days": 10**9}]

    for courses in (many, long):
        answer = practice.prescriber.send("POST", "/api/v1/previews", ACUTE | {"courses": courses})
        assert answer.status_code == 422


def test_a_page_is_never_longer_than_200(practice: Practice) -> None:
    for limit in ("201", "1000000", "-1", "0", "1e3"):
        assert practice.prescriber.get(f"/api/v1/plans?limit={limit}").status_code == 422


@pytest.fixture
def limited(databases: Databases, peopled: tuple[str, dict[str, str]]) -> Iterator[Practice]:
    """A practice that counts."""
    address = databases.copy(peopled[0])
    opened = open_practice(databases, address, peopled[1], rate_limits=True)
    yield opened
    close_practice(opened)
    databases.drop(address)


def test_a_patients_link_is_no_way_to_fill_the_database(limited: Practice) -> None:
    target, client = make_target(limited), limited.app.test_client()
    path = f"/p/{target.link_token}/check-ins"
    answers = [
        client.post(path, data={"key": f"an-invented-form-key-{n}"}).status_code for n in range(65)
    ]

    assert answers.count(429) >= 4
    assert answers[0] == 303


def test_nobody_is_sent_more_than_five_messages_an_hour(
    limited: Practice, capsys: pytest.CaptureFixture[str]
) -> None:
    limited.app.config["WTF_CSRF_METHODS"] = set()
    client = limited.app.test_client()
    form = {"email": "prescriber@example.org"}
    answers = [client.post("/password/forgotten", data=form).status_code for _ in range(7)]

    assert answers == [200] * 5 + [429] * 2
    assert capsys.readouterr().err.count("Reset link") == 5


def test_five_hundred_faults_are_enough_to_tell(practice: Practice) -> None:
    sent = {f"unknown-{n}": n for n in range(2000)}
    answer = practice.prescriber.send("POST", "/api/v1/previews", sent)

    assert answer.status_code == 422
    assert len(json.loads(answer.data)["errors"]) <= 501
