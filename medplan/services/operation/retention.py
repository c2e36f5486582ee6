"""How long things are kept: what nobody needs any more is removed, again and again, by the worker.

Audit lines are kept: they name nobody, and a chain that has lost its beginning proves nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.services.audit.lines import note_by_operator
from medplan.services.telling.outbox import drop_done
from medplan.store import old_rows
from medplan.store.database import Database
from medplan.store.figures import organisations
from medplan.store.ids import PLAN, write_id

DRAFTS = timedelta(days=30)
ANSWERS = timedelta(hours=48)
FEED_BODIES = timedelta(hours=23)  # the worker comes every hour: gone within a day
DELIVERIES = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Removed:
    """How much of each kind was removed."""

    drafts: int = 0
    answers: int = 0
    feed_bodies: int = 0
    deliveries: int = 0

    def __add__(self, other: "Removed") -> "Removed":
        return Removed(
            self.drafts + other.drafts,
            self.answers + other.answers,
            self.feed_bodies + other.feed_bodies,
            self.deliveries + other.deliveries,
        )


def retain(database: Database, now: datetime) -> Removed:
    """Remove what has been kept long enough, an organisation at a time; doing it again is safe."""
    with database.operating() as session:
        every = organisations(session)
    removed = Removed()
    for organisation_id in every:
        with database.writing_for(organisation_id) as session:
            removed += _of_organisation(session, organisation_id, now)
    drop_done(database)
    return removed


def _of_organisation(session: Session, organisation_id: UUID, now: datetime) -> Removed:
    drafts = old_rows.old_drafts(session, organisation_id, now - DRAFTS)
    for plan_id in drafts:
        old_rows.drop_draft(session, organisation_id, plan_id)
        note_by_operator(session, organisation_id, now, "plan.drop-draft", write_id(PLAN, plan_id))
    return Removed(
        len(drafts),
        old_rows.drop_answers(session, organisation_id, now - ANSWERS),
        old_rows.drop_feed_bodies(session, organisation_id, now - FEED_BODIES),
        old_rows.drop_deliveries(session, organisation_id, now - DELIVERIES),
    )
