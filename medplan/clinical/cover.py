"""Who needs a PPI with an NSAID or a laxative with an opioid, and what to say about it.

The bands, their factors and the choice of medicine are the formulary's; here they are counted.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from medplan.clinical.companions import Need
from medplan.clinical.draft import Draft
from medplan.clinical.facts import membership
from medplan.clinical.findings import finding
from medplan.clinical.taking import CLASS, Taken
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
    """A PPI for each NSAID course whose patient is in the moderate or high band, or who asks."""
    needs: list[Need] = []
    findings: list[Finding] = []
    for draft in _of_class(drafts, NSAID):
        factors = tuple(_factors(draft, drafts, patient, takes, formulary))
        high = len(factors) >= formulary.gastroprotection.high_from_factors or any(
            f.high_alone for f in factors
        )
        asked = draft.resolved.request.gastroprotection or _AUTO
        if high:
            findings.append(_high_band(draft, factors, formulary))
        if asked == _NONE:
            findings += [_refused(draft, factors, formulary)] if factors else []
        elif factors or asked != _AUTO:
            covered_by = _already(draft, drafts, takes, PPI)
            if covered_by:
                findings.append(_taken_already(draft, covered_by, "gastroprotection"))
                continue
            ppi = asked if asked != _AUTO else _ppi(drafts, takes, formulary)
            needs.append(Need(ppi, draft.days, (draft.course.medicine,)))
            findings += [_ppi_added(draft, ppi, factors, formulary)] if factors else []
    return Covered(tuple(needs), tuple(findings))


def laxatives(
    drafts: Sequence[Draft], patient: PatientFacts, takes: Sequence[Taken], formulary: Formulary
) -> Covered:
    """A laxative for each regular opioid course of more than a day (clinical ruling 8)."""
    rule = formulary.laxative
    needs: list[Need] = []
    findings: list[Finding] = []
    against = [c for c in patient.conditions or () if c in rule.conditions_against]
    for draft in _of_class(drafts, OPIOID):
        regular = not any(s.when_required for s in draft.course.steps)
        if not regular or len(draft.days) <= rule.over_days:
            continue
        covered_by = _already(draft, drafts, takes, LAXATIVE)
        if draft.resolved.request.laxative == _NONE:
            findings.append(_no_laxative(draft, rule.citation))
        elif against:
            findings.append(_laxative_against(draft, against, rule.citation))
        elif covered_by:
            findings.append(_taken_already(draft, covered_by, "laxative"))
        else:
            last = draft.days.last + timedelta(rule.days_after)
            days = Days(draft.days.first, last)
            needs.append(Need(rule.medicine, days, (draft.course.medicine,)))
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
    current = [t for t in takes if t.stopped_on is None]
    beside = [d for d in drafts if d is not draft and d.days.overlaps(draft.days)]
    for factor in settings.risk_factors:
        by_group = any(membership(g, patient).inside for g in factor.groups)
        by_taking = any(t.is_any(factor.takes) for t in current)
        by_plan = any(not d.words.isdisjoint(factor.takes) for d in beside)
        if by_group or by_taking or by_plan:
            yield factor
    if len(draft.days) > settings.long_course_over_days:
        yield _of_course("long-course", "a long course", settings.citation)
    high_dose = settings.high_dose_over_mg.get(draft.course.medicine)
    if high_dose is not None and any(s.daily_mg > high_dose for s in draft.course.steps):
        yield _of_course("high-dose", "a high dose", settings.citation)


def _of_course(name: str, text: str, citation: Citation) -> RiskFactor:
    return RiskFactor(name, text, (), (), high_alone=False, citation=citation)


def _already(
    draft: Draft, drafts: Sequence[Draft], takes: Sequence[Taken], name: str
) -> str | None:
    """What gives the cover already: the patient's own medicine, or a course of the plan."""
    for one in takes:
        if one.stopped_on is None and one.is_any((CLASS + name,)):
            return one.name
    for other in _of_class(drafts, name):
        spans = other.days.first <= draft.days.first and draft.days.last <= other.days.last
        if spans and not any(s.when_required for s in other.course.steps):
            return other.resolved.medicine.name
    return None


def _ppi(drafts: Sequence[Draft], takes: Sequence[Taken], formulary: Formulary) -> str:
    settings = formulary.gastroprotection
    against = settings.against_preferred
    spoken_for = any(t.is_any(against) for t in takes if t.stopped_on is None) or any(
        not d.words.isdisjoint(against) for d in drafts
    )
    return settings.alternative if spoken_for else settings.preferred


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
        f"{name} goes with {draft.resolved.medicine.name} because of {_reasons(factors)}; both "
        "end on the same day.",
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
        f"one is indicated: {_reasons(factors)}.",
        suggestion="Leave gastroprotection at auto, or choose another pain medicine.",
        sources=[formulary.gastroprotection.citation, *(f.citation for f in factors)],
    )


def _taken_already(draft: Draft, by: str, what: str) -> Finding:
    return finding(
        f"{what}-taken",
        [draft.course.medicine],
        FindingKind.COVER,
        Severity.INFO,
        f"No {what} was added for {draft.resolved.medicine.name}: {by} is taken already.",
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
