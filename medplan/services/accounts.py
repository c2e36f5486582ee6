"""People and their tokens: added by whoever runs medplan, checked at the door."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.services import tokens
from medplan.services.access import EVERYTHING, Caller, Role
from medplan.services.audit import note_by_operator
from medplan.services.passwords import hash_password, refuse_weak
from medplan.services.refusals import AccountError
from medplan.services.sessions import caller_of
from medplan.store import people
from medplan.store.database import Database
from medplan.store.ids import API_TOKEN, USER, new_id, write_id
from medplan.store.tables import ApiTokenRow, OrganisationRow, UserRow


def add_user(
    database: Database, *, email: str, password: str, role: Role, organisation: str, now: datetime
) -> UUID:
    """Add somebody, and their organisation when it is new; give the user's id.

    Raises:
        AccountError: the address is taken or none, or the password is too short.
    """
    _check_user(email, password)
    password_hash = hash_password(password)
    with database.writing.begin() as session:
        if people.find_user(session, email) is not None:
            raise AccountError("Somebody has this address already.")
        user = UserRow(
            organisation_id=_organisation_id(session, organisation, now),
            id=new_id(now),
            email=email,
            role=role,
            password_hash=password_hash,
            created_at=now,
        )
        session.add(user)
        note_by_operator(session, user.organisation_id, now, "user.add", write_id(USER, user.id))
        return user.id


def add_token(database: Database, *, email: str, name: str, now: datetime) -> str:
    """Give somebody a bearer token; it is returned here and never shown again.

    Raises:
        AccountError: nobody has this address.
    """
    token = tokens.new_token(tokens.API)
    with database.writing.begin() as session:
        user = people.find_user(session, email)
        if user is None:
            raise AccountError("Nobody has this address.")
        row = ApiTokenRow(
            organisation_id=user.organisation_id,
            id=new_id(now),
            user_id=user.id,
            name=name,
            scopes=None,
            last_used=None,
            token_sha256=tokens.token_hash(token),
            created_at=now,
            revoked_at=None,
        )
        session.add(row)
        note_by_operator(
            session, user.organisation_id, now, "token.add", write_id(API_TOKEN, row.id)
        )
    return token


def find_caller(database: Database, token: str, now: datetime) -> Caller | None:
    """Say who holds a bearer token; None when nobody does or it is revoked."""
    if not tokens.is_token(tokens.API, token):
        return None
    token_hash = tokens.token_hash(token)
    with database.reading.begin() as session:
        found = people.find_token_holder(session, token_hash)
        if found is None or not tokens.same_hash(found[0].token_sha256, token_hash):
            return None
        row, user = found
        if user.disabled_at is not None:
            return None
        caller = caller_of(session, user, now)
    scopes = EVERYTHING if row.scopes is None else frozenset(row.scopes.split())
    return replace(caller, scopes=scopes)


def _check_user(email: str, password: str) -> None:
    if email.count("@") != 1 or email != email.strip().lower():
        raise AccountError("An address is written in small letters with one @.")
    refuse_weak(password, email)


def _organisation_id(session: Session, name: str, now: datetime) -> UUID:
    found = people.find_organisation(session, name)
    if found is not None:
        return found.organisation_id
    row = OrganisationRow(organisation_id=new_id(now), name=name, created_at=now)
    session.add(row)
    session.flush()
    return row.organisation_id
