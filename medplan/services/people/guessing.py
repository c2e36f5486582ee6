"""Wrong passwords and codes in a row: ten shut an account for a quarter of an hour.

Whoever guesses from within, in a browser that is signed in as somebody, is shut out of it as well.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from medplan.services.access import Caller
from medplan.services.audit.lines import note, note_by_operator
from medplan.services.people.sessions import caller_of, end_all_sessions
from medplan.store import people
from medplan.store.database import Database
from medplan.store.ids import USER, write_id
from medplan.store.tables import UserRow

MOST_FAILURES = 10
SHUT_FOR = timedelta(minutes=15)


def count_failure(session: Session, user: UserRow, now: datetime) -> None:
    """Count a wrong password; the tenth shuts the account for a while, and so does every next."""
    note_refusal(session, user, now)
    user.failed_logins += 1
    if user.failed_logins >= MOST_FAILURES:
        user.locked_until = now + SHUT_FOR
        note(session, caller_of(session, user, now), "user.lock", write_id(USER, user.id))


def note_refusal(session: Session, user: UserRow, now: datetime) -> None:
    """Write that somebody was not let into an account; nobody knows who it was."""
    note_by_operator(session, user.organisation_id, now, "sign-in.refuse", write_id(USER, user.id))


def count_own_failure(database: Database, caller: Caller) -> None:
    """Count what somebody got wrong in their own account; the tenth ends their sessions too."""
    with database.writing_for(caller.organisation_id) as session:
        user = people.find_account(session, caller.organisation_id, caller.user_id)
        count_failure(session, user, caller.at)
        if user.locked_until is not None and user.locked_until > caller.at:
            end_all_sessions(session, caller.organisation_id, caller.user_id, caller.at)
