"""Organisations, accounts and what opens the door for them, found and added."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.orm import Session

from medplan.store.tables import (
    ApiTokenRow,
    OrganisationRow,
    OutsideIdentityRow,
    PasswordResetRow,
    RecoveryCodeRow,
    SecondFactorRow,
    SessionRow,
    UserRow,
)

_OF_IDENTITY = (UserRow.organisation_id == OutsideIdentityRow.organisation_id) & (
    UserRow.id == OutsideIdentityRow.user_id
)
_OF_TOKEN = (UserRow.organisation_id == ApiTokenRow.organisation_id) & (
    UserRow.id == ApiTokenRow.user_id
)
_OF_SESSION = (UserRow.organisation_id == SessionRow.organisation_id) & (
    UserRow.id == SessionRow.user_id
)
# Who asks is asked with every request, so these are built once.
_TOKEN_HOLDER = (
    select(ApiTokenRow, UserRow)
    .join(UserRow, _OF_TOKEN)
    .where(ApiTokenRow.token_sha256 == bindparam("token"), ApiTokenRow.revoked_at.is_(None))
)
_SESSION = (
    select(SessionRow, UserRow)
    .join(UserRow, _OF_SESSION)
    .where(SessionRow.token_sha256 == bindparam("token"))
)


def any_organisation(session: Session) -> bool:
    """Whether the database holds anybody at all."""
    return session.scalar(select(OrganisationRow.organisation_id).limit(1)) is not None


def find_organisation(session: Session, name: str) -> OrganisationRow | None:
    """Find an organisation by its name."""
    return session.scalar(select(OrganisationRow).where(OrganisationRow.name == name))


def find_user(session: Session, email: str, *, lock: bool = False) -> UserRow | None:
    """Find the user who signs in with this address; `lock` keeps other writers from the row."""
    query = select(UserRow).where(UserRow.email == email)
    return session.scalar(query.with_for_update() if lock else query)


def find_token_holder(session: Session, token_sha256: str) -> Row[ApiTokenRow, UserRow] | None:
    """Find a token that is not revoked, and the account that holds it."""
    return session.execute(_TOKEN_HOLDER, {"token": token_sha256}).one_or_none()


def list_users(
    session: Session, organisation_id: UUID, roles: Collection[str]
) -> Sequence[UserRow]:
    """List an organisation's accounts of these roles, oldest first."""
    return session.scalars(
        select(UserRow)
        .where(UserRow.organisation_id == organisation_id, UserRow.role.in_(roles))
        .order_by(UserRow.id)
    ).all()


def find_person(
    session: Session, organisation_id: UUID, user_id: UUID, roles: Collection[str]
) -> UserRow | None:
    """Find an account of one of these roles, locked."""
    return session.scalar(
        select(UserRow)
        .where(
            UserRow.organisation_id == organisation_id,
            UserRow.id == user_id,
            UserRow.role.in_(roles),
        )
        .with_for_update()
    )


def list_tokens(session: Session, organisation_id: UUID, user_id: UUID) -> Sequence[ApiTokenRow]:
    """List an account's tokens, first to last, those revoked too."""
    return session.scalars(
        select(ApiTokenRow)
        .where(ApiTokenRow.organisation_id == organisation_id, ApiTokenRow.user_id == user_id)
        .order_by(ApiTokenRow.id)
    ).all()


def find_token(
    session: Session, organisation_id: UUID, user_id: UUID, token_id: UUID
) -> ApiTokenRow | None:
    """Find an account's own token that is not revoked."""
    return session.scalar(
        select(ApiTokenRow).where(
            ApiTokenRow.organisation_id == organisation_id,
            ApiTokenRow.id == token_id,
            ApiTokenRow.user_id == user_id,
            ApiTokenRow.revoked_at.is_(None),
        )
    )


def note_token_use(session: Session, row: ApiTokenRow, hour: datetime) -> None:
    """Keep the hour of a token's last use."""
    session.execute(
        update(ApiTokenRow)
        .where(ApiTokenRow.organisation_id == row.organisation_id, ApiTokenRow.id == row.id)
        .values(last_used=hour)
    )


def find_session(session: Session, token_sha256: str) -> Row[SessionRow, UserRow] | None:
    """Find a browser's session and its account, whether it still holds or not."""
    return session.execute(_SESSION, {"token": token_sha256}).one_or_none()


def note_seen(session: Session, row: SessionRow, now: datetime) -> None:
    """Keep when a session was last seen, unless a later time is kept."""
    session.execute(
        update(SessionRow)
        .where(
            SessionRow.organisation_id == row.organisation_id,
            SessionRow.id == row.id,
            SessionRow.last_seen < now,
        )
        .values(last_seen=now)
    )


def end_sessions(
    session: Session,
    organisation_id: UUID,
    now: datetime,
    *,
    user_id: UUID | None = None,
    session_id: UUID | None = None,
    spared: UUID | None = None,
) -> None:
    """End one session, or all of an account but one that is `spared`."""
    query = update(SessionRow).where(
        SessionRow.organisation_id == organisation_id, SessionRow.ended_at.is_(None)
    )
    if session_id is not None:
        query = query.where(SessionRow.id == session_id)
    if user_id is not None:
        query = query.where(SessionRow.user_id == user_id)
    if spared is not None:
        query = query.where(SessionRow.id != spared)
    session.execute(query.values(ended_at=now))


def list_sessions(
    session: Session, organisation_id: UUID, user_id: UUID, seen_after: datetime
) -> Sequence[SessionRow]:
    """List an account's sessions that have not ended and were seen lately, the newest first."""
    return session.scalars(
        select(SessionRow)
        .where(
            SessionRow.organisation_id == organisation_id,
            SessionRow.user_id == user_id,
            SessionRow.ended_at.is_(None),
            SessionRow.last_seen > seen_after,
        )
        .order_by(SessionRow.id.desc())
    ).all()


def asks_second_factor(session: Session, organisation_id: UUID) -> bool:
    """Whether an organisation asks everybody for a second factor."""
    since = select(OrganisationRow.second_factor_since).where(
        OrganisationRow.organisation_id == organisation_id
    )
    return session.scalar(since) is not None


def end_single_factor_sessions(session: Session, organisation_id: UUID, now: datetime) -> None:
    """End every session of the accounts that have no second factor."""
    have = select(SecondFactorRow.id).where(
        SecondFactorRow.organisation_id == organisation_id,
        SecondFactorRow.confirmed_at.is_not(None),
    )
    session.execute(
        update(SessionRow)
        .where(
            SessionRow.organisation_id == organisation_id,
            SessionRow.ended_at.is_(None),
            SessionRow.user_id.not_in(have),
        )
        .values(ended_at=now)
    )


def find_second_factor(
    session: Session, organisation_id: UUID, user_id: UUID
) -> SecondFactorRow | None:
    """Find an account's second factor, confirmed or not."""
    return session.get(SecondFactorRow, (organisation_id, user_id))


def find_account(session: Session, organisation_id: UUID, user_id: UUID) -> UserRow:
    """Find the account of somebody who is known to have one."""
    return session.get_one(UserRow, (organisation_id, user_id))


def drop_second_factor(session: Session, organisation_id: UUID, user_id: UUID) -> None:
    """Forget an account's second factor and its recovery codes."""
    drop_recovery_codes(session, organisation_id, user_id)
    session.delete(session.get_one(SecondFactorRow, (organisation_id, user_id)))


def drop_recovery_codes(session: Session, organisation_id: UUID, user_id: UUID) -> None:
    """Forget an account's recovery codes."""
    session.execute(
        delete(RecoveryCodeRow).where(
            RecoveryCodeRow.organisation_id == organisation_id, RecoveryCodeRow.user_id == user_id
        )
    )


def use_recovery_code(session: Session, user: UserRow, code_sha256: str, now: datetime) -> bool:
    """Use up one of an account's recovery codes; whether there was one."""
    row = session.scalar(
        select(RecoveryCodeRow)
        .where(
            RecoveryCodeRow.organisation_id == user.organisation_id,
            RecoveryCodeRow.user_id == user.id,
            RecoveryCodeRow.code_sha256 == code_sha256,
            RecoveryCodeRow.used_at.is_(None),
        )
        .with_for_update()
    )
    if row is None:
        return False
    row.used_at = now
    return True


def close_resets(session: Session, user: UserRow, now: datetime) -> None:
    """Let no earlier link set an account's password."""
    session.execute(
        update(PasswordResetRow)
        .where(
            PasswordResetRow.organisation_id == user.organisation_id,
            PasswordResetRow.user_id == user.id,
            PasswordResetRow.used_at.is_(None),
        )
        .values(used_at=now)
    )


def find_open_reset(
    session: Session, token_sha256: str, made_after: datetime
) -> Row[PasswordResetRow, UserRow] | None:
    """Find a link that may set a password still, and the account, if it is not disabled."""
    return session.execute(
        select(PasswordResetRow, UserRow)
        .join(
            UserRow,
            (UserRow.organisation_id == PasswordResetRow.organisation_id)
            & (UserRow.id == PasswordResetRow.user_id),
        )
        .where(
            PasswordResetRow.token_sha256 == token_sha256,
            PasswordResetRow.used_at.is_(None),
            PasswordResetRow.created_at > made_after,
            UserRow.disabled_at.is_(None),
        )
    ).one_or_none()


def find_outside_user(session: Session, issuer: str, subject: str) -> UserRow | None:
    """Find the account of somebody whom an issuer names so."""
    return session.scalar(
        select(UserRow)
        .join(OutsideIdentityRow, _OF_IDENTITY)
        .where(OutsideIdentityRow.issuer == issuer, OutsideIdentityRow.subject == subject)
    )


def has_identity(session: Session, user: UserRow, issuer: str) -> bool:
    """Whether an account is somebody to an issuer already."""
    found = session.scalar(
        select(OutsideIdentityRow.id).where(
            OutsideIdentityRow.organisation_id == user.organisation_id,
            OutsideIdentityRow.user_id == user.id,
            OutsideIdentityRow.issuer == issuer,
        )
    )
    return found is not None
