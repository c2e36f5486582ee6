"""Acts at the edges: first and last days, in a hold, on days when the clocks change, twice over."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medplan.errors import InvalidRequestError
from medplan.formulary.model import Formulary, Severity, Stage
from medplan.model.acts import Act, Amend, Choice, Decide, Hold, Issued, Resume, Resync, Stop
from medplan.model.plan import Course, Plan, Role
from medplan.model.request import CourseRequest, DeclaredProduct, PlanRequest, TaperRequest
from medplan.services.planning import plan_and_prove, revise_and_prove
from tests.clinical.requesting import MONDAY, asked, requests, slots

Formularies = Mapping[str, Formulary]
TAPER = CourseRequest(
    "gabapentin",
    "taper",
    current=slots(morning="600", noon="600", evening="600"),
    used_days=400,
    products=(DeclaredProduct("gabapentin-capsule-300"),),
    taper=TaperRequest((Stage(7, reduce_mg=Decimal(300)),)),
)
TITRATION = CourseRequest("amitriptyline", "titration", days=42, target_mg=Decimal(30))
NAPROXEN = CourseRequest("naproxen", "twice-daily", days=7, gastroprotection="omeprazole")
CODEINE = CourseRequest("codeine", "short-course", days=3, dose_mg=Decimal(30), times_per_day=4)


def day(number: int) -> date:
    return MONDAY + timedelta(number - 1)


def issued(formularies: Formularies, *courses: CourseRequest, start: date = MONDAY) -> Issued:
    request = asked(*courses, start=start)
    return Issued(request, plan_and_prove(request, formularies["NZ"]))


def after(formularies: Formularies, start: Issued, *acts: Act) -> Plan:
    """The plan after the acts, whose proof holds."""
    for act in acts:
        start = revise_and_prove(start, act, formularies["NZ"])
    assert [r for r in start.plan.proof if not r.holds and r.invariant != "issuable"] == []
    return start.plan


def refusals(formularies: Formularies, start: Issued, act: Act) -> list[str]:
    with pytest.raises(InvalidRequestError) as refused:
        revise_and_prove(start, act, formularies["NZ"])
    return [problem.code for problem in refused.value.problems]


def daily(course: Course) -> list[tuple[int, int, int]]:
    return [
        ((s.days.first - MONDAY).days + 1, (s.days.last - MONDAY).days + 1, int(s.daily_mg))
        for s in course.steps
    ]


def test_a_stop_on_the_first_day_leaves_nothing_and_is_refused(formularies: Formularies) -> None:
    start = issued(formularies, NAPROXEN)

    assert refusals(formularies, start, Stop(day(1), None)) == ["nothing-left"]


def test_a_stop_on_the_last_day_leaves_out_that_day_of_both(formularies: Formularies) -> None:
    plan = after(formularies, issued(formularies, NAPROXEN), Stop(day(7), "naproxen"))

    assert [c.days.last for c in plan.courses] == [day(6), day(6)]


@pytest.mark.parametrize("act", [Stop(day(8), None), Resume(day(9)), Hold(day(60))])
def test_nothing_is_done_to_what_is_over(formularies: Formularies, act: Act) -> None:
    assert refusals(formularies, issued(formularies, NAPROXEN), act) == ["not-in-plan"]


def test_a_stop_on_the_day_before_a_step_comes_down_from_the_dose_before(
    formularies: Formularies,
) -> None:
    plan = after(formularies, issued(formularies, TAPER), Stop(day(7), "gabapentin"))

    (before, following) = plan.courses
    assert daily(before) == [(1, 6, 1500)]
    assert daily(following)[0] == (7, 13, 1200)


def test_a_resume_after_the_held_days_were_cut_away_changes_nothing(
    formularies: Formularies,
) -> None:
    start = issued(formularies, replace(TAPER, used_days=10))
    acts = Hold(day(3), days=5), Resync(day(5), "gabapentin", Decimal(0))
    ended = after(formularies, start, *acts)

    plan = after(formularies, start, *acts, Resume(day(4)))

    assert daily(ended.courses[0]) == [(1, 4, 1500)]
    assert plan.courses == ended.courses


def test_a_stop_in_a_hold_comes_down_from_the_held_dose(formularies: Formularies) -> None:
    held = Hold(day(3), days=10)
    plan = after(formularies, issued(formularies, TAPER), held, Stop(day(12), "gabapentin"))

    (before, following) = plan.courses
    assert daily(before) == [(1, 11, 1500)]
    assert daily(following)[0][2] < 1500


def test_a_stop_after_a_resync_comes_down_from_what_is_taken(formularies: Formularies) -> None:
    plan = after(
        formularies,
        issued(formularies, TAPER),
        Resync(day(3), "gabapentin", Decimal(900)),
        Stop(day(5), "gabapentin"),
    )

    later = [mg for c in plan.courses for first, _, mg in daily(c) if first >= 5]
    assert max(later) <= 900


def test_stepping_back_after_an_amendment_takes_the_tablets_of_now(
    formularies: Formularies,
) -> None:
    start = issued(formularies, TITRATION)
    other = replace(TITRATION, products=(DeclaredProduct("amitriptyline-tablet-10"),))
    amend = Amend(day(10), replace(start.request, courses=(other,)))
    up = Decide(day(8), "amitriptyline", Choice.INCREASE)
    back = Decide(day(16), "amitriptyline", Choice.STEP_BACK)

    plan = after(formularies, start, up, amend, back)

    assert daily(plan.courses[-1])[-1] == (16, 42, 10)


def test_a_laxative_ends_a_day_after_an_opioid_that_is_stopped(formularies: Formularies) -> None:
    plan = after(formularies, issued(formularies, CODEINE), Stop(day(3), "codeine"))

    opioid, laxative = plan.courses
    assert (opioid.days.last, laxative.days.last) == (day(2), day(3))


def test_a_hold_on_the_day_of_a_decision_waits_with_the_question(formularies: Formularies) -> None:
    start = issued(formularies, TITRATION)
    plan = after(
        formularies,
        start,
        Hold(day(8), days=4),
        Decide(day(12), "amitriptyline", Choice.INCREASE),
    )

    assert daily(plan.courses[0])[:2] == [(1, 11, 10), (12, 18, 20)]


_AUTUMN, _SPRING = date(2027, 4, 4), date(2027, 9, 26)


@pytest.mark.parametrize("change", [_AUTUMN, _SPRING])
@pytest.mark.parametrize("late", [-1, 0, 1])
def test_acts_around_a_clock_change_keep_the_days_before(
    formularies: Formularies, change: date, late: int
) -> None:
    begun = change - timedelta(10)
    start = issued(formularies, replace(TAPER, first_day=begun), start=begun)
    effective = change + timedelta(late)
    acts: list[Act] = [Hold(effective, 3), Stop(effective, None)]

    for act in (*acts, Resync(effective, "gabapentin", Decimal(900))):
        plan = after(formularies, start, act)
        assert list(doses_before(plan, effective)) == list(doses_before(start.plan, effective))


def doses_before(plan: Plan, effective: date) -> Iterator[tuple[object, ...]]:
    """Every dose that was taken on every day before the effective one, in order."""
    rows: list[tuple[object, ...]] = []
    for course in plan.courses:
        taken = course.steps[0]
        for step in course.steps:
            taken = taken if step.conditional else step
            rows += [
                (one, course.medicine, dose.minute or -1, dose.mg, dose.products)
                for one in step.days
                if one < effective
                for dose in taken.doses
            ]
    yield from sorted(rows, key=lambda row: tuple(map(str, row)))


_DAYS = st.integers(-1, 45).map(day)
_ACTS = st.one_of(
    st.builds(Stop, effective=_DAYS, medicine=st.none()),
    st.builds(Hold, effective=_DAYS, days=st.integers(1, 28)),
    st.builds(Resume, effective=_DAYS, missed_days=st.sampled_from([0, 2, 8])),
)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_what_lies_before_the_effective_day_stays_as_issued_in_every_zone_and_routine(
    data: st.DataObject, formularies: Formularies
) -> None:
    request: PlanRequest = data.draw(requests(formularies))
    acts: list[Act] = data.draw(st.lists(_ACTS, min_size=1, max_size=3))
    formulary = formularies[request.jurisdiction]
    try:
        start = Issued(request, plan_and_prove(request, formulary))
    except InvalidRequestError:
        return  # documents' tests say what is refused, and how
    if any(f.severity is Severity.BLOCK for f in start.plan.findings):
        return  # a plan that is blocked is never issued
    for act in acts:
        try:
            revised = revise_and_prove(start, act, formulary)
        except InvalidRequestError:
            continue
        before = doses_before(start.plan, act.effective)
        assert list(doses_before(revised.plan, act.effective)) == list(before)
        blocked = any(f.severity is Severity.BLOCK for f in revised.plan.findings)
        failing = [r for r in revised.plan.proof if not r.holds and r.invariant != "issuable"]
        assert blocked or not failing, failing
        if blocked:
            continue
        assert any(c.role is Role.PRESCRIBED for c in revised.plan.courses)
        start = revised
