"""What was done, by whom, and what was answered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from medplan.store.tables.base import SHA256_HEX, Row, belongs_to
from medplan.store.tables.sealing import Sealed


class AuditRow(Row):
    """One line per change and per reading of a plan, written with it, chained and never changed.

    `user_id` is None for whoever runs medplan. `number` counts the organisation's lines; `hash` is
    of the line and of all before it (`store.audit_chain`). The database refuses UPDATE and DELETE.
    """

    __tablename__ = "audit"
    __table_args__ = (UniqueConstraint("organisation_id", "number"),)

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(SHA256_HEX))
    at: Mapped[datetime]
    user_id: Mapped[UUID | None]
    act: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40))


class IdempotencyRow(Sealed, Row):
    """The answer once given to a POST, so that sending it again changes nothing."""

    __tablename__ = "idempotency"
    sealed = ("body",)
    __table_args__ = (
        belongs_to("user_account", "user_id"),
        UniqueConstraint("organisation_id", "user_id", "route", "key"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    route: Mapped[str] = mapped_column(String(200))
    key: Mapped[str] = mapped_column(String(255))
    fingerprint: Mapped[str] = mapped_column(String(SHA256_HEX))
    status: Mapped[int] = mapped_column(SmallInteger)
    headers: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime]
