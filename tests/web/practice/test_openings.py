"""Whoever prescribes sees which plans an auditor has opened, when and why."""

from datetime import timedelta

from medplan.services.access import Role
from medplan.services.people.accounts import add_user
from medplan.services.people.api_tokens import add_token
from tests.api.practice import BEGUN, Caller, Practice
from tests.web.practice.desk import Desk

REASON = "Complaint 41, invented."


def opened(practice: Practice) -> str:
    """Have an auditor open a plan; give its path."""
    add_user(
        practice.seen,
        email="auditor@example.org",
        password="an invented password",
        role=Role.AUDITOR,
        organisation="Invented Practice",
        now=BEGUN,
    )
    token = add_token(practice.seen, email="auditor@example.org", name="test", now=BEGUN)
    path = practice.prescriber.issued()
    answer = Caller(practice.app, token).post(f"{path}/openings", {"reason": REASON})
    assert answer.status_code == 201, answer.text
    return path.removeprefix("/api/v1")


def desk_of(practice: Practice, name: str) -> Desk:
    desk = Desk(practice.app)
    assert desk.sign_in(name).status_code == 303
    return desk


def test_the_work_list_and_the_plan_tell_the_prescriber(practice: Practice) -> None:
    plan = opened(practice)
    desk = desk_of(practice, "prescriber")

    for page in (desk.read("/worklist").text, desk.read(plan).text):
        assert "Opened by an auditor" in page
        assert f"auditor@example.org: {REASON}" in page


def test_after_a_week_the_plan_alone_tells_it(practice: Practice) -> None:
    plan = opened(practice)
    practice.clock.now += timedelta(days=7, seconds=1)
    desk = desk_of(practice, "prescriber")

    assert REASON not in desk.read("/worklist").text
    assert REASON in desk.read(plan).text


def test_it_is_told_to_nobody_who_is_not_to_know(practice: Practice) -> None:
    plan = opened(practice)
    pharmacist, stranger = desk_of(practice, "pharmacist"), desk_of(practice, "stranger")

    for page in (pharmacist.read("/worklist").text, pharmacist.read(plan).text):
        assert "Opened by an auditor" not in page
    assert REASON not in stranger.read("/worklist").text
