"""The exhaustive sweep: `make sweep` tries everything with everybody and prints what came of it.

Exit 1 when any plan breaks a rule that holds for every plan; the first of each kind is shown.
"""

import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import click

from medplan.formulary.loader import load_formulary
from medplan.formulary.model import Formulary
from tests.sweep.asked import Asked, everything
from tests.sweep.grid import GridPatient, every_nth, patients
from tests.sweep.judge import judge

_PROCESSES = 2
_SHOWN = 40
_FIRST_CHOICES = {
    "NZ": (
        "paracetamol regular 5",
        "ibuprofen regular 5",
        "ibuprofen when-required 5",
        "naproxen twice-daily 5",
        "celecoxib regular 5",
        "diclofenac regular 5",
        "orphenadrine standard 7",
        "codeine short-course 3",
        "amitriptyline titration",
        "nortriptyline titration",
    ),
    "GB": (
        "ibuprofen regular 5",
        "ibuprofen when-required 5",
        "naproxen twice-daily 5",
        "diclofenac regular 5",
        "diazepam short-course 5",
        "codeine short-course 3",
        "amitriptyline titration",
        "nortriptyline titration",
    ),
}


@dataclass
class Tally:
    """What came of some plans. `by_rule` counts the plans in which a rule warns or worse."""

    outcomes: Counter[str] = field(default_factory=Counter)
    by_rule: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[str]] = field(default_factory=dict)
    plans: int = 0
    healthy: frozenset[str] = frozenset()

    def add(self, other: "Tally") -> None:
        """Take another tally's counts in."""
        self.outcomes += other.outcomes
        self.by_rule += other.by_rule
        self.plans += other.plans
        for fault, places in other.faults.items():
            self.faults.setdefault(fault, []).extend(places)


def first_choices() -> frozenset[str]:
    """The names of what is asked for first in each country, as `Asked` names them."""
    return frozenset(f"{j} {name}" for j, names in _FIRST_CHOICES.items() for name in names)


def tried(asked: Asked, grid: Sequence[GridPatient], formulary: Formulary) -> Tally:
    """One thing asked for, for each patient of the grid."""
    tally = Tally()
    for patient in every_nth(grid, asked.step):
        judged = judge(asked.request, patient.facts, formulary)
        tally.plans += 1
        tally.outcomes[judged.outcome] += 1
        tally.by_rule.update(judged.warned)
        if patient is grid[0]:
            tally.healthy = judged.warned
        for fault in judged.faults:
            tally.faults.setdefault(fault, []).append(f"{asked.name}, {patient.name}")
    return tally


@cache
def formularies() -> Mapping[str, Formulary]:
    """The shipped formularies, loaded once in each process."""
    return {country: load_formulary(country) for country in ("NZ", "GB")}


@cache
def _grid(country: str) -> Sequence[GridPatient]:
    return patients(formularies()[country])


def _task(asked: Asked) -> tuple[str, Tally]:
    country = asked.request.jurisdiction
    return asked.name, tried(asked, _grid(country), formularies()[country])


def main() -> None:
    """Try everything, print the counts, and fail on the first kind of fault."""
    asked, refused = everything(formularies())
    click.echo(f"{len(asked)} things to ask for, {len(refused)} refused as nonsense")
    whole, firsts = Tally(), Tally()
    warned_healthy: dict[str, frozenset[str]] = {}
    with multiprocessing.Pool(_PROCESSES, initializer=os.nice, initargs=(5,)) as pool:
        for n, (name, tally) in enumerate(pool.imap_unordered(_task, asked, chunksize=4), 1):
            whole.add(tally)
            if name in first_choices():
                firsts.add(tally)
                warned_healthy[name] = tally.healthy
            if n % 100 == 0:
                click.echo(f"  {n} of {len(asked)}, {whole.plans} plans", err=True)
    _print(whole, firsts, warned_healthy)
    sys.exit(1 if whole.faults or any(warned_healthy.values()) else 0)


def _print(whole: Tally, firsts: Tally, healthy: Mapping[str, frozenset[str]]) -> None:
    click.echo(f"{whole.plans} plans")
    for outcome, count in whole.outcomes.most_common():
        click.echo(f"  {count:>8} {outcome}")
    _shares("grid patients warned on a first choice, by rule", firsts)
    _shares("all plans, by rule", whole)
    click.echo("a healthy 45-year-old on a first choice is warned by:")
    for name in sorted(healthy):
        click.echo(f"  {name}: {', '.join(sorted(healthy[name])) or 'nothing'}")
    click.echo(f"{len(whole.faults)} kinds of fault")
    for fault, places in sorted(whole.faults.items()):
        click.echo(f"  {len(places):>6} {fault}; first: {_shortest(places)}")


def _shares(title: str, tally: Tally) -> None:
    click.echo(f"{title} ({tally.plans} plans):")
    for rule, count in tally.by_rule.most_common(_SHOWN):
        click.echo(f"  {100 * count / max(tally.plans, 1):6.2f} %  {rule}")


def _shortest(places: Iterable[str]) -> str:
    return min(places, key=len)


if __name__ == "__main__":
    main()
