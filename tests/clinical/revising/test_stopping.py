"""A stop asks for the taper of as long a use as there really was, to the day."""

from collections.abc import Mapping

import pytest

from medplan.clinical.make_plan import make_plan
from medplan.clinical.revising.revise import revise
from medplan.formulary.model import Formulary
from medplan.model.acts import Issued, Stop, StopTaper
from medplan.model.plan import Plan
from medplan.model.request import CourseRequest, WrittenStep
from tests.clinical.lives.prescribed import PARACETAMOL, day
from tests.clinical.requesting import MONDAY, asked, slots

Formularies = Mapping[str, Formulary]


def at_bedtime(medicine: str, days: int, mg: str, first: int = 1) -> CourseRequest:
    return CourseRequest(
        medicine,
        "steps",
        first_day=day(first),
        steps=(WrittenStep(days, slots(bedtime=mg)),),
        ends_in="review",
    )


def stopped(formularies: Formularies, number: int, *courses: CourseRequest) -> Plan:
    """The plan after the first course's medicine is stopped on a day."""
    formulary = formularies["NZ"]
    request = asked(*courses, PARACETAMOL)
    start = Issued(request, make_plan(request, formulary))
    return revise(start, Stop(day(number), courses[0].medicine), formulary).plan


def doses(plan: Plan, medicine: str) -> list[tuple[int, int, str]]:
    """(number of the first day, of the last, mg a day) of each step of a medicine."""
    return [
        (
            (s.days.first - MONDAY).days + 1,
            (s.days.last - MONDAY).days + 1,
            f"{s.daily_mg.normalize():f}",
        )
        for course in plan.courses
        if course.medicine == medicine
        for s in course.steps
    ]


@pytest.mark.parametrize(
    ("number", "taper"), [(2, []), (56, []), (57, [(57, 63, "10")]), (58, [(58, 64, "10")])]
)
def test_a_tricyclic_comes_down_after_eight_weeks(
    formularies: Formularies, number: int, taper: list[tuple[int, int, str]]
) -> None:
    plan = stopped(formularies, number, at_bedtime("amitriptyline", 90, "20"))

    assert doses(plan, "amitriptyline") == [(1, number - 1, "20"), *taper]
    [stop] = [s for s in plan.stops if s.medicine == "amitriptyline"]
    assert stop.taper == ("built" if taper else "none")


@pytest.mark.parametrize(
    ("second", "taper"), [(31, [(61, 67, "10")]), (32, []), (30, [(61, 67, "10")])]
)
def test_courses_that_follow_one_another_are_one_use(
    formularies: Formularies, second: int, taper: list[tuple[int, int, str]]
) -> None:
    courses = (
        at_bedtime("amitriptyline", 30, "10"),
        at_bedtime("amitriptyline", 40, "20", first=second),
    )

    plan = stopped(formularies, 61, *courses)
    assert doses(plan, "amitriptyline") == [(1, 30, "10"), (second, 60, "20"), *taper]


def test_another_medicine_before_it_is_no_use_of_it(formularies: Formularies) -> None:
    courses = (
        at_bedtime("amitriptyline", 30, "20", first=41),
        at_bedtime("nortriptyline", 40, "10"),
    )

    plan = stopped(formularies, 61, *courses)
    assert doses(plan, "amitriptyline") == [(41, 60, "20")]


@pytest.mark.parametrize(("used", "left_out"), [(45, False), (46, True)])
def test_what_was_used_before_the_plan_counts(
    formularies: Formularies, used: int, *, left_out: bool
) -> None:
    # Stopped on day 11 of its taper: ten days in the plan, and those before it.
    course = CourseRequest(
        "amitriptyline",
        "taper",
        first_day=day(1),
        current=slots(bedtime="40"),
        used_days=used,
    )
    formulary = formularies["NZ"]
    request = asked(course, PARACETAMOL)
    start = Issued(request, make_plan(request, formulary))

    act = Stop(day(11), "amitriptyline", StopTaper.NONE)
    findings = revise(start, act, formulary).plan.findings
    code = f"taper-left-out:amitriptyline:{day(11)}"
    assert (code in {f.code for f in findings}) == left_out


def test_what_has_not_begun_leaves_nothing_behind(formularies: Formularies) -> None:
    course = at_bedtime("amitriptyline", 30, "20", first=5)

    for number in (1, 5):
        assert doses(stopped(formularies, number, course), "amitriptyline") == []
    assert doses(stopped(formularies, 6, course), "amitriptyline") == [(5, 5, "20")]


def test_doses_of_no_slot_are_gathered_into_the_day_s_four(formularies: Formularies) -> None:
    tramadol = CourseRequest("tramadol", "short-course", days=20, times_per_day=5)

    plan = stopped(formularies, 9, tramadol)
    course = next(c for c in plan.courses if c.medicine == "tramadol")
    last, first = course.steps[0], course.steps[1]
    assert [(d.slot, int(d.mg)) for d in last.doses] == [(None, 50)] * 5
    assert [(d.slot.value if d.slot else None, int(d.mg)) for d in first.doses] == [
        ("morning", 50),
        ("noon", 50),
        ("evening", 50),
        ("bedtime", 50),
    ]


def test_a_stop_without_its_taper_says_what_is_left_out(formularies: Formularies) -> None:
    formulary = formularies["NZ"]
    request = asked(at_bedtime("amitriptyline", 90, "20"), PARACETAMOL)
    start = Issued(request, make_plan(request, formulary))

    act = Stop(day(60), "amitriptyline", StopTaper.NONE)
    found = {f.code: f for f in revise(start, act, formulary).plan.findings}
    rule = formulary.medicines["amitriptyline"].tapers[1]
    left_out = found[f"taper-left-out:amitriptyline:{day(60)}"]
    assert (left_out.kind, left_out.severity, left_out.medicines) == (
        "taper",
        "major",
        ("amitriptyline",),
    )
    assert left_out.message == (
        f"Amitriptyline stops at once although its use calls for a taper. {rule.text}"
    )
    assert left_out.suggestion == "Let the taper be built, or say why it is left out."
    assert left_out.sources == (rule.citation,)
