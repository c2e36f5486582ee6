"""A mixed day: a hundred prescribers at work at once, against two web processes and a worker.

Every prescriber writes once in 20 seconds (a new plan or an amendment) and looks at three pages, at
moments drawn by chance; all are of one practice, on PostgreSQL, as `deploy/` has it served. The
reference is a bare view of Flask, asked at the same rate under the same server, right before. Run
as `python -m benchmarks.bench_day --minutes 10`; a clean day has no error, and p95 below 300 ms.
"""

import argparse
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import requests

from benchmarks.load import processor_s
from benchmarks.practices import be_quiet, new_practice
from benchmarks.prescribers import Prescriber, hire
from benchmarks.servers import DEPLOYED, Server, postgresql, served, worker
from medplan.gate.context import system_clock

_PRESCRIBERS = 100
_ROUND_S = 20.0
_LOOKS = 3
_PROCESSES = 2
_BARE_S = 10.0


class Day:
    """What was asked for and how long it took."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = defaultdict(list)
        self.errors: list[str] = []

    def note(self, name: str, seconds: float, _status: int) -> None:
        """Take down an answer; errors are told by whoever meets them."""
        self.times[name].append(seconds * 1000)

    def tell(self) -> None:
        """Print what each kind took, and all of them."""
        every = [ms for times in self.times.values() for ms in times]
        for name, times in [*sorted(self.times.items()), ("all", every)]:
            p95 = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
            print(f"{name:<22}{len(times):>7} times{median(times):>9.0f}{p95:>9.0f} ms")
        print(f"{len(self.errors)} errors (goal 0) {self.errors[:3] or ''}".rstrip())


def main() -> None:
    """Begin the day, work, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--prescribers", type=int, default=_PRESCRIBERS)
    chosen = parser.parse_args()
    minutes: float = chosen.minutes
    count: int = chosen.prescribers
    be_quiet()
    print(f"{count} prescribers for {minutes:g} min; {_PROCESSES} web processes; median and p95")
    _bare(count)
    with postgresql() as databases, ExitStack() as stack:
        practice = new_practice(databases, system_clock())
        environment = {"MEDPLAN_DATABASE_URL": practice.url, "MEDPLAN_RATE_LIMITS": "off"}
        servers = [
            stack.enter_context(served(sys.executable, "wsgi:app", environment, DEPLOYED))
            for _ in range(_PROCESSES)
        ]
        stack.enter_context(worker(sys.executable, environment))
        day = Day()
        people = hire(practice, count, _addresses(servers), day.note, system_clock())
        for one in people:
            one.begin()
        day.times.clear()  # a practice signs in over half an hour, not at once
        web = [process for server in servers for process in server.processes]
        used = processor_s(web)
        _work([_rounds(one) for one in people], minutes * 60, day)
        used = processor_s(web) - used
        practice.seen.close()
    day.tell()
    answers = sum(len(times) for times in day.times.values())
    print(
        f"{used / answers * 1000:.0f} ms of a processor for an answer of the web processes; p95 "
        f"goal < 300 ms"
    )


def _addresses(servers: Sequence[Server]) -> list[str]:
    return [f"http://127.0.0.1:{server.port}" for server in servers]


def _rounds(one: Prescriber) -> Sequence[Callable[[], None]]:
    """What somebody does in a round."""
    return (one.write, *(one.look for _ in range(_LOOKS)))


def _work(rounds: Sequence[Sequence[Callable[[], None]]], seconds: float, day: Day) -> None:
    """Let everybody do their rounds for so long."""
    end = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_keep_on, args=(acts, Random(number), end, day))  # noqa: S311 - when, not what
        for number, acts in enumerate(rounds)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _keep_on(acts: Sequence[Callable[[], None]], random: Random, end: float, day: Day) -> None:
    """Do each act once in a round, at moments of its own; one that is late is done at once."""
    begun = time.monotonic()
    while begun < end:
        for act, at in zip(acts, sorted(random.uniform(0, _ROUND_S) for _ in acts), strict=True):
            time.sleep(max(0.0, begun + at - time.monotonic()))
            try:
                act()
            except (RuntimeError, requests.RequestException) as error:
                day.errors.append(str(error)[:200])
        begun += _ROUND_S


def _bare(count: int) -> None:
    """Ask a bare view as often as the prescribers will ask, and print."""
    day = Day()
    with TemporaryDirectory() as folder:
        body = Path(folder) / "body"
        body.write_bytes(b"bare")
        environment = {"MEDPLAN_BENCH_BODY": str(body)}
        with served(sys.executable, "benchmarks.bare:app", environment) as server:
            address = f"http://127.0.0.1:{server.port}/whole.ics"

            def ask() -> None:
                began = time.perf_counter()
                status = requests.get(address, timeout=60).status_code
                day.note("a bare view", time.perf_counter() - began, status)

            _work([(ask,) * (1 + _LOOKS)] * count, _BARE_S, day)
    day.tell()


if __name__ == "__main__":
    main()
