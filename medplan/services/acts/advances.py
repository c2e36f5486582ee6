"""Whether calendars show a titration's steps up before anybody has agreed to them."""

import json
from enum import StrEnum
from uuid import UUID

from medplan.errors import InvalidRequestError, Problem
from medplan.services.access import Caller, Right, require
from medplan.services.acts.revising import open_issued
from medplan.services.audit.lines import note
from medplan.services.calendars.feed_bodies import refresh_feeds
from medplan.services.once import Answer, Once
from medplan.services.parts import Parts
from medplan.services.records.current import IN_FORCE
from medplan.services.records.issued import current_of
from medplan.services.records.plans import PlanRecord, record, touch
from medplan.store.ids import PLAN, write_id
from medplan.wording.names import medicine_key


class Advance(StrEnum):
    """What calendars show of a course: what is decided, or all that is planned."""

    DECIDED = "decided"
    PLANNED = "planned"


def set_advance(
    parts: Parts,
    caller: Caller,
    plan_id: UUID,
    medicine: str,
    advance: Advance,
    *,
    expected: frozenset[int],
    once: Once[PlanRecord],
) -> Answer:
    """Choose for one medicine. The plan and its revision stay; its feeds are rendered anew.

    Raises:
        NotFoundError, NotAllowedError, WrongStatusError, StaleVersionError, KeyReusedError.
        InvalidRequestError: the plan has no such medicine.
    """
    require(caller, Right.WRITE_PLANS, plan_id)

    def act() -> PlanRecord:
        row = open_issued(session, caller, plan_id, expected, IN_FORCE)
        shown = current_of(session, row)
        if medicine not in {medicine_key(course) for course in shown.plan.courses}:
            detail = "the plan has no such medicine"
            raise InvalidRequestError([Problem("/medicine", "not-in-plan", detail)])
        planned = set(json.loads(row.planned_ahead)) - {medicine}
        planned |= {medicine} if advance is Advance.PLANNED else set()
        row.planned_ahead = json.dumps(sorted(planned), ensure_ascii=False)
        touch(row, caller)
        refresh_feeds(session, parts, shown, caller.at)
        note(session, caller, "plan.advance", write_id(PLAN, plan_id))
        return record(row, shown.revision.request, shown.revision.plan)

    with parts.database.writing_for(caller.organisation_id) as session:
        return once.answer(session, caller, act)
