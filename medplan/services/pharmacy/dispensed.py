"""What pharmacies supplied, with the plan as it stood then: read, never changed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.documents.plan import read_plan
from medplan.model.plan import Plan
from medplan.services.access import Caller, Right, require
from medplan.services.audit.lines import reading
from medplan.services.parts import Parts
from medplan.services.refusals import NotFoundError
from medplan.store import dispensed as store
from medplan.store import plans
from medplan.store.ids import ORGANISATION, write_id
from medplan.store.tables import DispenseRow

_MOST_PLANS = 200


@dataclass(frozen=True, slots=True)
class Dispensed:
    """One supply: units by product, on which day, for which revision of which patient's plan."""

    id: UUID
    plan_id: UUID
    patient: str
    plan: Plan
    day: date
    supplied: Mapping[str, Decimal]
    made_by: UUID
    made_at: datetime


def read_dispensed(parts: Parts, caller: Caller, dispense_id: UUID) -> Dispensed:
    """Read one supply.

    Raises:
        NotFoundError, NotAllowedError, ErasedError.
    """
    require(caller, Right.FHIR_MEDICATION_DISPENSE)
    organisation = write_id(ORGANISATION, caller.organisation_id)
    with reading(parts.database, caller, "dispense.read", organisation) as session:
        row = store.find_dispense(session, caller.organisation_id, dispense_id)
        if row is None:
            raise NotFoundError
        return _dispensed(session, row)


def list_dispensed(
    parts: Parts, caller: Caller, patient: str | None, *, older_than: UUID | None, limit: int
) -> tuple[Sequence[Dispensed], bool]:
    """List supplies, the newest first, of one patient or all; and say whether there are more.

    Raises:
        NotAllowedError: the caller may not.
    """
    require(caller, Right.FHIR_MEDICATION_DISPENSE)
    organisation = write_id(ORGANISATION, caller.organisation_id)
    with reading(parts.database, caller, "dispense.list", organisation) as session:
        of = None if patient is None else _plans_of(session, caller.organisation_id, patient)
        rows = store.newest_dispenses(
            session, caller.organisation_id, of, older_than=older_than, limit=limit + 1
        )
        return [_dispensed(session, row) for row in rows[:limit]], len(rows) > limit


def _plans_of(session: Session, organisation_id: UUID, patient: str) -> frozenset[UUID]:
    theirs = plans.PlanFilter(patient=patient)
    rows = plans.newest_plans(session, organisation_id, theirs, place=None, limit=_MOST_PLANS)
    return frozenset(row.id for row in rows)


def _dispensed(session: Session, row: DispenseRow) -> Dispensed:
    plan = plans.find_plan(session, row.organisation_id, row.plan_id)
    revision = plans.find_revision(session, row.organisation_id, row.plan_id, row.revision)
    if plan is None or revision is None:
        raise NotFoundError
    supplied = {product: Decimal(units) for product, units in json.loads(row.supplied)}
    return Dispensed(
        id=row.id,
        plan_id=row.plan_id,
        patient=plan.patient_reference,
        plan=read_plan(revision.plan),
        day=row.day,
        supplied=supplied,
        made_by=row.made_by,
        made_at=row.made_at,
    )
