"""The power goes while SQLite writes: what lies on the disk at that moment is opened again.

The writer is stopped, its file and its log are copied, and it goes on. Once the log is whole, as on
a disk that had taken everything. Once it is cut at a random byte: the writer then leaves the file
alone (no checkpoints), so that the log holds all there is, and a cut behind what was acknowledged
last must lose nothing while any cut must open as some earlier state, whole. SQLite itself never
writes to the file what the log has not kept for good.
"""

import itertools
import os
import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import event

from medplan.store.database import Database
from tests.api.practice import Practice
from tests.faults.ground import KILLS, Ground, Result, practice_on
from tests.faults.killing import amendment, disagreements_in, issued_with_feed

_COPIES = KILLS * 5 // 4
_LOOKED_THROUGH_EVERY = 10


@dataclass(frozen=True)
class _Told:
    """The last revision that the writer was told is kept, and how long the log was then."""

    revision: int
    log_bytes: int


@dataclass
class _Writer:
    """A process that amends one plan without end."""

    file: Path
    process: int
    pipe: int
    last: _Told = _Told(1, 0)

    def copy(self, to: Path) -> None:
        """Copy file and log of one moment."""
        os.kill(self.process, signal.SIGSTOP)
        os.waitpid(self.process, os.WUNTRACED)
        self._listen()
        to.parent.mkdir()
        for ending in ("", "-wal"):
            if _beside(self.file, ending).exists():
                shutil.copy(_beside(self.file, ending), _beside(to, ending))
        os.kill(self.process, signal.SIGCONT)

    def _listen(self) -> None:
        try:
            lines = os.read(self.pipe, 1 << 20).splitlines()
        except BlockingIOError:
            return
        revision, size = lines[-1].split()
        self.last = _Told(int(revision), int(size))


def check(ground: Ground) -> Iterator[Result]:
    """Copy at many moments, with the log whole and with it cut; open each copy."""
    if ground.server is None:
        yield _tried(ground, "power lost, the log whole", cut=False)
        yield _tried(ground, "power lost, the log cut at any byte", cut=True)


def _tried(ground: Ground, fault: str, *, cut: bool) -> Result:
    lost = torn = 0
    luck = random.Random(0)  # noqa: S311 - moments, not secrets
    with practice_on(ground) as practice, _writing(practice, checkpoints=not cut) as writer:
        for number in range(_COPIES):
            time.sleep(luck.uniform(0.0, 0.03))
            copied = ground.folder / "copied" / "medplan.db"
            writer.copy(copied)
            kept = _cut(_beside(copied, "-wal"), luck) if cut else writer.last.log_bytes
            found = _opened(copied, thoroughly=number % _LOOKED_THROUGH_EVERY == 0)
            torn += found is None
            lost += kept >= writer.last.log_bytes and (found or 0) < writer.last.revision
            shutil.rmtree(copied.parent)
        acknowledged = writer.last.revision - 1
    return Result(fault, _COPIES, lost, torn, f"{acknowledged} amendments acknowledged")


@contextmanager
def _writing(practice: Practice, *, checkpoints: bool) -> Iterator[_Writer]:
    path, _etag = issued_with_feed(practice)
    practice.database.close()
    practice.seen.close()
    file = Path(str(practice.database.url.database))
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        if not checkpoints:
            event.listen(practice.database.engine, "connect", _leave_the_file_alone)
        _amend_without_end(practice, path, file, writing)
    os.close(writing)
    os.set_blocking(reading, False)
    try:
        yield _Writer(file, child, reading)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)


def _leave_the_file_alone(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA wal_autocheckpoint = 0")


def _amend_without_end(practice: Practice, path: str, file: Path, told: int) -> None:
    for days in itertools.cycle((4, 6)):
        etag = practice.prescriber.get(path).headers["ETag"]
        key = str(time.monotonic_ns())
        answer = practice.prescriber.send(
            "POST", f"{path}/amendments", amendment(days), key=key, etag=etag
        )
        size = _beside(file, "-wal").stat().st_size
        os.write(told, f"{answer.get_json()['revision']} {size}\n".encode())


def _beside(file: Path, ending: str) -> Path:
    return file.with_name(file.name + ending)


def _cut(log: Path, luck: random.Random) -> int:
    """Cut a log; give how much is left of it. Before its first change the writer has none."""
    if not log.exists():
        return 0
    left = luck.randrange(log.stat().st_size + 1)
    os.truncate(log, left)
    return left


def _opened(copied: Path, *, thoroughly: bool) -> int | None:
    """Open a copy; give the revision that it holds, None when anything in it disagrees."""
    try:
        with closing(sqlite3.connect(copied)) as connection:
            sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            plan = connection.execute("SELECT revision FROM plan").fetchone()
            (count,) = connection.execute("SELECT count(*) FROM revision").fetchone()
    except sqlite3.DatabaseError:
        return None
    revision = plan[0] or 0 if plan else 0
    if not sound or count != revision:
        return None
    return None if thoroughly and _disagrees(copied) else int(revision)


def _disagrees(copied: Path) -> bool:
    database = Database(f"sqlite:///{copied}")
    found = disagreements_in(database)
    database.close()
    return bool(found)
