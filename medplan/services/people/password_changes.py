"""New passwords: chosen by whoever knows the old one, or by whoever got a link that works once.

Whether an address is known is told by nothing but the message that it gets. A link opens for an
hour. Every session of the account ends when its password changes.
"""

from datetime import datetime, timedelta
from typing import Protocol

from medplan.services import tokens
from medplan.services.access import Caller, Right, may, require
from medplan.services.audit.lines import note, note_by_operator
from medplan.services.people.guessing import count_own_failure
from medplan.services.people.passwords import check_password, hash_password, refuse_weak
from medplan.services.people.sessions import NewSession, begin_session, caller_of, end_all_sessions
from medplan.services.refusals import AccountError, NotFoundError
from medplan.store import people
from medplan.store.database import Database
from medplan.store.ids import USER, new_id, write_id
from medplan.store.tables import PasswordResetRow, UserRow

OPEN_FOR = timedelta(hours=1)


class ResetSender(Protocol):
    """Brings a link's token to an address; the gate knows how."""

    def __call__(self, email: str, token: str) -> None:
        """Send it. What fails is told to the operator, not to whoever asked."""


def ask_for_reset(database: Database, *, email: str, now: datetime, send: ResetSender) -> None:
    """Send a link to set a new password to an address, if somebody has it."""
    token = tokens.new_token(tokens.RESET)
    with database.writing_by(UserRow.email, email) as session:
        user = people.find_user(session, email)
        if user is None or user.disabled_at is not None:
            return
        if not may(caller_of(session, user, now), Right.SIGN_IN):
            return
        people.close_resets(session, user, now)
        session.add(
            PasswordResetRow(
                organisation_id=user.organisation_id,
                id=new_id(now),
                user_id=user.id,
                token_sha256=tokens.token_hash(token),
                created_at=now,
                used_at=None,
            )
        )
        note_by_operator(
            session, user.organisation_id, now, "password.reset-link", write_id(USER, user.id)
        )
    send(email, token)


def check_reset(database: Database, token: str, now: datetime) -> None:
    """See whether a link still works.

    Raises:
        NotFoundError: it is unknown, used or too old; the answer is the same.
    """
    if not tokens.is_token(tokens.RESET, token):
        raise NotFoundError
    token_hash = tokens.token_hash(token)
    with database.reading_by(PasswordResetRow.token_sha256, token_hash) as session:
        if people.find_open_reset(session, token_hash, now - OPEN_FOR) is None:
            raise NotFoundError


def reset_password(database: Database, *, token: str, password: str, now: datetime) -> None:
    """Set a new password by a link, once; an account that was shut for wrong passwords opens.

    Raises:
        NotFoundError: the link is unknown, used or too old.
        AccountError: the password is too weak.
        BusyError: too many passwords are being worked out.
    """
    check_reset(database, token, now)
    token_hash = tokens.token_hash(token)
    refuse_weak(password, _address_of(database, token_hash, now))
    password_hash = hash_password(password)
    with database.writing_by(PasswordResetRow.token_sha256, token_hash) as session:
        found = people.find_open_reset(session, token_hash, now - OPEN_FOR)
        if found is None:
            raise NotFoundError
        row, user = found
        row.used_at = now
        user.password_hash = password_hash
        user.failed_logins, user.locked_until = 0, None
        end_all_sessions(session, user.organisation_id, user.id, now)
        note(session, caller_of(session, user, now), "password.reset", write_id(USER, user.id))


def _address_of(database: Database, token_hash: str, now: datetime) -> str:
    """Whose link it is."""
    with database.reading_by(PasswordResetRow.token_sha256, token_hash) as session:
        found = people.find_open_reset(session, token_hash, now - OPEN_FOR)
        return "" if found is None else found[1].email or ""


def change_password(database: Database, caller: Caller, *, old: str, new: str) -> NewSession:
    """Change the caller's password; every session ends, and one is begun for this browser.

    Raises:
        NotAllowedError: the caller may not.
        AccountError: the old password is wrong, or the new one too weak.
        BusyError: too many passwords are being worked out.
    """
    require(caller, Right.OWN_ACCOUNT)
    with database.reading_for(caller.organisation_id) as session:
        user = people.find_account(session, caller.organisation_id, caller.user_id)
    if not check_password(user.password_hash, old):
        count_own_failure(database, caller)
        raise AccountError("The old password is wrong.")
    refuse_weak(new, user.email or "")
    password_hash = hash_password(new)
    with database.writing_for(caller.organisation_id) as session:
        user = people.find_account(session, caller.organisation_id, caller.user_id)
        user.password_hash = password_hash
        end_all_sessions(session, caller.organisation_id, caller.user_id, caller.at)
        note(session, caller, "password.change", write_id(USER, caller.user_id))
        return begin_session(session, caller, half_open=False, proven_at=caller.at)
