"""Signing in with an address and a password, and a code where there is a second factor.

Ten wrong passwords in a row shut an account for a quarter of an hour. Whether an address is known,
its account shut or disabled, or the password wrong, the answer and the work done are the same.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from medplan.services.access import Right, may
from medplan.services.people.guessing import count_failure, note_refusal
from medplan.services.people.passwords import check_password
from medplan.services.people.second_factor import accepts, has_second_factor
from medplan.services.people.sessions import NewSession, begin_session, caller_of, find_session
from medplan.store import people
from medplan.store.database import Database
from medplan.store.tables import UserRow


def sign_in(database: Database, *, email: str, password: str, now: datetime) -> NewSession | None:
    """Begin a session for whoever knows this address and its password; None for anybody else.

    Raises:
        BusyError: too many passwords are being checked.
    """
    with database.reading_by(UserRow.email, email) as session:
        known = people.find_user(session, email)
    right = check_password(None if known is None else known.password_hash, password)
    with database.writing_by(UserRow.email, email) as session:
        user = people.find_user(session, email, lock=True)
        if user is None:
            return None
        if not _may_enter(session, user, now):
            note_refusal(session, user, now)
            return None
        if right:
            return _enter(session, user, now)
        count_failure(session, user, now)
    return None


def pass_second_factor(
    database: Database, *, token: str, code: str, now: datetime
) -> NewSession | None:
    """Open a half-open session by a code; None when the code or the session is not right.

    The half-open session ends and a new one begins. Wrong codes count as wrong passwords do.
    """
    half = find_session(database, token, now)
    if half is None or not half.half_open:
        return None
    with database.writing_for(half.caller.organisation_id) as session:
        user = people.find_account(session, half.caller.organisation_id, half.caller.user_id)
        if not _may_enter(session, user, now):
            note_refusal(session, user, now)
            return None
        if not accepts(database, session, user, code, now):
            count_failure(session, user, now)
            return None
        people.end_sessions(session, user.organisation_id, now, session_id=half.id)
        user.failed_logins, user.locked_until = 0, None
        return begin_session(session, half.caller, half_open=False, proven_at=now)


def _enter(session: Session, user: UserRow, now: datetime) -> NewSession:
    caller = caller_of(session, user, now)
    half_open = has_second_factor(session, caller) or people.asks_second_factor(
        session, user.organisation_id
    )
    if not half_open:
        user.failed_logins, user.locked_until = 0, None
    return begin_session(session, caller, half_open=half_open, proven_at=now)


def _may_enter(session: Session, user: UserRow, now: datetime) -> bool:
    open_again = user.locked_until is None or user.locked_until <= now
    allowed = may(caller_of(session, user, now), Right.SIGN_IN)
    return user.disabled_at is None and open_again and allowed
