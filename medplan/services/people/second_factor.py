"""One-time codes from a phone (TOTP, RFC 6238) as a second factor, and codes for a lost phone.

A code holds for its half minute and one before and after, and is accepted once. Ten recovery codes
of 120 random bits are shown once; of each only the hash is kept. The secret itself must be read to
check a code, so it is kept sealed under the deployment's key.
"""

import hashlib
import secrets
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from sqlalchemy.orm import Session

from medplan.services import tokens
from medplan.services.access import Caller, Right, require
from medplan.services.audit.lines import note
from medplan.services.people.guessing import count_own_failure
from medplan.services.people.sessions import end_all_sessions, require_proof
from medplan.services.refusals import AccountError, WrongCodeError
from medplan.store import people
from medplan.store.database import Database
from medplan.store.ids import USER, new_id, write_id
from medplan.store.keys import KEYS, MasterKeys
from medplan.store.tables import RecoveryCodeRow, SecondFactorRow, UserRow

RECOVERY_CODES = 10
_RECOVERY_BYTES = 15
_STEP_S = 30
_DRIFT = (0, -1, 1)
_ISSUER = "medplan"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a phone has to be told: an address to be drawn as a QR code, or the secret to type."""

    uri: str
    secret: str


def enrol(database: Database, caller: Caller) -> Enrolment:
    """Make a secret for the caller's phone; nothing asks for its codes until one was entered.

    Raises:
        NotAllowedError, ProofTooOldError.
        AccountError: there is a second factor already.
    """
    require(caller, Right.OWN_ACCOUNT)
    require_proof(caller)
    return make_secret(database, caller)


def make_secret(database: Database, caller: Caller) -> Enrolment:
    """Make the secret of a second factor that has to be confirmed by a code.

    Raises:
        AccountError: there is a second factor already.
    """
    secret = pyotp.random_base32()
    with database.writing_for(caller.organisation_id) as session:
        row = people.find_second_factor(session, caller.organisation_id, caller.user_id)
        if row is not None and row.confirmed_at is not None:
            raise AccountError("There is a second factor already. Remove it first.")
        if row is None:
            row = SecondFactorRow(organisation_id=caller.organisation_id, id=caller.user_id)
            session.add(row)
        row.secret_encrypted = _keys(database).wrap(caller.user_id, secret.encode())
        row.created_at, row.confirmed_at, row.last_step = caller.at, None, 0
        user = people.find_account(session, caller.organisation_id, caller.user_id)
    uri = pyotp.TOTP(secret).provisioning_uri(name=user.email or "", issuer_name=_ISSUER)
    return Enrolment(uri, secret)


def confirm(database: Database, caller: Caller, code: str) -> Sequence[str]:
    """Begin to ask for codes, now that one was right; give the recovery codes, shown only here.

    Raises:
        NotAllowedError: the caller may not.
        WrongCodeError: the code is not the phone's, or nothing was begun.
    """
    require(caller, Right.OWN_ACCOUNT)
    with database.writing_for(caller.organisation_id) as session:
        row = people.find_second_factor(session, caller.organisation_id, caller.user_id)
        if row is None or row.confirmed_at is not None or not _fits(database, row, code, caller.at):
            raise WrongCodeError
        row.confirmed_at = caller.at
        people.drop_recovery_codes(session, caller.organisation_id, caller.user_id)
        codes = [_new_recovery_code() for _ in range(RECOVERY_CODES)]
        session.add_all(_recovery_row(caller, each) for each in codes)
        note(session, caller, "second-factor.add", write_id(USER, caller.user_id))
    return codes


def remove(database: Database, caller: Caller, code: str) -> None:
    """Ask for codes no more; where the organisation asks everybody for them, every session ends.

    Raises:
        NotAllowedError, ProofTooOldError.
        WrongCodeError: neither the phone's code nor a recovery code, or there is no second factor.
    """
    require(caller, Right.OWN_ACCOUNT)
    require_proof(caller)
    with database.writing_for(caller.organisation_id) as session:
        user = people.find_account(session, caller.organisation_id, caller.user_id)
        right = accepts(database, session, user, code, caller.at)
        if right:
            people.drop_second_factor(session, caller.organisation_id, caller.user_id)
            note(session, caller, "second-factor.remove", write_id(USER, caller.user_id))
            if people.asks_second_factor(session, caller.organisation_id):
                end_all_sessions(session, caller.organisation_id, caller.user_id, caller.at)
    if not right:
        count_own_failure(database, caller)
        raise WrongCodeError


def has_second_factor(session: Session, caller: Caller) -> bool:
    """Whether this account asks for a code after the password."""
    found = people.find_second_factor(session, caller.organisation_id, caller.user_id)
    return found is not None and found.confirmed_at is not None


def accepts(database: Database, session: Session, user: UserRow, code: str, now: datetime) -> bool:
    """Whether a code is right for this account; it will not be again."""
    row = people.find_second_factor(session, user.organisation_id, user.id)
    if row is None or row.confirmed_at is None:
        return False
    if _fits(database, row, code, now):
        return True
    return people.use_recovery_code(session, user, _recovery_hash(code), now)


def _fits(database: Database, row: SecondFactorRow, code: str, now: datetime) -> bool:
    """Whether a code is the phone's and newer than the last accepted; if so, remember it."""
    totp = pyotp.TOTP(_keys(database).unwrap(row.id, row.secret_encrypted).decode())
    for drift in _DRIFT:
        at = now + drift * timedelta(seconds=_STEP_S)
        step = totp.timecode(at)
        if step > row.last_step and tokens.same_hash(totp.at(at), code.strip()):
            row.last_step = step
            return True
    return False


def _keys(database: Database) -> MasterKeys:
    found = database.engine.get_execution_options()[KEYS]
    assert isinstance(found, MasterKeys)  # noqa: S101 - tells the type checker what Database put there
    return found


def _new_recovery_code() -> str:
    letters = b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def _recovery_hash(code: str) -> str:
    return hashlib.sha256(code.strip().lower().encode(errors="replace")).hexdigest()


def _recovery_row(caller: Caller, code: str) -> RecoveryCodeRow:
    return RecoveryCodeRow(
        organisation_id=caller.organisation_id,
        id=new_id(caller.at),
        user_id=caller.user_id,
        code_sha256=_recovery_hash(code),
        used_at=None,
    )
