"""Every table, as typed rows.

Each is keyed by its organisation first, so that no query can forget whose row it asks for and the
tables can be spread over machines by organisation. Plans, requests and feeds are kept as the exact
text or bytes that were made, never as columns to be put together again. Secrets are kept as
hashes only. The migrations in `migrations/` make these tables; a test compares the two.
"""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from medplan.store.database import UtcDateTime

_SHA256_HEX = 64


class Row(DeclarativeBase):
    """Base of every table; constraints get predictable names."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        UUID: Uuid(),
        datetime: UtcDateTime(),
        str: Text(),
        bytes: LargeBinary(),
    }


def _belongs_to(table: str, column: str) -> ForeignKeyConstraint:
    """Point at another table's row within the same organisation."""
    return ForeignKeyConstraint(
        ["organisation_id", column],
        [f"{table}.organisation_id", f"{table}.id"],
    )


class OrganisationRow(Row):
    """A practice, a hospital, a pharmacy: nobody sees across this line."""

    __tablename__ = "organisation"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime]


class UserRow(Row):
    """Someone who may sign in. `password_hash` is argon2id."""

    __tablename__ = "user_account"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisation.organisation_id"]),
        UniqueConstraint("email", "organisation_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(32))
    password_hash: Mapped[str]
    created_at: Mapped[datetime]


class ApiTokenRow(Row):
    """A bearer token of a user; only its SHA-256 is kept."""

    __tablename__ = "api_token"
    __table_args__ = (
        _belongs_to("user_account", "user_id"),
        UniqueConstraint("token_sha256", "organisation_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(100))
    token_sha256: Mapped[str] = mapped_column(String(_SHA256_HEX))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class PlanRow(Row):
    """A plan's life. `version` counts every change; `revision` the issued ones (None: a draft).

    `planned_ahead` lists, as JSON, the medicines whose steps up show before they are agreed.
    """

    __tablename__ = "plan"
    __table_args__ = (
        _belongs_to("user_account", "created_by"),
        Index(None, "organisation_id", "patient_reference"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(20))
    patient_reference: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(Integer)
    revision: Mapped[int | None] = mapped_column(Integer)
    planned_ahead: Mapped[str] = mapped_column(default="[]")
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class DraftRow(Row):
    """What a draft plan holds until it is issued, and the only document that may change."""

    __tablename__ = "draft"
    __table_args__ = (_belongs_to("plan", "id"),)

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
        _belongs_to("plan", "plan_id"),
        _belongs_to("user_account", "made_by"),
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


class FeedRow(Row):
    """A calendar link of a plan: who it is for, how much it shows, and until when.

    `labels` and `medicines` are JSON; `medicines` None shows all. `expiry_chosen` says that the
    end was asked for and does not move with the plan. `sequence` grows whenever what is shown
    changes. `last_fetched` is the hour of the last fetch, `served_revision` what it gave.
    """

    __tablename__ = "feed"
    __table_args__ = (
        _belongs_to("plan", "plan_id"),
        _belongs_to("user_account", "created_by"),
        UniqueConstraint("token_sha256", "organisation_id"),
        Index(None, "organisation_id", "plan_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    plan_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(100))
    detail: Mapped[str] = mapped_column(String(20))
    alarms: Mapped[bool]
    grouping: Mapped[str] = mapped_column(String(10))
    labels: Mapped[str]
    medicines: Mapped[str | None]
    sequence: Mapped[int] = mapped_column(Integer)
    token_sha256: Mapped[str] = mapped_column(String(_SHA256_HEX))
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    expiry_chosen: Mapped[bool]
    revoked_at: Mapped[datetime | None]
    last_fetched: Mapped[datetime | None]
    served_revision: Mapped[int | None] = mapped_column(Integer)


class FeedBodyRow(Row):
    """The bytes a feed answers with, rendered when `revision` or the feed's settings were made."""

    __tablename__ = "feed_body"
    __table_args__ = (_belongs_to("feed", "id"),)

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    etag: Mapped[str] = mapped_column(String(_SHA256_HEX))
    last_modified: Mapped[datetime]
    revision: Mapped[int] = mapped_column(Integer)


class AuditRow(Row):
    """One line per change, written with it. `user_id` is None for the command line."""

    __tablename__ = "audit"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    user_id: Mapped[UUID | None]
    act: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40))


class IdempotencyRow(Row):
    """The answer once given to a POST, so that sending it again changes nothing."""

    __tablename__ = "idempotency"
    __table_args__ = (
        _belongs_to("user_account", "user_id"),
        UniqueConstraint("organisation_id", "user_id", "route", "key"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    route: Mapped[str] = mapped_column(String(200))
    key: Mapped[str] = mapped_column(String(255))
    fingerprint: Mapped[str] = mapped_column(String(_SHA256_HEX))
    status: Mapped[int] = mapped_column(SmallInteger)
    headers: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime]
