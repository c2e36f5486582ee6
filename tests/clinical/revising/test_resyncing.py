"""Less than planned: how much less it is said to be, and what a table keeps of its later rows."""

from collections.abc import Mapping
from decimal import Decimal

from medplan.clinical.make_plan import make_plan
from medplan.clinical.revising.revise import revise
from medplan.formulary.model import Formulary
from medplan.model.acts import Issued, Resync
from medplan.model.plan import Course
from medplan.model.request import CourseRequest, WrittenStep
from tests.clinical.lives.prescribed import MORPHINE, day
from tests.clinical.requesting import asked, slots

Formularies = Mapping[str, Formulary]


def resynced(formularies: Formularies, course: CourseRequest, act: Resync) -> Course:
    formulary = formularies["NZ"]
    request = asked(course)
    return revise(Issued(request, make_plan(request, formulary)), act, formulary).plan.courses[0]


def test_less_from_a_taper_s_first_day_is_reckoned_from_what_was_taken_before_it(
    formularies: Formularies,
) -> None:
    # 120 mg was taken before the taper; its first step would be 110 mg.
    course = resynced(formularies, MORPHINE, Resync(day(1), "morphine", Decimal(80)))

    first, second, *_ = course.steps
    assert (first.daily_mg, first.asked_percent) == (Decimal(80), None)
    assert first.actual_percent == Decimal("33.33")
    assert (second.days.first, second.daily_mg) == (day(8), Decimal(70))


def test_a_lower_row_of_a_table_is_reckoned_from_what_is_now_before_it(
    formularies: Formularies,
) -> None:
    rows = tuple(
        WrittenStep(days, slots(bedtime=mg)) for days, mg in ((10, "1200"), (5, "900"), (5, "300"))
    )
    table = CourseRequest("gabapentin", "steps", steps=rows, ends_in="stop")

    course = resynced(formularies, table, Resync(day(3), "gabapentin", Decimal(600)))

    assert [(s.days.first, s.days.last, s.daily_mg, s.actual_percent) for s in course.steps] == [
        (day(1), day(2), Decimal(1200), None),
        (day(3), day(15), Decimal(600), None),
        (day(16), day(20), Decimal(300), Decimal("50.00")),
    ]
