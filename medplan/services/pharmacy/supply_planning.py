"""When to supply what for a plan, and what to do about a product that can't be had."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from medplan.clinical.pharmacy.alternatives import Alternative, alternatives
from medplan.clinical.pharmacy.periods import Every, Period, periods
from medplan.services.access import Caller
from medplan.services.parts import Parts
from medplan.services.pharmacy.changes_between import PatientsPage, Place, plans_between
from medplan.services.records.current import followed
from medplan.services.records.issued import read_current
from medplan.units import Days


@dataclass(frozen=True, slots=True)
class Affected:
    """A plan that holds a product, and what else makes up each of its doses."""

    plan_id: UUID
    reference: str
    alternatives: tuple[Alternative, ...]


def read_periods(parts: Parts, caller: Caller, plan_id: UUID, every: Every) -> tuple[Period, ...]:
    """Cut an issued plan's supply into periods of collection.

    Raises:
        NotFoundError, NotAllowedError, WrongStatusError (a draft is not supplied).
    """
    shown = read_current(parts, caller, plan_id)
    plan = followed(shown.plan, shown.row.status)
    return periods(plan, every, parts.formularies[plan.formulary.jurisdiction])


def alternatives_for(
    parts: Parts, caller: Caller, plan_id: UUID, product: str
) -> tuple[Alternative, ...]:
    """Say of each dose of an issued plan that holds a product what else makes it up exactly.

    Raises:
        NotFoundError, NotAllowedError, WrongStatusError (a draft is not supplied).
    """
    plan = read_current(parts, caller, plan_id).plan
    return alternatives(plan, product, parts.formularies[plan.formulary.jurisdiction])


def plans_lacking(
    parts: Parts, caller: Caller, product: str, since: date, place: Place
) -> tuple[tuple[Affected, ...], PatientsPage]:
    """List the plans in force that use a product on a day or later, patient by patient.

    Raises:
        NotAllowedError: the caller may not.
    """
    page = plans_between(parts, caller, Days(since, date.max.replace(year=2199)), place)
    found = []
    for patient in page.patients:
        for plan_id, plan in zip(patient.plan_ids, patient.plans, strict=True):
            if any(r.product == product and r.days.last >= since for r in plan.supply):
                formulary = parts.formularies[plan.formulary.jurisdiction]
                other = alternatives(plan, product, formulary)
                found.append(Affected(plan_id, patient.reference, other))
    return tuple(found), page
