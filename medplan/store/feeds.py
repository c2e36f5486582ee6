"""Calendar feeds, found by plan or by the hash of their token."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from medplan.store.tables import FeedBodyRow, FeedRow


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


def find_live_body(
    session: Session, token_sha256: str, now: datetime
) -> Row[bytes, str, datetime, str] | None:
    """Find the stored bytes of a feed that is neither revoked nor expired, in one indexed read:
    body, etag, last modified, hash."""
    return session.execute(
        select(FeedBodyRow.body, FeedBodyRow.etag, FeedBodyRow.last_modified, FeedRow.token_sha256)
        .join(
            FeedRow,
            (FeedRow.organisation_id == FeedBodyRow.organisation_id)
            & (FeedRow.id == FeedBodyRow.id),
        )
        .where(
            FeedRow.token_sha256 == token_sha256,
            FeedRow.revoked_at.is_(None),
            FeedRow.expires_at > now,
        )
    ).one_or_none()
