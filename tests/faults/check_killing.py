"""A process is killed at each named point of a write, and at whatever moment."""

import itertools
import os
import random
import select
import signal
import time
from collections.abc import Iterator

from tests.api.practice import Practice
from tests.faults.ground import KILLS, Ground, Result, practice_on
from tests.faults.killing import (
    AMENDMENT_POINTS,
    KEY,
    amendment,
    disagreements,
    issued_with_feed,
    killed_at,
)

_DAYS = (4, 6)
_TRIES = 2
_KILLS = max(10, KILLS - _TRIES * len(AMENDMENT_POINTS))
_FIRST_S = 10


def check(ground: Ground) -> Iterator[Result]:
    """Kill, look, send again, look again."""
    with practice_on(ground) as practice:
        for point in AMENDMENT_POINTS:
            lost = torn = 0
            for _ in range(_TRIES):
                path, etag = issued_with_feed(practice)

                def send(path: str = path, etag: str = etag) -> object:
                    return practice.prescriber.send(
                        "POST", f"{path}/amendments", amendment(4), key=KEY, etag=etag
                    )

                assert killed_at(practice, point, send)
                send()
                lost += practice.prescriber.get(path).get_json()["revision"] != 2
                torn += bool(disagreements(practice))
            yield Result(f"killed {point.name}", _TRIES, lost, torn)
    with practice_on(ground) as practice:
        yield _killed_at_whatever_moment(practice)


def _killed_at_whatever_moment(practice: Practice) -> Result:
    """Kill a process that amends without end; what it was told was done must be there."""
    lost = torn = acknowledged = 0
    luck = random.Random(0)  # noqa: S311 - moments, not secrets
    for _ in range(_KILLS):
        path, _etag = issued_with_feed(practice)
        told = _acknowledged(practice, path, luck.uniform(0.0, 0.5))
        kept = int(practice.prescriber.get(path).get_json()["revision"])
        acknowledged += max(told - 1, 0)
        lost += told > kept
        torn += bool(disagreements(practice, path))
    torn += bool(disagreements(practice))
    return Result(
        "killed at whatever moment", _KILLS, lost, torn, f"{acknowledged} amendments acknowledged"
    )


def _acknowledged(practice: Practice, path: str, after_s: float) -> int:
    """Let a process amend for a while, kill it, and give the last revision that it was told of."""
    practice.database.close()
    practice.seen.close()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        for days in itertools.cycle(_DAYS):
            etag = practice.prescriber.get(path).headers["ETag"]
            key = f"{os.getpid()}-{time.monotonic_ns()}"
            answer = practice.prescriber.send(
                "POST", f"{path}/amendments", amendment(days), key=key, etag=etag
            )
            os.write(writing, f"{answer.get_json().get('revision', 0)}\n".encode())
    os.close(writing)
    select.select([reading], [], [], _FIRST_S)  # it is under way once it was told of the first
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading) as told:
        return max((int(line) for line in told if line.endswith("\n")), default=0)
