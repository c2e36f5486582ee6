"""What a newer plan changes in an older one, medicine by medicine."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from medplan.clinical.comparing.revisions import ChangeKind, changes
from medplan.clinical.make_plan import make_plan
from medplan.documents.changes import changes_to_document
from medplan.formulary.model import Formulary
from medplan.model.plan import Plan
from medplan.model.request import CourseRequest, Routine
from tests.clinical.requesting import MONDAY, asked

Formularies = Mapping[str, Formulary]
PARACETAMOL = CourseRequest("paracetamol", "regular", days=14)
NAPROXEN = CourseRequest("naproxen", "twice-daily", days=7)
TITRATION = CourseRequest("amitriptyline", "titration", days=42, target_mg=Decimal(30))


def made(formularies: Formularies, *courses: CourseRequest) -> Plan:
    return make_plan(asked(*courses), formularies["NZ"])


def told(before: Plan | None, after: Plan) -> dict[str, tuple[ChangeKind, date]]:
    return {c.medicine: (c.kind, c.from_day) for c in changes(before, after)}


def day(number: int) -> date:
    return MONDAY + timedelta(number - 1)


def test_without_an_older_plan_everything_is_new(formularies: Formularies) -> None:
    after = made(formularies, PARACETAMOL, NAPROXEN)

    assert set(told(None, after).values()) == {(ChangeKind.NEW, day(1))}
    assert all(c.before == () for c in changes(None, after))


def test_a_plan_changes_nothing_in_itself(formularies: Formularies) -> None:
    plan = made(formularies, PARACETAMOL, TITRATION)

    assert set(told(plan, plan).values()) == {(ChangeKind.CONTINUED, day(1))}


@pytest.mark.parametrize(
    ("days", "kind", "from_day"),
    [
        (20, ChangeKind.CHANGED, day(15)),
        (10, ChangeKind.STOPPED, day(11)),
        (14, ChangeKind.CONTINUED, day(1)),
    ],
)
def test_a_course_may_end_later_or_sooner(
    formularies: Formularies, days: int, kind: ChangeKind, from_day: date
) -> None:
    before = made(formularies, PARACETAMOL)
    after = made(formularies, replace(PARACETAMOL, days=days))

    assert told(before, after) == {"paracetamol": (kind, from_day)}


def test_a_medicine_may_come_and_another_go(formularies: Formularies) -> None:
    before, after = made(formularies, PARACETAMOL), made(formularies, NAPROXEN)

    assert told(before, after) == {
        "naproxen": (ChangeKind.NEW, day(1)),
        "paracetamol": (ChangeKind.STOPPED, day(1)),
    }


def test_a_step_that_is_agreed_or_taken_at_another_time_is_a_change(
    formularies: Formularies,
) -> None:
    plan = made(formularies, TITRATION)
    course = plan.courses[0]
    agreed = tuple(replace(step, conditional=False) for step in course.steps)
    after = replace(plan, courses=(replace(course, steps=agreed),))
    late = make_plan(replace(asked(TITRATION), routine=Routine(bedtime=1350)), formularies["NZ"])

    assert told(plan, after) == {"amitriptyline": (ChangeKind.CHANGED, day(8))}
    assert told(plan, late) == {"amitriptyline": (ChangeKind.CHANGED, day(1))}


def test_other_words_are_no_change(formularies: Formularies) -> None:
    plan = made(formularies, PARACETAMOL)
    course = plan.courses[0]
    steps = tuple(
        replace(s, doses=tuple(replace(d, instruction="Another sentence.") for d in s.doses))
        for s in course.steps
    )

    after = replace(plan, courses=(replace(course, steps=steps),))
    assert told(plan, after) == {"paracetamol": (ChangeKind.CONTINUED, day(1))}


def test_the_document_holds_both_dosages_and_no_sentence(formularies: Formularies) -> None:
    found = changes_to_document(changes(None, made(formularies, NAPROXEN)))

    assert found[0] == {
        "medicine": "naproxen",
        "role": "prescribed",
        "kind": "new",
        "from": "2026-11-23",
        "before": [],
        "after": [
            {
                "first_day": "2026-11-23",
                "last_day": "2026-11-29",
                "daily_mg": "500",
                "conditional": False,
                "when_required": False,
                "max_daily_mg": None,
                "min_interval_hours": "12",
                "doses": [
                    {
                        "at": at,
                        "slot": slot,
                        "mg": "250",
                        "products": [{"product": "naproxen-tablet-250", "units": "1"}],
                    }
                    for at, slot in (("08:00", "morning"), ("20:00", "evening"))
                ],
            }
        ],
    }
