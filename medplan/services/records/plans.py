"""Plans: previewed, drafted, changed while they are drafts, and read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.documents.plan import dump_plan
from medplan.documents.request import read_request
from medplan.formulary.model import CheckLevel
from medplan.model.plan import Plan
from medplan.model.request import PlanRequest
from medplan.services.access import Caller, Right, require
from medplan.services.audit.lines import note, reading
from medplan.services.once import Answer, Once
from medplan.services.parts import Parts
from medplan.services.planning import plan_and_prove
from medplan.services.refusals import NotFoundError, StaleVersionError, WrongStatusError
from medplan.store import plans as store
from medplan.store.check_ins import with_unanswered
from medplan.store.ids import ORGANISATION, PLAN, new_id, write_id
from medplan.store.tables import DraftRow, PlanRow, RevisionRow


class Status(StrEnum):
    """Where a plan is in its life."""

    DRAFT = "draft"
    ACTIVE = "active"
    ON_HOLD = "on-hold"
    COMPLETED = "completed"
    STOPPED = "stopped"
    ENTERED_IN_ERROR = "entered-in-error"


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A plan with its life: `request` and `plan` are the JSON texts as kept."""

    id: UUID
    status: Status
    version: int
    revision: int | None
    created_at: datetime
    updated_at: datetime
    request: str
    plan: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some plans, newest first, where the pages beside it begin (None: there is none), and of
    which of the plans an emergency waits for an answer."""

    plans: Sequence[PlanRow]
    newer: store.Place | None
    older: store.Place | None
    flagged: frozenset[UUID] = frozenset()


def preview(parts: Parts, caller: Caller, text: bytes) -> Plan:
    """Make the plan that a request asks for and store nothing.

    Raises:
        InvalidRequestError: the request can't be understood; every problem at once.
        NotAllowedError: the caller may not.
    """
    require(caller, Right.PREVIEW)
    return make(parts, read_request(text, parts.formularies))


def create_draft(parts: Parts, caller: Caller, text: bytes, once: Once[PlanRecord]) -> Answer:
    """Store a new draft, also one whose findings still keep it from being issued.

    Raises:
        InvalidRequestError: the request can't be understood; nothing is stored.
        KeyReusedError, NotAllowedError.
    """
    require(caller, Right.DRAFT_PLANS)
    request = read_request(text, parts.formularies)
    plan = dump_plan(make(parts, request))
    with parts.database.writing_for(caller.organisation_id) as session:
        return once.answer(
            session, caller, lambda: _add_draft(session, caller, request, text.decode(), plan)
        )


def _add_draft(
    session: Session, caller: Caller, request: PlanRequest, text: str, plan: str
) -> PlanRecord:
    row = PlanRow(
        organisation_id=caller.organisation_id,
        id=new_id(caller.at),
        status=Status.DRAFT,
        patient_reference=request.patient.reference,
        version=1,
        revision=None,
        created_by=caller.user_id,
        created_at=caller.at,
        updated_at=caller.at,
    )
    session.add(row)
    session.flush()
    session.add(DraftRow(organisation_id=row.organisation_id, id=row.id, request=text, plan=plan))
    note(session, caller, "plan.draft", write_id(PLAN, row.id))
    return record(row, text, plan)


def read_plan(parts: Parts, caller: Caller, plan_id: UUID) -> PlanRecord:
    """Read a plan as it stands: the draft, or the current revision.

    Raises:
        NotFoundError, NotAllowedError.
    """
    require(caller, Right.READ_PLANS, plan_id)
    with reading(parts.database, caller, "plan.read", write_id(PLAN, plan_id)) as session:
        row = _find(session, caller, plan_id)
        current = _current(session, row)
        return record(row, current.request, current.plan)


def list_plans(
    parts: Parts, caller: Caller, wanted: store.PlanFilter, place: store.Place | None, limit: int
) -> Page:
    """List the organisation's plans, newest first.

    Raises:
        NotAllowedError: the caller may not.
    """
    require(caller, Right.READ_PLANS)
    organisation = write_id(ORGANISATION, caller.organisation_id)
    with reading(parts.database, caller, "plan.list", organisation) as session:
        rows = store.newest_plans(
            session, caller.organisation_id, wanted, place=place, limit=limit + 1
        )
        page = _page(rows, place, limit)
        shown = [row.id for row in page.plans]
        flagged = with_unanswered(session, caller.organisation_id, CheckLevel.EMERGENCY, shown)
    return replace(page, flagged=flagged)


def list_beside(parts: Parts, caller: Caller, plan_id: UUID) -> Sequence[PlanRow]:
    """List what else of a plan's patient is in force: its doses are in no sum of this plan's.

    Raises:
        NotFoundError, NotAllowedError (whoever may not read every plan).
    """
    require(caller, Right.READ_PLANS)
    organisation = write_id(ORGANISATION, caller.organisation_id)
    with reading(parts.database, caller, "plan.list", organisation) as session:
        return store.in_force_beside(session, _find(session, caller, plan_id))


def _page(rows: Sequence[PlanRow], place: store.Place | None, limit: int) -> Page:
    """Cut a page from rows of which there is one more than wanted where the list goes on."""
    upwards = place is not None and not place.older
    more = len(rows) > limit
    shown = rows[-limit:] if upwards else rows[:limit]
    if not shown:
        return Page(shown, None, None)
    newer = store.Place(shown[0].id, older=False)
    older = store.Place(shown[-1].id, older=True)
    if upwards:
        return Page(shown, newer if more else None, older)
    return Page(shown, None if place is None else newer, older if more else None)


def replace_draft(
    parts: Parts, caller: Caller, plan_id: UUID, text: bytes, *, expected: frozenset[int]
) -> PlanRecord:
    """Put another request in a draft's place.

    Raises:
        InvalidRequestError, NotFoundError, NotAllowedError, WrongStatusError (issued already),
        StaleVersionError (the draft is at none of the `expected` versions).
    """
    require(caller, Right.WRITE_PLANS, plan_id)
    request = read_request(text, parts.formularies)
    plan = dump_plan(make(parts, request))
    with parts.database.writing_for(caller.organisation_id) as session:
        row, draft = open_draft(session, caller, plan_id, expected)
        draft.request, draft.plan = text.decode(), plan
        row.patient_reference = request.patient.reference
        touch(row, caller)
        note(session, caller, "plan.replace-draft", write_id(PLAN, plan_id))
        return record(row, draft.request, draft.plan)


def delete_draft(parts: Parts, caller: Caller, plan_id: UUID, *, expected: frozenset[int]) -> None:
    """Drop a draft for good; an issued plan can't be dropped.

    Raises:
        NotFoundError, NotAllowedError, WrongStatusError, StaleVersionError.
    """
    require(caller, Right.WRITE_PLANS, plan_id)
    with parts.database.writing_for(caller.organisation_id) as session:
        row, draft = open_draft(session, caller, plan_id, expected)
        session.delete(draft)
        session.flush()
        session.delete(row)
        note(session, caller, "plan.delete-draft", write_id(PLAN, plan_id))


def list_revisions(parts: Parts, caller: Caller, plan_id: UUID) -> Sequence[RevisionRow]:
    """List a plan's revisions, first to last, without their documents.

    Raises:
        NotFoundError, NotAllowedError.
    """
    require(caller, Right.READ_PLANS, plan_id)
    with reading(parts.database, caller, "plan.read", write_id(PLAN, plan_id)) as session:
        _find(session, caller, plan_id)
        return store.revisions_in_short(session, caller.organisation_id, plan_id)


def read_revision(parts: Parts, caller: Caller, plan_id: UUID, number: int) -> RevisionRow:
    """Read one revision as it was issued.

    Raises:
        NotFoundError, NotAllowedError.
    """
    require(caller, Right.READ_PLANS, plan_id)
    with reading(parts.database, caller, "plan.read", write_id(PLAN, plan_id)) as session:
        row = store.find_revision(session, caller.organisation_id, plan_id, number)
        if row is None:
            raise NotFoundError
        return row


def make(parts: Parts, request: PlanRequest) -> Plan:
    """Make and prove the plan with its own country's formulary."""
    return plan_and_prove(request, parts.formularies[request.jurisdiction])


def _find(session: Session, caller: Caller, plan_id: UUID) -> PlanRow:
    row = store.find_plan(session, caller.organisation_id, plan_id)
    if row is None:
        raise NotFoundError
    return row


def open_draft(
    session: Session, caller: Caller, plan_id: UUID, expected: frozenset[int]
) -> tuple[PlanRow, DraftRow]:
    """Find a draft to change, locked, at a version that the caller has seen.

    Raises:
        NotFoundError, StaleVersionError, WrongStatusError (it is no draft).
    """
    row = store.find_plan(session, caller.organisation_id, plan_id, lock=True)
    if row is None:
        raise NotFoundError
    if row.version not in expected:
        raise StaleVersionError(row.version)
    draft = store.find_draft(session, caller.organisation_id, plan_id)
    if draft is None:
        raise WrongStatusError(row.status, Status.DRAFT)
    return row, draft


def _current(session: Session, row: PlanRow) -> DraftRow | RevisionRow:
    found: DraftRow | RevisionRow | None
    if row.revision is None:
        found = store.find_draft(session, row.organisation_id, row.id)
    else:
        found = store.find_revision(session, row.organisation_id, row.id, row.revision)
    if found is None:
        raise NotFoundError
    return found


def touch(row: PlanRow, caller: Caller) -> None:
    """Count a change of the plan."""
    row.version += 1
    row.updated_at = caller.at


def record(row: PlanRow, request: str, plan: str) -> PlanRecord:
    """Put a plan's row and its documents together."""
    return PlanRecord(
        id=row.id,
        status=Status(row.status),
        version=row.version,
        revision=row.revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
        request=request,
        plan=plan,
    )
