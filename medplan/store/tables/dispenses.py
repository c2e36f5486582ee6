"""What pharmacies supplied for a plan, what they say of it, and what the prescriber answers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from medplan.store.tables.base import Row, belongs_to
from medplan.store.tables.sealing import SealedForPlan


class DispenseRow(SealedForPlan, Row):
    """A supply for a plan on a day; `supplied` is JSON: units by product."""

    __tablename__ = "dispense"
    sealed = ("supplied",)
    __table_args__ = (
        belongs_to("plan", "plan_id"),
        belongs_to("user_account", "made_by"),
        Index(None, "organisation_id", "plan_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID]
    revision: Mapped[int] = mapped_column(Integer)
    day: Mapped[date]
    supplied: Mapped[str]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]


class CounterCheckRow(SealedForPlan, Row):
    """What a pharmacist says of a revision, and the prescriber's answer.

    `proposal` is the request that the pharmacist would rather see.
    """

    __tablename__ = "counter_check"
    sealed = ("note", "proposal", "answer_note")
    __table_args__ = (
        belongs_to("plan", "plan_id"),
        belongs_to("user_account", "made_by"),
        belongs_to("user_account", "answered_by"),
        Index(None, "organisation_id", "plan_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID]
    revision: Mapped[int] = mapped_column(Integer)
    verdict: Mapped[str] = mapped_column(String(20))
    note: Mapped[str | None]
    proposal: Mapped[str | None]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(String(20))
    answer_note: Mapped[str | None]
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
