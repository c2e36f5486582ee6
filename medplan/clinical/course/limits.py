"""Which of the formulary's limits hold for a patient.

A limit belongs to an ingredient: it counts every dose that contains it, whatever the product. The
limits in a combination's own file count doses of that combination, in mg of its first ingredient.
"""

from collections.abc import Iterator
from decimal import Decimal

from medplan.clinical.course.resolve import ResolvedCourse
from medplan.clinical.patient.facts import membership
from medplan.formulary.model import Formulary, Limit, LimitKind, Medicine
from medplan.model.request import PatientFacts


def limits_for(medicine: Medicine, patient: PatientFacts) -> tuple[Limit, ...]:
    """The medicine's own limits whose group the patient is surely in."""
    return tuple(r for r in medicine.limits if membership(r.group, patient).inside)


def subjects(medicine: Medicine, formulary: Formulary) -> Iterator[Medicine]:
    """The medicine itself, then each other ingredient that the formulary knows."""
    yield medicine
    for ingredient in medicine.ingredients:
        if ingredient != medicine.id and ingredient in formulary.medicines:
            yield formulary.medicines[ingredient]


def least_gap_hours(
    course: ResolvedCourse,
    doses_per_day: int | None,
    patient: PatientFacts,
    formulary: Formulary,
) -> Decimal | None:
    """The label's least gap between two doses of a course, in hours; None where there is none.

    `doses_per_day` None stands for a when-required course, which no dose count narrows.
    """
    gaps = [
        limit.value
        for subject in subjects(course.medicine, formulary)
        for limit in subject.limits
        if limit.kind is LimitKind.MIN_INTERVAL_HOURS
        and _concerns(limit, course, doses_per_day)
        and membership(limit.group, patient).inside
    ]
    return max(gaps, default=None)


def _concerns(limit: Limit, course: ResolvedCourse, doses_per_day: int | None) -> bool:
    if limit.release is not None and all(p.release is not limit.release for p in course.products):
        return False
    if limit.regimens and course.request.regimen not in limit.regimens:
        return False
    return limit.dose_count is None or limit.dose_count == doses_per_day
