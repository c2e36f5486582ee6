"""An organisation that asks everybody for a second factor, and what its people do about it.

Whoever has none yet comes half way in by their password: far enough to add one, and no further.
What tokens and other systems may do is not touched by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from medplan.services.audit.lines import note_by_operator
from medplan.services.people.guessing import count_failure
from medplan.services.people.proving import replace_session
from medplan.services.people.second_factor import (
    Enrolment,
    confirm,
    has_second_factor,
    make_secret,
)
from medplan.services.people.sessions import FoundSession, NewSession, find_session
from medplan.services.refusals import AccountError, NotFoundError, WrongCodeError
from medplan.store import people
from medplan.store.database import Database
from medplan.store.ids import ORGANISATION, write_id
from medplan.store.tables import OrganisationRow


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Somebody who has added what was asked for: their session, and the codes for a lost phone."""

    session: NewSession
    codes: Sequence[str]


def ask_second_factor(database: Database, organisation: str, now: datetime, *, asked: bool) -> None:
    """Ask everybody of an organisation for a second factor from now on, or nobody any more. The
    sessions of those who have none end.

    Raises:
        AccountError: there is no such organisation.
    """
    with database.writing_by(OrganisationRow.name, organisation) as session:
        found = people.find_organisation(session, organisation)
        if found is None:
            raise AccountError("There is no such organisation.")
        if asked == (found.second_factor_since is not None):
            return
        found.second_factor_since = now if asked else None
        if asked:
            people.end_single_factor_sessions(session, found.organisation_id, now)
        act = "second-factor.ask" if asked else "second-factor.ask-no-more"
        subject = write_id(ORGANISATION, found.organisation_id)
        note_by_operator(session, found.organisation_id, now, act, subject)


def must_enrol(database: Database, token: str, now: datetime) -> bool:
    """Whether a browser's session waits for a second factor that its account has not got."""
    half = find_session(database, token, now)
    if half is None or not half.half_open:
        return False
    with database.reading_for(half.caller.organisation_id) as session:
        return not has_second_factor(session, half.caller)


def begin_enrolment(database: Database, token: str, now: datetime) -> Enrolment:
    """Make a secret for the phone of whoever is half way in.

    Raises:
        NotFoundError: nobody is, by this token.
        AccountError: the account has a second factor already.
    """
    return make_secret(database, _half_way(database, token, now).caller)


def finish_enrolment(database: Database, token: str, code: str, now: datetime) -> Enrolled:
    """Let in whoever was half way in, now that the phone's first code was right.

    Raises:
        NotFoundError: nobody is half way in, by this token.
        WrongCodeError: the code is not the phone's. It counts as a wrong password.
    """
    half = _half_way(database, token, now).caller
    try:
        codes = confirm(database, half, code)
    except WrongCodeError:
        with database.writing_for(half.organisation_id) as session:
            user = people.find_account(session, half.organisation_id, half.user_id)
            count_failure(session, user, now)
        raise
    with database.writing_for(half.organisation_id) as session:
        user = people.find_account(session, half.organisation_id, half.user_id)
        user.failed_logins, user.locked_until = 0, None
        return Enrolled(replace_session(session, half), codes)


def _half_way(database: Database, token: str, now: datetime) -> FoundSession:
    found = find_session(database, token, now)
    if found is None or not found.half_open:
        raise NotFoundError
    return found
