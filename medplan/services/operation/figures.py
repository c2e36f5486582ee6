"""How the service as a whole is doing: counts over every organisation, without anybody in them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from medplan.services.parts import Parts
from medplan.store import figures as store


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts at one moment; `outbox_age_s` is how long the oldest waiting task has waited."""

    plans: Mapping[str, int] = field(default_factory=dict)
    overdue_stops: int = 0
    stale_feeds: int = 0
    outbox_age_s: float = 0.0
    dead_tasks: int = 0


def read_figures(parts: Parts, now: datetime) -> Figures:
    """Count, organisation by organisation: nothing reads across them."""
    with parts.database.operating() as session:
        organisations = store.organisations(session)
    plans: Counter[str] = Counter()
    overdue = stale = 0
    for organisation_id in organisations:
        with parts.database.reading_for(organisation_id) as session:
            plans.update(store.plans_by_status(session, organisation_id))
            overdue += store.overdue_stops(session, organisation_id, now.date())
            stale += store.stale_feeds(session, organisation_id, now)
    with parts.database.working() as session:
        oldest, dead = store.oldest_task(session), store.dead_tasks(session)
    age = 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
    return Figures(dict(plans), overdue, stale, age, dead)
