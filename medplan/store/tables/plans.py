"""Plans: their life, their drafts, and their revisions, kept as the exact text that was made."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from medplan.store.tables.base import Row, belongs_to


class PlanRow(Row):
    """A plan's life. `version` counts every change; `revision` the issued ones (None: a draft).

    `planned_ahead` lists, as JSON, the medicines whose steps up show before they are agreed.
    `first_day` and `last_day` are those of the current revision's doses (None: not known).
    """

    __tablename__ = "plan"
    __table_args__ = (
        belongs_to("user_account", "created_by"),
        Index(None, "organisation_id", "patient_reference"),
        Index(None, "organisation_id", "last_day"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(20))
    patient_reference: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(Integer)
    revision: Mapped[int | None] = mapped_column(Integer)
    planned_ahead: Mapped[str] = mapped_column(default="[]")
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class DraftRow(Row):
    """What a draft plan holds until it is issued, and the only document that may change."""

    __tablename__ = "draft"
    __table_args__ = (belongs_to("plan", "id"),)

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    request: Mapped[str]
    plan: Mapped[str]


class RevisionRow(Row):
    """A plan as it was issued. Written once: the database refuses UPDATE and DELETE.

    `act` is what made it, `effective` the day from which that holds (None: from the plan's start).
    """

    __tablename__ = "revision"
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
