"""A prescriber's pages without a script: from an empty form to a plan in force and its acts."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from medplan.web.practice.form_tree import fields_from
from tests.api.practice import ACUTE, PUBLIC_URL, Practice
from tests.web.plans import TITRATION
from tests.web.practice.desk import Desk
from tests.web.reading import page_in


@pytest.fixture
def desk(practice: Practice) -> Desk:
    """The desk of the practice's prescriber."""
    browser = Desk(practice.app)
    assert browser.sign_in("prescriber").status_code == 303
    return browser


def draft(desk: Desk, request: Mapping[str, Any] = ACUTE) -> str:
    """Save a draft of a request; give the path of the plan."""
    answer = desk.fill("/plans/new", "/plans/new", fields_from(request) | {"save": "1"})
    assert answer.status_code == 200, answer.text
    return answer.request.path.removesuffix("/draft")


def issued(desk: Desk, request: Mapping[str, Any] = ACUTE) -> str:
    """Issue a plan; give its path."""
    plan = draft(desk, request)
    page = desk.read(f"{plan}/draft")
    codes = [a["value"] for a in page.all("input") if a.get("name") == "code"]
    reasons = {"code": codes, "why": ["invented reason"] * len(codes)}
    answer = desk.fill(f"{plan}/issue", f"{plan}/draft", reasons)
    assert answer.status_code == 200, answer.text
    return plan


def test_an_empty_form_asks_for_what_it_needs_and_finds_no_fault_yet(desk: Desk) -> None:
    page = desk.read("/plans/new")

    assert "Fill in the patient's reference and age" in page.text
    assert "to put right" not in page.text


def test_choices_show_what_they_come_to_and_store_nothing(desk: Desk) -> None:
    answer = desk.fill("/plans/new", "/plans/new", fields_from(ACUTE) | {"show": "1"})
    page = page_in(answer)

    assert "Can be issued" in page.text
    assert "08:00 1 tablet of 250 mg" in page.text
    assert "No plans yet." in desk.read("/plans").text


def test_a_finding_stands_beside_the_choice_that_caused_it(desk: Desk) -> None:
    asked = ACUTE | {
        "courses": [*ACUTE["courses"], {"medicine": "ibuprofen", "regimen": "regular", "days": 5}]
    }
    answer = desk.fill("/plans/new", "/plans/new", fields_from(asked) | {"show": "1"})

    beside = re.search(r'id="findings-1".*?</div>', answer.text, re.DOTALL)
    assert beside is not None
    assert "Ibuprofen" in beside[0]
    assert "Where this comes from" in beside[0]


def test_every_fault_is_listed_with_a_way_to_its_field(desk: Desk) -> None:
    wrong = fields_from(ACUTE) | {"/patient/age_years": "", "/courses/0/days": "five"}
    answer = desk.fill("/plans/new", "/plans/new", wrong | {"save": "1"})
    page = page_in(answer)

    assert answer.status_code == 422
    assert "2 things to put right" in page.text
    links = {a["href"] for a in page.all("a") if a.get("href", "").startswith("#f-")}
    fields = {f"#{a['id']}" for a in page.all("input", "select") if "id" in a}
    assert links == {"#f-patient-age_years", "#f-courses-0-days"}
    assert links <= fields


def test_a_draft_is_kept_changed_and_dropped(desk: Desk) -> None:
    plan = draft(desk)
    changed = fields_from(ACUTE) | {"/courses/0/days": "4", "save": "1"}
    desk.fill(f"{plan}/draft", f"{plan}/draft", changed)

    form = desk.read(f"{plan}/draft")
    assert {"id": "f-courses-0-days", "value": "4"}.items() <= next(
        a for a in form.all("input") if a.get("name") == "/courses/0/days"
    ).items()
    desk.fill(f"{plan}/drop", f"{plan}/draft", {})
    assert desk.get(f"{plan}/draft").status_code == 404


def test_a_plan_is_issued_with_reasons_and_shows_them(desk: Desk) -> None:
    plan = issued(desk, TITRATION | {"patient": TITRATION["patient"] | {"allergies": None}})
    page = desk.read(plan)

    assert "active" in page.text
    assert "Your reason: invented reason" in page.text
    assert "Proved: all" in page.text


def test_what_is_not_allowed_offers_no_way_to_issue(desk: Desk) -> None:
    plan = draft(desk, ACUTE | {"patient": ACUTE["patient"] | {"age_years": 11}})
    page = desk.read(f"{plan}/draft")

    assert "a reason is not enough" in page.text
    assert "Issue the plan" not in page.text


def test_a_decision_is_recorded_once_its_day_has_come(desk: Desk, practice: Practice) -> None:
    plan = issued(desk, TITRATION)
    assert "the next decision is on Monday 30 November 2026" in desk.read(plan).text
    practice.clock.now += timedelta(days=8)
    assert desk.sign_in("prescriber").status_code == 303
    assert "a decision is due" in desk.read(plan).text

    answer = desk.fill(f"{plan}/decisions", plan, {"medicine": "amitriptyline", "choice": "stay"})

    assert "Tell the patient" in page_in(answer).text
    assert "decision" in desk.read(plan).text


def test_a_plan_is_held_and_goes_on(desk: Desk, practice: Practice) -> None:
    plan = issued(desk, TITRATION)
    practice.clock.now += timedelta(days=2)
    assert desk.sign_in("prescriber").status_code == 303
    desk.fill(f"{plan}/holds", plan, {"days": "14"})
    assert "on hold" in desk.read(plan).text

    desk.fill(f"{plan}/resumes", plan, {})

    assert "active" in desk.read(plan).text


def test_a_stop_that_needs_a_reason_asks_for_it_and_then_is_done(desk: Desk) -> None:
    plan = issued(desk, LONG_OPIOID)
    day = {"effective": "2026-12-10", "reason": "sedated", "taper": "none", "medicine": "morphine"}
    asked = page_in(desk.fill(f"{plan}/stops", plan, day))
    assert "A reason is needed" in asked.text
    code = next(a["value"] for a in asked.all("input") if a.get("name") == "code")

    answer = desk.client.post(
        f"{plan}/stops",
        data={**asked.fields(), "code": code, "why": "in hospital from that day"},
        base_url=PUBLIC_URL,
        follow_redirects=True,
    )

    assert answer.status_code == 200, answer.text
    assert "in hospital from that day" in desk.read(plan).text


def test_an_amendment_changes_the_plan_from_its_day_and_says_what(desk: Desk) -> None:
    plan = issued(desk)
    longer = fields_from(ACUTE) | {"/courses/1/days": "5"}
    answer = desk.fill(
        f"{plan}/amend", f"{plan}/amend", longer | {"save": "1", "reason": "shorter will do"}
    )

    assert answer.request.path == plan, page_in(answer).text
    assert "shorter will do" in desk.read(f"{plan}/revisions/2").text


def test_a_change_of_an_older_look_changes_nothing(desk: Desk) -> None:
    plan = issued(desk)
    answer = desk.fill(f"{plan}/errors", plan, {"version": "1", "reason": "x"})

    assert answer.status_code == 412
    assert "Somebody has changed this plan" in page_in(answer).text
    assert "active" in desk.read(plan).text


def test_less_than_planned_is_taken_from_now_on(desk: Desk, practice: Practice) -> None:
    plan = issued(desk, LONG_OPIOID)
    practice.clock.now += timedelta(days=2)
    assert desk.sign_in("prescriber").status_code == 303
    wrong = {"medicine": "morphine", "daily_mg": "a lot", "reason": "x"}
    assert desk.fill(f"{plan}/resyncs", plan, wrong).status_code == 422
    less = {"medicine": "morphine", "daily_mg": "40", "reason": "feels well on less"}
    desk.fill(f"{plan}/resyncs", plan, less)

    page = desk.read(plan)
    assert "feels well on less" in page.text
    assert "40 mg a day" in page.text


def test_a_plan_is_read_on_paper(desk: Desk) -> None:
    plan = issued(desk)

    for sheet in ("plan", "record"):
        answer = desk.get(f"{plan}/paper/{sheet}.pdf")
        assert (answer.status_code, answer.data[:5]) == (200, b"%PDF-")
    assert desk.get(f"{plan}/paper/other.pdf").status_code == 404


def test_links_are_shown_once_and_can_be_ended(desk: Desk) -> None:
    plan = issued(desk)
    for kind, shown in (("feeds", "/f/"), ("links", "/p/")):
        made = page_in(desk.fill(f"{plan}/{kind}", plan, {"name": "Mum's", "detail": "discreet"}))
        address = next(a["value"] for a in made.all("input") if a.get("id") == "address")
        assert address.startswith(f"{PUBLIC_URL}{shown}")
        assert address not in desk.get(plan).text
        ending = next(
            a["action"] for a in desk.read(plan).all("form") if a["action"].endswith("/revoke")
        )
        desk.fill(ending, plan, {})
        assert desk.get(address.removeprefix(PUBLIC_URL)).status_code == 404


def test_the_work_list_tells_what_waits(desk: Desk, practice: Practice) -> None:
    draft(desk)
    issued(desk, TITRATION)
    practice.clock.now += timedelta(days=2)
    assert desk.sign_in("prescriber").status_code == 303
    page = desk.read("/worklist")

    assert "Decisions waiting 1" in page.text
    assert "Drafts 1" in page.text
    assert "Stops overdue 0" in page.text


def test_plans_are_found_by_reference(desk: Desk) -> None:
    issued(desk)

    assert "invented:canary-8841" in desk.read("/plans?patient=invented:canary-8841").text
    assert "No plan has this reference." in desk.read("/plans?patient=other").text


def test_two_plans_are_compared_side_by_side(desk: Desk) -> None:
    one, other = issued(desk), draft(desk, ACUTE | {"courses": ACUTE["courses"][:1]})
    chosen = "&".join(f"plan={plan.rpartition('/')[2]}" for plan in (one, other))
    page = desk.read(f"/plans/compare?{chosen}")

    assert "Side by side" in page.text
    assert "naproxen-tablet-250 14 0" in page.text


def test_a_reader_without_the_right_sees_no_form_to_change_a_plan(
    desk: Desk, practice: Practice
) -> None:
    plan = issued(desk)
    pharmacist = Desk(practice.app)
    pharmacist.sign_in("pharmacist")
    page = pharmacist.read(plan)

    assert "Change the plan" not in page.text
    assert "New plan" not in page.text
    assert pharmacist.get("/plans/new").status_code == 403


LONG_OPIOID: dict[str, Any] = ACUTE | {
    "indication": "chronic-low-back-pain",
    "courses": [
        {
            "medicine": "morphine",
            "regimen": "taper",
            "products": ["morphine-mr-capsule-10", "morphine-mr-capsule-30"],
            "current": {"slots": {"morning": "30", "evening": "30"}},
            "used_days": 400,
            "taper": {"every_days": 14, "reduce_mg": "10"},
        }
    ],
}
