"""People and what they are: added, changed and shut out by an organisation's admin, or by whoever
runs medplan. A right that is taken away is gone with the next request."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.services.access import Caller, Right, Role, require
from medplan.services.audit.lines import note, note_by_operator
from medplan.services.once import Answer, Once
from medplan.services.people.passwords import hash_password, refuse_weak
from medplan.services.people.sessions import end_all_sessions
from medplan.services.refusals import AccountError, NotFoundError
from medplan.store import people
from medplan.store.database import Database, bind
from medplan.store.ids import USER, new_id, write_id
from medplan.store.tables import OrganisationRow, UserRow

LONGEST_ADDRESS = 254
_ADDRESS = re.compile(r"[^\x00-\x20\x7f\s@,;:<>()\[\]\"\\A-Z]+@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
PEOPLE = frozenset(Role) - {Role.CLIENT, Role.PATIENT, Role.WORKER}
"""The roles that somebody can sign in with."""


@dataclass(frozen=True, slots=True)
class UserWish:
    """Somebody to be added: they choose their password by a link that is sent to the address."""

    email: str
    role: Role
    display_name: str | None = None


@dataclass(frozen=True, slots=True)
class UserChange:
    """What of an account is to be otherwise; None leaves it."""

    role: Role | None = None
    disabled: bool | None = None


def add_user(
    database: Database, *, email: str, password: str, role: Role, organisation: str, now: datetime
) -> UUID:
    """Add somebody, and their organisation when it is new; give the user's id.

    Raises:
        AccountError: the address is taken or none, or the password is too weak.
    """
    refuse_weak(password, email)
    _refuse_address(database, email)
    password_hash = hash_password(password)
    with database.writing_by(OrganisationRow.name, organisation) as session:
        organisation_id = _organisation_id(session, organisation, now)
        user = _new_user(organisation_id, UserWish(email, role), now)
        user.password_hash = password_hash
        session.add(user)
        note_by_operator(session, organisation_id, now, "user.add", write_id(USER, user.id))
        return user.id


def invite_user(database: Database, caller: Caller, wish: UserWish, once: Once[UserRow]) -> Answer:
    """Add somebody to the caller's organisation, without a password.

    Raises:
        NotAllowedError, KeyReusedError.
        AccountError: the address is taken or none, or the role is not one for people here.
    """
    require(caller, Right.MANAGE_USERS)
    _refuse_role(wish.role)

    def act() -> UserRow:
        _refuse_address(database, wish.email)
        user = _new_user(caller.organisation_id, wish, caller.at)
        session.add(user)
        note(session, caller, "user.add", write_id(USER, user.id))
        return user

    with database.writing_for(caller.organisation_id) as session:
        return once.answer(session, caller, act)


def list_users(database: Database, caller: Caller) -> Sequence[UserRow]:
    """List the people of the caller's organisation by the age of their accounts.

    Raises:
        NotAllowedError: the caller may not.
    """
    require(caller, Right.MANAGE_USERS)
    with database.reading_for(caller.organisation_id) as session:
        return people.list_users(session, caller.organisation_id, PEOPLE)


def change_user(database: Database, caller: Caller, user_id: UUID, change: UserChange) -> UserRow:
    """Give somebody another role, or shut them out or let them back in; their sessions end.

    Raises:
        NotFoundError, NotAllowedError.
        AccountError: it is the caller's own account, or no role for people here.
    """
    require(caller, Right.MANAGE_USERS)
    if change.role is not None:
        _refuse_role(change.role)
    with database.writing_for(caller.organisation_id) as session:
        user = people.find_person(session, caller.organisation_id, user_id, PEOPLE)
        if user is None:
            raise NotFoundError
        if user.id == caller.user_id:
            raise AccountError("Somebody else has to change your own account.")
        _change(user, change, caller.at)
        end_all_sessions(session, user.organisation_id, user.id, caller.at)
        note(session, caller, "user.change", write_id(USER, user.id))
        return user


def _change(user: UserRow, change: UserChange, now: datetime) -> None:
    if change.role is not None:
        user.role = change.role
    if change.disabled is not None:
        user.disabled_at = (user.disabled_at or now) if change.disabled else None


def _new_user(organisation_id: UUID, wish: UserWish, now: datetime) -> UserRow:
    return UserRow(
        organisation_id=organisation_id,
        id=new_id(now),
        email=wish.email,
        display_name=wish.display_name,
        role=wish.role,
        password_hash=None,
        created_at=now,
        disabled_at=None,
        failed_logins=0,
        locked_until=None,
    )


def _refuse_role(role: Role) -> None:
    """An organisation's admin makes nobody an operator: those run medplan for everybody."""
    if role not in PEOPLE - {Role.OPERATOR}:
        raise AccountError("An organisation gives nobody this role.")


def _refuse_address(database: Database, email: str) -> None:
    if not _ADDRESS.fullmatch(email) or len(email) > LONGEST_ADDRESS:
        raise AccountError("An address is written in small letters with one @.")
    with database.reading_by(UserRow.email, email) as session:
        if people.find_user(session, email) is not None:
            raise AccountError("Somebody has this address already.")


def _organisation_id(session: Session, name: str, now: datetime) -> UUID:
    found = people.find_organisation(session, name)
    if found is not None:
        return found.organisation_id
    organisation_id = new_id(now)
    bind(session, organisation_id)
    session.add(OrganisationRow(organisation_id=organisation_id, name=name, created_at=now))
    session.flush()
    return organisation_id
