"""Who needs a PPI with an NSAID or a laxative with an opioid, and what to say about it.

The bands, their factors and the choice of medicine are the formulary's; here they are counted.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from medplan.clinical.course.draft import Draft
from medplan.clinical.course.uses import in_turn
from medplan.clinical.cover.choosing import Choice, chosen_ppi
from medplan.clinical.cover.companions import Need
from medplan.clinical.findings import filled, finding
from medplan.clinical.patient.facts import membership
from medplan.clinical.patient.taking import CLASS, Taken
from medplan.formulary.model import Citation, FindingKind, Formulary, RiskFactor, Severity
from medplan.model.plan import Finding
from medplan.model.request import PatientFacts
from medplan.units import Days

NSAID, OPIOID, PPI, LAXATIVE = "nsaid", "opioid", "ppi", "laxative"
_AUTO, _NONE = "auto", "none"


@dataclass(frozen=True, slots=True)
class Covered:
    """The companions that are needed and what was found on the way."""

    needs: tuple[Need, ...]
    findings: tuple[Finding, ...]


def gastroprotection(
    drafts: Sequence[Draft], patient: PatientFacts, takes: Sequence[Taken], formulary: Formulary
) -> Covered:
    """A PPI for each NSAID course whose patient is in the moderate or high band, or who asks.

    Where one NSAID course of a plan gets one, those left at `auto` get it too: a plan that has
    gastroprotection covers every NSAID day (contract section 6). Where no PPI may be given to the
    patient, `auto` gives none and says so.
    """
    findings: list[Finding] = []
    reasons: list[tuple[Draft, tuple[RiskFactor, ...]]] = []
    for draft in _of_class(drafts, NSAID):
        factors = tuple(_factors(draft, drafts, patient, takes, formulary))
        if _is_high(factors, formulary):
            findings.append(_high_band(draft, factors, formulary))
        if _asked(draft) != _NONE:
            reasons.append((draft, factors))
        elif factors and not _covered_already(draft, drafts, takes, PPI):
            findings.append(_refused(draft, factors, formulary))
    if not any(factors or _asked(draft) != _AUTO for draft, factors in reasons):
        return Covered((), tuple(findings))
    needs: list[Need] = []
    for draft, factors in reasons:
        cover = _protected(draft, factors, drafts, patient, takes, formulary)
        needs += cover.needs
        findings += cover.findings
    covered = {name for need in needs for name in need.covers}
    findings += (
        _refused(draft, (), formulary)
        for draft in _of_class(drafts, NSAID)
        if _asked(draft) == _NONE and draft.course.medicine in covered
    )
    return Covered(tuple(needs), tuple(findings))


def _protected(
    draft: Draft,
    factors: tuple[RiskFactor, ...],
    drafts: Sequence[Draft],
    patient: PatientFacts,
    takes: Sequence[Taken],
    formulary: Formulary,
) -> Covered:
    """The PPI that goes with one NSAID course, or why none does."""
    choice = Choice(_asked(draft))
    if choice.ppi == _AUTO:
        choice = chosen_ppi(draft, drafts, patient, takes, formulary)
    cover = _wanted(draft, draft.days, choice.ppi, PPI, drafts, takes)
    if not (cover.needs and factors):
        return cover if choice.forbidden_by is None else replace(cover, needs=())
    if (rule := choice.forbidden_by) is not None:
        why = filled(rule.text, formulary.medicines[choice.ppi])
        sources = (formulary.gastroprotection.citation, rule.citation)
        return Covered((), (_left_out(draft, factors, why, sources),))
    added = _ppi_added(draft, cover.needs[0].medicine, factors, formulary)
    return replace(cover, findings=(*cover.findings, added))


def _asked(draft: Draft) -> str:
    return draft.resolved.request.gastroprotection or _AUTO


def _is_high(factors: Sequence[RiskFactor], formulary: Formulary) -> bool:
    many = len(factors) >= formulary.gastroprotection.high_from_factors
    return many or any(f.high_alone for f in factors)


def laxatives(
    drafts: Sequence[Draft], patient: PatientFacts, takes: Sequence[Taken], formulary: Formulary
) -> Covered:
    """A laxative for each regular opioid course of more than a day (clinical ruling 8)."""
    rule = formulary.laxative
    needs: list[Need] = []
    findings: list[Finding] = []
    against = [c for c in patient.conditions or () if c in rule.conditions_against]
    for draft in _of_class(drafts, OPIOID):
        regular = _regular(draft)
        use = in_turn(draft, drafts)
        if not regular or sum(len(d.days) for d in use) <= rule.over_days:
            continue
        if draft.resolved.request.laxative == _NONE:
            if not _covered_already(draft, drafts, takes, LAXATIVE):
                findings.append(_no_laxative(draft, rule.citation))
        elif against:
            findings.append(_laxative_against(draft, against, rule.citation))
        else:
            days = Days(draft.days.first, draft.days.last + timedelta(rule.days_after))
            cover = _wanted(draft, days, rule.medicine, LAXATIVE, drafts, takes)
            needs += cover.needs
            findings += cover.findings
    return Covered(tuple(needs), tuple(findings))


def _of_class(drafts: Iterable[Draft], name: str) -> Iterator[Draft]:
    return (d for d in drafts if name in d.resolved.medicine.classes)


def _factors(
    draft: Draft,
    drafts: Sequence[Draft],
    patient: PatientFacts,
    takes: Sequence[Taken],
    formulary: Formulary,
) -> Iterator[RiskFactor]:
    """The risk factors that surely hold, each once."""
    settings = formulary.gastroprotection
    current = [t for t in takes if t.is_taken(draft.days.first)]
    beside = [d for d in drafts if d is not draft and d.days.overlaps(draft.days)]
    for factor in settings.risk_factors:
        by_group = any(membership(g, patient).inside for g in factor.groups)
        by_taking = any(t.is_any(factor.takes) for t in current)
        by_plan = any(not d.words.isdisjoint(factor.takes) for d in beside)
        if by_group or by_taking or by_plan:
            yield factor
    if sum(len(d.days) for d in in_turn(draft, drafts)) > settings.long_course_over_days:
        yield _of_course("long-course", "a long course", settings.citation)
    high_dose = settings.high_dose_over_mg.get(draft.course.medicine)
    if high_dose is not None and any(s.daily_mg > high_dose for s in draft.course.steps):
        yield _of_course("high-dose", "a high dose", settings.citation)


def _of_course(name: str, text: str, citation: Citation) -> RiskFactor:
    return RiskFactor(name, text, (), (), high_alone=False, citation=citation)


def _wanted(
    draft: Draft,
    days: Days,
    wish: str,
    kind: str,
    drafts: Sequence[Draft],
    takes: Sequence[Taken],
) -> Covered:
    """A companion on the days that nothing covers yet; the plan's own one goes on where it can."""
    for one in takes:
        if one.is_taken(draft.days.last) and one.is_any((CLASS + kind,)):
            return Covered((), (_taken_already(draft, one.name, kind),))
    own = [d for d in _of_class(drafts, kind) if d.days.overlaps(days) and _regular(d)]
    medicine = own[0].course.medicine if own else wish
    open_days = _uncovered(days, [d.days for d in own])
    needs = tuple(Need(medicine, run, (draft.course.medicine,)) for run in open_days)
    if not own or needs:
        return Covered(needs, ())
    return Covered((), (_taken_already(draft, own[0].resolved.medicine.name, kind),))


def _covered_already(
    draft: Draft, drafts: Sequence[Draft], takes: Sequence[Taken], kind: str
) -> bool:
    """Whether refusing a companion leaves no day uncovered."""
    return not _wanted(draft, draft.days, "", kind, drafts, takes).needs


def _regular(draft: Draft) -> bool:
    return not any(s.when_required for s in draft.course.steps)


def _uncovered(days: Days, covered: Sequence[Days]) -> list[Days]:
    """The runs of the days that none of the others holds."""
    runs: list[Days] = []
    first = days.first
    for other in sorted(covered, key=lambda d: d.first):
        if other.first > first:
            runs.append(Days(first, min(other.first - timedelta(1), days.last)))
        first = max(first, other.last + timedelta(1))
    if first <= days.last:
        runs.append(Days(first, days.last))
    return runs


def _reasons(factors: Sequence[RiskFactor]) -> str:
    return ", ".join(f.text for f in factors)


def _ppi_added(
    draft: Draft, ppi: str, factors: Sequence[RiskFactor], formulary: Formulary
) -> Finding:
    name = formulary.medicines[ppi].name
    return finding(
        "gastroprotection",
        [draft.course.medicine, ppi],
        FindingKind.COVER,
        Severity.INFO,
        f"{name} goes with {draft.resolved.medicine.name} because of {_reasons(factors)}.",
        sources=[f.citation for f in factors],
    )


def _high_band(draft: Draft, factors: Sequence[RiskFactor], formulary: Formulary) -> Finding:
    return finding(
        "gi-risk-high",
        [draft.course.medicine],
        FindingKind.COVER,
        Severity.MAJOR,
        f"The risk of bleeding from the stomach with {draft.resolved.medicine.name} is high: "
        f"{_reasons(factors)}.",
        suggestion="Avoid an NSAID if you can; otherwise the lowest dose for the shortest time, "
        "with a proton pump inhibitor.",
        sources=[formulary.gastroprotection.citation, *(f.citation for f in factors)],
    )


def _refused(draft: Draft, factors: Sequence[RiskFactor], formulary: Formulary) -> Finding:
    return finding(
        "gastroprotection-refused",
        [draft.course.medicine],
        FindingKind.COVER,
        Severity.MAJOR,
        f"{draft.resolved.medicine.name} is given without a proton pump inhibitor although "
        f"one is indicated: {_reasons(factors) or 'another course of it has one'}.",
        suggestion="Leave gastroprotection at auto, or choose another pain medicine.",
        sources=[formulary.gastroprotection.citation, *(f.citation for f in factors)],
    )


def _left_out(
    draft: Draft, factors: Sequence[RiskFactor], why: str, sources: Sequence[Citation]
) -> Finding:
    return finding(
        "gastroprotection-left-out",
        [draft.course.medicine],
        FindingKind.COVER,
        Severity.MAJOR,
        f"{draft.resolved.medicine.name} is given without a proton pump inhibitor although one is "
        f"indicated: {_reasons(factors)}. {why}",
        suggestion="Choose another pain medicine, or say how else the stomach is protected.",
        sources=[*sources, *(f.citation for f in factors)],
    )


def _taken_already(draft: Draft, by: str, kind: str) -> Finding:
    what = "gastroprotection" if kind == PPI else kind
    return finding(
        f"{what}-taken",
        [draft.course.medicine],
        FindingKind.COVER,
        Severity.INFO,
        f"No other {what} was added for {draft.resolved.medicine.name}: {by} is taken already.",
    )


def _no_laxative(draft: Draft, citation: Citation) -> Finding:
    return finding(
        "LAX0",
        [draft.course.medicine],
        FindingKind.COVER,
        Severity.WARN,
        f"Regular {draft.resolved.medicine.name} is planned without a laxative.",
        suggestion="Constipation is likely: leave laxative at auto unless there is a reason.",
        sources=[citation],
    )


def _laxative_against(draft: Draft, against: Sequence[str], citation: Citation) -> Finding:
    reasons = " and ".join(a.replace("_", " ") for a in against)
    return finding(
        "laxative-left-out",
        [draft.course.medicine],
        FindingKind.COVER,
        Severity.INFO,
        f"No laxative was added for {draft.resolved.medicine.name} because of {reasons}.",
        sources=[citation],
    )
