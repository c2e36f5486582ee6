"""Courses that go with another: a laxative with an opioid, a PPI with an NSAID.

A companion begins and ends with what it is there for. One that overlaps or adjoins another of the
same kind is one course, whose `covers` lists the medicines of both.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from medplan.clinical.draft import HORIZON_DAYS, Draft, course_of
from medplan.clinical.fixed import fixed
from medplan.clinical.resolve import ResolvedCourse
from medplan.clinical.tablets import Kit
from medplan.formulary.model import Formulary, Medicine, Regimen, RegimenKind, Release
from medplan.model.plan import Role
from medplan.model.request import CourseRequest, PatientFacts, Routine
from medplan.units import Days

REGULAR = "regular"


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
    resolved = _resolved(medicine, need.days, days, index)
    draft = fixed(resolved, patient, routine, formulary)
    course = course_of(
        resolved, draft.course.steps, draft.course.ends_in, role=role, covers=need.covers
    )
    names = _names(need.covers, formulary)
    reason = (
        f"Stop {medicine.name} with {names}."
        if role is Role.GASTROPROTECTION
        else (f"Stop {medicine.name} one day after the last {names}.")
    )
    return replace(draft, course=course, stop_text=reason)


def _resolved(medicine: Medicine, days: Days, length: int, index: int) -> ResolvedCourse:
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
    )


def _touch(before: Days, after: Days) -> bool:
    return after.first <= before.last + timedelta(1)


def _names(covers: Sequence[str], formulary: Formulary) -> str:
    return " and ".join(formulary.medicines[c].name.lower() for c in covers)
