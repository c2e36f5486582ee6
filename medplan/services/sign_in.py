"""Signing in with an address and a password.

Ten wrong passwords in a row shut an account for a quarter of an hour. Whether an address is known,
its account shut or disabled, or the password wrong, the answer and the work done are the same.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from medplan.services.access import Right, may
from medplan.services.audit import note
from medplan.services.passwords import check_password
from medplan.services.second_factor import has_second_factor
from medplan.services.sessions import NewSession, begin_session, caller_of
from medplan.store import people
from medplan.store.database import Database
from medplan.store.ids import USER, write_id
from medplan.store.tables import UserRow

MOST_FAILURES = 10
SHUT_FOR = timedelta(minutes=15)


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
        if user is None or not _may_enter(session, user, now):
            return None
        if right:
            return _enter(session, user, now)
        _count_failure(session, user, now)
    return None


def _enter(session: Session, user: UserRow, now: datetime) -> NewSession:
    user.failed_logins, user.locked_until = 0, None
    caller = caller_of(session, user, now)
    return begin_session(session, caller, half_open=has_second_factor(session, caller))


def _count_failure(session: Session, user: UserRow, now: datetime) -> None:
    """Count a wrong password; the tenth shuts the account for a while, and so does every next."""
    user.failed_logins += 1
    if user.failed_logins >= MOST_FAILURES:
        user.locked_until = now + SHUT_FOR
        note(session, caller_of(session, user, now), "user.lock", write_id(USER, user.id))


def _may_enter(session: Session, user: UserRow, now: datetime) -> bool:
    open_again = user.locked_until is None or user.locked_until <= now
    allowed = may(caller_of(session, user, now), Right.SIGN_IN)
    return user.disabled_at is None and open_again and allowed
