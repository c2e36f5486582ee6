"""What only the plan as a whole shows: opioid load, changes too close, and what is unchecked."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from medplan.clinical.course.draft import Draft
from medplan.clinical.course.unlisted import UNLISTED
from medplan.clinical.findings import finding
from medplan.clinical.safety.context import Planned
from medplan.formulary.model import FindingKind, Severity
from medplan.model.plan import Finding
from medplan.units import format_decimal

_CHANGES_APART = 3  # days; the clinical notes ask for one change at a time


def plan_findings(planned: Planned) -> Iterator[Finding]:
    """Findings about several courses together and about what nobody checked."""
    yield from _load(planned)
    yield from _unplaced(planned)
    yield from _unchecked(planned)
    yield from _close_changes(planned)


def _load(planned: Planned) -> Iterator[Finding]:
    """The severest load threshold reached, judged by the jurisdiction's authority."""
    judged = [r for r in planned.load if r.authority == planned.formulary.load_authority]
    for run in judged:
        reached = [t for t in planned.formulary.load_thresholds if run.ome_mg >= t.ome_mg]
        if not reached:
            continue
        top = max(reached, key=lambda t: t.ome_mg)
        tapers = top.severity is Severity.BLOCK and run.besides_tapers_mg < top.ome_mg
        yield finding(
            f"opioid-load-{format_decimal(top.ome_mg)}",
            run.medicines,
            FindingKind.LIMIT,
            Severity.MAJOR if tapers else top.severity,
            f"The opioids add up to {format_decimal(run.ome_mg)} mg of oral morphine a day from "
            f"{run.days.first} ({run.authority}). {top.text}",
            sources=[top.citation],
        )
    factors = {f.medicine: f for f in planned.formulary.opioid_factors if f.borrowed}
    for medicine in dict.fromkeys(m for r in judged for m in r.medicines):
        if medicine in factors:
            yield finding(
                "opioid-factor-borrowed",
                [medicine],
                FindingKind.UNCHECKED,
                Severity.INFO,
                f"{factors[medicine].authority} lists no factor for this medicine; the highest "
                "that any authority lists is used.",
                sources=[factors[medicine].citation],
            )


def _unplaced(planned: Planned) -> Iterator[Finding]:
    for one in planned.takes:
        if not one.placed:
            yield finding(
                "not-checked",
                ["-".join(one.name.lower().split())],
                FindingKind.UNCHECKED,
                Severity.WARN,
                f"The formulary does not know {one.name!r}; nothing was checked against it.",
                suggestion="Give its generic name, or a class such as class:ssri.",
            )


def _unchecked(planned: Planned) -> Iterator[Finding]:
    for draft in planned.prescribed:
        if draft.course.medicine == UNLISTED:
            yield finding(
                "unlisted",
                [UNLISTED],
                FindingKind.UNCHECKED,
                Severity.MAJOR,
                f"{draft.course.name} is not in the formulary: no limit, interaction or side "
                "effect was checked.",
                subject=draft.key,
                suggestion="Check dose, length and interactions yourself.",
            )
        declared = [p.id for p in draft.resolved.products if p.declared]
        if declared and draft.course.medicine != UNLISTED:
            yield finding(
                "declared-product",
                [draft.course.medicine],
                FindingKind.UNCHECKED,
                Severity.INFO,
                f"Not in the formulary and taken as declared: {', '.join(declared)}.",
            )


def _close_changes(planned: Planned) -> Iterator[Finding]:
    """Two medicines whose doses change within three days of each other."""
    changes = sorted((day, d.course.medicine) for d in planned.prescribed for day in _changes(d))
    for (day, one), (later, other) in pairwise(changes):
        if one != other and (later - day).days < _CHANGES_APART:
            yield finding(
                "changes-close",
                [one, other],
                FindingKind.CAUTION,
                Severity.INFO,
                f"The doses of {one} and {other} change within {_CHANGES_APART} days; if "
                "something goes wrong it will be hard to tell which did it.",
                day=later,
                suggestion="Move one of the two changes.",
            )


def _changes(draft: Draft) -> Iterator[date]:
    return (s.days.first for s in draft.course.steps[1:])
