"""The proof of a plan: every number once more, from the finished doses.

Reads as this room's table of contents. Nothing here comes from the planner but the plan.
"""

from collections.abc import Iterator

from medplan.formulary.model import Formulary
from medplan.model.plan import Plan, ProofRow
from medplan.proof.composition import judge_composition
from medplan.proof.cover import judge_cover
from medplan.proof.endings import judge_endings
from medplan.proof.ledger import open_ledger
from medplan.proof.length import judge_length
from medplan.proof.limits import judge_limits
from medplan.proof.load import judge_load
from medplan.proof.order import judge_order
from medplan.proof.rows import NOWHERE, Invariant, one_per_subject
from medplan.proof.supply import judge_supply


def prove(plan: Plan, formulary: Formulary) -> tuple[ProofRow, ...]:
    """Judge a plan against the formulary: one row for each invariant and subject.

    A row's limit is what must be, its worst what the plan comes to at worst, `at` the day or local
    time of it. A course without steps fails `course_has_steps` and gives no other row; a dose
    without products fails `units_make_mg` and counts as its milligrams everywhere else.

    Source: contract section 6.
    """
    return one_per_subject(_rows(plan, formulary))


def _rows(plan: Plan, formulary: Formulary) -> Iterator[ProofRow]:
    ledger = open_ledger(plan, formulary)
    yield from judge_composition(plan, formulary, ledger)
    yield from judge_order(plan)
    yield from judge_limits(plan, formulary, ledger)
    yield from judge_length(plan, formulary)
    yield from judge_load(plan, formulary, ledger)
    yield from judge_cover(plan, formulary)
    yield from judge_endings(plan)
    yield from judge_supply(plan, ledger)
    yield _issuable(plan)


def _issuable(plan: Plan) -> ProofRow:
    """A plan may be issued when no finding is open and no other row of its stored proof fails."""
    opened = sum(finding.open for finding in plan.findings)
    failed = sum(not row.holds for row in plan.proof if row.invariant != Invariant.ISSUABLE)
    allowed = not opened and not failed
    limit, worst = str(allowed).lower(), str(plan.issuable).lower()
    return ProofRow(Invariant.ISSUABLE, "plan", limit, worst, NOWHERE, plan.issuable == allowed)
