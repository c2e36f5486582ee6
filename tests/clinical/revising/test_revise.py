"""What an act does to an issued plan, and what it leaves alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from medplan.clinical.make_plan import make_plan
from medplan.clinical.revising.revise import revise
from medplan.errors import InvalidRequestError
from medplan.formulary.model import Formulary, Severity, Stage
from medplan.model.acts import Act, Amend, Choice, Decide, Hold, Issued, Resume, Stop, StopTaper
from medplan.model.plan import Course, Plan, Role
from medplan.model.request import CourseRequest, DeclaredProduct, TaperRequest
from medplan.proof.prove import prove
from tests.clinical.requesting import MONDAY, asked, slots

Formularies = Mapping[str, Formulary]
TITRATION = CourseRequest("amitriptyline", "titration", days=42, target_mg=Decimal(30))
TAPER = CourseRequest(
    "gabapentin",
    "taper",
    current=slots(morning="600", noon="600", evening="600"),
    used_days=400,
    products=(DeclaredProduct("gabapentin-capsule-300"),),
    taper=TaperRequest((Stage(7, reduce_mg=Decimal(300)),)),
)
NAPROXEN = CourseRequest("naproxen", "twice-daily", days=7, gastroprotection="omeprazole")


def day(number: int) -> date:
    return MONDAY + timedelta(number - 1)


def issued(formularies: Formularies, *courses: CourseRequest) -> Issued:
    request = asked(*courses)
    return Issued(request, make_plan(request, formularies["NZ"]))


def after(formularies: Formularies, start: Issued, *acts: Act) -> Plan:
    """The plan after the acts; its proof holds unless a finding says why not."""
    formulary = formularies["NZ"]
    for act in acts:
        start = revise(start, act, formulary)
    failing = [r for r in prove(start.plan, formulary) if not r.holds]
    assert not failing or any(f.severity is Severity.BLOCK for f in start.plan.findings), failing
    return start.plan


def daily(course: Course) -> list[tuple[int, int, int]]:
    return [
        ((s.days.first - MONDAY).days + 1, (s.days.last - MONDAY).days + 1, int(s.daily_mg))
        for s in course.steps
    ]


def test_an_agreed_step_is_no_longer_conditional(formularies: Formularies) -> None:
    act = Decide(day(8), "amitriptyline", Choice.INCREASE)
    plan = after(formularies, issued(formularies, TITRATION), act)

    assert daily(plan.courses[0]) == [(1, 7, 10), (8, 14, 20), (15, 42, 30)]
    assert [s.conditional for s in plan.courses[0].steps] == [False, False, True]
    assert [d.day for d in plan.decisions] == [day(15)]


def test_an_answer_that_comes_late_raises_the_dose_that_day_and_not_before(
    formularies: Formularies,
) -> None:
    act = Decide(day(10), "amitriptyline", Choice.INCREASE)
    plan = after(formularies, issued(formularies, TITRATION), act)

    assert daily(plan.courses[0]) == [(1, 9, 10), (10, 16, 20), (17, 42, 30)]


def test_an_answer_after_the_step_would_have_ended_gives_that_step_and_no_higher(
    formularies: Formularies,
) -> None:
    act = Decide(day(20), "amitriptyline", Choice.INCREASE)
    plan = after(formularies, issued(formularies, TITRATION), act)

    assert daily(plan.courses[0]) == [(1, 19, 10), (20, 26, 20), (27, 42, 30)]
    assert [s.conditional for s in plan.courses[0].steps] == [False, False, True]


def test_resuming_leaves_out_no_step(formularies: Formularies) -> None:
    start = issued(formularies, TAPER)

    assert after(formularies, start, Resume(day(8))).courses == start.plan.courses


def test_staying_asks_again_a_step_later(formularies: Formularies) -> None:
    act = Decide(day(8), "amitriptyline", Choice.STAY)
    plan = after(formularies, issued(formularies, TITRATION), act)

    assert daily(plan.courses[0]) == [(1, 14, 10), (15, 21, 20), (22, 42, 30)]


def test_stepping_back_holds_the_dose_before_to_the_end(formularies: Formularies) -> None:
    start = issued(formularies, TITRATION)
    up = Decide(day(8), "amitriptyline", Choice.INCREASE)
    back = Decide(day(15), "amitriptyline", Choice.STEP_BACK)
    plan = after(formularies, start, up, back)

    assert daily(plan.courses[0]) == [(1, 7, 10), (8, 14, 20), (15, 42, 10)]
    assert plan.decisions == ()


def test_a_hold_moves_later_steps_and_resuming_moves_them_back(formularies: Formularies) -> None:
    start = issued(formularies, TAPER)
    held = after(formularies, start, Hold(day(9), days=14))
    resumed = after(formularies, start, Hold(day(9), days=14), Resume(day(20)))

    assert daily(held.courses[0])[:3] == [(1, 7, 1500), (8, 28, 1200), (29, 35, 900)]
    assert daily(resumed.courses[0])[:3] == [(1, 7, 1500), (8, 19, 1200), (20, 26, 900)]


def test_a_short_use_simply_stops_and_its_companion_with_it(formularies: Formularies) -> None:
    plan = after(formularies, issued(formularies, NAPROXEN), Stop(day(4), "naproxen"))

    assert [(c.medicine, daily(c)) for c in plan.courses] == [
        ("naproxen", [(1, 3, 500)]),
        ("omeprazole", [(1, 3, 20)]),
    ]
    assert {s.last_dose_day for s in plan.stops} == {day(3)}


def test_stopping_a_long_used_medicine_builds_its_taper(formularies: Formularies) -> None:
    course = CourseRequest(
        "tramadol", "short-course", days=10, dose_mg=Decimal(100), times_per_day=2
    )
    plan = after(formularies, issued(formularies, course), Stop(day(6), "tramadol"))

    tramadol = next(c for c in plan.courses if c.medicine == "tramadol")
    assert daily(tramadol) == [(1, 5, 200), (6, 7, 100)]
    laxative = next(c for c in plan.courses if c.role is Role.LAXATIVE)
    assert laxative.days.last == day(8)


@pytest.mark.parametrize(
    ("stop", "lowered"),
    [
        (4, []),
        (5, [(5, 6, 100)]),
        (7, [(7, 8, 100)]),
        (8, [(8, 9, 150), (10, 11, 100), (12, 13, 50)]),
    ],
)
def test_an_opioid_stopped_early_comes_down_as_the_days_really_taken_ask(
    formularies: Formularies, stop: int, lowered: list[tuple[int, int, int]]
) -> None:
    course = CourseRequest(
        "tramadol", "short-course", days=12, dose_mg=Decimal(100), times_per_day=2
    )
    plan = after(formularies, issued(formularies, course), Stop(day(stop), "tramadol"))

    assert daily(plan.courses[0]) == [(1, stop - 1, 200), *lowered]


def test_leaving_out_a_needed_taper_wants_a_reason(formularies: Formularies) -> None:
    course = CourseRequest(
        "tramadol", "short-course", days=10, dose_mg=Decimal(100), times_per_day=2
    )
    act = Stop(day(6), "tramadol", StopTaper.NONE)
    plan = after(formularies, issued(formularies, course), act)

    assert f"taper-left-out:tramadol:{day(6)}" in {
        f.code for f in plan.findings if f.severity is Severity.MAJOR
    }
    assert daily(plan.courses[0]) == [(1, 5, 200)]


def test_an_amendment_goes_on_from_what_was_taken(formularies: Formularies) -> None:
    start = issued(formularies, NAPROXEN, CourseRequest("paracetamol", "regular", days=5))
    request = asked(replace(NAPROXEN, days=10), CourseRequest("codeine", "short-course", days=2))
    plan = after(formularies, start, Amend(day(3), request))

    assert [(c.medicine, daily(c)[0][:2]) for c in plan.courses] == [
        ("naproxen", (1, 10)),
        ("paracetamol", (1, 2)),
        ("codeine", (3, 4)),
        ("omeprazole", (1, 10)),
        ("docusate-senna", (3, 5)),
    ]


def test_an_amendment_leaves_what_was_decided_of_another_medicine(
    formularies: Formularies,
) -> None:
    paracetamol = CourseRequest("paracetamol", "regular", days=14)
    start = issued(formularies, TITRATION, paracetamol)
    up = Decide(day(9), "amitriptyline", Choice.INCREASE)
    longer = Amend(day(13), asked(TITRATION, replace(paracetamol, days=20)))
    plan = after(formularies, start, up, longer)

    assert [daily(c) for c in plan.courses] == [
        [(1, 8, 10), (9, 15, 20), (16, 42, 30)],
        [(1, 20, 4000)],
    ]
    assert [s.conditional for s in plan.courses[0].steps] == [False, False, True]
    assert plan.issuable


@pytest.mark.parametrize(
    ("act", "pointer"),
    [
        (Stop(day(3), "diclofenac"), "/medicine"),
        (Hold(day(3)), "/effective"),
        (Decide(day(3), "naproxen", Choice.INCREASE), "/medicine"),
        (Stop(day(40), None), "/effective"),
    ],
)
def test_an_act_that_does_not_fit_the_plan_is_refused(
    formularies: Formularies, act: Act, pointer: str
) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        revise(issued(formularies, NAPROXEN), act, formularies["NZ"])

    assert [p.pointer for p in refused.value.problems] == [pointer]
