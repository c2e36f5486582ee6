"""Links to patients' pages are shown once, kept as hashes, and end when they should."""

from datetime import timedelta

import pytest

from medplan.services import tokens
from tests.api.practice import BEGUN, PUBLIC_URL, Practice

WISH = {"name": "Mum's phone", "may": ["hold-plans"]}


def test_a_link_is_shown_once_and_its_repeat_has_none(practice: Practice) -> None:
    plan = practice.prescriber.issued()
    path = f"{plan}/patient-links"

    first = practice.prescriber.send("POST", path, WISH, key="one")
    again = practice.prescriber.send("POST", path, WISH, key="one")
    (listed,) = practice.prescriber.get(path).get_json()["items"]

    token = first.get_json()["url"].removeprefix(f"{PUBLIC_URL}/p/")
    assert tokens.is_token(tokens.PATIENT, token)
    assert again.get_json() == first.get_json() | {"url": None}
    assert token.encode() not in practice.contents()
    assert (listed["name"], listed["may"]) == ("Mum's phone", ["hold-plans"])
    assert listed["expires_at"] == "2026-12-29T23:59:59.000Z"


def test_a_rotated_link_opens_by_its_new_address_only(practice: Practice) -> None:
    path = f"{practice.prescriber.issued()}/patient-links"
    made = practice.prescriber.post(path, WISH).get_json()

    turned = practice.prescriber.post(f"{path}/{made['id']}/rotate").get_json()

    old, new = (link["url"].removeprefix(PUBLIC_URL) for link in (made, turned))
    assert practice.nobody.get(old).status_code == 404
    assert practice.nobody.get(new).status_code == 200


def test_a_link_ends_when_it_was_to(practice: Practice) -> None:
    path = f"{practice.prescriber.issued()}/patient-links"
    wish = WISH | {"expires_at": "2026-11-24T12:00:00Z"}
    page = practice.prescriber.post(path, wish).get_json()["url"].removeprefix(PUBLIC_URL)

    practice.clock.now = BEGUN.replace(day=24, hour=11, minute=59)
    assert practice.nobody.get(page).status_code == 200
    practice.clock.now += timedelta(minutes=1)
    assert practice.nobody.get(page).status_code == 404


@pytest.mark.parametrize("expires_at", ["2026-11-22T03:30:00Z", "2027-12-24T00:00:00Z"])
def test_an_end_that_is_no_end_is_refused(practice: Practice, expires_at: str) -> None:
    path = f"{practice.prescriber.issued()}/patient-links"

    answer = practice.prescriber.post(path, WISH | {"expires_at": expires_at})

    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.get_json()["errors"]] == ["#/expires_at"]


def test_a_draft_has_no_pages_and_nobody_else_makes_links(practice: Practice) -> None:
    draft = practice.prescriber.draft().headers["Location"]
    issued = practice.prescriber.issued()

    assert practice.prescriber.post(f"{draft}/patient-links", WISH).status_code == 409
    assert practice.pharmacist.post(f"{issued}/patient-links", WISH).status_code == 403
    assert practice.stranger.post(f"{issued}/patient-links", WISH).status_code == 404


def test_a_link_may_not_be_given_more_than_there_is_to_give(practice: Practice) -> None:
    path = f"{practice.prescriber.issued()}/patient-links"

    answer = practice.prescriber.post(path, WISH | {"may": ["write-plans"]})

    assert answer.status_code == 422


def test_a_check_in_is_told_as_an_event_with_nothing_in_it(practice: Practice) -> None:
    plan = practice.prescriber.issued()
    practice.clock.now = BEGUN + timedelta(days=2)
    questions = practice.prescriber.get(f"{plan}/questions").get_json()["items"]
    urgent = next(q["id"] for q in questions if q["level"] == "emergency")

    made = practice.prescriber.post(f"{plan}/check-ins", {"noticed": [urgent]}).get_json()

    assert made["level"] == "emergency"
    assert [n["question"] for n in made["noticed"]] == [urgent]
    assert made == practice.prescriber.get(f"{plan}/check-ins").get_json()["items"][0]
    unknown = practice.prescriber.post(f"{plan}/check-ins", {"noticed": ["x", urgent, "y"]})
    pointers = [e["pointer"] for e in unknown.get_json()["errors"]]
    assert pointers == ["#/noticed/0", "#/noticed/2"]


def test_an_emergency_flags_its_plan_in_lists_until_somebody_answers(practice: Practice) -> None:
    other, plan = practice.prescriber.issued(), practice.prescriber.issued()
    practice.clock.now = BEGUN + timedelta(days=2)
    questions = practice.prescriber.get(f"{plan}/questions").get_json()["items"]
    urgent = next(q["id"] for q in questions if q["level"] == "emergency")

    def flagged() -> list[str]:
        items = practice.pharmacist.get("/api/v1/plans").get_json()["items"]
        return [item["id"] for item in items if item["flagged"]]

    practice.prescriber.post(f"{other}/check-ins", {"noticed": []})
    assert flagged() == []
    told = practice.prescriber.post(f"{plan}/check-ins", {"noticed": [urgent]})
    assert flagged() == [plan.rpartition("/")[2]]
    answered = f"{plan}/check-ins/{told.get_json()['id']}/answer"
    assert practice.prescriber.post(answered, {"answer": "Come in."}).status_code == 200
    assert flagged() == []
