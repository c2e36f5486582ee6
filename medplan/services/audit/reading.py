"""Reading the audit: who did or saw what, and which patient it was about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.services.access import Caller, Right, require
from medplan.services.parts import Parts
from medplan.services.refusals import NotFoundError
from medplan.store import audit_lines as store
from medplan.store import plans
from medplan.store.ids import PLAN, read_id, write_id
from medplan.store.keys import ErasedError
from medplan.store.tables import AuditRow

_MOST_PLANS = 200


@dataclass(frozen=True, slots=True)
class Noted:
    """One line of the audit. `plan_id` and `patient` are None where it is about no plan, or one
    that is gone or whose patient was erased."""

    id: UUID
    at: datetime
    user_id: UUID | None
    act: str
    subject: str
    plan_id: UUID | None
    patient: str | None


def read_line(parts: Parts, caller: Caller, line_id: UUID) -> Noted:
    """Read one line of the organisation's audit.

    Raises:
        NotFoundError, NotAllowedError.
    """
    require(caller, Right.READ_AUDIT)
    with parts.database.reading_for(caller.organisation_id) as session:
        row = store.find_line(session, caller.organisation_id, line_id)
        if row is None:
            raise NotFoundError
        return _noted(session, row)


def list_lines(
    parts: Parts,
    caller: Caller,
    wanted: store.LineFilter,
    *,
    patient: str | None,
    older_than: UUID | None,
    limit: int,
) -> tuple[Sequence[Noted], bool]:
    """List the organisation's audit, the newest first, and say whether there is more.

    With a `patient`, the lines about that patient's plans.

    Raises:
        NotAllowedError: the caller may not.
    """
    require(caller, Right.READ_AUDIT)
    with parts.database.reading_for(caller.organisation_id) as session:
        if patient is not None:
            subjects = _plans_of(session, caller.organisation_id, patient)
            wanted = store.LineFilter(wanted.since, wanted.until, subjects)
        rows = store.newest_lines(
            session, caller.organisation_id, wanted, older_than=older_than, limit=limit + 1
        )
        return [_noted(session, row) for row in rows[:limit]], len(rows) > limit


def _plans_of(session: Session, organisation_id: UUID, patient: str) -> frozenset[str]:
    theirs = plans.PlanFilter(patient=patient)
    rows = plans.newest_plans(session, organisation_id, theirs, place=None, limit=_MOST_PLANS)
    return frozenset(write_id(PLAN, row.id) for row in rows)


def _noted(session: Session, row: AuditRow) -> Noted:
    plan_id, patient = _about(session, row)
    return Noted(row.id, row.at, row.user_id, row.act, row.subject, plan_id, patient)


def _about(session: Session, row: AuditRow) -> tuple[UUID | None, str | None]:
    try:
        plan_id = read_id(PLAN, row.subject)
    except ValueError:
        return None, None
    try:
        found = plans.find_plan(session, row.organisation_id, plan_id)
    except ErasedError:
        return plan_id, None
    return plan_id, None if found is None else found.patient_reference
