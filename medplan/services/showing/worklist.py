"""What waits for a prescriber: nothing of it is read from plans, so it is quick however many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Row
from sqlalchemy.orm import Session

from medplan.services.access import Caller, Right, may, require
from medplan.services.audit.lines import reading
from medplan.services.calendars.feed_reading import write_fetches
from medplan.services.parts import Parts
from medplan.services.patients.check_ins import CheckIn, open_emergencies
from medplan.store import openings
from medplan.store import worklist as store
from medplan.store.ids import ORGANISATION, write_id
from medplan.store.tables import FeedRow, PlanRow

MOST = 50
_AHEAD = timedelta(days=7)
_BACK = timedelta(days=7)
_LATE = timedelta(hours=24)  # a calendar may take a day; longer is worth a look


@dataclass(frozen=True, slots=True)
class Worklist:
    """Plans by what they wait for, at most `MOST` of each, those that wait longest first.

    `today` is the day in UTC: a plan further east or west turns overdue some hours later or sooner
    than its own midnight. `opened` are the plans that an auditor opened in the last seven days.
    """

    today: date
    emergencies: Sequence[CheckIn]
    stops_overdue: Sequence[PlanRow]
    stops_due: Sequence[PlanRow]
    reviews: Sequence[PlanRow]
    decisions: Sequence[PlanRow]
    stale: Sequence[Row[PlanRow, FeedRow]]
    opened: Sequence[openings.Opened]
    drafts: Sequence[PlanRow]


def read_worklist(parts: Parts, caller: Caller) -> Worklist:
    """List what waits in the caller's organisation.

    Raises:
        NotAllowedError: the caller may not.
    """
    require(caller, Right.READ_PLANS)
    write_fetches(parts)
    today, organisation = caller.at.date(), caller.organisation_id
    soon, subject = today + _AHEAD, write_id(ORGANISATION, organisation)
    with reading(parts.database, caller, "check-in.list", subject) as session:
        stops = store.plans_until(session, organisation, PlanRow.next_stop, soon, limit=MOST)
        return Worklist(
            today=today,
            emergencies=open_emergencies(session, organisation),
            stops_overdue=[row for row in stops if row.next_stop and row.next_stop < today],
            stops_due=[row for row in stops if row.next_stop and row.next_stop >= today],
            reviews=store.plans_until(session, organisation, PlanRow.next_review, soon, limit=MOST),
            decisions=store.plans_until(
                session, organisation, PlanRow.next_decision, soon, limit=MOST
            ),
            stale=store.stale_feeds(
                session,
                organisation,
                caller.at,
                changed_before=caller.at - _LATE,
                limit=MOST,
            ),
            opened=_opened(session, caller),
            drafts=store.drafts(session, organisation, limit=MOST),
        )


def _opened(session: Session, caller: Caller) -> Sequence[openings.Opened]:
    """What auditors have opened lately, for those who are to know."""
    if not may(caller, Right.READ_OPENINGS):
        return ()
    return openings.openings_since(session, caller.organisation_id, caller.at - _BACK, limit=MOST)
