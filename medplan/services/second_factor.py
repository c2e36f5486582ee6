"""One-time codes from a phone (TOTP, RFC 6238) as a second factor, and codes for a lost phone."""

from sqlalchemy.orm import Session

from medplan.services.access import Caller
from medplan.store import people


def has_second_factor(session: Session, caller: Caller) -> bool:
    """Whether this account asks for a code after the password."""
    found = people.find_second_factor(session, caller.organisation_id, caller.user_id)
    return found is not None and found.confirmed_at is not None
