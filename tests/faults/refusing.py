"""A database that can be read and takes no changes, as on a full disk or a standby."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import event, text

from medplan.store.database import Database
from tests.api.practice import Practice
from tests.databases.server import Server
from tests.programs import own

_DISK_MB = 48


@contextmanager
def refusing_changes(practice: Practice) -> Iterator[None]:
    """Let a practice's database take no changes while the block lasts.

    SQLite may then use no more pages than it has, which is what a full disk means to it.
    """
    if practice.database.engine.dialect.name == "postgresql":
        with _read_only(practice):
            yield
    else:
        with _full(practice.database):
            yield


@contextmanager
def _read_only(practice: Practice) -> Iterator[None]:
    name = practice.database.engine.url.database
    _alter(practice.seen, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    practice.database.close()
    yield
    _alter(practice.seen, f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
    practice.database.close()


def _alter(seen: Database, statement: str) -> None:
    connection = seen.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    with connection:
        connection.execute(text("SET default_transaction_read_only = off"))
        connection.execute(text(statement))
    seen.close()


@contextmanager
def _full(database: Database) -> Iterator[None]:
    def bound(connection: object, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # type: ignore[attr-defined] # sqlite3's

    database.close()
    event.listen(database.engine, "connect", bound)
    _fill(database)
    yield
    event.remove(database.engine, "connect", bound)
    database.close()


def _fill(database: Database) -> None:
    """Leave no free page."""
    with database.engine.connect() as connection:
        free = connection.exec_driver_sql("PRAGMA freelist_count").scalar_one()
    assert free == 0, "a database whose rows were never removed has no free page"


@contextmanager
def on_a_small_disk(practice: Practice, server: Server) -> Iterator[Path]:
    """Move a practice's PostgreSQL database to a file system of its own, which can be filled."""
    disk, name = own(server.folder / "disk"), str(practice.database.url.database)
    options = f"size={_DISK_MB}m,mode=700,uid={disk.stat().st_uid},gid={disk.stat().st_gid}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)], check=True)
    practice.database.close()
    practice.seen.close()
    elsewhere = Database(server.url)
    try:
        with elsewhere.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as asking:
            asking.execute(text(f"CREATE TABLESPACE small LOCATION '{disk}'"))
            asking.execute(text(f'ALTER DATABASE "{name}" SET TABLESPACE small'))
        yield disk
    finally:
        elsewhere.close()
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


@contextmanager
def filled(practice: Practice, disk: Path) -> Iterator[None]:
    """Leave no free block on a disk, nor in what the database has of it, while the block lasts."""
    (disk / "full").write_bytes(b"")
    with (disk / "full").open("wb", buffering=0) as full, suppress(OSError):
        while True:
            full.write(b"\0" * 4096)
    yield
    (disk / "full").unlink()
    practice.database.close()


@contextmanager
def away(practice: Practice) -> Iterator[None]:
    """Cut PostgreSQL's clients off, and let nobody in while the block lasts."""
    elsewhere = Database(
        practice.seen.url.set(database="postgres").render_as_string(hide_password=False)
    )
    name = practice.database.url.database
    practice.seen.close()
    with elsewhere.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as asking:
        asking.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
        asking.execute(text(cut), {"name": name})
        yield
        asking.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
    elsewhere.close()
