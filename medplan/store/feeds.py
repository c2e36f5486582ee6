"""Calendar feeds, found by plan or by the hash of their token."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, or_, select, update
from sqlalchemy.orm import Session

from medplan.store.tables import FeedBodyRow, FeedRow


@dataclass(frozen=True, slots=True)
class Served:
    """When a feed was last fetched, to the hour, and the revision and sequence of what it gave."""

    hour: datetime
    revision: int
    sequence: int


_OF_FEED = (FeedRow.organisation_id == FeedBodyRow.organisation_id) & (FeedRow.id == FeedBodyRow.id)


def find_feed(
    session: Session, organisation_id: UUID, plan_id: UUID, feed_id: UUID
) -> FeedRow | None:
    """Find a feed of this very plan."""
    return session.scalar(
        select(FeedRow)
        .where(
            FeedRow.organisation_id == organisation_id,
            FeedRow.id == feed_id,
            FeedRow.plan_id == plan_id,
        )
        .with_for_update()
    )


def list_feeds(session: Session, organisation_id: UUID, plan_id: UUID) -> Sequence[FeedRow]:
    """List a plan's feeds, first to last, those revoked too."""
    return session.scalars(
        select(FeedRow)
        .where(FeedRow.organisation_id == organisation_id, FeedRow.plan_id == plan_id)
        .order_by(FeedRow.id)
    ).all()


def find_body(session: Session, feed: FeedRow) -> FeedBodyRow | None:
    """Find a feed's stored bytes."""
    return session.get(FeedBodyRow, (feed.organisation_id, feed.id))


def live_feeds(
    session: Session, organisation_id: UUID, plan_id: UUID, now: datetime
) -> Sequence[Row[FeedRow, FeedBodyRow]]:
    """List a plan's feeds that somebody can still read, with their bytes."""
    return session.execute(
        select(FeedRow, FeedBodyRow)
        .join(FeedBodyRow, _OF_FEED)
        .where(
            FeedRow.organisation_id == organisation_id,
            FeedRow.plan_id == plan_id,
            FeedRow.revoked_at.is_(None),
            FeedRow.expires_at > now,
        )
        .order_by(FeedRow.id)
        .with_for_update(of=FeedRow)
    ).all()


def find_live_feed(session: Session, token_sha256: str, now: datetime) -> FeedRow | None:
    """Find a feed that is neither revoked nor expired."""
    return session.scalar(
        select(FeedRow).where(
            FeedRow.token_sha256 == token_sha256,
            FeedRow.revoked_at.is_(None),
            FeedRow.expires_at > now,
        )
    )


def note_fetch(session: Session, token_sha256: str, served: Served) -> UUID | None:
    """Keep the hour of a feed's last fetch and what it was given, unless a later one is kept
    already; give the feed's id when it is the first fetch of that hour. The feed is named by the
    hash of the token that was used."""
    values = {
        "last_fetched": served.hour,
        "served_revision": served.revision,
        "served_sequence": served.sequence,
    }
    feed = update(FeedRow).where(FeedRow.token_sha256 == token_sha256).values(values)
    before = or_(FeedRow.last_fetched.is_(None), FeedRow.last_fetched < served.hour)
    first = session.execute(feed.where(before).returning(FeedRow.id)).scalar_one_or_none()
    if first is None:
        session.execute(feed.where(FeedRow.last_fetched == served.hour))
    return first


def mark_exposed(session: Session, token_sha256: str, now: datetime) -> None:
    """Keep when a feed's address was first sent without encryption."""
    session.execute(
        update(FeedRow)
        .where(FeedRow.token_sha256 == token_sha256, FeedRow.exposed_at.is_(None))
        .values(exposed_at=now)
    )
