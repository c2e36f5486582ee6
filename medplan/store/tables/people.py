"""Organisations, who works in them, and what opens the door. Secrets are kept as hashes only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from medplan.store.tables.base import SHA256_HEX, Row, belongs_to


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
        belongs_to("user_account", "user_id"),
        UniqueConstraint("token_sha256", "organisation_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(100))
    token_sha256: Mapped[str] = mapped_column(String(SHA256_HEX))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
