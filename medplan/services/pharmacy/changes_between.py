"""What changes for an organisation's patients between two dates, and what to pack for them.

Computed from the revisions in force, patient by patient: several plans of one patient count
together. A plan entered in error gives nothing from the day on which that was said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from uuid import UUID

from medplan.clinical.pharmacy.cut import ended_before
from medplan.clinical.pharmacy.product_dosages import (
    ProductChange,
    ProductDosage,
    ProductKey,
    product_changes,
    product_dosages,
)
from medplan.documents.plan import read_plan
from medplan.model.plan import Plan
from medplan.services.access import Caller, Right, require
from medplan.services.audit.lines import reading
from medplan.services.parts import Parts
from medplan.services.records.plans import Status
from medplan.store.ids import ORGANISATION, write_id
from medplan.store.in_force import current_revisions, patients_with_plans
from medplan.store.tables import PlanRow, RevisionRow
from medplan.units import Days

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PatientPlans:
    """One patient's plans in force, with their ids in the same order."""

    id: UUID
    reference: str
    plan_ids: tuple[UUID, ...]
    plans: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class PatientsPage:
    """Some patients in order, and after whom the next page begins (None: it is the last)."""

    patients: tuple[PatientPlans, ...]
    next_after: UUID | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins (None: at the start) and how many patients it holds."""

    after: UUID | None
    limit: int


def plans_between(parts: Parts, caller: Caller, within: Days, place: Place) -> PatientsPage:
    """Read the plans in force on some days or the day before them.

    Raises:
        NotAllowedError: the caller may not.
    """
    require(caller, Right.READ_PLANS)
    first, last = within.first - _DAY, within.last
    organisation_id = caller.organisation_id
    organisation = write_id(ORGANISATION, organisation_id)
    with reading(parts.database, caller, "plan.list", organisation) as session:
        found = patients_with_plans(
            session, organisation_id, first, last, after=place.after, limit=place.limit + 1
        )
        shown = found[: place.limit]
        rows = current_revisions(session, organisation_id, first, last, shown)
    patients = tuple(
        _patient([(row[0], row[1]) for row in group])
        for _, group in groupby(rows, key=lambda row: row[0].patient_id)
    )
    more = len(found) > place.limit
    return PatientsPage(patients, patients[-1].id if more else None)


def changes_of(patient: PatientPlans, within: Days) -> tuple[ProductChange, ...]:
    """What becomes of each of a patient's products within some days."""
    return product_changes(patient.plans, within)


def packing_of(
    patient: PatientPlans, within: Days
) -> Mapping[ProductKey, tuple[ProductDosage, ...]]:
    """What is taken of each of a patient's products within some days."""
    return product_dosages(patient.plans, within)


def _patient(rows: Sequence[tuple[PlanRow, RevisionRow]]) -> PatientPlans:
    plans = tuple(_in_force(row, revision) for row, revision in rows)
    first = rows[0][0]
    return PatientPlans(
        first.patient_id, first.patient_reference, tuple(row.id for row, _ in rows), plans
    )


def _in_force(row: PlanRow, revision: RevisionRow) -> Plan:
    plan = read_plan(revision.plan)
    if row.status == Status.ENTERED_IN_ERROR and revision.effective is not None:
        return ended_before(plan, revision.effective)
    return plan
