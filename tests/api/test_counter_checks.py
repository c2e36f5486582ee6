"""A pharmacist verifies, queries or proposes; the prescriber answers; no dose changes by itself."""

import pytest

from tests.api.practice import ACUTE, Practice
from tests.api.test_description import check

OTHER = ACUTE | {"courses": [{"medicine": "paracetamol", "regimen": "regular", "days": 5}]}
PROPOSAL = {"verdict": "proposal", "note": "Naproxen upsets her.", "request": OTHER}


def test_a_query_is_answered_with_a_reason(practice: Practice) -> None:
    path = practice.prescriber.issued()
    query = {"verdict": "query", "note": "Is she on a blood thinner?"}
    said = practice.pharmacist.post(f"{path}/counter-checks", query)
    answers = f"{path}/counter-checks/{said.get_json()['id']}/answers"

    assert said.status_code == 201
    assert practice.pharmacist.post(answers, {"answer": "accepted"}).status_code == 403
    assert practice.prescriber.post(answers, {"answer": "declined"}).status_code == 422
    answered = practice.prescriber.post(answers, {"answer": "declined", "reason": "She is not."})
    assert answered.get_json()["answer"] == "declined"
    assert practice.prescriber.post(answers, {"answer": "accepted"}).status_code == 409
    found = practice.pharmacist.get(f"{path}/counter-checks").get_json()
    check(practice, "CounterCheckList", found)
    types = [e["type"] for e in practice.pharmacist.get("/api/v1/events").get_json()["items"]]
    assert types == ["plan.issued", "counter-check.made", "counter-check.answered"]


def test_a_proposal_is_accepted_by_the_prescribers_own_amendment(practice: Practice) -> None:
    path = practice.prescriber.issued()
    before = practice.prescriber.get(path)
    said = practice.pharmacist.post(f"{path}/counter-checks", PROPOSAL)
    answers = f"{path}/counter-checks/{said.get_json()['id']}/answers"

    assert practice.prescriber.get(path).get_json() == before.get_json()
    early = practice.prescriber.post(answers, {"answer": "accepted"})
    assert early.get_json()["errors"][0]["code"] == "not-amended"
    amendment = {
        "request": said.get_json()["request"],
        "effective": "2026-11-24",
        "reason": "As the pharmacist proposed.",
    }
    amended = practice.prescriber.post(f"{path}/amendments", amendment, etag=before.headers["ETag"])
    assert amended.status_code == 200, amended.text
    assert practice.prescriber.post(answers, {"answer": "accepted"}).status_code == 200


def test_a_verified_revision_wants_no_answer(practice: Practice) -> None:
    path = practice.prescriber.issued()
    said = practice.pharmacist.post(f"{path}/counter-checks", {"verdict": "verified"})
    answers = f"{path}/counter-checks/{said.get_json()['id']}/answers"

    assert practice.prescriber.post(answers, {"answer": "accepted"}).status_code == 409


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/verdict"),
        ({"verdict": "fine"}, "#/verdict"),
        ({"verdict": "query"}, "#/note"),
        ({"verdict": "proposal"}, "#/request"),
        ({"verdict": "verified", "request": OTHER}, "#/request"),
        (PROPOSAL | {"request": OTHER | {"courses": []}}, "#/request/courses"),
        (PROPOSAL | {"request": 7}, "#/request"),
    ],
)
def test_what_makes_no_sense_is_refused(
    practice: Practice, body: dict[str, object], pointer: str
) -> None:
    path = practice.prescriber.issued()

    answer = practice.pharmacist.post(f"{path}/counter-checks", body)

    assert answer.status_code == 422, answer.text
    assert pointer in [e["pointer"] for e in answer.get_json()["errors"]]


def test_what_is_said_is_sealed_and_stays_in_the_organisation(practice: Practice) -> None:
    path = practice.prescriber.issued()
    query = {"verdict": "query", "note": "a note to look for"}
    said = practice.pharmacist.post(f"{path}/counter-checks", query).get_json()["id"]

    assert practice.stranger.get(f"{path}/counter-checks").status_code == 404
    answers = f"{path}/counter-checks/{said}/answers"
    assert practice.stranger.post(answers, {"answer": "accepted"}).status_code == 404
    assert b"a note to look for" not in practice.contents()
