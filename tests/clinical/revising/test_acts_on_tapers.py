"""Acts on tapers: findings go where their steps go, and every taper starts from what is taken."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from medplan.clinical.revising.revise import revise
from medplan.errors import InvalidRequestError
from medplan.formulary.model import Basis, Formulary, Severity, Stage
from medplan.model.acts import Act, Amend, Choice, Decide, Hold, Issued, Resume, Resync, Stop
from medplan.model.plan import Course, Plan
from medplan.model.request import (
    Acknowledgement,
    CourseRequest,
    DeclaredProduct,
    SlotDose,
    TaperRequest,
)
from medplan.services.planning import plan_and_prove, revise_and_prove
from medplan.units import Slot
from tests.clinical.requesting import MONDAY, asked, slots

Formularies = Mapping[str, Formulary]
REASON = "No smaller strength is sold here."
PERCENT = TaperRequest((Stage(7, reduce_percent=Decimal(10), basis=Basis.ORIGINAL),))
MORPHINE = CourseRequest(
    "morphine",
    "taper",
    products=(DeclaredProduct("morphine-mr-capsule-10"),),
    current=slots(morning="60", evening="60"),
    used_days=200,
    taper=PERCENT,
)
FORCED = replace(
    MORPHINE,
    products=(DeclaredProduct("morphine-mr-capsule-30"),),
    current=slots(morning="60", evening="30"),
)
CODEINE = CourseRequest("codeine", "short-course", days=7, dose_mg=Decimal(30), times_per_day=4)
TITRATION = CourseRequest("amitriptyline", "titration", days=42, target_mg=Decimal(30))


def day(number: int) -> date:
    return MONDAY + timedelta(number - 1)


def majors(plan: Plan) -> list[str]:
    return [f.code for f in plan.findings if f.severity is Severity.MAJOR]


def issued(formularies: Formularies, *courses: CourseRequest) -> Issued:
    """A plan in force, every major finding acknowledged."""
    request = asked(*courses)
    plan = plan_and_prove(request, formularies["NZ"])
    given = tuple(Acknowledgement(code, REASON) for code in majors(plan))
    agreed = replace(request, acknowledged=given)
    return Issued(agreed, plan_and_prove(agreed, formularies["NZ"]))


def after(formularies: Formularies, start: Issued, *acts: Act) -> Plan:
    """The plan after the acts, whose proof holds."""
    for act in acts:
        start = revise_and_prove(start, act, formularies["NZ"])
    assert [r for r in start.plan.proof if not r.holds and r.invariant != "issuable"] == []
    return start.plan


def daily(*courses: Course) -> list[tuple[int, int, str]]:
    return [
        ((s.days.first - MONDAY).days + 1, (s.days.last - MONDAY).days + 1, f"{s.daily_mg:f}")
        for course in courses
        for s in course.steps
    ]


def refused(formularies: Formularies, start: Issued, act: Act) -> tuple[str, str]:
    with pytest.raises(InvalidRequestError) as error:
        revise(start, act, formularies["NZ"])
    (problem,) = error.value.problems
    return problem.pointer, problem.code


def test_a_forced_step_takes_its_finding_and_its_reason_along(formularies: Formularies) -> None:
    start = issued(formularies, FORCED)
    assert majors(start.plan) == [f"forced-step:morphine:{day(n)}" for n in (1, 8, 15)]

    plan = after(formularies, start, Hold(day(9), days=5))

    assert majors(plan) == [f"forced-step:morphine:{day(n)}" for n in (1, 8, 20)]
    moved = next(f for f in plan.findings if f.code.endswith(f"{day(20)}"))
    assert moved.acknowledged == REASON
    assert moved.message.startswith(f"On {day(20)} Morphine falls by 30 mg")
    assert plan.issuable


def test_resuming_brings_step_finding_and_reason_back(formularies: Formularies) -> None:
    start = issued(formularies, FORCED)

    plan = after(formularies, start, Hold(day(9), days=5), Resume(day(11)))

    assert plan == start.plan


def test_resuming_speeds_up_no_medicine_that_was_not_held(formularies: Formularies) -> None:
    start = issued(formularies, FORCED, TITRATION)

    plan = after(formularies, start, Hold(day(9), 5, "morphine"), Resume(day(10)))

    assert plan.courses == start.plan.courses


def test_an_act_on_one_medicine_keeps_what_was_found_of_another(formularies: Formularies) -> None:
    start = issued(formularies, FORCED, CourseRequest("paracetamol", "regular", days=10))

    plan = after(formularies, start, Stop(day(3), "paracetamol"))

    assert majors(plan) == majors(start.plan)
    assert plan.issuable


def test_the_last_step_of_a_taper_can_be_held(formularies: Formularies) -> None:
    start = issued(formularies, FORCED)

    plan = after(formularies, start, Hold(day(10), days=4))

    assert daily(plan.courses[0]) == [(1, 7, "60"), (8, 18, "30")]
    assert majors(plan)[-1] == f"forced-step:morphine:{day(19)}"


def test_a_stop_in_a_percent_taper_goes_on_from_what_is_taken(formularies: Formularies) -> None:
    plan = after(formularies, issued(formularies, MORPHINE), Stop(day(10), "morphine"))

    before, taper = (c for c in plan.courses if c.medicine == "morphine")
    assert daily(before) == [(1, 7, "110"), (8, 9, "100")]
    assert daily(taper)[:2] == [(10, 16, "90"), (17, 23, "80")]
    assert {s.asked_percent for s in taper.steps} == {Decimal(10)}


def test_a_dose_that_nobody_agreed_to_is_not_tapered_from(formularies: Formularies) -> None:
    long = replace(TITRATION, days=120)
    plan = after(formularies, issued(formularies, long), Stop(day(60), "amitriptyline"))

    assert daily(plan.courses[0])[0] == (1, 59, "10")
    assert max(s.daily_mg for s in plan.courses[0].steps) == 10


def test_a_titration_that_begins_again_lower_is_a_course_of_its_own(
    formularies: Formularies,
) -> None:
    start = issued(formularies, TITRATION)
    up = Decide(day(8), "amitriptyline", Choice.INCREASE)
    again = asked(replace(TITRATION, first_day=day(20), start_mg=Decimal(10)))

    plan = after(formularies, start, up, Amend(day(20), again))

    first, second = plan.courses
    assert daily(first)[:2] == [(1, 7, "10"), (8, 19, "20")]
    assert daily(second)[0] == (20, 26, "10")
    assert [d.day for d in plan.decisions] == [day(27), day(34)]


def test_an_amended_titration_goes_on_from_the_level_that_is_taken(
    formularies: Formularies,
) -> None:
    start = issued(formularies, TITRATION)
    up = Decide(day(8), "amitriptyline", Choice.INCREASE)
    lower = asked(replace(TITRATION, target_mg=Decimal(20)))

    plan = after(formularies, start, up, Amend(day(12), lower))

    assert daily(*plan.courses) == [(1, 7, "10"), (8, 42, "20")]
    assert plan.decisions == ()


def test_an_amendment_to_other_tablets_keeps_those_that_were_taken(
    formularies: Formularies,
) -> None:
    naproxen = CourseRequest("naproxen", "twice-daily", days=7, gastroprotection="none")
    tablets = (DeclaredProduct("naproxen-tablet-500"),)
    other = replace(naproxen, products=tablets, dose_mg=Decimal(500))

    plan = after(formularies, issued(formularies, naproxen), Amend(day(3), asked(other)))

    assert [p.id for p in plan.products] == ["naproxen-tablet-250", "naproxen-tablet-500"]
    assert daily(*plan.courses) == [(1, 2, "500"), (3, 7, "1000")]


def test_a_course_that_has_ended_is_not_changed(formularies: Formularies) -> None:
    start = issued(formularies, CODEINE, CourseRequest("paracetamol", "regular", days=40))
    longer = asked(replace(CODEINE, days=20), CourseRequest("paracetamol", "regular", days=40))

    assert refused(formularies, start, Amend(day(25), longer)) == (
        "/courses/0/first_day",
        "has-ended",
    )


def test_a_taper_goes_on_down_from_what_is_really_taken(formularies: Formularies) -> None:
    start = issued(formularies, MORPHINE)

    plan = after(formularies, start, Resync(day(10), "morphine", Decimal(70)))

    assert daily(plan.courses[0])[:5] == [
        (1, 7, "110"),
        (8, 9, "100"),
        (10, 14, "70"),
        (15, 21, "60"),
        (22, 28, "50"),
    ]
    assert plan.courses[0].days.last < start.plan.courses[0].days.last


def test_what_is_taken_can_be_said_by_slot(formularies: Formularies) -> None:
    start = issued(formularies, MORPHINE)
    taking = (SlotDose(Slot.MORNING, Decimal(20)), SlotDose(Slot.EVENING, Decimal(30)))

    plan = after(formularies, start, Resync(day(10), "morphine", taking))

    step = plan.courses[0].steps[2]
    assert [(d.slot, d.mg) for d in step.doses] == [
        (Slot.MORNING, Decimal(20)),
        (Slot.EVENING, Decimal(30)),
    ]


@pytest.mark.parametrize(
    ("taking", "place", "code"),
    [
        (Decimal(110), "/taking/daily_mg", "above-plan"),
        (Decimal(100), "/taking", "as-planned"),
        (Decimal(75), "/taking/daily_mg", "not-makeable"),
        ((SlotDose(Slot.MORNING, Decimal(60)),), "/taking/slots", "above-plan"),
        ((SlotDose(Slot.NOON, Decimal(10)),), "/taking/slots", "above-plan"),
        ((SlotDose(Slot.MORNING, Decimal(5)),), "/taking", "not-makeable"),
    ],
)
def test_a_resync_never_goes_up_and_takes_only_what_tablets_make(
    formularies: Formularies,
    taking: tuple[SlotDose, ...] | Decimal,
    place: str,
    code: str,
) -> None:
    act = Resync(day(10), "morphine", taking)

    assert refused(formularies, issued(formularies, MORPHINE), act) == (place, code)


def test_nothing_taken_ends_the_medicine_and_its_companions(formularies: Formularies) -> None:
    start = issued(formularies, MORPHINE)

    plan = after(formularies, start, Resync(day(10), "morphine", Decimal(0)))

    assert {s.medicine: s.last_dose_day for s in plan.stops} == {
        "morphine": day(9),
        "docusate-senna": day(10),
    }
    assert f"taper-left-out:morphine:{day(10)}" in majors(plan)


def test_a_fixed_dose_stays_at_what_is_taken_and_its_taper_starts_there(
    formularies: Formularies,
) -> None:
    start = issued(formularies, CODEINE)

    plan = after(formularies, start, Resync(day(3), "codeine", Decimal(60)))

    assert daily(plan.courses[0])[:2] == [(1, 2, "120"), (3, 7, "60")]
    assert plan.courses[0].steps[2].daily_mg < 60


def test_an_old_opioid_dose_is_not_offered_after_a_week_without(formularies: Formularies) -> None:
    start = issued(formularies, MORPHINE)
    held = revise(start, Hold(day(9), days=14), formularies["NZ"])

    act = Resume(day(18), "morphine", missed_days=7)
    assert refused(formularies, held, act) == ("/missed_days", "tolerance-lost")
    plan = after(formularies, held, Resume(day(18), "morphine", missed_days=6))
    assert daily(plan.courses[0])[1:3] == [(8, 24, "100"), (25, 31, "90")]


def test_resuming_after_missed_days_does_not_go_on_with_a_step_up(
    formularies: Formularies,
) -> None:
    start = issued(formularies, TITRATION)
    up = Decide(day(8), "amitriptyline", Choice.INCREASE)

    acts = (up, Hold(day(9), days=14), Resume(day(12), missed_days=4))
    plan = after(formularies, start, *acts)

    assert daily(plan.courses[0]) == [(1, 7, "10"), (8, 11, "20"), (12, 56, "10")]


def test_going_back_to_an_old_opioid_dose_wants_a_reason(formularies: Formularies) -> None:
    start = issued(formularies, MORPHINE, CourseRequest("paracetamol", "regular", days=60))
    off = Resync(day(10), "morphine", Decimal(0))
    again = replace(MORPHINE, first_day=day(20), current=slots(morning="50", evening="50"))
    back = Amend(day(20), asked(MORPHINE, again, CourseRequest("paracetamol", "regular", days=60)))

    plan = after(formularies, start, off, back)

    assert f"tolerance-lost:morphine:{day(20)}" in majors(plan)
    assert not plan.issuable
