"""A stored plan in other shapes than JSON. Reading one changes nothing."""

from uuid import UUID

from medplan.documents.plan import read_plan as read_document
from medplan.model.plan import Plan
from medplan.services.access import Caller
from medplan.services.parts import CalendarFacts, Detail, Medium, Parts
from medplan.services.plans import PlanRecord, Status, read_plan
from medplan.services.refusals import WrongStatusError
from medplan.store.ids import PLAN, write_id
from medplan.wording.plan_text import plan_text


def read(parts: Parts, caller: Caller, plan_id: UUID) -> Plan:
    """Read the plan as it stands, as the value it was stored from.

    Raises:
        NotFoundError, NotAllowedError.
    """
    return _plan(read_plan(parts, caller, plan_id))


def text(parts: Parts, caller: Caller, plan_id: UUID) -> str:
    """Say the plan as it stands in words.

    Raises:
        NotFoundError, NotAllowedError.
    """
    plan = read(parts, caller, plan_id)
    return plan_text(plan, parts.formularies[plan.formulary.jurisdiction])


def calendar_file(
    parts: Parts, caller: Caller, plan_id: UUID, *, detail: Detail, alarms: bool
) -> bytes:
    """Render the current revision as a calendar to be imported once.

    Raises:
        NotFoundError, NotAllowedError, WrongStatusError (a draft is nobody's calendar).
    """
    record = read_plan(parts, caller, plan_id)
    if record.revision is None:
        raise WrongStatusError(record.status, Status.ACTIVE)
    plan = _plan(record)
    facts = CalendarFacts(
        plan_id=write_id(PLAN, plan_id),
        revision=record.revision,
        revised_at=record.updated_at,
        detail=detail,
        alarms=alarms,
        medium=Medium.FILE,
    )
    return parts.render_calendar(plan, parts.formularies[plan.formulary.jurisdiction], facts)


def _plan(record: PlanRecord) -> Plan:
    return read_document(record.plan)
