"""An act that doesn't fit the plan is refused in words that say where and why."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from medplan.clinical.make_plan import make_plan
from medplan.clinical.revising.revise import revise
from medplan.errors import InvalidRequestError, Problem
from medplan.formulary.model import Formulary, Stage
from medplan.model.acts import Act, Amend, Choice, Decide, Hold, Issued, Resync, Stop
from medplan.model.request import (
    Acknowledgement,
    CourseRequest,
    DeclaredProduct,
    TaperRequest,
    WrittenStep,
)
from tests.clinical.requesting import MONDAY, asked, slots

Formularies = Mapping[str, Formulary]
AMEND = "going up, or otherwise, needs an amendment by a prescriber"

NAPROXEN = CourseRequest("naproxen", "twice-daily", days=7, gastroprotection="omeprazole")
AS_NEEDED = CourseRequest(
    "paracetamol", "when-required", days=7, dose_mg=Decimal(500), max_daily_mg=Decimal(3000)
)


def day(number: int) -> date:
    """Day 1 is Monday 23 November 2026."""
    return MONDAY + timedelta(number - 1)


# 600 mg three times a day before; 300 mg a day less each week.
GABAPENTIN = CourseRequest(
    "gabapentin",
    "taper",
    first_day=day(3),
    current=slots(morning="600", noon="600", evening="600"),
    used_days=400,
    products=(DeclaredProduct("gabapentin-capsule-300"),),
    taper=TaperRequest((Stage(7, reduce_mg=Decimal(300)),)),
)


def refusal(formularies: Formularies, act: Act) -> list[Problem]:
    formulary = formularies["NZ"]
    request = asked(NAPROXEN, AS_NEEDED, GABAPENTIN)
    with pytest.raises(InvalidRequestError) as refused:
        revise(Issued(request, make_plan(request, formulary)), act, formulary)
    return list(refused.value.problems)


@pytest.mark.parametrize(
    ("act", "problem"),
    [
        (
            Stop(day(3), "diclofenac"),
            Problem("/medicine", "not-in-plan", "the plan has no such medicine from that day on"),
        ),
        (
            Stop(day(8), "naproxen"),
            Problem("/medicine", "not-in-plan", "the plan has no such medicine from that day on"),
        ),
        (
            Stop(day(200), None),
            Problem("/effective", "not-in-plan", "the plan has no such medicine from that day on"),
        ),
        (
            Stop(day(1), None),
            Problem(
                "/effective",
                "nothing-left",
                "no course is left; a plan that was never begun is entered in error",
            ),
        ),
        (
            Hold(day(3), medicine="naproxen"),
            Problem("/effective", "nothing-to-move", "no later step is left to move"),
        ),
        (
            Decide(day(3), "naproxen", Choice.INCREASE),
            Problem(
                "/medicine",
                "no-open-decision",
                "no decision on this medicine is open on that day",
            ),
        ),
        (
            Resync(day(2), "gabapentin", Decimal(300)),
            Problem("/effective", "not-begun", "the medicine has not begun by that day"),
        ),
        (
            Resync(day(2), "paracetamol", Decimal(500)),
            Problem(
                "/medicine",
                "when-required",
                "it is taken when required: taking less of it changes nothing in the plan",
            ),
        ),
        (
            Resync(day(3), "gabapentin", Decimal(1800)),
            Problem(
                "/taking/daily_mg",
                "above-plan",
                f"more is taken than is planned for that day; {AMEND}",
            ),
        ),
        (
            Resync(day(3), "gabapentin", slots(morning="900")),
            Problem(
                "/taking/slots",
                "above-plan",
                f"a dose is larger than is planned for that day; {AMEND}",
            ),
        ),
        (
            Resync(day(3), "gabapentin", Decimal(1500)),
            Problem("/taking", "as-planned", "just that is planned for the day"),
        ),
        (
            Resync(day(3), "gabapentin", Decimal(1000)),
            Problem(
                "/taking/daily_mg",
                "not-makeable",
                "the course's products do not make up 1000 mg a day",
            ),
        ),
        (
            Resync(day(3), "gabapentin", slots(morning="100")),
            Problem("/taking", "not-makeable", "the course's products do not make up 100 mg"),
        ),
    ],
)
def test_a_refusal_says_where_and_why(formularies: Formularies, act: Act, problem: Problem) -> None:
    assert refusal(formularies, act) == [problem]


def test_every_reason_for_what_is_no_major_finding_is_sent_back(
    formularies: Formularies,
) -> None:
    reasons = (Acknowledgement("no-such-rule:naproxen", "agreed"), Acknowledgement("x", "agreed"))
    request = replace(asked(NAPROXEN, AS_NEEDED, GABAPENTIN), acknowledged=reasons)

    assert refusal(formularies, Amend(day(2), request)) == [
        Problem(
            "/acknowledged/0/code",
            "not-a-major-finding",
            "no major finding 'no-such-rule:naproxen'",
        ),
        Problem("/acknowledged/1/code", "not-a-major-finding", "no major finding 'x'"),
    ]


def test_less_in_all_may_not_be_less_than_a_later_row_at_some_time_of_the_day(
    formularies: Formularies,
) -> None:
    rows = (
        WrittenStep(10, slots(morning="600", evening="600")),
        WrittenStep(5, slots(evening="600")),
    )
    table = CourseRequest("gabapentin", "steps", steps=rows, ends_in="stop")
    formulary = formularies["NZ"]
    start = Issued(asked(table), make_plan(asked(table), formulary))
    with pytest.raises(InvalidRequestError) as refused:
        revise(start, Resync(day(3), "gabapentin", slots(morning="600", evening="300")), formulary)

    assert list(refused.value.problems) == [
        Problem(
            "/taking",
            "above-plan",
            f"a later step gives more at some time of the day; {AMEND}",
        )
    ]
