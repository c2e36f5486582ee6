"""What lies ahead in a plan, kept beside it as columns so that lists need not read the plan."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from medplan.model.plan import Plan
from medplan.store.tables import PlanRow


def look_ahead(row: PlanRow, plan: Plan, acted_at: datetime) -> None:
    """Keep a plan's days, and its first review, stop and decision since it was acted on.

    Those stay until the next act, also once their day has come: what nobody answered is overdue.
    """
    acted_on = acted_at.astimezone(ZoneInfo(plan.time_zone)).date()
    row.first_day, row.last_day = plan.start, plan.end
    row.next_review = _first((review.day for review in plan.reviews), acted_on)
    row.next_stop = _first((stop.last_dose_day for stop in plan.stops), acted_on)
    row.next_decision = _first((decision.day for decision in plan.decisions), acted_on)


def _first(days: Iterable[date], since: date) -> date | None:
    return min((day for day in days if day >= since), default=None)
