"""Plans as they stood at each of their revisions: which plan, which status, made by whom and why.

Every reading is one line of the audit. The caller names the right that the reading needs: a client
may be let in to some kinds of what a plan holds and not to others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.documents.plan import read_plan
from medplan.model.plan import Plan
from medplan.services.access import Caller, Right, require
from medplan.services.audit.lines import reading
from medplan.services.parts import Parts
from medplan.services.records.current import ended
from medplan.services.records.plans import Status
from medplan.services.refusals import NotFoundError
from medplan.store import plans as store
from medplan.store.ids import ORGANISATION, PLAN, write_id
from medplan.store.tables import DraftRow, PlanRow, RevisionRow

_AFTER = {
    "issue": Status.ACTIVE,
    "amendment": Status.ACTIVE,
    "hold": Status.ON_HOLD,
    "resume": Status.ACTIVE,
    "completion": Status.COMPLETED,
    "error": Status.ENTERED_IN_ERROR,
}
_ENDING = frozenset({"stop", "decision"})


@dataclass(frozen=True, slots=True)
class Revised:
    """What made a revision: the act, its number, the day from which it holds, why, and by which
    rules of time zones its days were reckoned."""

    act: str
    number: int
    effective: date | None
    reason: str
    tzdata_version: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A plan as it stood. `revised` is None for a draft, whose `version` counts its changes.

    `before` is the plan of the revision before this one, None where there is none.
    """

    plan_id: UUID
    patient: str
    status: Status
    version: int
    created_at: datetime
    made_at: datetime
    made_by: UUID
    plan: Plan
    revised: Revised | None
    before: Plan | None


@dataclass(frozen=True, slots=True)
class Found:
    """Some plans as they stand, newest first, and whether there are older ones."""

    standings: Sequence[Standing]
    more: bool


def read_standing(parts: Parts, caller: Caller, right: Right, plan_id: UUID) -> Standing:
    """Read a plan as it stands now.

    Raises:
        NotFoundError, NotAllowedError, ErasedError.
    """
    require(caller, right, plan_id)
    with reading(parts.database, caller, "plan.read", write_id(PLAN, plan_id)) as session:
        return _present(session, _find(session, caller, plan_id))


def read_standings(
    parts: Parts, caller: Caller, right: Right, plan_id: UUID
) -> tuple[Standing, ...]:
    """Read a plan at each of its revisions, the last one first; a draft stands alone.

    Raises:
        NotFoundError, NotAllowedError, ErasedError.
    """
    require(caller, right, plan_id)
    with reading(parts.database, caller, "plan.read", write_id(PLAN, plan_id)) as session:
        row = _find(session, caller, plan_id)
        if row.revision is None:
            return (_present(session, row),)
        return tuple(_over_time(row, _revisions(session, row)))[::-1]


def search_standings(
    parts: Parts,
    caller: Caller,
    right: Right,
    wanted: store.PlanFilter,
    *,
    older_than: UUID | None,
    limit: int,
) -> Found:
    """Read plans as they stand, the newest first, beginning after `older_than`.

    Raises:
        NotAllowedError: the caller may not.
    """
    require(caller, right)
    place = None if older_than is None else store.Place(older_than, older=True)
    organisation = write_id(ORGANISATION, caller.organisation_id)
    with reading(parts.database, caller, "plan.list", organisation) as session:
        rows = store.newest_plans(
            session, caller.organisation_id, wanted, place=place, limit=limit + 1
        )
        return Found([_present(session, row) for row in rows[:limit]], len(rows) > limit)


def _find(session: Session, caller: Caller, plan_id: UUID) -> PlanRow:
    row = store.find_plan(session, caller.organisation_id, plan_id)
    if row is None:
        raise NotFoundError
    return row


def _revisions(session: Session, row: PlanRow) -> Sequence[RevisionRow]:
    return store.list_revisions(session, row.organisation_id, row.id)


def _present(session: Session, row: PlanRow) -> Standing:
    if row.revision is None:
        draft = store.find_draft(session, row.organisation_id, row.id)
        if draft is None:
            raise NotFoundError
        return _draft(row, draft)
    made = store.find_revision(session, row.organisation_id, row.id, row.revision)
    if made is None:
        raise NotFoundError
    last = store.find_revision(session, row.organisation_id, row.id, row.revision - 1)
    before = None if last is None else read_plan(last.plan)
    return _standing(row, made, Status(row.status), before)


def _over_time(row: PlanRow, revisions: Sequence[RevisionRow]) -> Iterator[Standing]:
    """The plan at each revision; what its status was then follows from the acts so far."""
    status, before = Status.ACTIVE, None
    for made in revisions:
        plan = read_plan(made.plan)
        if made.act in _ENDING and made.effective is not None:
            status = ended(status, plan, made.effective)
        status = _AFTER.get(made.act, status)
        if made.number == row.revision:
            status = Status(row.status)
        yield _standing(row, made, status, before)
        before = plan


def _draft(row: PlanRow, draft: DraftRow) -> Standing:
    return Standing(
        plan_id=row.id,
        patient=row.patient_reference,
        status=Status(row.status),
        version=row.version,
        created_at=row.created_at,
        made_at=row.updated_at,
        made_by=row.created_by,
        plan=read_plan(draft.plan),
        revised=None,
        before=None,
    )


def _standing(row: PlanRow, made: RevisionRow, status: Status, before: Plan | None) -> Standing:
    return Standing(
        plan_id=row.id,
        patient=row.patient_reference,
        status=status,
        version=made.number,
        created_at=row.created_at,
        made_at=made.made_at,
        made_by=made.made_by,
        plan=read_plan(made.plan),
        revised=Revised(made.act, made.number, made.effective, made.reason, made.tzdata_version),
        before=before,
    )
