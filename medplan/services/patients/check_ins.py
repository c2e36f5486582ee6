"""Check-ins: what a patient noticed, of what the plan asks them to look out for.

An emergency answer is flagged until somebody at the practice answers it. Nobody is promised to be
watching: what to do at once is told to the patient with the very question.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.errors import InvalidRequestError, Problem
from medplan.formulary.model import CheckLevel
from medplan.model.plan import Plan
from medplan.services.access import Caller, Right, require
from medplan.services.audit.lines import note, reading
from medplan.services.once import Answer, Once
from medplan.services.parts import Parts
from medplan.services.records.current import today_in
from medplan.services.records.issued import current_of
from medplan.services.refusals import AlreadyAnsweredError, NotFoundError
from medplan.services.telling.events import EventKind, announce
from medplan.store import check_ins as store
from medplan.store import plans
from medplan.store.ids import CHECK_IN, PLAN, new_id, write_id
from medplan.store.tables import CheckInRow
from medplan.wording.looking_out import Question, find_question

NOTHING = "none"
_MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Noticed:
    """One thing that was ticked: the question as it was asked, and of which medicines."""

    question: str
    text: str
    level: CheckLevel
    action: str
    medicines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckIn:
    """What somebody noticed on a day, and what the practice answered."""

    id: UUID
    plan_id: UUID
    revision: int
    day: date
    level: str
    noticed: tuple[Noticed, ...]
    made_by: UUID
    made_at: datetime
    answer: str | None
    answered_by: UUID | None
    answered_at: datetime | None

    @property
    def emergency(self) -> bool:
        """Whether something of it is an emergency."""
        return self.level == CheckLevel.EMERGENCY


def check_in(
    parts: Parts,
    caller: Caller,
    plan_id: UUID,
    ticked: Sequence[str],
    once: Once[CheckIn],
) -> Answer:
    """Keep what was noticed today: the ids of the questions that were ticked, none for nothing.

    Raises:
        NotFoundError, NotAllowedError, KeyReusedError, WrongStatusError (a draft asks nothing).
        InvalidRequestError: the plan asks no such question; every one at once.
    """
    require(caller, Right.CHECK_IN, plan_id)
    with parts.database.writing_for(caller.organisation_id) as session:
        return once.answer(session, caller, lambda: _add(session, caller, plan_id, ticked))


def list_check_ins(parts: Parts, caller: Caller, plan_id: UUID) -> Sequence[CheckIn]:
    """List a plan's latest check-ins, the newest first.

    Raises:
        NotFoundError, NotAllowedError.
    """
    require(caller, Right.READ_PLANS, plan_id)
    with reading(parts.database, caller, "check-in.read", write_id(PLAN, plan_id)) as session:
        if plans.find_plan(session, caller.organisation_id, plan_id) is None:
            raise NotFoundError
        return check_ins_of(session, caller.organisation_id, plan_id)


def check_ins_of(session: Session, organisation_id: UUID, plan_id: UUID) -> Sequence[CheckIn]:
    """Read a plan's latest check-ins, the newest first, for a reading that is let in already."""
    rows = store.list_check_ins(session, organisation_id, plan_id, limit=_MOST_LISTED)
    return [_read(row) for row in rows]


def read_check_in(parts: Parts, caller: Caller, plan_id: UUID, check_in_id: UUID) -> CheckIn:
    """Read one check-in.

    Raises:
        NotFoundError, NotAllowedError.
    """
    require(caller, Right.READ_PLANS, plan_id)
    name = write_id(CHECK_IN, check_in_id)
    with reading(parts.database, caller, "check-in.read", name) as session:
        return _read(_find(session, caller, plan_id, check_in_id))


def open_emergencies(session: Session, organisation_id: UUID) -> Sequence[CheckIn]:
    """List the organisation's emergency check-ins that nobody has answered, the oldest first, for a
    reading that is let in already."""
    rows = store.unanswered(session, organisation_id, CheckLevel.EMERGENCY, limit=_MOST_LISTED)
    return [_read(row) for row in rows]


def answer_check_in(
    parts: Parts,
    caller: Caller,
    plan_id: UUID,
    check_in_id: UUID,
    answer: str,
    once: Once[CheckIn],
) -> Answer:
    """Answer a check-in; the patient reads it on their pages, and its flag comes down.

    Raises:
        NotFoundError, NotAllowedError, KeyReusedError, AlreadyAnsweredError.
    """
    require(caller, Right.ANSWER_CHECK_INS, plan_id)

    def act() -> CheckIn:
        row = _find(session, caller, plan_id, check_in_id)
        if row.answered_at is not None:
            raise AlreadyAnsweredError
        row.answer, row.answered_by, row.answered_at = answer, caller.user_id, caller.at
        note(session, caller, "check-in.answer", write_id(CHECK_IN, row.id))
        return _read(row)

    with parts.database.writing_for(caller.organisation_id) as session:
        return once.answer(session, caller, act)


def _add(session: Session, caller: Caller, plan_id: UUID, ticked: Sequence[str]) -> CheckIn:
    plan_row = plans.find_plan(session, caller.organisation_id, plan_id)
    if plan_row is None:
        raise NotFoundError
    shown = current_of(session, plan_row)
    questions = _asked(shown.plan, ticked)
    level = max((q.item.level for q in questions), key=list(CheckLevel).index, default=NOTHING)
    row = CheckInRow(
        organisation_id=caller.organisation_id,
        id=new_id(caller.at),
        plan_id=plan_id,
        revision=shown.revision.number,
        day=today_in(shown.plan, caller),
        level=level,
        noticed=json.dumps([_kept(q) for q in questions], ensure_ascii=False),
        made_by=caller.user_id,
        made_at=caller.at,
    )
    session.add(row)
    urgent = level == CheckLevel.EMERGENCY
    kind = EventKind.CHECK_IN_EMERGENCY if urgent else EventKind.CHECK_IN_RECORDED
    announce(session, caller, kind, plan_id, row.revision)
    note(session, caller, "check-in.record", write_id(CHECK_IN, row.id))
    return _read(row)


def _asked(plan: Plan, ticked: Sequence[str]) -> tuple[Question, ...]:
    found = {question_id: find_question(plan, question_id) for question_id in ticked}
    problems = list(_unknown(ticked, found))
    if problems:
        raise InvalidRequestError(problems)
    return tuple(question for question in found.values() if question is not None)


def _unknown(ticked: Sequence[str], found: dict[str, Question | None]) -> Iterator[Problem]:
    for n, question_id in enumerate(ticked):
        if found[question_id] is None:
            yield Problem(f"/noticed/{n}", "not-asked", "the plan asks no such question")


def _find(session: Session, caller: Caller, plan_id: UUID, check_in_id: UUID) -> CheckInRow:
    row = store.find_check_in(session, caller.organisation_id, plan_id, check_in_id)
    if row is None:
        raise NotFoundError
    return row


def _kept(question: Question) -> dict[str, object]:
    item = question.item
    return {
        "question": question.id,
        "text": item.text,
        "level": item.level,
        "action": item.action,
        "medicines": question.medicines,
    }


def _read(row: CheckInRow) -> CheckIn:
    noticed = tuple(
        Noticed(
            question=kept["question"],
            text=kept["text"],
            level=CheckLevel(kept["level"]),
            action=kept["action"],
            medicines=tuple(kept["medicines"]),
        )
        for kept in json.loads(row.noticed)
    )
    return CheckIn(
        id=row.id,
        plan_id=row.plan_id,
        revision=row.revision,
        day=row.day,
        level=row.level,
        noticed=noticed,
        made_by=row.made_by,
        made_at=row.made_at,
        answer=row.answer,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
    )
