"""Whether the formulary's limits hold, per ingredient and over all courses and products.

A medicine's limits bound its first ingredient wherever it comes from. A combination's own limits
count only while the plan has the combination: its daily maxima bound the ingredient's sum, the
others its own doses. `release`, `regimens` and `dose_count` narrow the doses that a limit sees.

Block limits must hold. A course of the `taper` regimen may exceed one where the others alone don't
and a major finding about that medicine states it. A milder limit holds when it isn't exceeded or a
finding's code names it (or a limit of the same kind that is exceeded too); mere information gives
no row. Limits per kg without a known weight give no row either.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from medplan.formulary.model import FindingKind, Formulary, Limit, LimitKind, Medicine, Severity
from medplan.model.plan import Plan, ProofRow
from medplan.proof.ledger import TAPER_REGIMEN, Intake, Ledger, Line
from medplan.proof.patient import is_inside
from medplan.proof.peaks import Peak, peak_of
from medplan.proof.rows import number

DAILY = (LimitKind.MAX_DAILY_MG, LimitKind.MAX_DAILY_MG_PER_KG)
STATED_BY = {FindingKind.LIMIT, FindingKind.INTERVAL, FindingKind.RENAL, FindingKind.AGE}

Positions = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Bound:
    """A limit that holds for this patient, and the positions of the lines that it bounds.

    `value` is in mg, doses or hours; a limit per kg is already multiplied by the weight.
    """

    limit: Limit
    value: Decimal
    positions: Positions

    @property
    def is_floor(self) -> bool:
        """Whether less is worse."""
        return self.limit.kind is LimitKind.MIN_INTERVAL_HOURS

    @property
    def strictness(self) -> Decimal:
        """Greater for the bound that leaves less room."""
        return self.value if self.is_floor else -self.value

    def admits(self, peak: Peak | None) -> bool:
        """Whether the worst value is within the bound; where there is nothing, it is."""
        if peak is None:
            return True
        return peak.value >= self.value if self.is_floor else peak.value <= self.value


@dataclass(frozen=True)
class _Ingredient:
    """One ingredient of the plan with its lines, measuring each group of them once."""

    name: str
    lines: tuple[Line, ...]
    ledger: Ledger
    _peaks: dict[tuple[LimitKind, Positions], Peak | None] = field(default_factory=dict)
    _intakes: dict[Positions, list[Intake]] = field(default_factory=dict)

    def peak(self, kind: LimitKind, positions: Positions) -> Peak | None:
        """The worst of some of the ingredient's lines."""
        key = LimitKind.MAX_DAILY_MG if kind in DAILY else kind, positions
        if key not in self._peaks:
            lines = [self.lines[p] for p in positions]
            if positions not in self._intakes:
                self._intakes[positions] = self.ledger.intakes(lines)
            self._peaks[key] = peak_of(kind, lines, self._intakes[positions])
        return self._peaks[key]

    @cached_property
    def everything(self) -> Positions:
        """The positions of all lines."""
        return tuple(range(len(self.lines)))

    def seen_by(self, limit: Limit, medicine: Medicine) -> Positions:
        """The positions of the lines that a limit of a medicine counts."""
        own = len(medicine.ingredients) > 1 and limit.kind not in DAILY
        if not (own or limit.release or limit.regimens or limit.dose_count):
            return self.everything
        return tuple(
            position
            for position, line in enumerate(self.lines)
            if limit.release in (None, line.release)
            and (not limit.regimens or line.regimen in limit.regimens)
            and limit.dose_count in (None, line.dose_count)
            and (not own or line.medicine == medicine.id)
        )


def judge_limits(plan: Plan, formulary: Formulary, ledger: Ledger) -> Iterator[ProofRow]:
    """One row for each limit that holds for the patient; block limits of a kind are one."""
    bounding = _bounding(plan, formulary)
    for name, lines in ledger.by_ingredient.items():
        ingredient = _Ingredient(name, lines, ledger)
        bounds = list(_bounds(plan, bounding.get(name, ()), ingredient))
        for bound in _strictest(b for b in bounds if b.limit.severity is Severity.BLOCK):
            yield from _block_row(plan, ingredient, bound)
        for bound in bounds:
            if bound.limit.severity in (Severity.MAJOR, Severity.WARN):
                yield from _soft_row(plan, ingredient, bound, bounds)


def _bounding(plan: Plan, formulary: Formulary) -> Mapping[str, Sequence[Medicine]]:
    """The medicines whose limits count, by first ingredient; combinations only when in the plan."""
    in_plan = {course.medicine for course in plan.courses}
    bounding: dict[str, list[Medicine]] = {}
    for medicine in formulary.medicines.values():
        if len(medicine.ingredients) == 1 or medicine.id in in_plan:
            bounding.setdefault(medicine.ingredients[0], []).append(medicine)
    return bounding


def _bounds(plan: Plan, bounding: Sequence[Medicine], ingredient: _Ingredient) -> Iterator[_Bound]:
    for medicine in bounding:
        for limit in medicine.limits:
            value = _value(limit, plan) if is_inside(plan.facts, limit.group) else None
            positions = () if value is None else ingredient.seen_by(limit, medicine)
            if value is not None and positions:
                yield _Bound(limit, value, positions)


def _value(limit: Limit, plan: Plan) -> Decimal | None:
    if limit.kind is not LimitKind.MAX_DAILY_MG_PER_KG:
        return limit.value
    weight = plan.facts.weight_kg
    return None if weight is None else limit.value * weight


def _strictest(bounds: Iterator[_Bound]) -> list[_Bound]:
    """The one that leaves least room, of those of one kind that see the same lines."""
    kept: dict[tuple[LimitKind, Positions], _Bound] = {}
    for bound in bounds:
        key = bound.limit.kind, bound.positions
        if key not in kept or bound.strictness > kept[key].strictness:
            kept[key] = bound
    return list(kept.values())


def _block_row(plan: Plan, ingredient: _Ingredient, bound: _Bound) -> Iterator[ProofRow]:
    peak = ingredient.peak(bound.limit.kind, bound.positions)
    if peak is not None:
        kind = bound.limit.kind
        whole = bound.positions == ingredient.everything
        name = kind.value if whole else f"{kind.value}:{bound.limit.id}"
        holds = bound.admits(peak) or _owned_taper(plan, ingredient, bound)
        yield _row(name, ingredient, bound, peak, holds=holds)


def _owned_taper(plan: Plan, ingredient: _Ingredient, bound: _Bound) -> bool:
    """Whether only a taper course breaks the bound, and a finding about its medicine says so."""
    lines = ingredient.lines
    others = tuple(p for p in bound.positions if lines[p].regimen != TAPER_REGIMEN)
    if others == bound.positions or not bound.admits(ingredient.peak(bound.limit.kind, others)):
        return False
    tapered = {lines[p].medicine for p in bound.positions if lines[p].regimen == TAPER_REGIMEN}
    return any(
        finding.kind in STATED_BY | {bound.limit.finding_kind}
        and finding.severity is Severity.MAJOR
        and not tapered.isdisjoint(finding.medicines)
        for finding in plan.findings
    )


def _soft_row(
    plan: Plan, ingredient: _Ingredient, bound: _Bound, bounds: Sequence[_Bound]
) -> Iterator[ProofRow]:
    peak = ingredient.peak(bound.limit.kind, bound.positions)
    if peak is None:
        return
    broken = [
        other.limit.id
        for other in bounds
        if other.limit.kind is bound.limit.kind
        and other.limit.severity.rank >= bound.limit.severity.rank
        and not other.admits(ingredient.peak(other.limit.kind, other.positions))
    ]
    stated = any(limit_id in finding.code for limit_id in broken for finding in plan.findings)
    holds = bound.admits(peak) or stated
    yield _row(f"{bound.limit.kind.value}:{bound.limit.id}", ingredient, bound, peak, holds=holds)


def _row(name: str, ingredient: _Ingredient, bound: _Bound, peak: Peak, *, holds: bool) -> ProofRow:
    return ProofRow(name, ingredient.name, number(bound.value), number(peak.value), peak.at, holds)
