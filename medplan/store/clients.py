"""API clients, their tokens and used assertions, found and added."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from medplan.store.tables import ClientAssertionRow, ClientRow, ClientTokenRow, UserRow

_OF_ACCOUNT = (UserRow.organisation_id == ClientRow.organisation_id) & (UserRow.id == ClientRow.id)
_LIVE = (ClientRow.revoked_at.is_(None), UserRow.disabled_at.is_(None))


def find_live_client(session: Session, client_id: UUID) -> ClientRow | None:
    """Find a client that is neither revoked nor disabled."""
    return session.scalar(
        select(ClientRow).join(UserRow, _OF_ACCOUNT).where(ClientRow.id == client_id, *_LIVE)
    )


def find_live_issuer(session: Session, issuer: str) -> ClientRow | None:
    """Find the client that signs by this name; None also when several do."""
    found = session.scalars(
        select(ClientRow).join(UserRow, _OF_ACCOUNT).where(ClientRow.issuer == issuer, *_LIVE)
    ).all()
    return found[0] if len(found) == 1 else None


def find_client(session: Session, organisation_id: UUID, client_id: UUID) -> ClientRow | None:
    """Find a client of an organisation, revoked or not."""
    return session.get(ClientRow, (organisation_id, client_id))


def list_clients(session: Session, organisation_id: UUID) -> Sequence[ClientRow]:
    """List an organisation's clients, first to last, those revoked too."""
    return session.scalars(
        select(ClientRow).where(ClientRow.organisation_id == organisation_id).order_by(ClientRow.id)
    ).all()


def find_token(
    session: Session, token_sha256: str, now: datetime
) -> Row[ClientTokenRow, ClientRow] | None:
    """Find a token that is still good, and its client."""
    return session.execute(
        select(ClientTokenRow, ClientRow)
        .join(
            ClientRow,
            (ClientRow.organisation_id == ClientTokenRow.organisation_id)
            & (ClientRow.id == ClientTokenRow.client_id),
        )
        .join(UserRow, _OF_ACCOUNT)
        .where(ClientTokenRow.token_sha256 == token_sha256, ClientTokenRow.expires_at > now, *_LIVE)
    ).one_or_none()


def use_assertion(session: Session, row: ClientAssertionRow) -> bool:
    """Add the row unless its jti was used; also when two come at the same moment."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def drop_expired(
    session: Session, organisation_id: UUID, client_id: UUID, before: datetime
) -> None:
    """Remove a client's tokens and used assertions that are of no use any more."""
    for table in (ClientTokenRow, ClientAssertionRow):
        session.execute(
            delete(table)
            .where(
                table.organisation_id == organisation_id,
                table.client_id == client_id,
                table.expires_at < before,
            )
            .execution_options(synchronize_session=False)
        )
