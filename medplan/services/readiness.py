"""Whether medplan can do its work here and now."""

from sqlalchemy.exc import SQLAlchemyError

from medplan.services.parts import Parts
from medplan.services.refusals import NotReadyError
from medplan.store.database import Database
from medplan.store.migrate import current_step, latest_step


def check_ready(parts: Parts) -> None:
    """Look at the database, its migrations and the formularies.

    Raises:
        NotReadyError: one of them is not as this release needs it.
    """
    check_tables(parts.database)
    if not parts.formularies:
        raise NotReadyError("There is no formulary.")


def check_tables(database: Database) -> None:
    """Look whether the database's tables are those of this release.

    Raises:
        NotReadyError: they are not, or the database can't be reached.
    """
    try:
        step = current_step(database)
    except SQLAlchemyError as error:
        raise NotReadyError("The database can't be reached.") from error
    if step != latest_step():
        raise NotReadyError("The database needs: python -m medplan db upgrade")
