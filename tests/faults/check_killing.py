"""`make test-faults`: a table of faults, how often each was tried, and what was lost or torn.

Each named point of a write is died at on both databases, many times, and so is a process that
amends a plan again and again, at whatever moment.
"""

import argparse
import itertools
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from medplan.services.access import Role
from medplan.services.accounts import add_user
from medplan.services.api_tokens import add_token
from medplan.store.database import Database
from tests.api.practice import BEGUN, Practice, close_practice, open_practice
from tests.databases import server
from tests.databases.kinds import Databases, PostgreSQLDatabases, SQLiteDatabases, migrate
from tests.faults.killing import AMENDMENT_POINTS, KEY, amendment, disagreements, killed_at

DAYS = (4, 6)
PEOPLE = (("prescriber", "Invented Practice"), ("stranger", "Another Practice"))


def main() -> None:
    """Try every fault and print the table; exit 1 when anything was lost or torn."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--tries", type=int, default=5, help="of each named point")
    asked.add_argument("--kills", type=int, default=200, help="at whatever moment")
    given = asked.parse_args()
    structlog.configure(processors=[structlog.processors.KeyValueRenderer()],
                        wrapper_class=structlog.make_filtering_bound_logger(50))  # fmt: skip
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stops the server on its way out
    bad = 0
    print(f"{'database':<11} {'killed':<36} {'tries':>5} {'lost':>5} {'torn':>5}")
    for kind, databases in _kinds():
        with _practice(databases) as practice:
            for name, tries, lost, torn in _faults(practice, given.tries, given.kills):
                print(f"{kind:<11} {name:<36} {tries:>5} {lost:>5} {torn:>5}", flush=True)
                bad += lost + torn
    sys.exit(1 if bad else 0)


def _kinds() -> Iterator[tuple[str, Databases]]:
    with tempfile.TemporaryDirectory() as folder:
        yield "SQLite", SQLiteDatabases(Path(folder))
    started = server.start()
    try:
        yield "PostgreSQL", PostgreSQLDatabases(started.url)
    finally:
        started.remove()


@contextmanager
def _practice(databases: Databases) -> Iterator[Practice]:
    address = databases.make()
    migrate(address)
    database = Database(databases.used(address))
    tokens = {"pharmacist": ""}
    for name, organisation in PEOPLE:
        email = f"{name}@example.org"
        add_user(database, email=email, password="an invented password", role=Role.PRESCRIBER,
                 organisation=organisation, now=BEGUN)  # fmt: skip
        tokens[name] = add_token(database, email=email, name="faults", now=BEGUN)
    database.close()
    opened = open_practice(databases, address, tokens)
    yield opened
    close_practice(opened)
    databases.drop(address)


def _faults(practice: Practice, tries: int, kills: int) -> Iterator[tuple[str, int, int, int]]:
    for point in AMENDMENT_POINTS:
        lost = torn = 0
        for _ in range(tries):
            path, etag = _plan(practice)

            def send(path: str = path, etag: str = etag) -> object:
                return practice.prescriber.send(
                    "POST", f"{path}/amendments", amendment(4), key=KEY, etag=etag
                )

            assert killed_at(practice, point, send)
            send()
            lost += practice.prescriber.get(path).get_json()["revision"] != 2
            torn += bool(disagreements(practice))
        yield point.name, tries, lost, torn
    yield ("at whatever moment", kills, *_random_kills(practice, kills))


def _random_kills(practice: Practice, kills: int) -> tuple[int, int]:
    """Kill a process that amends without end; what it was told was done must be there."""
    lost = torn = 0
    luck = random.Random(0)  # noqa: S311 - moments, not secrets
    path, _ = _plan(practice)
    for _ in range(kills):
        lost += _acknowledged(practice, path, luck.uniform(0.05, 0.6)) > _revision(practice, path)
        torn += bool(disagreements(practice))
    return lost, torn


def _acknowledged(practice: Practice, path: str, after_s: float) -> int:
    """Let a process amend for a while, kill it, and give the last revision that it was told of."""
    practice.database.close()
    practice.seen.close()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        for days in itertools.cycle(DAYS):
            etag = practice.prescriber.get(path).headers["ETag"]
            key = f"{os.getpid()}-{time.monotonic_ns()}"
            answer = practice.prescriber.send(
                "POST", f"{path}/amendments", amendment(days), key=key, etag=etag
            )
            os.write(writing, f"{answer.get_json().get('revision', 0)}\n".encode())
    os.close(writing)
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading) as told:
        return max((int(line) for line in told if line.endswith("\n")), default=0)


def _revision(practice: Practice, path: str) -> int:
    return int(practice.prescriber.get(path).get_json()["revision"])


def _plan(practice: Practice) -> tuple[str, str]:
    path = practice.prescriber.issued()
    practice.prescriber.feed(path)
    return path, practice.prescriber.get(path).headers["ETag"]


if __name__ == "__main__":
    main()
