"""What has happened to plans, and what is still to be done about it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from medplan.store.tables.base import SHA256_HEX, Row, belongs_to

_OPEN = text("done_at IS NULL AND dead_at IS NULL")


class HeadRow(Row):
    """How far an organisation's numbered logs have come.

    Whoever adds a line holds this row until the transaction ends. So numbers have no gaps, and a
    higher one is never seen before a lower one.
    """

    __tablename__ = "head"
    __table_args__ = (ForeignKeyConstraint(["organisation_id"], ["organisation.organisation_id"]),)

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_number: Mapped[int] = mapped_column(BigInteger, default=0)
    audit_number: Mapped[int] = mapped_column(BigInteger, default=0)
    audit_hash: Mapped[str] = mapped_column(String(SHA256_HEX), default="0" * SHA256_HEX)


class EventRow(Row):
    """Something that happened to a plan: ids, a kind and a revision, and nothing about anybody.

    `number` counts an organisation's events in the order of their commits.
    """

    __tablename__ = "event"
    __table_args__ = (
        belongs_to("plan", "plan_id"),
        UniqueConstraint("organisation_id", "number"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    plan_id: Mapped[UUID]
    revision: Mapped[int] = mapped_column(Integer)


class OutboxRow(Row):
    """A task for a worker, written with the change that it follows from.

    `topic` says which handler it is for and `subject_id` which row it is about; `id` stays the same
    at every try. `available_at` and `lease_until` are by the database's clock. A task is over when
    it is done (`done_at`) or given up (`dead_at`).
    """

    __tablename__ = "outbox"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisation.organisation_id"]),
        Index(None, "available_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[UUID]
    created_at: Mapped[datetime]
    available_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(200))
