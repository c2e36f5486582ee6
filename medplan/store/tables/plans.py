"""Plans: their life, their drafts, and their revisions, kept as the exact text that was made."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Index,
    Integer,
    String,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from medplan.store.tables.base import Row, belongs_to
from medplan.store.tables.patients import PatientRow
from medplan.store.tables.sealing import SealedForPatient, SealedForPlan

_STATUSES_IN_FORCE = ("active", "on-hold")
_IN_FORCE = text("status IN ('active', 'on-hold')")


def _in_force_by(day: str) -> Index:
    """Index the plans that somebody takes, in the order of a day that waits for somebody."""
    return Index(
        f"ix_plan_in_force_{day}",
        "organisation_id",
        day,
        "id",
        sqlite_where=_IN_FORCE,
        postgresql_where=_IN_FORCE,
    )


class PlanRow(SealedForPatient, Row):
    """A plan's life. `version` counts every change; `revision` the issued ones (None: a draft).

    `planned_ahead` lists, as JSON, the medicines whose steps up show before they are agreed.
    `first_day` and `last_day` are those of the current revision's doses (None: not known);
    `next_review`, `next_stop` and `next_decision` the first such days since somebody last acted on
    the plan. `patient_id` follows the reference by itself.
    """

    __tablename__ = "plan"
    sealed = ("patient_reference",)
    __table_args__ = (
        belongs_to("user_account", "created_by"),
        belongs_to("patient", "patient_id"),
        Index(None, "organisation_id", "patient_id"),
        Index(None, "organisation_id", "last_day"),
        Index(None, "organisation_id", "next_review"),
        Index(None, "organisation_id", "next_stop"),
        Index(None, "organisation_id", "next_decision"),
        _in_force_by("next_review"),
        _in_force_by("next_stop"),
        _in_force_by("next_decision"),
        Index(None, "organisation_id", "status", "id"),
        Index(None, "organisation_id", "updated_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(20))
    patient_id: Mapped[UUID]
    patient_reference: Mapped[str]
    version: Mapped[int] = mapped_column(Integer)
    revision: Mapped[int | None] = mapped_column(Integer)
    planned_ahead: Mapped[str] = mapped_column(default="[]")
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    next_review: Mapped[date | None]
    next_stop: Mapped[date | None]
    next_decision: Mapped[date | None]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    patient: Mapped[PatientRow] = relationship(lazy="joined", innerjoin=True, viewonly=True)


def in_force() -> ColumnElement[bool]:
    """Ask for plans that are active or on hold, in the very words of the indexes of them."""
    statuses: list[ColumnClause[str]] = [
        literal_column(f"'{status}'") for status in _STATUSES_IN_FORCE
    ]
    return PlanRow.status.in_(statuses)


class DraftRow(SealedForPlan, Row):
    """What a draft plan holds until it is issued, and the only document that may change."""

    __tablename__ = "draft"
    plan_column = "id"
    sealed = ("request", "plan")
    __table_args__ = (belongs_to("plan", "id"),)

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    request: Mapped[str]
    plan: Mapped[str]


class RevisionRow(SealedForPlan, Row):
    """A plan as it was issued. Written once: the database refuses UPDATE and DELETE.

    `act` is what made it, `effective` the day from which that holds (None: from the plan's start).
    """

    __tablename__ = "revision"
    sealed = ("request", "plan", "reason")
    __table_args__ = (
        belongs_to("plan", "plan_id"),
        belongs_to("user_account", "made_by"),
        UniqueConstraint("organisation_id", "plan_id", "number"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID]
    number: Mapped[int] = mapped_column(Integer)
    act: Mapped[str] = mapped_column(String(20))
    effective: Mapped[date | None]
    request: Mapped[str]
    plan: Mapped[str]
    formulary_version: Mapped[str] = mapped_column(String(100))
    tzdata_version: Mapped[str] = mapped_column(String(20))
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    reason: Mapped[str]
