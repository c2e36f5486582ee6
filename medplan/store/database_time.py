"""The database's own clock, in SQL.

Machines' clocks differ; leases and waiting times that several of them share go by this one.
"""

from datetime import datetime

from sqlalchemy import literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from medplan.store.database import UtcDateTime


class DatabaseTime(FunctionElement[datetime]):
    """The instant that it is by the database's clock, so many seconds on."""

    type = UtcDateTime()
    inherit_cache = True
    name = "database_time"

    def __init__(self, seconds: float = 0) -> None:
        super().__init__(literal(float(seconds)))


@compiles(DatabaseTime, "sqlite")
def _on_sqlite(element: DatabaseTime, compiler: SQLCompiler, **kwargs: object) -> str:
    """As text, the way SQLAlchemy keeps instants in SQLite."""
    seconds = compiler.process(element.clauses, **kwargs)
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', ({seconds}) || ' seconds')"


@compiles(DatabaseTime, "postgresql")
def _on_postgresql(element: DatabaseTime, compiler: SQLCompiler, **kwargs: object) -> str:
    seconds = compiler.process(element.clauses, **kwargs)
    return f"(clock_timestamp() + make_interval(secs => {seconds}))"
