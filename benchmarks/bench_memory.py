"""How much memory a web process and a worker have in use after they start, and after a soak.

Both run as `deploy/` starts them, on PostgreSQL, while a few prescribers and calendars ask for
everything that there is, slowly. What a process has taken once it is warm it should keep to. Run as
`python -m benchmarks.bench_memory --minutes 60`; a fifth of the time is taken to warm up.
"""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from statistics import mean
from urllib.parse import urlsplit

import requests

from benchmarks.practices import be_quiet, new_practice
from benchmarks.prescribers import Prescriber, hire
from benchmarks.servers import DEPLOYED, postgresql, resident_mb, served, worker
from medplan.gate.context import system_clock

_PRESCRIBERS = 6
_PAUSE_S = 0.25
_SAMPLE_S = 10.0


class Soak:
    """Asks for everything, one thing after another, and reads how much memory is in use."""

    def __init__(self, prescribers: Sequence[Prescriber], processes: Sequence[int]) -> None:
        self._prescribers, self._processes = prescribers, processes
        self._feeds: list[str] = []
        self.samples: list[tuple[float, ...]] = []

    def begin(self) -> None:
        """Let everybody sign in and issue a plan with a calendar."""
        for one in self._prescribers:
            one.begin()
            made = one.post("make a feed", f"{one.plan}/feeds", {"name": "bench"})
            self._feeds.append(urlsplit(made.json()["url"]).path)

    def go_on(self, seconds: float) -> None:
        """Ask for everything again and again for so long."""
        self.samples.clear()
        end, next_sample, turn = time.monotonic() + seconds, 0.0, 0
        while time.monotonic() < end:
            if time.monotonic() >= next_sample:
                self.samples.append(tuple(resident_mb(process) for process in self._processes))
                next_sample = time.monotonic() + _SAMPLE_S
            self._ask(turn)
            turn += 1
            time.sleep(_PAUSE_S)

    def _ask(self, turn: int) -> None:
        one = self._prescribers[turn % len(self._prescribers)]
        feed = self._feeds[turn % len(self._feeds)]
        acts = (
            one.write,
            one.look,
            lambda: one.open("feed", feed),
            lambda: one.open("list", "/api/v1/plans?limit=50"),
            lambda: one.open("paper", f"{one.plan}.pdf"),
            lambda: one.open("FHIR", "/fhir/R4/CarePlan?_count=5"),
            one.look,
            lambda: one.open("metrics", "/metrics"),
            lambda: one.open("events", "/api/v1/events"),
            lambda: one.open("feed", feed),
        )
        acts[turn // len(self._prescribers) % len(acts)]()


def main() -> None:
    """Start, warm up, soak, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--python", default=sys.executable, help="one with requirements.txt alone")
    chosen = parser.parse_args()
    minutes: float = chosen.minutes
    python: str = chosen.python
    be_quiet()
    asked: Counter[str] = Counter()

    def note(name: str, _seconds: float, _status: int) -> None:
        asked[name] += 1

    with postgresql() as databases:
        practice = new_practice(databases, system_clock())
        environment = {"MEDPLAN_DATABASE_URL": practice.url, "MEDPLAN_RATE_LIMITS": "off"}
        with (
            served(python, "wsgi:app", environment, DEPLOYED) as server,
            worker(python, environment) as working,
        ):
            base = f"http://127.0.0.1:{server.port}"
            requests.get(f"{base}/healthz", timeout=30)
            time.sleep(5)
            processes = (*server.processes, working)
            started = [resident_mb(process) for process in processes]
            people = hire(practice, _PRESCRIBERS, [base], note, system_clock())
            soak = Soak(people, processes)
            soak.begin()
            soak.go_on(minutes * 60 / 5)
            warm = _end_of(soak.samples)
            soak.go_on(minutes * 60 * 4 / 5)
            _tell(started, warm, _end_of(soak.samples), minutes)
        practice.seen.close()
    print(", ".join(f"{count} x {name}" for name, count in asked.most_common()))


def _end_of(samples: Sequence[tuple[float, ...]]) -> list[float]:
    """The mean of the last fifth of the samples."""
    last = samples[-max(1, len(samples) // 5) :]
    return [mean(sample[place] for sample in last) for place in range(len(last[0]))]


def _tell(
    started: Sequence[float], warm: Sequence[float], ended: Sequence[float], minutes: float
) -> None:
    print(
        f"MB in use: after the start, warm (after {minutes / 5:.1f} min), after {minutes:.1f} min"
    )
    for name, *told in zip(("web process", "worker"), started, warm, ended, strict=True):
        begun, then, last = told
        growth = (last / then - 1) * 100
        print(
            f"{name:<12}{begun:>8.1f} (goal <= 110){then:>8.1f}{last:>8.1f}"
            f"{growth:>+7.1f} % since it was warm (goal < 5)"
        )


if __name__ == "__main__":
    os.nice(5)
    main()
