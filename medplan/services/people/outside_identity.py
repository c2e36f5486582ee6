"""Signing in with an account that somebody has elsewhere (OpenID Connect).

Who they are there is kept beside their account here: the issuer and its name for them, never their
address, which may be given to somebody else one day. The first time, an address that the issuer has
verified finds the account; there must be one already, for an organisation adds its own people.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from medplan.services.access import Right, may
from medplan.services.audit.lines import note
from medplan.services.people.guessing import note_refusal
from medplan.services.people.second_factor import has_second_factor
from medplan.services.people.sessions import NewSession, begin_session, caller_of
from medplan.store import people
from medplan.store.database import Database
from medplan.store.ids import USER, new_id, write_id
from medplan.store.tables import OutsideIdentityRow, UserRow


@dataclass(frozen=True, slots=True)
class OutsideIdentity:
    """What an issuer says of somebody; `email` only if it has verified the address.

    `proven_at` is when they last proved to it who they are, None where it doesn't say. `strong`: in
    a way that this deployment demands, so that their organisation need not ask for more.
    """

    issuer: str
    subject: str
    email: str | None
    proven_at: datetime | None = None
    strong: bool = False


def sign_in_from_outside(
    database: Database, who: OutsideIdentity, now: datetime
) -> NewSession | None:
    """Begin a session for whoever an issuer vouches for; None when they have no account here."""
    with database.writing_by(OutsideIdentityRow.subject, who.subject) as session:
        user = people.find_outside_user(session, who.issuer, who.subject)
        if user is not None:
            return _enter(session, user, who, now)
    if who.email is None:
        return None
    with database.writing_by(UserRow.email, who.email) as session:
        user = people.find_user(session, who.email, lock=True)
        if user is None or people.has_identity(session, user, who.issuer):
            return None
        made = _enter(session, user, who, now)
        if made is not None:
            session.add(_row(user, who, now))
            caller = caller_of(session, user, now)
            note(session, caller, "outside-identity.add", write_id(USER, user.id))
        return made


def _enter(
    session: Session, user: UserRow, who: OutsideIdentity, now: datetime
) -> NewSession | None:
    caller = caller_of(session, user, now)
    if user.disabled_at is not None or not may(caller, Right.SIGN_IN):
        note_refusal(session, user, now)
        return None
    asked = not who.strong and people.asks_second_factor(session, user.organisation_id)
    half_open = asked or has_second_factor(session, caller)
    proven_at = None if who.proven_at is None else min(who.proven_at, now)
    return begin_session(session, caller, half_open=half_open, proven_at=proven_at)


def _row(user: UserRow, who: OutsideIdentity, now: datetime) -> OutsideIdentityRow:
    return OutsideIdentityRow(
        organisation_id=user.organisation_id,
        id=new_id(now),
        user_id=user.id,
        issuer=who.issuer,
        subject=who.subject,
        created_at=now,
    )
