"""Organisations, users and their tokens, found and added."""

from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from medplan.store.tables import ApiTokenRow, OrganisationRow, UserRow


def any_organisation(session: Session) -> bool:
    """Whether the database holds anybody at all."""
    return session.scalar(select(OrganisationRow.organisation_id).limit(1)) is not None


def find_organisation(session: Session, name: str) -> OrganisationRow | None:
    """Find an organisation by its name."""
    return session.scalar(select(OrganisationRow).where(OrganisationRow.name == name))


def find_user(session: Session, email: str) -> UserRow | None:
    """Find the user who signs in with this address."""
    return session.scalar(select(UserRow).where(UserRow.email == email))


def find_token_holder(session: Session, token_sha256: str) -> Row[UUID, UUID, str, str] | None:
    """Find who holds a token that is not revoked: organisation, user, role, hash."""
    return session.execute(
        select(UserRow.organisation_id, UserRow.id, UserRow.role, ApiTokenRow.token_sha256)
        .join(
            ApiTokenRow,
            (ApiTokenRow.organisation_id == UserRow.organisation_id)
            & (ApiTokenRow.user_id == UserRow.id),
        )
        .where(ApiTokenRow.token_sha256 == token_sha256, ApiTokenRow.revoked_at.is_(None))
    ).one_or_none()
