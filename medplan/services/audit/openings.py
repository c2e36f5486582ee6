"""Plans that an auditor opened with a reason (break the glass).

An auditor reads no plan until then. An opening lasts an hour, leaves an audit line, and is shown
with its reason to whoever may see the plan's openings.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.services.access import Caller, Right, require
from medplan.services.audit.lines import note
from medplan.services.once import Answer, Once
from medplan.services.parts import Parts
from medplan.services.refusals import NotFoundError
from medplan.store import openings as store
from medplan.store import plans
from medplan.store.ids import PLAN, new_id, write_id
from medplan.store.tables import OpeningRow

OPEN_FOR = timedelta(hours=1)


def open_plan(
    parts: Parts, caller: Caller, plan_id: UUID, reason: str, once: Once[OpeningRow]
) -> Answer:
    """Let an auditor read a plan for an hour.

    Raises:
        NotFoundError, NotAllowedError, KeyReusedError.
    """
    require(caller, Right.OPEN_PLANS, plan_id)
    with parts.database.writing_for(caller.organisation_id) as session:
        return once.answer(session, caller, lambda: _open(session, caller, plan_id, reason))


def list_openings(parts: Parts, caller: Caller, plan_id: UUID) -> Sequence[store.Opened]:
    """List who opened a plan, when and why, newest first.

    Raises:
        NotFoundError, NotAllowedError.
    """
    require(caller, Right.READ_OPENINGS, plan_id)
    with parts.database.reading_for(caller.organisation_id) as session:
        _refuse_unknown(session, caller, plan_id)
        return store.openings_of(session, caller.organisation_id, plan_id)


def opened_plans(
    session: Session, organisation_id: UUID, user_id: UUID, now: datetime
) -> Sequence[UUID]:
    """List the plans that somebody has open now."""
    return store.opened_plans(session, organisation_id, user_id, now)


def _open(session: Session, caller: Caller, plan_id: UUID, reason: str) -> OpeningRow:
    _refuse_unknown(session, caller, plan_id)
    row = OpeningRow(
        organisation_id=caller.organisation_id,
        id=new_id(caller.at),
        user_id=caller.user_id,
        plan_id=plan_id,
        reason=reason,
        opened_at=caller.at,
        closes_at=caller.at + OPEN_FOR,
    )
    session.add(row)
    note(session, caller, "plan.open", write_id(PLAN, plan_id))
    return row


def _refuse_unknown(session: Session, caller: Caller, plan_id: UUID) -> None:
    if plans.find_plan(session, caller.organisation_id, plan_id) is None:
        raise NotFoundError
