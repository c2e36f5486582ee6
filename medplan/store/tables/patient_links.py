"""Links to a patient's own pages, and what patients said there that they noticed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from medplan.store.tables.base import SHA256_HEX, Row, belongs_to
from medplan.store.tables.sealing import SealedForPlan


class PatientLinkRow(Row):
    """A link to one plan's pages: what its holder may do, and until when.

    `user_id` is the account that acts through it. `may` holds words with a blank between, beside
    what every link may. `expires_at` None follows the plan's last day.
    """

    __tablename__ = "patient_link"
    __table_args__ = (
        belongs_to("plan", "plan_id"),
        belongs_to("user_account", "user_id"),
        belongs_to("user_account", "created_by"),
        UniqueConstraint("token_sha256", "organisation_id"),
        Index(None, "organisation_id", "plan_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID]
    user_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(100))
    token_sha256: Mapped[str] = mapped_column(String(SHA256_HEX))
    may: Mapped[str]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class CheckInRow(SealedForPlan, Row):
    """What somebody noticed on a day, of what revision `revision` asked to look out for.

    `noticed` is JSON, as it was asked; `level` is the worst of it (`none`: nothing was noticed).
    """

    __tablename__ = "check_in"
    sealed = ("noticed", "answer")
    when_erased = "[]"
    __table_args__ = (
        belongs_to("plan", "plan_id"),
        belongs_to("user_account", "made_by"),
        belongs_to("user_account", "answered_by"),
        Index(None, "organisation_id", "plan_id"),
        Index(None, "organisation_id", "level"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID]
    revision: Mapped[int] = mapped_column(Integer)
    day: Mapped[date]
    level: Mapped[str] = mapped_column(String(20))
    noticed: Mapped[str]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
