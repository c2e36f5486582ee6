"""Endings that leave every dose as it was issued: a plan is completed, or was an error."""

from datetime import date
from uuid import UUID

from medplan.model.plan import Plan
from medplan.services.access import Caller, Right, require
from medplan.services.acts.revising import Revised, add_revision, open_issued
from medplan.services.once import Answer, Once
from medplan.services.parts import Parts
from medplan.services.records.current import IN_FORCE, Current, today_in
from medplan.services.records.issued import current_of
from medplan.services.records.plans import PlanRecord, Status
from medplan.services.refusals import DosesLeftError

_ISSUED = frozenset(set(Status) - {Status.DRAFT, Status.ENTERED_IN_ERROR})


def complete(
    parts: Parts,
    caller: Caller,
    plan_id: UUID,
    reason: str | None,
    *,
    expected: frozenset[int],
    once: Once[PlanRecord],
) -> Answer:
    """Close a plan whose last dose has come.

    Raises:
        NotFoundError, NotAllowedError, WrongStatusError, StaleVersionError, KeyReusedError.
        DosesLeftError: doses are planned after today; a stop ends them safely.
    """
    require(caller, Right.WRITE_PLANS, plan_id)

    def act() -> PlanRecord:
        row = open_issued(session, caller, plan_id, expected, IN_FORCE)
        shown = current_of(session, row)
        today = today_in(shown.plan, caller)
        _check_over(shown.plan, today)
        row.status = Status.COMPLETED
        kept = _unchanged(shown, "completion", today, reason)
        return add_revision(session, parts, caller, row, kept, shown.plan)

    with parts.database.writing_for(caller.organisation_id) as session:
        return once.answer(session, caller, act)


def mark_as_error(
    parts: Parts,
    caller: Caller,
    plan_id: UUID,
    reason: str | None,
    *,
    expected: frozenset[int],
    once: Once[PlanRecord],
) -> Answer:
    """Say that a plan should never have been issued: its calendars show no schedule any more.

    Raises:
        NotFoundError, NotAllowedError, WrongStatusError, StaleVersionError, KeyReusedError.
    """
    require(caller, Right.WRITE_PLANS, plan_id)

    def act() -> PlanRecord:
        row = open_issued(session, caller, plan_id, expected, _ISSUED)
        shown = current_of(session, row)
        row.status = Status.ENTERED_IN_ERROR
        kept = _unchanged(shown, "error", today_in(shown.plan, caller), reason)
        return add_revision(session, parts, caller, row, kept, shown.plan)

    with parts.database.writing_for(caller.organisation_id) as session:
        return once.answer(session, caller, act)


def _check_over(plan: Plan, today: date) -> None:
    if any(course.days.last > today for course in plan.courses):
        raise DosesLeftError


def _unchanged(shown: Current, act: str, effective: date, reason: str | None) -> Revised:
    """The same documents once more, for another reason."""
    return Revised(
        act=act,
        effective=effective,
        reason=reason or act,
        request=shown.revision.request,
        plan=shown.revision.plan,
        formulary_version=shown.revision.formulary_version,
    )
