"""The pharmacist's counter-check of a revision: verified, a query, or another request proposed.

It changes no dose. The prescriber answers: a proposal that is accepted becomes an amendment only by
the prescriber's own act, which the answer names by its revision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from medplan.documents.json_text import JsonValue
from medplan.documents.request import request_of
from medplan.documents.request_writing import dump_request
from medplan.errors import InvalidRequestError, Problem
from medplan.services.access import Caller, Right, require
from medplan.services.audit.lines import note, reading
from medplan.services.once import Answer, Once
from medplan.services.parts import Parts
from medplan.services.records.current import IN_FORCE
from medplan.services.records.issued import current_of
from medplan.services.refusals import AnsweredError, NotFoundError, WrongStatusError
from medplan.services.telling.events import EventKind, announce
from medplan.store import dispenses as store
from medplan.store import plans
from medplan.store.ids import COUNTER_CHECK, PLAN, new_id, write_id
from medplan.store.tables import CounterCheckRow


class Verdict(StrEnum):
    """What a pharmacist says of a revision."""

    VERIFIED = "verified"
    QUERY = "query"
    PROPOSAL = "proposal"


class Reply(StrEnum):
    """What the prescriber answers."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Said:
    """What a pharmacist says: `proposal` is a whole request, as JSON values."""

    verdict: Verdict
    note: str | None
    proposal: JsonValue


def counter_check(
    parts: Parts, caller: Caller, plan_id: UUID, said: Said, once: Once[CounterCheckRow]
) -> Answer:
    """Keep what a pharmacist says of the current revision.

    Raises:
        InvalidRequestError: a query without a note, or a proposal that is no request.
        NotFoundError, NotAllowedError, WrongStatusError (not in force), KeyReusedError.
    """
    require(caller, Right.COUNTER_CHECK, plan_id)
    proposal = _proposal(parts, said)

    def act() -> CounterCheckRow:
        row = plans.find_plan(session, caller.organisation_id, plan_id, lock=True)
        if row is None:
            raise NotFoundError
        if row.status not in IN_FORCE:
            raise WrongStatusError(row.status, " or ".join(sorted(IN_FORCE)))
        revision = current_of(session, row).revision.number
        found = CounterCheckRow(
            organisation_id=caller.organisation_id,
            id=new_id(caller.at),
            plan_id=plan_id,
            revision=revision,
            verdict=said.verdict,
            note=said.note,
            proposal=proposal,
            made_by=caller.user_id,
            made_at=caller.at,
        )
        session.add(found)
        note(session, caller, f"counter-check.{said.verdict}", write_id(COUNTER_CHECK, found.id))
        announce(session, caller, EventKind.COUNTER_CHECK_MADE, plan_id, revision)
        return found

    with parts.database.writing_for(caller.organisation_id) as session:
        return once.answer(session, caller, act)


def answer_counter_check(
    parts: Parts,
    caller: Caller,
    plan_id: UUID,
    check_id: UUID,
    reply: Reply,
    reason: str | None,
    once: Once[CounterCheckRow],
) -> Answer:
    """Keep the prescriber's answer. A proposal counts as accepted once the plan was amended since.

    Raises:
        InvalidRequestError: it is declined without a reason, or accepted but not amended.
        AnsweredError: it was answered, or needs no answer.
        NotFoundError, NotAllowedError, KeyReusedError.
    """
    require(caller, Right.ANSWER_COUNTER_CHECKS, plan_id)
    if reply is Reply.DECLINED and reason is None:
        raise InvalidRequestError([Problem("/reason", "missing", "say why it is declined")])

    def act() -> CounterCheckRow:
        row = plans.find_plan(session, caller.organisation_id, plan_id)
        found = store.find_counter_check(session, caller.organisation_id, plan_id, check_id)
        if row is None or found is None:
            raise NotFoundError
        if found.answer is not None or found.verdict == Verdict.VERIFIED:
            raise AnsweredError
        if found.verdict == Verdict.PROPOSAL and reply is Reply.ACCEPTED:
            _check_amended(row.revision or 0, found.revision)
        found.answer, found.answer_note = reply, reason
        found.answered_by, found.answered_at = caller.user_id, caller.at
        note(session, caller, f"counter-check.{reply}", write_id(COUNTER_CHECK, found.id))
        announce(session, caller, EventKind.COUNTER_CHECK_ANSWERED, plan_id, row.revision or 0)
        return found

    with parts.database.writing_for(caller.organisation_id) as session:
        return once.answer(session, caller, act)


def list_counter_checks(parts: Parts, caller: Caller, plan_id: UUID) -> Sequence[CounterCheckRow]:
    """List what pharmacists said of a plan, and the answers.

    Raises:
        NotFoundError, NotAllowedError.
    """
    require(caller, Right.READ_PLANS, plan_id)
    with reading(parts.database, caller, "plan.read", write_id(PLAN, plan_id)) as session:
        if plans.find_plan(session, caller.organisation_id, plan_id) is None:
            raise NotFoundError
        return store.list_counter_checks(session, caller.organisation_id, plan_id)


def _proposal(parts: Parts, said: Said) -> str | None:
    """Read a proposal strictly and give the text to be kept; nothing is planned by it yet."""
    wants = said.verdict is Verdict.PROPOSAL
    if wants != (said.proposal is not None):
        detail = "a proposal brings a request, and nothing else does"
        raise InvalidRequestError([Problem("/request", "contradiction", detail)])
    if said.verdict is Verdict.QUERY and said.note is None:
        raise InvalidRequestError([Problem("/note", "missing", "say what the query is")])
    if said.proposal is None:
        return None
    try:
        return dump_request(request_of(said.proposal, parts.formularies))
    except InvalidRequestError as error:
        raise InvalidRequestError(
            Problem(f"/request{p.pointer}", p.code, p.detail) for p in error.problems
        ) from error


def _check_amended(now: int, checked: int) -> None:
    if now <= checked:
        detail = "amend the plan first: an accepted proposal is the prescriber's own amendment"
        raise InvalidRequestError([Problem("/answer", "not-amended", detail)])
