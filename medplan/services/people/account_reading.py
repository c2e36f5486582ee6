"""What somebody sees of their own account."""

from collections.abc import Sequence
from dataclasses import dataclass

from medplan.services.access import Caller, Right, require
from medplan.services.people.second_factor import has_second_factor
from medplan.services.people.sessions import has_proof, list_sessions
from medplan.store import people
from medplan.store.database import Database
from medplan.store.tables import ApiTokenRow, SessionRow, UserRow


@dataclass(frozen=True, slots=True)
class Account:
    """An account, whether it has a second factor, its browsers, the newest first, and its tokens,
    those revoked too. `proven`: its holder has proven lately who they are."""

    user: UserRow
    second_factor: bool
    proven: bool
    sessions: Sequence[SessionRow]
    tokens: Sequence[ApiTokenRow]


def read_account(database: Database, caller: Caller) -> Account:
    """Read the caller's own account.

    Raises:
        NotAllowedError: the caller may not.
    """
    require(caller, Right.OWN_ACCOUNT)
    with database.reading_for(caller.organisation_id) as session:
        return Account(
            user=people.find_account(session, caller.organisation_id, caller.user_id),
            second_factor=has_second_factor(session, caller),
            proven=has_proof(caller),
            sessions=list_sessions(session, caller),
            tokens=people.list_tokens(session, caller.organisation_id, caller.user_id),
        )
