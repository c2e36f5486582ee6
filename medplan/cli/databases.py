"""The database that a command works on, opened only when the command runs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from config import read_config

if TYPE_CHECKING:
    from medplan.store.database import Database


@contextmanager
def open_database() -> Iterator["Database"]:
    """Open the configured database, and close it afterwards."""
    from medplan.store.database import Database
    from medplan.store.keys import MasterKeys

    config = read_config(os.environ)
    keys = MasterKeys(config.data_keys or (config.secret_key,))
    database = Database(config.database_url, keys, prepares=config.prepared_statements)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def migrated_database() -> Iterator["Database"]:
    """Open the database, or refuse when its tables are not those of this release."""
    from medplan.services.operation.readiness import check_tables

    with open_database() as database:
        check_tables(database)
        yield database
