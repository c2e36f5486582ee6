"""Two plans of one patient are judged apart, so whoever writes one is told of the other."""

from tests.api.practice import ACUTE, Practice
from tests.web.practice.desk import Desk

NOTICE = "The patient has another plan in force"


def test_a_draft_and_a_plan_name_what_else_is_in_force_for_the_patient(practice: Practice) -> None:
    first = practice.prescriber.issued().removeprefix("/api/v1")
    draft = practice.prescriber.draft().headers["Location"].removeprefix("/api/v1")
    desk = Desk(practice.app)
    desk.sign_in("prescriber")

    before = desk.read(first)
    told = desk.read(f"{draft}/draft")
    second = practice.prescriber.issued().removeprefix("/api/v1")

    assert NOTICE not in before.text
    assert NOTICE in told.text
    assert f'href="{first}"' in desk.get(f"{draft}/draft").text
    assert NOTICE in desk.read(first).text
    assert f'href="{first}"' in desk.get(second).text


def test_another_patient_s_plan_and_one_that_is_over_are_not_named(practice: Practice) -> None:
    another = ACUTE | {"patient": ACUTE["patient"] | {"reference": "invented:other"}}
    practice.prescriber.issued(another)
    path = practice.prescriber.issued()
    etag = practice.prescriber.get(path).headers["ETag"]
    ended = practice.prescriber.post(f"{path}/errors", {"reason": "Invented."}, etag=etag)
    desk = Desk(practice.app)
    desk.sign_in("prescriber")

    assert ended.get_json()["status"] == "entered-in-error"
    assert NOTICE not in desk.read(practice.prescriber.issued().removeprefix("/api/v1")).text
