"""Backups taken while plans are written, and a restore to a marked time.

SQLite: `VACUUM INTO`, as the operator's guide has it. PostgreSQL: `pg_basebackup` and an archive of
the log, restored to a moment between two changes.
"""

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import select
from sqlalchemy.engine import make_url

from medplan.store.database import Database
from medplan.store.ids import PLAN, write_id
from medplan.store.tables import PlanRow
from tests.api.practice import Practice
from tests.databases import server
from tests.databases.server import Server
from tests.faults.ground import Ground, Result, on_postgresql, practice_on
from tests.faults.killing import disagreements_in
from tests.programs import own, without_rights

_TIMES = 5
_ARCHIVE_S = 60


def check(ground: Ground) -> Iterator[Result]:
    """Back up while a prescriber writes; restore; look whether all is there and agrees."""
    if ground.server is None:
        yield _of_sqlite(ground)
        return
    archive = own(ground.server.folder / "archive")
    settings = {"archive_mode": "on", "archive_command": f"cp %p {archive}/%f"}
    with on_postgresql(settings | {"wal_level": "replica"}) as archived:
        assert archived.server is not None
        yield _of_postgresql(archived, archived.server, archive)


def _of_sqlite(ground: Ground) -> Result:
    lost = torn = 0
    with practice_on(ground) as practice, _writing(practice) as issued:
        for number in range(_TIMES):
            time.sleep(0.5)
            copied = ground.folder / f"backup-{number}.db"
            before = list(issued)
            with closing(practice.seen.engine.raw_connection()) as connection:
                connection.cursor().execute("VACUUM INTO ?", (str(copied),))
            missing, found = _looked_through(f"sqlite:///{copied}", before)
            lost, torn = lost + missing, torn + found
        total = len(issued)
    return Result("backup while writing, restored", _TIMES, lost, torn, f"{total} plans")


def _of_postgresql(ground: Ground, running: Server, archive: Path) -> Result:
    restored = own(running.folder.with_name(f"{running.folder.name}-restored"))
    with practice_on(ground) as practice:
        with _writing(practice) as issued:
            time.sleep(0.5)
            _base_backup(running, restored)
            time.sleep(0.5)
        marked = list(issued)
        time.sleep(0.2)
        moment = _asked(running, "SELECT now()::text")
        time.sleep(0.2)
        late = _id_of(practice.prescriber.issued())
        _asked(running, "SELECT pg_switch_wal()::text")
        _archived(running, archive)
        begun = time.monotonic()
        again = _recovering(restored, archive, moment)
        name = make_url(practice.seen.url).database
        address = f"postgresql://postgres@/{name}?host={restored}"
        try:
            lost, torn = _looked_through(address, marked, absent=late)
        finally:
            again.remove()
        took = time.monotonic() - begun
    measured = f"{len(marked)} plans to the moment, none later; {took:.1f} s"
    return Result("restored to a moment between two changes", 1, lost, torn, measured)


@contextmanager
def _writing(practice: Practice) -> Iterator[list[str]]:
    """Let a prescriber issue plans beside the block; gives the ids of those acknowledged."""
    issued: list[str] = []
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            path = practice.prescriber.issued()
            practice.prescriber.feed(path)
            issued.append(_id_of(path))

    thread = threading.Thread(target=work)
    thread.start()
    yield issued
    over.set()
    thread.join()


def _id_of(path: str) -> str:
    return path.rpartition("/")[2]


def _looked_through(address: str, wanted: list[str], absent: str = "") -> tuple[int, int]:
    """Count the plans that are missing, and what disagrees; `absent` must not be there."""
    database = Database(address)
    with database.reading.begin() as session:
        there = {write_id(PLAN, plan) for plan in session.scalars(select(PlanRow.id))}
    torn = len(disagreements_in(database)) + (absent in there)
    database.close()
    return len(set(wanted) - there), torn


def _base_backup(running: Server, into: Path) -> None:
    command = [str(server.wheels_programs() / "pg_basebackup"), "-D", str(into / "data")]
    command += ["-h", str(running.folder), "-U", "postgres", "-X", "stream", "-c", "fast"]
    subprocess.run(without_rights(command), check=True, cwd="/", timeout=120)


def _recovering(folder: Path, archive: Path, moment: str) -> Server:
    """Start a server on a backup, which plays the log until a moment and is then open."""
    (folder / "data" / "recovery.signal").touch()
    again = server.reopened(
        folder,
        {
            "restore_command": f"cp {archive}/%f %p",
            "recovery_target_time": moment,
            "recovery_target_action": "promote",
        },
    )
    again.start()
    deadline = time.monotonic() + _ARCHIVE_S
    while _asked(again, "SELECT pg_is_in_recovery()::text") == "true":
        assert time.monotonic() < deadline, "the restored server never opened"
        time.sleep(0.1)
    return again


def _archived(running: Server, archive: Path) -> None:
    """Wait until the log so far is in the archive."""
    deadline = time.monotonic() + _ARCHIVE_S
    wanted = _asked(running, "SELECT pg_walfile_name(pg_current_wal_lsn() - 1)")
    while not (archive / wanted).exists():
        assert time.monotonic() < deadline, f"{wanted} was never archived"
        time.sleep(0.1)


def _asked(running: Server, statement: str) -> str:
    with psycopg.connect(running.url, autocommit=True) as connection:
        row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return str(row[0])
