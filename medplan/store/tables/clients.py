"""API clients: what they sign in with, what they were given, and what they may not send twice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from medplan.store.tables.base import SHA256_HEX, Row, belongs_to
from medplan.store.tables.sealing import Sealed


class ClientRow(Row):
    """Another system that calls the API; its `id` is that of its account.

    `scopes` are words with a blank between. Its public keys stand in `jwks` or are fetched from
    `jwks_url` and kept in `fetched_jwks`; a simple client has a secret instead. `issuer` is the
    name by which an EHR signs its calls of CDS Hooks.
    """

    __tablename__ = "api_client"
    __table_args__ = (
        belongs_to("user_account", "id"),
        UniqueConstraint("issuer", "organisation_id"),
        Index(None, "id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    scopes: Mapped[str]
    jwks: Mapped[str | None]
    jwks_url: Mapped[str | None] = mapped_column(String(500))
    fetched_jwks: Mapped[str | None]
    fetched_at: Mapped[datetime | None]
    secret_sha256: Mapped[str | None] = mapped_column(String(SHA256_HEX))
    issuer: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class ClientTokenRow(Row):
    """An access token of a client, for a few minutes; only its SHA-256 is kept."""

    __tablename__ = "client_token"
    __table_args__ = (
        belongs_to("api_client", "client_id"),
        UniqueConstraint("token_sha256", "organisation_id"),
        Index(None, "organisation_id", "client_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID]
    token_sha256: Mapped[str] = mapped_column(String(SHA256_HEX))
    scopes: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ClientAssertionRow(Row):
    """A signed assertion that was used: its `jti` is not taken again while it would be valid."""

    __tablename__ = "client_assertion"
    __table_args__ = (
        belongs_to("api_client", "client_id"),
        UniqueConstraint("organisation_id", "client_id", "jti_sha256"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID]
    jti_sha256: Mapped[str] = mapped_column(String(SHA256_HEX))
    expires_at: Mapped[datetime]


class CdsFeedbackRow(Sealed, Row):
    """What became of a card that an EHR was shown; `document` is what the EHR said of it."""

    __tablename__ = "cds_feedback"
    sealed = ("document",)
    __table_args__ = (belongs_to("api_client", "client_id"),)

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID]
    service: Mapped[str] = mapped_column(String(40))
    card: Mapped[str] = mapped_column(String(100))
    outcome: Mapped[str] = mapped_column(String(20))
    document: Mapped[str]
    made_at: Mapped[datetime]
