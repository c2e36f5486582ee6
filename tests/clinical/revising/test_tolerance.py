"""An opioid's old dose wants a reason after a week without it or with less, and not before.

Tolerance is lost after 7 days, says the formulary.
"""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from medplan.clinical.make_plan import make_plan
from medplan.clinical.revising.revise import revise
from medplan.formulary.model import Formulary
from medplan.model.acts import Amend, Issued, Stop
from medplan.model.request import CourseRequest, WrittenStep
from tests.clinical.lives.prescribed import PARACETAMOL, day, listed
from tests.clinical.requesting import asked, slots

Formularies = Mapping[str, Formulary]


def morphine(*rows: tuple[int, str], ends_in: str = "review") -> CourseRequest:
    """Morphine in the evening, as written."""
    return CourseRequest(
        "morphine",
        "steps",
        steps=tuple(WrittenStep(days, slots(evening=mg)) for days, mg in rows),
        ends_in=ends_in,
        products=listed("morphine-mr-capsule-10"),
    )


def told(
    formularies: Formularies, issued: CourseRequest, asked_for: CourseRequest, number: int
) -> list[str]:
    """What is said of a lost tolerance after an amendment on a day."""
    formulary = formularies["NZ"]
    request = asked(issued, PARACETAMOL)
    start = Issued(request, make_plan(request, formulary))
    after = revise(start, Amend(day(number), asked(asked_for, PARACETAMOL)), formulary)
    return [f.message for f in after.plan.findings if f.code.startswith("tolerance-lost")]


LOST = (
    "Morphine goes up on {day} after 7 days or more at {low} mg a day at most; {old} mg was taken"
    " before. Tolerance is lost in as little as a week: the dose that was taken before may stop"
    " the breathing."
)


@pytest.mark.parametrize(
    ("high", "low", "lost"), [(7, 7, True), (8, 9, True), (6, 7, False), (7, 6, False)]
)
def test_a_week_at_less_after_a_week_at_more_is_enough(
    formularies: Formularies, high: int, low: int, *, lost: bool
) -> None:
    change = high + low + 1
    issued = morphine((high, "60"), (40, "20"))
    back = morphine((high, "60"), (low, "20"), (20, "30"))

    said = LOST.format(day=day(change), low=20, old=60)
    assert told(formularies, issued, back, change) == ([said] if lost else [])


def test_the_same_or_less_than_was_taken_in_the_last_week_is_no_rise(
    formularies: Formularies,
) -> None:
    issued = morphine((10, "60"), (40, "20"))
    as_before = morphine((10, "60"), (8, "20"), (20, "20"))
    less = morphine((10, "60"), (8, "20"), (20, "10"))

    assert told(formularies, issued, as_before, 19) == []
    assert told(formularies, issued, less, 19) == []


def test_a_rise_that_comes_later_is_told_of_its_own_day(formularies: Formularies) -> None:
    issued = morphine((10, "60"), (40, "20"))
    later = morphine((10, "60"), (12, "20"), (20, "60"))

    assert told(formularies, issued, later, 19) == [LOST.format(day=day(23), low=20, old=60)]


def test_days_without_any_count_as_none(formularies: Formularies) -> None:
    issued = morphine((10, "60"))
    again = replace(morphine((10, "40")), first_day=day(18))
    formulary = formularies["NZ"]
    request = asked(issued, PARACETAMOL)
    start = Issued(request, make_plan(request, formulary))
    amended = revise(start, Amend(day(18), asked(issued, again, PARACETAMOL)), formulary)

    found = [f for f in amended.plan.findings if f.code.startswith("tolerance-lost")]
    assert [(f.code, f.kind, f.severity, f.medicines, f.suggestion) for f in found] == [
        (
            f"tolerance-lost:morphine:{day(18)}",
            "caution",
            "major",
            ("morphine",),
            "Begin with a low dose, as for somebody who has not taken it.",
        )
    ]
    assert found[0].message == LOST.format(day=day(18), low=0, old=60)
    kept = revise(amended, Stop(day(19), "paracetamol"), formulary)
    assert [f for f in kept.plan.findings if f.code.startswith("tolerance-lost")] == found


def test_what_is_no_opioid_may_go_up_again(formularies: Formularies) -> None:
    def gabapentin(*rows: tuple[int, str]) -> CourseRequest:
        return replace(morphine(*rows), medicine="gabapentin", products=None)

    issued = gabapentin((10, "900"), (40, "300"))

    assert told(formularies, issued, gabapentin((10, "900"), (8, "300"), (9, "900")), 19) == []
