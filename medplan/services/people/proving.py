"""Proving again who one is, in a browser that is signed in already.

Whoever sits down at somebody else's browser can read what it shows, but not make the account their
own: a token, a second factor and the end of other sessions want the password again, and the code
where there is a second factor. A wrong one counts as one at the door.
"""

from sqlalchemy.orm import Session

from medplan.services.access import Caller, Right, require
from medplan.services.people.guessing import count_own_failure
from medplan.services.people.passwords import check_password
from medplan.services.people.second_factor import accepts, has_second_factor
from medplan.services.people.sessions import NewSession, begin_session
from medplan.services.refusals import AccountError, WrongCodeError
from medplan.store import people
from medplan.store.database import Database


def prove_again(database: Database, caller: Caller, *, password: str, code: str) -> NewSession:
    """Begin a new session for the caller's browser in the place of the one that they came by.

    Raises:
        NotAllowedError: the caller may not.
        AccountError: the password is wrong, or the account has none.
        WrongCodeError: there is a second factor, and this is not its code.
        BusyError: too many passwords are being worked out.
    """
    require(caller, Right.OWN_ACCOUNT)
    with database.reading_for(caller.organisation_id) as session:
        user = people.find_account(session, caller.organisation_id, caller.user_id)
    if not check_password(user.password_hash, password):
        count_own_failure(database, caller)
        raise AccountError("The password is wrong.")
    with database.writing_for(caller.organisation_id) as session:
        user = people.find_account(session, caller.organisation_id, caller.user_id)
        asked = has_second_factor(session, caller)
        if not asked or accepts(database, session, user, code, caller.at):
            return replace_session(session, caller)
    count_own_failure(database, caller)
    raise WrongCodeError


def replace_session(session: Session, caller: Caller) -> NewSession:
    """End the session that the caller came by, and begin one that is proven now."""
    if caller.signed_in is not None:
        people.end_sessions(
            session, caller.organisation_id, caller.at, session_id=caller.signed_in.session_id
        )
    return begin_session(session, caller, half_open=False, proven_at=caller.at)
