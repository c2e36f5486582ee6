"""How long the engine takes: medians over many runs, each run beside one of a reference loop.

A ratio to the reference says more than milliseconds when two machines, or two minutes of a shared
machine, are compared: what slows one down slows the other. Nothing here passes or fails: `make
bench` prints, a person judges.
"""

import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from time import perf_counter_ns

from benchmarks.requests import everyday_plan, long_taper
from medplan.documents.plan import dump_plan
from medplan.documents.request import read_request
from medplan.formulary.loader import load_formulary
from medplan.formulary.model import Formulary
from medplan.ical.calendar import CalendarOptions, Detail, render_calendar
from medplan.services.planning import plan_and_prove

_NS_PER_MS = 1_000_000
_TAPER_STEPS = (13, 26, 52, 103)
_FEED_STEPS = 12


@dataclass(frozen=True, slots=True)
class Timed:
    """The median of some runs, and that of the reference loop run in turn with them, in ms."""

    ms: float
    reference_ms: float


def timed(work: Callable[[], object], runs: int) -> Timed:
    """Run something and the reference loop in turn, after once to warm up."""
    work()
    pairs = [(_took_ms(reference_loop), _took_ms(work)) for _ in range(runs)]
    references, times = zip(*pairs, strict=True)
    return Timed(statistics.median(times), statistics.median(references))


def _took_ms(work: Callable[[], object]) -> float:
    began = perf_counter_ns()
    work()
    return (perf_counter_ns() - began) / _NS_PER_MS


def reference_loop() -> Decimal:
    """Exact additions and a few comparisons, as an engine of this kind does; always the same."""
    total = Decimal(0)
    for n in range(20_000):
        total += Decimal("0.5") if n % 3 else Decimal("1.25")
    return total


def timed_process(*arguments: str) -> Timed:
    """One Python process from start to end."""
    command = [sys.executable, *arguments]
    return timed(lambda: subprocess.run(command, check=True, capture_output=True), 7)


def print_row(name: str, taken: Timed, goal: str = "") -> None:
    """One line of the table."""
    ratio = taken.ms / taken.reference_ms
    print(f"{name:<52}{taken.ms:>9.2f} ms{ratio:>9.2f} x   {goal}".rstrip())


def bench_plans(formularies: Mapping[str, Formulary]) -> None:
    """The everyday plan from text to text, and the longest taper."""
    formulary = formularies["NZ"]
    text = everyday_plan()
    request = read_request(text, formularies)
    plan = plan_and_prove(request, formulary)
    runs = 50
    taken = timed(lambda: plan_and_prove(request, formulary), runs)
    print_row("42-day plan of four medicines, planned and proved", taken, "goal 5 ms")
    print_row("  its request read", timed(lambda: read_request(text, formularies), runs))
    print_row("  its plan written", timed(lambda: dump_plan(plan), runs))
    longest = read_request(long_taper(_TAPER_STEPS[-1]), formularies)
    days = len(plan_and_prove(longest, formulary).courses[0].days)
    taken = timed(lambda: plan_and_prove(longest, formulary), 15)
    print_row(f"{days}-day taper, four times a day", taken, "goal 60 ms")


def bench_growth(formularies: Mapping[str, Formulary]) -> None:
    """The same taper with more and more steps; linear growth keeps the time for one step level."""
    for steps in _TAPER_STEPS:
        request = read_request(long_taper(steps), formularies)
        taken = timed(partial(plan_and_prove, request, formularies["NZ"]), 15)
        print_row(f"taper of {steps} steps", taken, f"{taken.ms / steps:.3f} ms a step")


def bench_calendar(formularies: Mapping[str, Formulary]) -> None:
    """A feed of some thirty series, rendered for the first time and again after a revision."""
    formulary = formularies["NZ"]
    plan = plan_and_prove(read_request(long_taper(_FEED_STEPS), formularies), formulary)
    options = CalendarOptions(
        plan_key="bench",
        revision=1,
        stamped_at=datetime(2026, 11, 22, tzinfo=UTC),
        detail=Detail.FULL,
        alarms=True,
        page_url="https://medplan.example.org/f",
    )
    before = render_calendar(plan, formulary, options)
    events = before.count(b"BEGIN:VEVENT")
    taken = timed(lambda: render_calendar(plan, formulary, options), 50)
    print_row(f"feed of {events} series rendered, {len(before)} bytes", taken, "goal 6 ms")
    later = replace(options, revision=2, sequence=2)
    taken = timed(lambda: render_calendar(plan, formulary, later, before), 50)
    print_row("  and held against the one before", taken)


def bench_command_line() -> None:
    """What starting the command line costs, and the whole of one plan from a shell."""
    bare = timed_process("-c", "pass")
    print_row("Python started", bare)
    for module in ("medplan.cli", "medplan.cli.plan"):
        taken = timed_process("-c", f"import {module}")
        more = replace(taken, ms=taken.ms - bare.ms)
        print_row(f"  and {module} imported", more, "goal 500 ms")
    taken = timed_process("-m", "medplan", "plan", "examples/acute-back-pain.json")
    print_row("python -m medplan plan examples/acute-back-pain.json", taken)


def main() -> None:
    """Measure everything once and print it."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, load {os.getloadavg()[0]:.1f}")
    print_row("reference loop", timed(reference_loop, 30))
    formularies = {name: load_formulary(name) for name in ("NZ", "GB")}
    bench_plans(formularies)
    bench_growth(formularies)
    bench_calendar(formularies)
    bench_command_line()


if __name__ == "__main__":
    main()
