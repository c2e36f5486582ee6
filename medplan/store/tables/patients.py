"""Patients: a key each, and nothing that says who they are.

What is about a patient stands in other tables, sealed under this key (`store.tables.sealing`).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from medplan.store.tables.base import SHA256_HEX, Row


class PatientRow(Row):
    """Somebody whom an organisation has plans for.

    `reference_index` is a keyed hash of the organisation's reference, to find the patient by.
    `wrapped_key` opens everything about them. Both are empty once the patient has been erased: the
    row is what remains to say so.
    """

    __tablename__ = "patient"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisation.organisation_id"]),
        UniqueConstraint("organisation_id", "reference_index"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference_index: Mapped[str | None] = mapped_column(String(SHA256_HEX))
    wrapped_key: Mapped[bytes | None]
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
