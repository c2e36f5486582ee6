"""Whether medplan can do its work here and now."""

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from medplan.services.audit.lines import write_late
from medplan.services.parts import Parts
from medplan.services.refusals import NotReadyError
from medplan.store.database import Database, read_only, refuses_changes
from medplan.store.steps import lacks_steps


def check_ready(parts: Parts) -> None:
    """Look at the database, its migrations and the formularies.

    Raises:
        NotReadyError: one of them is not as this release needs it.
    """
    check_tables(parts.database)
    if not parts.formularies:
        raise NotReadyError("There is no formulary.")


def takes_changes(database: Database) -> bool:
    """Whether what is done can be written: readings that wait for that are written first.

    On SQLite a full disk is known once a reading has met it.
    """
    try:
        write_late(database)
    except DBAPIError as error:
        if refuses_changes(error):
            return False
        raise
    return not read_only(database)


def check_tables(database: Database) -> None:
    """Look whether the database has the tables that this release needs.

    Raises:
        NotReadyError: it has not, or the database can't be reached.
    """
    try:
        lacking = lacks_steps(database)
    except SQLAlchemyError as error:
        raise NotReadyError("The database can't be reached.") from error
    if lacking:
        raise NotReadyError("The database needs: python -m medplan db upgrade")
