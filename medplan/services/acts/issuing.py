"""How a draft becomes active: its plan is kept as revision 1, which is never changed again.

The plan is made once more from the draft's request and must be the one that the draft showed; the
reasons given for major findings become part of the request that is kept.
"""

import json
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.documents.plan import dump_plan
from medplan.documents.request import read_request
from medplan.errors import InvalidRequestError, Problem
from medplan.formulary.model import Severity
from medplan.model.plan import Plan
from medplan.model.request import Acknowledgement, PlanRequest
from medplan.services.access import Caller, Right, require
from medplan.services.audit.lines import note
from medplan.services.once import Answer, Once
from medplan.services.parts import Parts
from medplan.services.records.outlook import look_ahead
from medplan.services.records.plans import PlanRecord, Status, make, open_draft, record, touch
from medplan.services.refusals import OpenFindingsError, PlanChangedError, ProofFailedError
from medplan.services.telling.events import EventKind, announce
from medplan.store.ids import PLAN, new_id, write_id
from medplan.store.tables import DraftRow, PlanRow, RevisionRow


def issue(
    parts: Parts,
    caller: Caller,
    plan_id: UUID,
    acknowledged: tuple[Acknowledgement, ...],
    *,
    expected: frozenset[int],
    once: Once[PlanRecord],
) -> Answer:
    """Issue a draft that the caller has seen at one of the `expected` versions.

    Raises:
        NotFoundError, NotAllowedError, WrongStatusError, StaleVersionError, KeyReusedError.
        InvalidRequestError: an acknowledgement matches no major finding.
        OpenFindingsError: a block, or a major finding without a reason, is open.
        PlanChangedError: the same request would now give another plan than the draft shows.
    """
    require(caller, Right.WRITE_PLANS, plan_id)

    def act() -> PlanRecord:
        row, draft = open_draft(session, caller, plan_id, expected)
        request, plan = _plan_to_issue(parts, draft, acknowledged)
        revision = _first_revision(caller, row, draft, request, plan, parts.tzdata_version)
        look_ahead(row, plan, caller.at)
        return _activate(session, caller, row, draft, revision)

    with parts.database.writing_for(caller.organisation_id) as session:
        return once.answer(session, caller, act)


def _plan_to_issue(
    parts: Parts, draft: DraftRow, acknowledged: tuple[Acknowledgement, ...]
) -> tuple[PlanRequest, Plan]:
    request = read_request(draft.request, parts.formularies)
    shown = make(parts, request)
    if dump_plan(shown) != draft.plan:
        raise PlanChangedError
    _check_acknowledged(shown, acknowledged)
    request = _acknowledge(request, acknowledged)
    plan = make(parts, request)
    check_issuable(plan)
    return request, plan


def _first_revision(
    caller: Caller,
    row: PlanRow,
    draft: DraftRow,
    request: PlanRequest,
    plan: Plan,
    tzdata_version: str,
) -> RevisionRow:
    return RevisionRow(
        organisation_id=row.organisation_id,
        id=new_id(caller.at),
        plan_id=row.id,
        number=1,
        act="issue",
        effective=None,
        request=_acknowledged_text(draft.request, request),
        plan=dump_plan(plan),
        formulary_version=plan.formulary.version,
        tzdata_version=tzdata_version,
        made_by=caller.user_id,
        made_at=caller.at,
        reason="issued",
    )


def _activate(
    session: Session, caller: Caller, row: PlanRow, draft: DraftRow, revision: RevisionRow
) -> PlanRecord:
    session.add(revision)
    session.delete(draft)
    row.status, row.revision = Status.ACTIVE, revision.number
    touch(row, caller)
    note(session, caller, "plan.issue", write_id(PLAN, row.id))
    announce(session, caller, EventKind.PLAN_ISSUED, row.id, revision.number)
    return record(row, revision.request, revision.plan)


def _check_acknowledged(shown: Plan, acknowledged: tuple[Acknowledgement, ...]) -> None:
    majors = {f.code for f in shown.findings if f.severity is Severity.MAJOR}
    unmatched = [n for n, entry in enumerate(acknowledged) if entry.code not in majors]
    if unmatched:
        raise InvalidRequestError(
            Problem(
                f"/acknowledged/{n}/code",
                "not-a-major-finding",
                f"no major finding {acknowledged[n].code!r}",
            )
            for n in unmatched
        )


def check_issuable(plan: Plan) -> None:
    """Refuse a plan that nobody may be given.

    Raises:
        OpenFindingsError, ProofFailedError.
    """
    still_open = tuple(finding for finding in plan.findings if finding.open)
    if still_open:
        raise OpenFindingsError(still_open)
    if not plan.issuable:
        raise ProofFailedError


def _acknowledge(request: PlanRequest, added: tuple[Acknowledgement, ...]) -> PlanRequest:
    """Add reasons to those that the draft had; a new reason for a finding replaces the old."""
    by_code = {entry.code: entry for entry in (*request.acknowledged, *added)}
    return replace(request, acknowledged=tuple(by_code.values()))


def _acknowledged_text(text: str, request: PlanRequest) -> str:
    """Write the acknowledgements, where there are any, into the request's own text."""
    if not request.acknowledged:
        return text
    document = json.loads(text)
    document["acknowledged"] = [
        {"code": entry.code, "reason": entry.reason} for entry in request.acknowledged
    ]
    return json.dumps(document, ensure_ascii=False, indent=2)
