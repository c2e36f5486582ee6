"""The bytes that feeds answer with: rendered when a plan or a feed changes, never when one is read.

Every rendering counts the feed's own sequence up and stamps a later time, so that no reader takes
a changed event for one it has; an event that stays as it was keeps the stamp it had.
"""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from medplan.services.link_ends import usual_end
from medplan.services.parts import (
    CalendarFacts,
    CalendarLook,
    Detail,
    Group,
    Medium,
    Parts,
)
from medplan.services.records.current import Current, followed
from medplan.store import feeds as store
from medplan.store.ids import PLAN, write_id
from medplan.store.tables import FeedBodyRow, FeedRow

_PAST = timedelta(days=60)
_SECOND = timedelta(seconds=1)


def look_of(feed: FeedRow) -> CalendarLook:
    """How a feed shows its plan."""
    return CalendarLook(
        detail=Detail(feed.detail),
        alarms=feed.alarms,
        group=Group(feed.grouping),
        labels=json.loads(feed.labels),
        medicines=None if feed.medicines is None else frozenset(json.loads(feed.medicines)),
    )


def render(parts: Parts, shown: Current, facts: CalendarFacts, before: bytes = b"") -> bytes:
    """Render a calendar of the plan as it stands; one entered in error shows nothing."""
    plan = followed(shown.plan, shown.row.status)
    formulary = parts.formularies[plan.formulary.jurisdiction]
    return parts.render_calendar(plan, formulary, facts, before)


def file_facts(shown: Current, look: CalendarLook) -> CalendarFacts:
    """What a calendar to be imported once must know."""
    return CalendarFacts(
        plan_id=write_id(PLAN, shown.row.id),
        revision=shown.revision.number,
        sequence=shown.revision.number,
        changed_at=shown.revision.made_at,
        look=look,
        medium=Medium.FILE,
    )


def new_body(parts: Parts, shown: Current, feed: FeedRow, at: datetime) -> FeedBodyRow:
    """Render a new feed's first bytes: as of its revision, without what is long past by now."""
    body = FeedBodyRow(organisation_id=feed.organisation_id, id=feed.id)
    feed.sequence = shown.revision.number
    _write(parts, shown, feed, body, changed_at=shown.revision.made_at, at=at)
    return body


def render_again(
    parts: Parts, shown: Current, feed: FeedRow, body: FeedBodyRow, at: datetime
) -> None:
    """Render a feed's bytes anew, with a higher sequence and a later time than before."""
    feed.sequence += 1
    changed_at = max(at, body.last_modified + _SECOND)
    _write(parts, shown, feed, body, changed_at=changed_at, at=at)


def refresh_feeds(session: Session, parts: Parts, shown: Current, at: datetime) -> None:
    """Render every live feed of a plan anew; ends that follow the plan move with it."""
    row = shown.row
    for feed, body in store.live_feeds(session, row.organisation_id, row.id, at):
        if not feed.expiry_chosen:
            feed.expires_at = usual_end(shown.plan.end, at)
        render_again(parts, shown, feed, body, at)


def _write(
    parts: Parts,
    shown: Current,
    feed: FeedRow,
    body: FeedBodyRow,
    *,
    changed_at: datetime,
    at: datetime,
) -> None:
    stamp = changed_at.astimezone(UTC).replace(microsecond=0)
    facts = replace(
        file_facts(shown, look_of(feed)),
        medium=Medium.FEED,
        sequence=feed.sequence,
        changed_at=stamp,
        planned_ahead=frozenset(json.loads(shown.row.planned_ahead)),
        since=at.astimezone(UTC).date() - _PAST,
    )
    body.body = render(parts, shown, facts, body.body or b"")
    body.etag = hashlib.sha256(body.body).hexdigest()
    body.last_modified = stamp
    body.revision = shown.revision.number
