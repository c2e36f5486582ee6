"""A routine that can't be meant for a course is refused, at the time that is wrong, saying why."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from medplan.clinical.course.resolve import resolve
from medplan.clinical.times.often import times_a_day
from medplan.clinical.times.timetable import clash
from medplan.errors import InvalidRequestError, Problem
from medplan.formulary.model import Formulary, Stage
from medplan.model.request import CourseRequest, DeclaredProduct, Routine, TaperRequest, WrittenStep
from medplan.units import Slot, parse_clock
from tests.clinical.requesting import asked, slots

Formularies = Mapping[str, Formulary]
MORNING, NOON, EVENING, BEDTIME = Slot

ONCE = CourseRequest("ibuprofen", "regular", days=3, times_per_day=1)
TWICE = CourseRequest("ibuprofen", "regular", days=3, times_per_day=2)
FOUR = CourseRequest("ibuprofen", "regular", days=3, every_hours=6)
AS_NEEDED = CourseRequest("paracetamol", "when-required", days=3)
BY_SLOT = CourseRequest("ibuprofen", "regular", days=3, slots=slots(noon="400", evening="400"))
TITRATION = CourseRequest("gabapentin", "titration")
PPI = CourseRequest("omeprazole", "regular", days=3)
AT_BEDTIME = CourseRequest("amitriptyline", "titration")
TAPER = CourseRequest(
    "gabapentin",
    "taper",
    current=slots(noon="600", evening="600"),
    taper=TaperRequest((Stage(7, reduce_mg=Decimal(300)),)),
)
TABLE = CourseRequest(
    "ibuprofen",
    "steps",
    steps=(WrittenStep(2, slots(noon="400")), WrittenStep(2, slots(evening="400"))),
    ends_in="stop",
    products=(DeclaredProduct("ibuprofen-tablet-400"),),
)


def problems(formularies: Formularies, routine: Routine, course: CourseRequest) -> list[Problem]:
    """Why the routine can't be meant for a course; empty where it can."""
    try:
        resolve(replace(asked(course), routine=routine), formularies["NZ"])
    except InvalidRequestError as refused:
        return list(refused.problems)
    return []


@pytest.mark.parametrize(
    ("course", "routine", "pointer", "detail"),
    [
        (
            TWICE,
            Routine(evening=parse_clock("07:59")),
            "evening",
            "with evening at 07:59, evening is not after morning: say both",
        ),
        (
            TWICE,
            Routine(morning=parse_clock("20:00")),
            "morning",
            "with morning at 20:00, evening is not after morning: say both",
        ),
        (
            BY_SLOT,
            Routine(evening=parse_clock("13:00")),
            "evening",
            "with evening at 13:00, evening is not after noon: say both",
        ),
        (
            TAPER,
            Routine(noon=parse_clock("20:30")),
            "noon",
            "with noon at 20:30, evening is not after noon: say both",
        ),
        (
            TABLE,
            Routine(noon=parse_clock("20:30")),
            "noon",
            "with noon at 20:30, evening is not after noon: say both",
        ),
        (
            TITRATION,
            Routine(morning=parse_clock("15:10"), evening=parse_clock("19:00")),
            "morning",
            "with morning at 15:10, noon is not after morning: say both",
        ),
        (
            FOUR,
            Routine(bedtime=parse_clock("17:00")),
            "bedtime",
            "with bedtime at 17:00, bedtime is not after evening: say both",
        ),
        (
            FOUR,
            Routine(noon=parse_clock("13:00"), evening=parse_clock("13:00")),
            "noon",
            "with noon at 13:00, evening is not after noon: say both",
        ),
    ],
)
def test_times_that_do_not_rise_are_refused_at_the_time_that_is_given(
    formularies: Formularies, course: CourseRequest, routine: Routine, pointer: str, detail: str
) -> None:
    assert problems(formularies, routine, course) == [
        Problem(f"/routine/{pointer}", "not-rising", detail)
    ]


@pytest.mark.parametrize("bedtime", ["00:00", "01:30", "11:59"])
@pytest.mark.parametrize("course", [AT_BEDTIME, FOUR])
def test_a_bedtime_after_midnight_is_refused_where_it_is_used(
    formularies: Formularies, course: CourseRequest, bedtime: str
) -> None:
    assert problems(formularies, Routine(bedtime=parse_clock(bedtime)), course) == [
        Problem(
            "/routine/bedtime",
            "after-midnight",
            "a bedtime after midnight belongs to the next day: say the latest time before it",
        )
    ]


@pytest.mark.parametrize(
    ("medicine", "name", "routine"),
    [
        ("omeprazole", "Omeprazole", Routine(breakfast=parse_clock("00:29"))),
        ("omeprazole", "Omeprazole", Routine(morning=parse_clock("00:29"))),
        ("pantoprazole", "Pantoprazole", Routine(morning=parse_clock("08:00"), breakfast=0)),
        ("pantoprazole", "Pantoprazole", Routine(breakfast=parse_clock("00:59"))),
    ],
)
def test_a_breakfast_too_early_for_what_comes_before_it_is_refused(
    formularies: Formularies, medicine: str, name: str, routine: Routine
) -> None:
    detail = f"{name} is taken before it, which would be the day before"

    assert problems(formularies, routine, replace(PPI, medicine=medicine)) == [
        Problem("/routine/breakfast", "too-early", detail)
    ]


@pytest.mark.parametrize(
    ("course", "routine"),
    [
        (TWICE, Routine(evening=parse_clock("08:01"))),
        (TWICE, Routine(bedtime=parse_clock("01:00"))),
        (TWICE, Routine(noon=parse_clock("23:00"))),
        (ONCE, Routine(morning=parse_clock("23:00"), evening=parse_clock("01:00"))),
        (AS_NEEDED, Routine(morning=parse_clock("23:59"), bedtime=parse_clock("12:01"))),
        (BY_SLOT, Routine(evening=parse_clock("13:01"))),
        (FOUR, Routine(noon=parse_clock("08:30"), evening=parse_clock("11:00"))),
        (FOUR, Routine(bedtime=parse_clock("17:01"))),
        (TAPER, Routine(morning=parse_clock("22:00"))),
        (TABLE, Routine(morning=parse_clock("22:00"), bedtime=parse_clock("12:00"))),
        (AT_BEDTIME, Routine(bedtime=parse_clock("12:00"), breakfast=0)),
        (PPI, Routine(breakfast=parse_clock("00:30"))),
        (PPI, Routine(morning=0, breakfast=parse_clock("00:30"))),
        (PPI, Routine(evening=0, bedtime=0)),
    ],
)
def test_a_routine_that_can_be_meant_is_not_refused(
    formularies: Formularies, course: CourseRequest, routine: Routine
) -> None:
    assert problems(formularies, routine, course) == []


def test_usual_times_that_are_early_or_late_may_go_with_a_time_that_is_given() -> None:
    # Usual is 7, 12, 17 and 22 o'clock, or 5, 11, 17 and 23: noon at half past eleven suits both.
    four = (BEDTIME, MORNING, EVENING, NOON)

    assert clash(four, Routine(bedtime=parse_clock("22:30"))) is None
    assert clash(four, Routine(morning=parse_clock("11:30"))) is None
    assert clash(four, Routine(morning=parse_clock("12:00"))) == (MORNING, NOON)
    assert clash(four, Routine(noon=parse_clock("17:00"))) == (NOON, EVENING)
    assert clash((EVENING, BEDTIME), Routine(bedtime=parse_clock("18:30"))) is None
    assert clash((EVENING, BEDTIME), Routine(bedtime=parse_clock("18:00"))) == (EVENING, BEDTIME)
    assert clash((EVENING,), Routine(evening=0)) is None


@pytest.mark.parametrize(
    ("asked_for", "count"),
    [
        (CourseRequest("paracetamol", "regular"), 4),
        (CourseRequest("paracetamol", "regular", times_per_day=3), 3),
        (CourseRequest("paracetamol", "regular", every_hours=8), 3),
        (CourseRequest("paracetamol", "regular", every_hours=24), 1),
        (CourseRequest("omeprazole", "regular"), 1),
        (CourseRequest("gabapentin", "titration"), None),
    ],
)
def test_a_course_is_taken_as_often_as_is_asked_for_or_else_as_usual(
    formularies: Formularies, asked_for: CourseRequest, count: int | None
) -> None:
    medicine = formularies["NZ"].medicines[asked_for.medicine]

    assert times_a_day(asked_for, medicine.regimen_by_id[asked_for.regimen]) == count
