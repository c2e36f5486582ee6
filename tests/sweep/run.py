"""The exhaustive sweep: `make sweep` tries everything with everybody and prints what came of it.

Then plans live: some thousand are issued and a few random acts done to each.

Exit 1 when any plan breaks a rule that holds for every plan; the first of each kind is shown.
"""

import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from random import Random

import click

from medplan.formulary.loader import load_formulary
from medplan.formulary.model import Formulary
from medplan.model.request import PlanRequest
from tests.sweep.asked import Asked, everything
from tests.sweep.drawing import to_begin_with
from tests.sweep.grid import HEALTHY, GridPatient, every_nth, patients
from tests.sweep.judge import judge
from tests.sweep.lives import Life, live

_PROCESSES = 2
_LIVES = 6000
_SHOWN = 40
_BACK, _SPASM, _NERVE = "acute-low-back-pain", "muscle-spasm", "radicular-neuropathic-pain"
_FIRST_CHOICES = {
    "NZ paracetamol regular 5": _BACK,
    "NZ paracetamol when-required 5": _BACK,
    "NZ ibuprofen regular 5": _BACK,
    "NZ ibuprofen when-required 5": _BACK,
    "NZ naproxen twice-daily 5": _BACK,
    "NZ celecoxib regular 5": _BACK,
    "NZ diclofenac regular 5": _BACK,
    "NZ codeine short-course 3": _BACK,
    "NZ orphenadrine standard 7": _SPASM,
    "NZ amitriptyline titration": _NERVE,
    "NZ nortriptyline titration": _NERVE,
    "GB ibuprofen and paracetamol": _BACK,
    "GB ibuprofen regular 5": _BACK,
    "GB ibuprofen when-required 5": _BACK,
    "GB naproxen twice-daily 5": _BACK,
    "GB diclofenac regular 5": _BACK,
    "GB codeine short-course 3": _BACK,
    "GB diazepam short-course 5": _SPASM,
    "GB amitriptyline titration": _NERVE,
    "GB nortriptyline titration": _NERVE,
}


@dataclass
class Tally:
    """What came of some plans. `by_rule` counts the plans in which a rule warns or worse."""

    outcomes: Counter[str] = field(default_factory=Counter)
    by_rule: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[str]] = field(default_factory=dict)
    plans: int = 0

    def add(self, other: "Tally") -> None:
        """Take another tally's counts in."""
        self.outcomes += other.outcomes
        self.by_rule += other.by_rule
        self.plans += other.plans
        for fault, places in other.faults.items():
            self.faults.setdefault(fault, []).extend(places)


def first_choices(asked: Iterable[Asked]) -> Mapping[str, PlanRequest]:
    """What is asked for first in each country, each for the pain it is meant for, by its name."""
    return {
        one.name: replace(one.request, indication=_FIRST_CHOICES[one.name])
        for one in asked
        if one.name in _FIRST_CHOICES
    }


def tried(asked: Asked, grid: Sequence[GridPatient], formulary: Formulary) -> Tally:
    """One thing asked for, for each patient of the grid."""
    tally = Tally()
    for patient in every_nth(grid, asked.step):
        judged = judge(asked.request, patient.facts, formulary)
        tally.plans += 1
        tally.outcomes[judged.outcome] += 1
        tally.by_rule.update(judged.warned)
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


@cache
def _beginnings(country: str) -> Sequence[PlanRequest]:
    return to_begin_with(formularies()[country])


def _life(seed: int) -> tuple[int, Life]:
    chance = Random(seed)  # noqa: S311 # a life that can be lived again, no secret
    country = chance.choice(("NZ", "GB"))
    return seed, live(chance, _beginnings(country), formularies()[country])


def main() -> None:
    """Try everything, print the counts, and exit 1 when anything is at fault."""
    asked, refused = everything(formularies())
    click.echo(f"{len(asked)} things to ask for, {len(refused)} refused as nonsense")
    whole, firsts = Tally(), Tally()
    with multiprocessing.Pool(_PROCESSES, initializer=os.nice, initargs=(5,)) as pool:
        for n, (name, tally) in enumerate(pool.imap_unordered(_task, asked, chunksize=4), 1):
            whole.add(tally)
            if name in _FIRST_CHOICES:
                firsts.add(tally)
            if n % 100 == 0:
                click.echo(f"  {n} of {len(asked)}, {whole.plans} plans", err=True)
        lives = list(pool.imap_unordered(_life, range(_LIVES), chunksize=20))
    healthy = {
        name: judge(request, HEALTHY, formularies()[request.jurisdiction]).warned
        for name, request in first_choices(asked).items()
    }
    _print(whole, firsts, healthy)
    ill = _print_lives(lives)
    sys.exit(1 if whole.faults or any(healthy.values()) or ill else 0)


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


def _print_lives(lives: Sequence[tuple[int, Life]]) -> bool:
    """Print what came of the lives; whether any was at fault."""
    outcomes: Counter[str] = Counter()
    faults: dict[str, list[int]] = {}
    for seed, life in lives:
        outcomes += life.outcomes
        for fault in life.faults:
            faults.setdefault(fault, []).append(seed)
    click.echo(f"{len(lives)} lives of one to six acts")
    for outcome, count in outcomes.most_common():
        click.echo(f"  {count:>8} {outcome}")
    click.echo(f"{len(faults)} kinds of fault in them")
    for fault, seeds in sorted(faults.items()):
        click.echo(f"  {len(seeds):>6} {fault}; first seed: {min(seeds)}")
    return bool(faults)


def _shares(title: str, tally: Tally) -> None:
    click.echo(f"{title} ({tally.plans} plans):")
    for rule, count in tally.by_rule.most_common(_SHOWN):
        click.echo(f"  {100 * count / max(tally.plans, 1):6.2f} %  {rule}")


def _shortest(places: Iterable[str]) -> str:
    return min(places, key=len)


if __name__ == "__main__":
    main()
