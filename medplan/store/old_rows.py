"""Rows that have been kept long enough, removed an organisation at a time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CursorResult, Delete, delete, or_, select
from sqlalchemy.orm import Session

from medplan.store.tables import (
    DraftRow,
    FeedBodyRow,
    FeedRow,
    IdempotencyRow,
    PlanRow,
    WebhookDeliveryRow,
)


def old_drafts(session: Session, organisation_id: UUID, before: datetime) -> list[UUID]:
    """List drafts that nobody has touched since."""
    return list(
        session.scalars(
            select(PlanRow.id).where(
                PlanRow.organisation_id == organisation_id,
                PlanRow.status == "draft",
                PlanRow.updated_at < before,
            )
        )
    )


def drop_draft(session: Session, organisation_id: UUID, plan_id: UUID) -> None:
    """Remove a draft and its plan."""
    for table in (DraftRow, PlanRow):
        session.execute(
            delete(table).where(table.organisation_id == organisation_id, table.id == plan_id)
        )


def drop_answers(session: Session, organisation_id: UUID, before: datetime) -> int:
    """Remove answers kept for POSTs that are sent again."""
    return _dropped(
        session,
        delete(IdempotencyRow).where(
            IdempotencyRow.organisation_id == organisation_id, IdempotencyRow.created_at < before
        ),
    )


def drop_feed_bodies(session: Session, organisation_id: UUID, before: datetime) -> int:
    """Remove the bytes of feeds that have been revoked or have expired."""
    closed = select(FeedRow.id).where(
        FeedRow.organisation_id == organisation_id,
        or_(FeedRow.revoked_at < before, FeedRow.expires_at < before),
    )
    return _dropped(
        session,
        delete(FeedBodyRow).where(
            FeedBodyRow.organisation_id == organisation_id, FeedBodyRow.id.in_(closed)
        ),
    )


def drop_deliveries(session: Session, organisation_id: UUID, before: datetime) -> int:
    """Remove what is kept of webhook deliveries that are over."""
    return _dropped(
        session,
        delete(WebhookDeliveryRow).where(
            WebhookDeliveryRow.organisation_id == organisation_id,
            or_(WebhookDeliveryRow.done_at < before, WebhookDeliveryRow.dead_at < before),
        ),
    )


def _dropped(session: Session, statement: Delete) -> int:
    result = session.execute(statement)
    assert isinstance(result, CursorResult)  # noqa: S101 - what a DELETE gives
    return result.rowcount
