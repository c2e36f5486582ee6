"""Where organisations want to be told of events, and what has been told there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from medplan.store.tables.base import Row, belongs_to
from medplan.store.tables.sealing import Sealed


class WebhookEndpointRow(Sealed, Row):
    """An address that is told of events; `kinds` is JSON, None for all of them.

    While `former_until` has not come, messages are signed by the former secret as well.
    `busy_owner` holds it until `busy_until`: one message at a time. `failures` counts those in a
    row, `slow` says that its last answer took long; such an address waits behind the others.
    """

    __tablename__ = "webhook_endpoint"
    sealed = ("secret", "former_secret")
    __table_args__ = (belongs_to("user_account", "created_by"),)

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(500))
    kinds: Mapped[str | None]
    secret: Mapped[str]
    former_secret: Mapped[str | None]
    former_until: Mapped[datetime | None]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    busy_owner: Mapped[str | None] = mapped_column(String(100))
    busy_until: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(Integer, default=0)
    slow: Mapped[bool] = mapped_column(default=False)


class WebhookDeliveryRow(Row):
    """One event for one address: still to be sent, sent, or given up."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        belongs_to("webhook_endpoint", "endpoint_id"),
        belongs_to("event", "event_id"),
        UniqueConstraint("organisation_id", "endpoint_id", "event_id"),
        Index(None, "available_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    endpoint_id: Mapped[UUID]
    event_id: Mapped[UUID]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    available_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(200))
