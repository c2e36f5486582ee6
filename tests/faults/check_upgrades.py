"""The tables go one release further while the release before still serves and people write.

Once with the code of the release before the newest step, as this checkout's history has it (where
it has any), and once with this release's code and a made-up next step, that adds to every table.
"""

import io
import subprocess
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.exc import DBAPIError

from medplan.store.database import Database
from medplan.store.migrate import upgrade
from tests.api.practice import ACUTE
from tests.cluster.journey import Prescriber
from tests.cluster.service import ROOT, Service, running_service
from tests.faults.ground import Ground, Result
from tests.faults.killing import disagreements_in

_WRITERS = 4
_BESIDE_S = 2.0
_LATER = "9999"
_MOST_TRIES = 20
_NOT_ITS_TURN = frozenset({"40P01", "55P03"})  # deadlock, lock timeout


def check(ground: Ground) -> Iterator[Result]:
    """Upgrade under writers, from the release before and to the one after."""
    yield _tried(ground, "this release's code on the next one's tables", ROOT, _add_everywhere)
    with _release_before(ground.folder / "release-before") as before:
        if before is not None:
            yield _tried(ground, "the last release's code on this one's tables", before, upgrade)


def _tried(ground: Ground, fault: str, code: Path, alter: Callable[[Database], None]) -> Result:
    """Alter the tables while a release's processes serve; count plans that were lost, and answers
    and rows that should not be."""
    address = ground.databases.make()
    with running_service(ground.folder, {"MEDPLAN_DATABASE_URL": address}, code) as service:
        with _writing(service) as people:
            altered = Database(address)
            time.sleep(_BESIDE_S)
            begun = time.monotonic()
            again = _insist(alter, altered)
            took = time.monotonic() - begun
            time.sleep(_BESIDE_S)
        issued = [plan for person in people for plan in person.issued]
        lost = sum(not people[0].read(f"/api/v1/plans/{plan}").ok for plan in issued)
        torn = sum(len(person.unexpected) for person in people)
        ready = requests.get(f"{service.url}/readyz", timeout=10).ok
    altered.close()
    seen = Database(ground.databases.seen(address))
    torn += len(disagreements_in(seen)) + (code == ROOT and not ready)
    seen.close()
    ground.databases.drop(address)
    return Result(
        fault,
        1,
        lost,
        torn,
        f"{len(issued)} plans; the tables took {took:.1f} s, {again} tries more",
    )


def _insist(alter: Callable[[Database], None], altered: Database) -> int:
    """Alter the tables, again when it did not come to its turn among the writers and left nothing,
    as an operator would; give how often again."""
    for again in range(_MOST_TRIES):
        try:
            alter(altered)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in _NOT_ITS_TURN:
                raise
            time.sleep(0.5)
        else:
            return again
    msg = f"the tables could not be altered in {_MOST_TRIES} tries"
    raise AssertionError(msg)


@contextmanager
def _writing(service: Service) -> Iterator[list[Prescriber]]:
    """Let prescribers write beside the block; a request that waits is tried again."""
    people = [
        Prescriber(f"prescriber-{n}", service.url, service.token, ACUTE) for n in range(_WRITERS)
    ]
    threads = [threading.Thread(target=person.work) for person in people]
    for thread in threads:
        thread.start()
    try:
        yield people
    finally:
        for person in people:
            person.over.set()
        for thread in threads:
            thread.join()


def _add_everywhere(database: Database) -> None:
    """Add to every table what the rule allows (`docs/how-to/change-the-tables.md`)."""
    known = MetaData()
    known.reflect(database.engine)
    with database.engine.begin() as connection:
        _wait_no_longer_than_a_migration(connection)
        for table in known.sorted_tables:
            if table.name != "alembic_version":
                name = connection.dialect.identifier_preparer.quote(table.name)
                connection.execute(text(f"ALTER TABLE {name} ADD COLUMN later TEXT"))
                connection.execute(
                    text(f"ALTER TABLE {name} ADD COLUMN counted INTEGER NOT NULL DEFAULT 0")
                )
        connection.execute(text("CREATE TABLE later (organisation_id INTEGER PRIMARY KEY)"))
        connection.execute(
            text("UPDATE alembic_version SET version_num = :later"), {"later": _LATER}
        )


def _wait_no_longer_than_a_migration(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '3s'"))


@contextmanager
def _release_before(folder: Path) -> Iterator[Path | None]:
    """Unpack the code of before the newest step was there; None where there is no history."""
    newest = max((ROOT / "migrations" / "versions").glob("[0-9]*.py"))
    made = _git("log", "--diff-filter=A", "--format=%H", "--", str(newest.relative_to(ROOT)))
    packed = _git("archive", f"{made.decode().split()[-1]}^") if made else b""
    if packed:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")
        yield folder
        return
    yield None


def _git(*words: str) -> bytes:
    """Ask git; nothing where it knows nothing."""
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else b""
