"""The one row of an organisation that its numbered logs are counted in."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from medplan.store.tables import HeadRow


def make_head(session: Session, organisation_id: UUID) -> None:
    """Make the row that was not found; another transaction may be making it too."""
    try:
        with session.begin_nested():
            session.add(HeadRow(organisation_id=organisation_id))
    except IntegrityError:
        return


def next_event_number(session: Session, organisation_id: UUID) -> int:
    """Give the organisation's next event number, and keep others from the one after it until this
    transaction ends."""
    counted = (
        update(HeadRow)
        .where(HeadRow.organisation_id == organisation_id)
        .values(event_number=HeadRow.event_number + 1)
        .returning(HeadRow.event_number)
        .execution_options(synchronize_session=False)
    )
    number = session.execute(counted).scalar_one_or_none()
    if number is None:
        make_head(session, organisation_id)
        number = session.execute(counted).scalar_one()
    return number
