"""Courses that go with another: a laxative with an opioid, a PPI with an NSAID.

A companion begins and ends with what it is there for. One that overlaps or adjoins another of the
same kind is one course, whose `covers` lists the medicines of both.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from medplan.clinical.course.draft import HORIZON_DAYS, Draft, course_of, within_horizon
from medplan.clinical.course.resolve import ResolvedCourse
from medplan.clinical.findings import finding
from medplan.clinical.fixed.fixed import fixed
from medplan.clinical.patient.taking import words_for
from medplan.clinical.tablets.kit import Kit
from medplan.formulary.model import (
    FindingKind,
    Formulary,
    Gastroprotection,
    Medicine,
    Regimen,
    RegimenKind,
    Release,
    Severity,
)
from medplan.model.plan import Finding, Phase, Role, Step
from medplan.model.request import CourseRequest, PatientFacts, Routine
from medplan.units import Days

REGULAR = "regular"
_HALF = Decimal("50.00")


@dataclass(frozen=True, slots=True)
class Need:
    """Days on which a companion is needed, and the medicines it is needed for."""

    medicine: str
    days: Days
    covers: tuple[str, ...]


def joined(needs: Iterable[Need]) -> tuple[Need, ...]:
    """Needs of one medicine that overlap or adjoin, as one."""
    result: list[Need] = []
    for need in sorted(needs, key=lambda n: (n.medicine, n.days.first, n.days.last)):
        before = result[-1] if result else None
        if before and before.medicine == need.medicine and _touch(before.days, need.days):
            result[-1] = Need(
                need.medicine,
                Days(before.days.first, max(before.days.last, need.days.last)),
                tuple(dict.fromkeys((*before.covers, *need.covers))),
            )
        else:
            result.append(need)
    return tuple(result)


def companion(
    need: Need,
    role: Role,
    index: int,
    patient: PatientFacts,
    routine: Routine,
    formulary: Formulary,
) -> Draft:
    """The companion's course: its `regular` regimen on exactly the days of the need."""
    medicine = formulary.medicines[need.medicine]
    days = min(len(need.days), HORIZON_DAYS)
    resolved = _resolved(medicine, need.days, days, index, formulary)
    draft = fixed(resolved, patient, routine, formulary)
    steps = draft.course.steps
    names = _names(need.covers, formulary)
    if role is Role.LAXATIVE:
        course = course_of(resolved, steps, draft.course.ends_in, role=role, covers=need.covers)
        reason = f"Stop {medicine.name} one day after the last {names}."
        return replace(draft, course=course, stop_text=reason)
    lowered, found = _stepped_down(resolved, steps[-1], formulary.gastroprotection)
    whole = within_horizon(resolved, (*steps, *lowered))
    course = course_of(resolved, whole, draft.course.ends_in, role=role, covers=need.covers)
    return replace(
        draft,
        course=course,
        findings=(*draft.findings, *found),
        came_down=bool(lowered),
        stop_text=f"Stop {medicine.name} {'two weeks after' if lowered else 'with'} {names}.",
    )


def _stepped_down(
    course: ResolvedCourse, last: Step, settings: Gastroprotection
) -> tuple[tuple[Step, ...], tuple[Finding, ...]]:
    """Half the dose for a while after a long PPI course, where a product makes half the dose."""
    if len(last.days) <= settings.step_down_over_days:
        return (), ()
    half = tuple(
        replace(d, mg=d.mg / 2, products=course.kit.make(d.mg / 2) or ()) for d in last.doses
    )
    name = course.medicine.name
    if not all(d.products for d in half):
        return (), (
            finding(
                "step-down-not-makeable",
                [course.medicine.id],
                FindingKind.COVER,
                Severity.INFO,
                f"After {len(last.days)} days {name} is best lowered before it stops, but no "
                "product makes half the dose; heartburn may come back for some weeks.",
                suggestion="Choose a medicine with a smaller strength, or advise an antacid.",
                sources=[settings.citation],
            ),
        )
    first = last.days.last + timedelta(1)
    lowered = replace(
        last,
        phase=Phase.TAPER,
        days=Days.lasting(first, settings.step_down_days),
        daily_mg=last.daily_mg / 2,
        actual_percent=_HALF,
        doses=half,
    )
    return (lowered,), ()


def _resolved(
    medicine: Medicine, days: Days, length: int, index: int, formulary: Formulary
) -> ResolvedCourse:
    regimen: Regimen = medicine.regimen_by_id[REGULAR]
    if regimen.kind is not RegimenKind.FIXED:
        msg = f"{medicine.id} has no fixed regular regimen"
        raise AssertionError(msg)
    products = tuple(medicine.product_by_id[p] for p in regimen.products) or tuple(
        p for p in medicine.products if p.release is Release.IMMEDIATE
    )
    return ResolvedCourse(
        request=CourseRequest(medicine.id, REGULAR, first_day=days.first, days=length),
        index=index,
        medicine=medicine,
        regimen=regimen,
        first_day=days.first,
        products=products,
        kit=Kit(products, halves=False),
        words=words_for(medicine, formulary),
    )


def _touch(before: Days, after: Days) -> bool:
    return after.first <= before.last + timedelta(1)


def _names(covers: Sequence[str], formulary: Formulary) -> str:
    return " and ".join(formulary.medicines[c].name.lower() for c in covers)
