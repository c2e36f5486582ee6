"""Browsers that are signed in. Each is a row, so that any can be ended from here at once.

A session ends after half an hour without a request, twelve hours after it began, when it is ended,
or when its account is disabled. Signing in always makes a new one: an id that somebody planted in a
browser before is worth nothing after.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.services import tokens
from medplan.services.access import Caller, Right, Role, require
from medplan.services.audit.lines import note
from medplan.services.audit.openings import opened_plans
from medplan.store import people
from medplan.store.database import Database, unless_refused
from medplan.store.ids import SESSION, USER, new_id, write_id
from medplan.store.tables import SessionRow, UserRow

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just begun, with the token that its browser keeps. `half_open`: the second factor
    is still to come."""

    token: str
    half_open: bool


@dataclass(frozen=True, slots=True)
class FoundSession:
    """A session that holds, and who it is for."""

    id: UUID
    caller: Caller
    half_open: bool


def begin_session(session: Session, caller: Caller, *, half_open: bool) -> NewSession:
    """Begin a session in the transaction that let the caller in."""
    token = tokens.new_token(tokens.SESSION)
    row = SessionRow(
        organisation_id=caller.organisation_id,
        id=new_id(caller.at),
        user_id=caller.user_id,
        token_sha256=tokens.token_hash(token),
        half_open=half_open,
        created_at=caller.at,
        last_seen=caller.at,
        ended_at=None,
    )
    session.add(row)
    note(session, caller, "session.begin", write_id(SESSION, row.id))
    return NewSession(token, half_open)


def find_session(database: Database, token: str, now: datetime) -> FoundSession | None:
    """Find the session that a browser's token stands for; None when it holds no more.

    Being seen is written down once a minute at most.
    """
    if not tokens.is_token(tokens.SESSION, token):
        return None
    token_hash = tokens.token_hash(token)
    with database.reading_by(SessionRow.token_sha256, token_hash) as session:
        row, user = people.find_session(session, token_hash) or (None, None)
        if row is None or user is None or not _holds(row, user, now):
            return None
        caller = caller_of(session, user, now)
    if now - row.last_seen >= _SEEN_EVERY:
        with unless_refused(), database.writing_for(row.organisation_id) as session:
            people.note_seen(session, row, now)
    return FoundSession(row.id, caller, row.half_open)


def end_session(database: Database, token: str, now: datetime) -> None:
    """End the session that a token stands for, if it still holds."""
    found = find_session(database, token, now)
    if found is None:
        return
    with database.writing_for(found.caller.organisation_id) as session:
        people.end_sessions(session, found.caller.organisation_id, now, session_id=found.id)
        note(session, found.caller, "session.end", write_id(SESSION, found.id))


def end_other_sessions(database: Database, caller: Caller) -> NewSession:
    """End every session of the caller's, and begin one for the browser that asks.

    Raises:
        NotAllowedError: the caller may not.
    """
    require(caller, Right.OWN_ACCOUNT)
    with database.writing_for(caller.organisation_id) as session:
        end_all_sessions(session, caller.organisation_id, caller.user_id, caller.at)
        note(session, caller, "session.end-all", write_id(USER, caller.user_id))
        return begin_session(session, caller, half_open=False)


def end_all_sessions(session: Session, organisation_id: UUID, user_id: UUID, now: datetime) -> None:
    """End every session of an account: its password, its second factor or its role has changed."""
    people.end_sessions(session, organisation_id, now, user_id=user_id)


def caller_of(session: Session, user: UserRow, now: datetime) -> Caller:
    """Make the caller that an account's owner is."""
    role = Role(user.role)
    opened = (
        opened_plans(session, user.organisation_id, user.id, now) if role is Role.AUDITOR else ()
    )
    return Caller(user.organisation_id, user.id, role, now, opened=frozenset(opened))


def _holds(row: SessionRow, user: UserRow, now: datetime) -> bool:
    return (
        row.ended_at is None
        and user.disabled_at is None
        and now - row.last_seen < IDLE
        and now - row.created_at < LONGEST
    )
