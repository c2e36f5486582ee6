"""How an act makes the next revision of an issued plan.

The revision, the plan's status, the audit line and the new bytes of every live feed are one
transaction. What was issued before is never changed.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.documents.plan import dump_plan
from medplan.documents.request import read_kept_request
from medplan.documents.request_writing import dump_request
from medplan.model.acts import Act, Issued
from medplan.model.plan import Plan
from medplan.model.request import Acknowledgement, PlanRequest
from medplan.services.access import Caller, Right, require
from medplan.services.acts.issuing import check_issuable
from medplan.services.audit.lines import note
from medplan.services.calendars.feed_bodies import refresh_feeds
from medplan.services.once import Answer, Once
from medplan.services.parts import Parts
from medplan.services.planning import revise_and_prove
from medplan.services.records.current import Current, today_in
from medplan.services.records.issued import current_of
from medplan.services.records.outlook import look_ahead
from medplan.services.records.plans import PlanRecord, Status, record, touch
from medplan.services.refusals import NotFoundError, StaleVersionError, WrongStatusError
from medplan.services.telling.events import OF_ACT, announce
from medplan.store import plans as store
from medplan.store.ids import PLAN, new_id, write_id
from medplan.store.tables import PlanRow, RevisionRow


@dataclass(frozen=True, slots=True)
class Wish:
    """From which day an act is to hold (None: today, where the patient is), why, and the reasons
    for major findings that it brings."""

    effective: date | None = None
    reason: str | None = None
    acknowledged: tuple[Acknowledgement, ...] = ()


@dataclass(frozen=True, slots=True)
class Deed:
    """An act to be done: its name, the statuses that allow it, the act itself on its day, the
    plan's status after it, and the right that it takes."""

    name: str
    allowed: frozenset[Status]
    wish: Wish
    act: Callable[[date, Issued], Act]
    status: Callable[[Status, Plan, date], Status]
    right: Right = Right.WRITE_PLANS


@dataclass(frozen=True, slots=True)
class Revised:
    """What the next revision holds; `request` and `plan` are the texts to be kept."""

    act: str
    effective: date
    reason: str
    request: str
    plan: str
    formulary_version: str


def act_on(
    parts: Parts,
    caller: Caller,
    plan_id: UUID,
    deed: Deed,
    *,
    expected: frozenset[int],
    once: Once[PlanRecord],
) -> Answer:
    """Do an act to a plan that the caller has seen at one of the `expected` versions.

    Raises:
        NotFoundError, NotAllowedError, WrongStatusError, StaleVersionError, KeyReusedError.
        InvalidRequestError: the act does not fit the plan.
        OpenFindingsError: a block, or a major finding without a reason, is open.
        ProofFailedError: the revised plan does not stand up to its proof.
    """
    require(caller, deed.right, plan_id)

    def act() -> PlanRecord:
        row = open_issued(session, caller, plan_id, expected, deed.allowed)
        shown = current_of(session, row)
        revised, effective = _revised(parts, caller, shown, deed)
        row.status = deed.status(Status(row.status), revised.plan, effective)
        kept = Revised(
            act=deed.name,
            effective=effective,
            reason=deed.wish.reason or deed.name,
            request=dump_request(revised.request),
            plan=dump_plan(revised.plan),
            formulary_version=revised.plan.formulary.version,
        )
        return add_revision(session, parts, caller, row, kept, revised.plan)

    with parts.database.writing_for(caller.organisation_id) as session:
        return once.answer(session, caller, act)


def open_issued(
    session: Session,
    caller: Caller,
    plan_id: UUID,
    expected: frozenset[int],
    allowed: frozenset[Status],
) -> PlanRow:
    """Find an issued plan to act on, locked, at a version that the caller has seen.

    Raises:
        NotFoundError, StaleVersionError, WrongStatusError (none that allows the act).
    """
    row = store.find_plan(session, caller.organisation_id, plan_id, lock=True)
    if row is None:
        raise NotFoundError
    if row.version not in expected:
        raise StaleVersionError(row.version)
    if row.status not in allowed:
        raise WrongStatusError(row.status, " or ".join(sorted(allowed)))
    return row


def add_revision(
    session: Session, parts: Parts, caller: Caller, row: PlanRow, kept: Revised, plan: Plan
) -> PlanRecord:
    """Keep the next revision, render the feeds anew, and note who did it."""
    number = (row.revision or 0) + 1
    revision = RevisionRow(
        organisation_id=row.organisation_id,
        id=new_id(caller.at),
        plan_id=row.id,
        number=number,
        act=kept.act,
        effective=kept.effective,
        request=kept.request,
        plan=kept.plan,
        formulary_version=kept.formulary_version,
        tzdata_version=parts.tzdata_version,
        made_by=caller.user_id,
        made_at=caller.at,
        reason=kept.reason,
    )
    session.add(revision)
    row.revision = number
    look_ahead(row, plan, caller.at)
    touch(row, caller)
    refresh_feeds(session, parts, Current(row, revision, plan), caller.at)
    note(session, caller, f"plan.{kept.act}", write_id(PLAN, row.id))
    announce(session, caller, OF_ACT[kept.act], row.id, number)
    return record(row, kept.request, kept.plan)


def _revised(parts: Parts, caller: Caller, shown: Current, deed: Deed) -> tuple[Issued, date]:
    """Revise the plan as it stands; every reason that was given and still matters is kept."""
    request = read_kept_request(shown.revision.request)
    issued = Issued(replace(request, acknowledged=deed.wish.acknowledged), shown.plan)
    formulary = parts.formularies[shown.plan.formulary.jurisdiction]
    effective = deed.wish.effective or today_in(shown.plan, caller)
    revised = revise_and_prove(issued, deed.act(effective, issued), formulary)
    check_issuable(revised.plan)
    return replace(revised, request=_with_reasons(revised)), effective


def _with_reasons(revised: Issued) -> PlanRequest:
    """The request with the reasons that its plan's findings carry, and no others."""
    given = tuple(
        Acknowledgement(finding.code, finding.acknowledged)
        for finding in revised.plan.findings
        if finding.acknowledged is not None
    )
    return replace(revised.request, acknowledged=given)
