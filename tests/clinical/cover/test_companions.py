"""A protector goes with its medicine, and comes down after long use where a product allows it."""

from collections.abc import Mapping

import pytest

from medplan.clinical.cover.companions import Need, joined
from medplan.clinical.make_plan import make_plan
from medplan.formulary.model import Formulary
from medplan.model.plan import Plan, Role
from medplan.model.request import CourseRequest
from medplan.units import Days
from tests.clinical.lives.prescribed import day
from tests.clinical.requesting import MONDAY, asked

Formularies = Mapping[str, Formulary]


def protected(formularies: Formularies, days: int, ppi: str) -> Plan:
    course = CourseRequest("naproxen", "twice-daily", days=days, gastroprotection=ppi)
    return make_plan(asked(course), formularies["NZ"])


def daily(plan: Plan) -> list[tuple[int, int, str, str]]:
    """(number of the first day, of the last, phase, mg a day) of each step of the protector."""
    [course] = [c for c in plan.courses if c.role is Role.GASTROPROTECTION]
    return [
        (
            (s.days.first - MONDAY).days + 1,
            (s.days.last - MONDAY).days + 1,
            s.phase.value,
            f"{s.daily_mg.normalize():f}",
        )
        for s in course.steps
    ]


@pytest.mark.parametrize(
    ("days", "lowered"),
    [(56, []), (57, [(58, 71, "taper", "10")]), (80, [(81, 94, "taper", "10")])],
)
def test_a_protector_of_more_than_eight_weeks_is_halved_for_a_fortnight(
    formularies: Formularies, days: int, lowered: list[tuple[int, int, str, str]]
) -> None:
    plan = protected(formularies, days, "omeprazole")

    assert daily(plan) == [(1, days, "fixed", "20"), *lowered]
    [stop] = [s for s in plan.stops if s.medicine == "omeprazole"]
    after = "two weeks after" if lowered else "with"
    assert (stop.taper, stop.text) == (
        "built" if lowered else "none",
        f"Stop Omeprazole {after} naproxen.",
    )


def test_what_has_no_half_dose_says_so_and_stops_at_once(formularies: Formularies) -> None:
    plan = protected(formularies, 57, "pantoprazole")

    assert daily(plan) == [(1, 57, "fixed", "20")]
    [told] = [f for f in plan.findings if f.code.startswith("step-down-not-makeable")]
    assert (told.code, told.kind, told.severity, told.medicines) == (
        "step-down-not-makeable:pantoprazole",
        "cover",
        "info",
        ("pantoprazole",),
    )
    assert told.message == (
        "After 57 days Pantoprazole is best lowered before it stops, but no product makes half the"
        " dose; heartburn may come back for some weeks."
    )
    assert told.suggestion == ("Choose a medicine with a smaller strength, or advise an antacid.")
    assert told.sources == (formularies["NZ"].gastroprotection.citation,)


def need(medicine: str, first: int, last: int, *covers: str) -> Need:
    return Need(medicine, Days(day(first), day(last)), covers)


def test_needs_that_touch_are_one_and_others_are_apart() -> None:
    assert joined(
        [
            need("omeprazole", 9, 12, "naproxen"),
            need("omeprazole", 1, 5, "ibuprofen"),
            need("omeprazole", 6, 7, "naproxen", "ibuprofen"),
            need("pantoprazole", 8, 8, "diclofenac"),
            need("senna", 1, 9, "codeine"),
            need("senna", 2, 4, "tramadol"),
        ]
    ) == (
        need("omeprazole", 1, 7, "ibuprofen", "naproxen"),
        need("omeprazole", 9, 12, "naproxen"),
        need("pantoprazole", 8, 8, "diclofenac"),
        need("senna", 1, 9, "codeine", "tramadol"),
    )
    assert joined([]) == ()
