"""Brings a database to the tables that this release expects, and says whether it is there.

The steps are in `migrations/`, beside the package. SQLite needs care: its DDL is transactional
only because `Database` begins transactions itself, so a migration that fails leaves nothing.
"""

from pathlib import Path

from alembic.command import downgrade as alembic_downgrade
from alembic.command import upgrade as alembic_upgrade
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from medplan.store.database import Database

_FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def upgrade(database: Database, to: str = "head") -> None:
    """Run every step up to `to` in one transaction; nothing happens when it is already there."""
    with database.engine.begin() as connection:
        alembic_upgrade(_config({"connection": connection}), to)


def downgrade(database: Database, to: str) -> None:
    """Undo steps down to `to`; `base` removes every table."""
    with database.engine.begin() as connection:
        alembic_downgrade(_config({"connection": connection}), to)


def latest_step() -> str:
    """Name the newest step of this release."""
    return ScriptDirectory.from_config(_config({})).get_current_head() or "none"


def current_step(database: Database) -> str:
    """Name the step that the database is at, `none` when it has no tables."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or "none"


def _config(attributes: dict[str, object]) -> Config:
    config = Config(attributes=attributes)
    config.set_main_option("script_location", str(_FOLDER))
    return config
