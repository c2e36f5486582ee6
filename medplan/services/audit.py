"""The line that every change leaves, written in the change's own transaction."""

from sqlalchemy.orm import Session

from medplan.services.access import Caller
from medplan.store.ids import new_id
from medplan.store.tables import AuditRow


def note(session: Session, caller: Caller, act: str, subject: str) -> None:
    """Write that the caller did `act` to `subject` (an outward id; never a name or a dose)."""
    session.add(
        AuditRow(
            organisation_id=caller.organisation_id,
            id=new_id(caller.at),
            at=caller.at,
            user_id=caller.user_id,
            act=act,
            subject=subject,
        )
    )
