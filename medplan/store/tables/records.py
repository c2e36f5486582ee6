"""What was done, by whom, and what was answered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from medplan.store.tables.base import SHA256_HEX, Row, belongs_to
from medplan.store.tables.sealing import Sealed


class AuditRow(Row):
    """One line per change, written with it. `user_id` is None for the command line."""

    __tablename__ = "audit"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
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
