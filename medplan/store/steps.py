"""Which step of the tables' history a database is at, and whether this release needs a later one.

A step is a file of `migrations/versions`, numbered in the order in which they are run. A web
process asks again and again and never runs one: that is `migrate`, with a library of its own.
"""

from pathlib import Path

from sqlalchemy import Column, MetaData, String, Table, inspect, select

from medplan.store.database import Database

STEPS = Path(__file__).resolve().parents[2] / "migrations"
NO_STEP = "none"
_REACHED = Table("alembic_version", MetaData(), Column("version_num", String))  # Alembic's own


def latest_step() -> str:
    """Name the newest step of this release."""
    files = (STEPS / "versions").glob("[0-9]*_*.py")
    return max((file.name.partition("_")[0] for file in files), default=NO_STEP)


def current_step(database: Database) -> str:
    """Name the step that the database is at, `none` when it has no tables."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table(_REACHED.name):
            return NO_STEP
        return connection.scalar(select(_REACHED.c.version_num)) or NO_STEP


def lacks_steps(database: Database) -> bool:
    """Whether a step of this release is still to be run. A later release's steps only add what this
    one can live without (`docs/how-to/change-the-tables.md`), so after them none is lacking."""
    step = current_step(database)
    return step == NO_STEP or step < latest_step()
