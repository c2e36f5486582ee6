"""Browsers that are signed in. Each is a row, so that any can be ended from here at once.

A session ends after half an hour without a request, twelve hours after it began, when it is ended,
or when its account is disabled. Signing in always makes a new one: an id that somebody planted in a
browser before is worth nothing after. What changes how somebody signs in wants a session whose
holder has proven who they are in the last ten minutes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from medplan.services import tokens
from medplan.services.access import Caller, Right, Role, SignedIn, require
from medplan.services.audit.lines import note
from medplan.services.audit.openings import opened_plans
from medplan.services.refusals import NotFoundError, ProofTooOldError
from medplan.store import people
from medplan.store.database import Database, unless_refused
from medplan.store.ids import SESSION, USER, new_id, write_id
from medplan.store.tables import SessionRow, UserRow

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
PROVEN_FOR = timedelta(minutes=10)
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


def begin_session(
    session: Session, caller: Caller, *, half_open: bool, proven_at: datetime | None
) -> NewSession:
    """Begin a session in the transaction that let the caller in, who proved at `proven_at` who they
    are (None: nobody knows when)."""
    token = tokens.new_token(tokens.SESSION)
    row = SessionRow(
        organisation_id=caller.organisation_id,
        id=new_id(caller.at),
        user_id=caller.user_id,
        token_sha256=tokens.token_hash(token),
        half_open=half_open,
        created_at=caller.at,
        proven_at=proven_at,
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
    signed_in = SignedIn(row.id, row.proven_at)
    return FoundSession(row.id, replace(caller, signed_in=signed_in), row.half_open)


def end_session(database: Database, token: str, now: datetime) -> None:
    """End the session that a token stands for, if it still holds."""
    found = find_session(database, token, now)
    if found is None:
        return
    with database.writing_for(found.caller.organisation_id) as session:
        people.end_sessions(session, found.caller.organisation_id, now, session_id=found.id)
        note(session, found.caller, "session.end", write_id(SESSION, found.id))


def require_proof(caller: Caller) -> None:
    """Refuse a caller who has not proven lately who they are.

    Raises:
        ProofTooOldError: it is too long ago, or nobody knows when; or they came by no session.
    """
    if not has_proof(caller):
        raise ProofTooOldError


def has_proof(caller: Caller) -> bool:
    """Whether the caller has proven lately who they are."""
    proven_at = None if caller.signed_in is None else caller.signed_in.proven_at
    return proven_at is not None and caller.at - proven_at < PROVEN_FOR


def list_sessions(session: Session, caller: Caller) -> Sequence[SessionRow]:
    """List the caller's sessions that hold, the newest first."""
    rows = people.list_sessions(
        session, caller.organisation_id, caller.user_id, seen_after=caller.at - IDLE
    )
    return [row for row in rows if caller.at - row.created_at < LONGEST]


def end_own_session(database: Database, caller: Caller, session_id: UUID) -> None:
    """End one of the caller's sessions.

    Raises:
        NotFoundError (also when it has ended), NotAllowedError, ProofTooOldError.
    """
    require(caller, Right.OWN_ACCOUNT)
    require_proof(caller)
    with database.writing_for(caller.organisation_id) as session:
        if all(row.id != session_id for row in list_sessions(session, caller)):
            raise NotFoundError
        people.end_sessions(session, caller.organisation_id, caller.at, session_id=session_id)
        note(session, caller, "session.end", write_id(SESSION, session_id))


def end_other_sessions(database: Database, caller: Caller) -> None:
    """End every session of the caller's but the one that they came by.

    Raises:
        NotAllowedError, ProofTooOldError.
    """
    require(caller, Right.OWN_ACCOUNT)
    require_proof(caller)
    spared = None if caller.signed_in is None else caller.signed_in.session_id
    with database.writing_for(caller.organisation_id) as session:
        people.end_sessions(
            session, caller.organisation_id, caller.at, user_id=caller.user_id, spared=spared
        )
        note(session, caller, "session.end-all", write_id(USER, caller.user_id))


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
