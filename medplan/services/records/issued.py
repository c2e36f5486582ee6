"""Issued plans as they stand: found, read, and told apart from one revision to the next."""

from uuid import UUID

from sqlalchemy.orm import Session

from medplan.clinical.comparing.revisions import Change, changes
from medplan.documents.plan import read_plan
from medplan.services.access import Caller, Right, require
from medplan.services.audit.lines import reading
from medplan.services.parts import Parts
from medplan.services.records.current import Current, current
from medplan.services.records.plans import Status
from medplan.services.refusals import NotFoundError, WrongStatusError
from medplan.store import plans as store
from medplan.store.ids import PLAN, write_id
from medplan.store.tables import PlanRow


def read_current(parts: Parts, caller: Caller, plan_id: UUID) -> Current:
    """Read an issued plan with its current revision.

    Raises:
        NotFoundError, NotAllowedError, WrongStatusError (a draft is not issued).
    """
    require(caller, Right.READ_PLANS, plan_id)
    with reading(parts.database, caller, "plan.read", write_id(PLAN, plan_id)) as session:
        row = store.find_plan(session, caller.organisation_id, plan_id)
        if row is None:
            raise NotFoundError
        return current_of(session, row)


def current_of(session: Session, row: PlanRow) -> Current:
    """Read the current revision of a plan.

    Raises:
        WrongStatusError: it is a draft and has none.
        NotFoundError: its revision is gone.
    """
    if row.revision is None:
        raise WrongStatusError(row.status, Status.ACTIVE)
    revision = store.find_revision(session, row.organisation_id, row.id, row.revision)
    if revision is None:
        raise NotFoundError
    return current(row, revision)


def read_changes(parts: Parts, caller: Caller, plan_id: UUID, number: int) -> tuple[Change, ...]:
    """Tell what a revision changes in the one before; of the first, that everything is new.

    Raises:
        NotFoundError, NotAllowedError.
    """
    require(caller, Right.READ_PLANS, plan_id)
    with reading(parts.database, caller, "plan.read", write_id(PLAN, plan_id)) as session:
        after = store.find_revision(session, caller.organisation_id, plan_id, number)
        before = store.find_revision(session, caller.organisation_id, plan_id, number - 1)
        if after is None:
            raise NotFoundError
    return changes(None if before is None else read_plan(before.plan), read_plan(after.plan))
