"""The patient looks for side effects on the days that the formulary names, and on no others."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from medplan.clinical.make_plan import make_plan
from medplan.formulary.model import CheckTime, Formulary, Stage
from medplan.model.request import CourseRequest, TaperRequest, WrittenStep
from tests.clinical.requesting import MONDAY, asked, slots

Formularies = Mapping[str, Formulary]

# Gabapentin: early on days 1 and 3; on days 2 and 5 of a higher dose; on day 14 and every 28 days
# after it; on days 2 and 7 of each lowered dose; 3, 7 and 14 days after the first day without it.
EARLY, STEP, TAPER, DURING, STOP = CheckTime


def looked(formularies: Formularies, *courses: CourseRequest) -> list[tuple[int, str, CheckTime]]:
    """(number of the day, medicine, occasion) of each check, in their order; Monday is day 1."""
    plan = make_plan(asked(*courses), formularies["NZ"])
    return [((c.day - MONDAY).days + 1, c.medicine, c.when) for c in plan.checks]


def gabapentin(*steps: WrittenStep, ends_in: str = "review") -> CourseRequest:
    return CourseRequest("gabapentin", "steps", first_day=MONDAY, steps=steps, ends_in=ends_in)


def test_a_course_is_looked_at_early_after_each_rise_every_four_weeks_and_after_its_stop(
    formularies: Formularies,
) -> None:
    course = gabapentin(
        WrittenStep(3, slots(bedtime="300")), WrittenStep(50, slots(bedtime="600")), ends_in="stop"
    )

    # The higher dose begins on day 4; day 53 is the last, day 54 the first without it.
    assert looked(formularies, course) == [
        (1, "gabapentin", EARLY),
        (3, "gabapentin", EARLY),
        (5, "gabapentin", STEP),
        (8, "gabapentin", STEP),
        (14, "gabapentin", DURING),
        (42, "gabapentin", DURING),
        (57, "gabapentin", STOP),
        (61, "gabapentin", STOP),
        (68, "gabapentin", STOP),
    ]


def test_each_cut_is_looked_at_while_the_lowered_dose_lasts(formularies: Formularies) -> None:
    stage = Stage(every_days=5, reduce_mg=Decimal(300))
    course = CourseRequest(
        "gabapentin",
        "taper",
        first_day=MONDAY,
        current=slots(morning="300", noon="300", bedtime="300"),
        used_days=400,
        taper=TaperRequest((stage,)),
    )

    # 600 mg on days 1 to 5, 300 mg on days 6 to 10: a seventh day of neither comes.
    assert looked(formularies, course) == [
        (2, "gabapentin", TAPER),
        (7, "gabapentin", TAPER),
        (14, "gabapentin", STOP),
        (18, "gabapentin", STOP),
        (25, "gabapentin", STOP),
    ]


def test_a_check_falls_on_the_last_day_of_a_course_but_not_behind_it(
    formularies: Formularies,
) -> None:
    fourteen, thirteen = (
        looked(formularies, gabapentin(WrittenStep(days, slots(bedtime="300"))))
        for days in (14, 13)
    )

    assert fourteen == [*thirteen, (14, "gabapentin", DURING)]


def test_a_fall_outside_of_a_taper_is_no_rise_and_asks_for_nothing(
    formularies: Formularies,
) -> None:
    course = gabapentin(WrittenStep(3, slots(bedtime="600")), WrittenStep(8, slots(bedtime="300")))

    assert looked(formularies, course) == [(1, "gabapentin", EARLY), (3, "gabapentin", EARLY)]


def test_medicines_of_one_day_come_by_their_names(formularies: Formularies) -> None:
    orphenadrine = CourseRequest("orphenadrine", "standard", days=4)
    course = gabapentin(WrittenStep(3, slots(bedtime="300")))

    assert looked(formularies, orphenadrine, course) == [
        (1, "gabapentin", EARLY),
        (1, "orphenadrine", EARLY),
        (3, "gabapentin", EARLY),
        (3, "orphenadrine", EARLY),
    ]


def test_a_check_asks_what_every_row_of_its_occasion_asks_and_nothing_twice(
    formularies: Formularies,
) -> None:
    formulary = formularies["NZ"]
    plan = make_plan(asked(gabapentin(WrittenStep(3, slots(bedtime="300")))), formulary)

    rows = [r for r in formulary.checks_by_medicine["gabapentin"] if r.when is EARLY]
    wanted = [(i.text, i.level, i.action) for r in rows for i in r.items]
    assert plan.checks[0].day == MONDAY
    assert plan.checks[1].day == MONDAY + timedelta(2)
    for check in plan.checks:
        assert [(i.text, i.level, i.action) for i in check.items] == list(dict.fromkeys(wanted))
