"""How long the engine takes: medians over many runs, beside a reference loop timed in the same run.

A ratio to the reference says more than milliseconds when two machines, or two hours of a shared
machine, are compared. Nothing here passes or fails: `make bench` prints, a person judges.
"""

import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from time import perf_counter_ns

from benchmarks.requests import everyday_plan, long_taper
from medplan.documents.plan import dump_plan
from medplan.documents.request import read_request
from medplan.formulary.loader import load_formulary
from medplan.formulary.model import Formulary
from medplan.ical.calendar import CalendarOptions, Detail, render_calendar
from medplan.model.request import PlanRequest
from medplan.services.planning import plan_and_prove

_NS_PER_MS = 1_000_000
_TAPER_STEPS = (13, 26, 52, 103)
_FEED_STEPS = 12


def median_ms(work: Callable[[], object], runs: int) -> float:
    """The median of some runs after one to warm up, in milliseconds."""
    work()
    times = []
    for _ in range(runs):
        began = perf_counter_ns()
        work()
        times.append(perf_counter_ns() - began)
    return statistics.median(times) / _NS_PER_MS


def reference_loop() -> Decimal:
    """Exact additions and a few comparisons, as an engine of this kind does; always the same."""
    total = Decimal(0)
    for n in range(20_000):
        total += Decimal("0.5") if n % 3 else Decimal("1.25")
    return total


def process_ms(*arguments: str) -> float:
    """One Python process from start to end, in milliseconds."""
    command = [sys.executable, *arguments]
    return median_ms(lambda: subprocess.run(command, check=True, capture_output=True), 7)


def planning_ms(request: PlanRequest, formulary: Formulary, runs: int) -> float:
    """Planning and proving one request, in milliseconds."""
    return median_ms(lambda: plan_and_prove(request, formulary), runs)


def print_row(name: str, ms: float, reference_ms: float, goal: str = "") -> None:
    """One line of the table."""
    print(f"{name:<52}{ms:>9.2f} ms{ms / reference_ms:>9.2f} x   {goal}".rstrip())


def bench_plans(formularies: Mapping[str, Formulary], reference_ms: float) -> None:
    """The everyday plan from text to text, and the longest taper."""
    formulary = formularies["NZ"]
    text = everyday_plan()
    request = read_request(text, formularies)
    plan = plan_and_prove(request, formulary)
    runs = 50
    ms = planning_ms(request, formulary, runs)
    print_row("42-day plan of four medicines, planned and proved", ms, reference_ms, "goal 5 ms")
    ms = median_ms(lambda: read_request(text, formularies), runs)
    print_row("  its request read", ms, reference_ms)
    print_row("  its plan written", median_ms(lambda: dump_plan(plan), runs), reference_ms)
    longest = read_request(long_taper(_TAPER_STEPS[-1]), formularies)
    days = len(plan_and_prove(longest, formulary).courses[0].days)
    ms = planning_ms(longest, formulary, 15)
    print_row(f"{days}-day taper, four times a day", ms, reference_ms, "goal 60 ms")


def bench_growth(formularies: Mapping[str, Formulary], reference_ms: float) -> None:
    """The same taper with more and more steps; linear growth keeps the time for one step level."""
    for steps in _TAPER_STEPS:
        request = read_request(long_taper(steps), formularies)
        ms = planning_ms(request, formularies["NZ"], 15)
        print_row(f"taper of {steps} steps", ms, reference_ms, f"{ms / steps:.3f} ms a step")


def bench_calendar(formularies: Mapping[str, Formulary], reference_ms: float) -> None:
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
    ms = median_ms(lambda: render_calendar(plan, formulary, options), 50)
    print_row(
        f"feed of {events} series rendered, {len(before)} bytes", ms, reference_ms, "goal 6 ms"
    )
    later = replace(options, revision=2, sequence=2)
    ms = median_ms(lambda: render_calendar(plan, formulary, later, before), 50)
    print_row("  and held against the one before", ms, reference_ms)


def bench_command_line(reference_ms: float) -> None:
    """What starting the command line costs, and the whole of one plan from a shell."""
    bare = process_ms("-c", "pass")
    print_row("Python started", bare, reference_ms)
    for module in ("medplan.cli", "medplan.cli.plan"):
        ms = process_ms("-c", f"import {module}") - bare
        print_row(f"  and {module} imported", ms, reference_ms, "goal 500 ms")
    ms = process_ms("-m", "medplan", "plan", "examples/acute-back-pain.json")
    print_row("python -m medplan plan examples/acute-back-pain.json", ms, reference_ms)


def main() -> None:
    """Measure everything once and print it."""
    reference_ms = median_ms(reference_loop, 30)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}, load {os.getloadavg()[0]:.1f}")
    print_row("reference loop", reference_ms, reference_ms)
    formularies = {name: load_formulary(name) for name in ("NZ", "GB")}
    bench_plans(formularies, reference_ms)
    bench_growth(formularies, reference_ms)
    bench_calendar(formularies, reference_ms)
    bench_command_line(reference_ms)


if __name__ == "__main__":
    main()
