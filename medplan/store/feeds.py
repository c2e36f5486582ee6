"""Calendar feeds, found by plan or by the hash of their token."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, or_, select, update
from sqlalchemy.orm import Session

from medplan.store.tables import FeedBodyRow, FeedRow

_OF_FEED = (FeedRow.organisation_id == FeedBodyRow.organisation_id) & (FeedRow.id == FeedBodyRow.id)
_LIVE = (
    FeedRow.token_sha256 == bindparam("token_sha256"),
    FeedRow.revoked_at.is_(None),
    FeedRow.expires_at > bindparam("now"),
)
_LIVE_BODY = (
    select(
        FeedBodyRow.body,
        FeedBodyRow.etag,
        FeedBodyRow.last_modified,
        FeedBodyRow.revision,
        FeedRow.organisation_id,
        FeedRow.id,
        FeedRow.token_sha256,
    )
    .join(FeedRow, _OF_FEED)
    .where(*_LIVE)
)


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


def find_live_body(
    connection: Connection, token_sha256: str, now: datetime
) -> Row[bytes, str, datetime, int, UUID, UUID, str] | None:
    """Find the stored bytes of a feed that is neither revoked nor expired, in one indexed read:
    body, etag, last modified, revision, organisation, feed, hash."""
    return connection.execute(_LIVE_BODY, {"token_sha256": token_sha256, "now": now}).one_or_none()


def find_live_feed(session: Session, token_sha256: str, now: datetime) -> FeedRow | None:
    """Find a feed that is neither revoked nor expired."""
    return session.scalar(select(FeedRow).where(*_LIVE), {"token_sha256": token_sha256, "now": now})


def note_fetches(
    session: Session, fetches: Mapping[tuple[UUID, UUID], tuple[datetime, int]]
) -> None:
    """Keep the hour of each feed's last fetch and the revision it was given, unless a later one
    is kept already."""
    for (organisation_id, feed_id), (hour, revision) in fetches.items():
        session.execute(
            update(FeedRow)
            .where(
                FeedRow.organisation_id == organisation_id,
                FeedRow.id == feed_id,
                or_(FeedRow.last_fetched.is_(None), FeedRow.last_fetched <= hour),
            )
            .values(last_fetched=hour, served_revision=revision)
        )
