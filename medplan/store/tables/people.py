"""Organisations, who acts in them, and what opens the door. Secrets are kept as hashes only.

The one exception is a second factor's secret, which must be read to check a code: it is encrypted.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from medplan.store.tables.base import SHA256_HEX, Row, belongs_to
from medplan.store.tables.sealing import SealedForPlan


class OrganisationRow(Row):
    """A practice, a hospital, a pharmacy: nobody sees across this line.

    `second_factor_since` is when it began to ask everybody for a second factor, None: it doesn't.
    """

    __tablename__ = "organisation"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime]
    second_factor_since: Mapped[datetime | None]


class UserRow(Row):
    """An actor: a person, an API client, or the link that a patient was given.

    Only people have an `email`, and only those who sign in here a `password_hash` (argon2id).
    `disabled_at` shuts every door at once. Wrong passwords are counted until a right one;
    `locked_until` is when the next try counts again.
    """

    __tablename__ = "user_account"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisation.organisation_id"]),
        UniqueConstraint("email", "organisation_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(String(254))
    display_name: Mapped[str | None] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(32))
    password_hash: Mapped[str | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    failed_logins: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None]


class ApiTokenRow(Row):
    """A bearer token of a user; only its SHA-256 is kept.

    `scopes` are words with a blank between, None: all that the role has. `last_used` is an hour.
    """

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
    scopes: Mapped[str | None]
    created_at: Mapped[datetime]
    last_used: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SessionRow(Row):
    """A browser that is signed in; its cookie holds what `token_sha256` is the hash of.

    `half_open` says that the password was right and the second factor is still to come. `proven_at`
    is when its holder last proved who they are, None where that is not known.
    """

    __tablename__ = "web_session"
    __table_args__ = (
        belongs_to("user_account", "user_id"),
        UniqueConstraint("token_sha256", "organisation_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    token_sha256: Mapped[str] = mapped_column(String(SHA256_HEX))
    half_open: Mapped[bool]
    created_at: Mapped[datetime]
    proven_at: Mapped[datetime | None]
    last_seen: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SecondFactorRow(Row):
    """A user's one-time codes (TOTP). `id` is the user's; `last_step` is never accepted again."""

    __tablename__ = "second_factor"
    __table_args__ = (belongs_to("user_account", "id"),)

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    secret_encrypted: Mapped[bytes]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(Integer, default=0)


class RecoveryCodeRow(Row):
    """A code that stands in for a lost second factor, once."""

    __tablename__ = "recovery_code"
    __table_args__ = (
        belongs_to("user_account", "user_id"),
        UniqueConstraint("organisation_id", "user_id", "code_sha256"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    code_sha256: Mapped[str] = mapped_column(String(SHA256_HEX))
    used_at: Mapped[datetime | None]


class PasswordResetRow(Row):
    """A link that sets a new password, once and for a while."""

    __tablename__ = "password_reset"
    __table_args__ = (
        belongs_to("user_account", "user_id"),
        UniqueConstraint("token_sha256", "organisation_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    token_sha256: Mapped[str] = mapped_column(String(SHA256_HEX))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class OutsideIdentityRow(Row):
    """Who a user is to another identity provider (OIDC: its issuer and their subject)."""

    __tablename__ = "outside_identity"
    __table_args__ = (
        belongs_to("user_account", "user_id"),
        UniqueConstraint("issuer", "subject", "organisation_id"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    issuer: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]


class OpeningRow(SealedForPlan, Row):
    """A plan that an auditor opened for a while, and the reason (break the glass), which may say
    something of the patient."""

    sealed = ("reason",)

    __tablename__ = "opening"
    __table_args__ = (
        belongs_to("user_account", "user_id"),
        UniqueConstraint("organisation_id", "plan_id", "user_id", "opened_at"),
    )

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    plan_id: Mapped[UUID]
    reason: Mapped[str]
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
