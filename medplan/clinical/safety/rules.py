"""The formulary's rules, each tried on each course, and the facts that are missing for them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from medplan.clinical.course.draft import Draft
from medplan.clinical.course.limits import subjects
from medplan.clinical.findings import OUR_RULE, filled, finding
from medplan.clinical.patient.facts import membership
from medplan.clinical.safety.context import Planned
from medplan.clinical.safety.matching import Match, match
from medplan.clinical.safety.named_checks import NAMED_CHECKS
from medplan.formulary.model import (
    FindingKind,
    MissingFact,
    PatientGroup,
    Rule,
    Severity,
    names_medicine,
)
from medplan.model.plan import Finding


@dataclass(frozen=True, slots=True)
class _Lack:
    """A fact that a course's rules or limits need, and how much it matters not to know it."""

    fact: str
    medicine: str
    severity: Severity
    text: str
    row: MissingFact | None


def rule_findings(planned: Planned) -> Iterator[Finding]:
    """A finding for every rule that fires, and one for every fact that some rule lacks."""
    lacks: list[_Lack] = []
    for rule in planned.formulary.rules_for_everyone:
        yield from _for_everyone(rule, planned, lacks)
    for draft in planned.drafts:
        for rule in _rules(draft, planned):
            met = match(rule, draft, planned)
            if met.fires is not False:
                yield from _for_course(rule, met, draft, planned, lacks)
        lacks += _limit_lacks(draft, planned)
    yield from _missing(lacks)


def _rules(draft: Draft, planned: Planned) -> Iterable[Rule]:
    """The rules that look at a course's medicine or at one of its ingredients."""
    by_medicine = planned.formulary.course_rules_by_medicine
    return {
        rule.id: rule
        for subject in subjects(draft.resolved.medicine, planned.formulary)
        for rule in by_medicine.get(subject.id, ())
    }.values()


def _for_everyone(rule: Rule, planned: Planned, lacks: list[_Lack]) -> Iterator[Finding]:
    """A rule about the patient, whatever is prescribed: one finding for the whole plan."""
    inside = membership(rule.group, planned.patient)
    if inside.inside:
        yield finding(
            rule.id,
            [d.course.medicine for d in planned.prescribed],
            rule.kind,
            rule.severity,
            rule.text,
            suggestion=rule.suggestion,
            sources=[rule.citation],
        )
    elif inside.inside is None:
        for draft in planned.prescribed:
            blocking = rule.severity is Severity.BLOCK
            lacks += _lacks(inside.unknown, draft, planned, rule, blocking=blocking)


def _for_course(
    rule: Rule, met: Match, draft: Draft, planned: Planned, lacks: list[_Lack]
) -> Iterator[Finding]:
    """What becomes of a rule that has met a course or may have: a finding, or facts it lacks."""
    named: tuple[str, ...] = ()
    if rule.check is not None:
        named = NAMED_CHECKS[rule.check](draft, planned, rule)
        if not named:
            return
    if met.fires is None:
        blocking = rule.severity is Severity.BLOCK
        lacks += _lacks(met.unknown, draft, planned, rule, blocking=blocking)
        return
    yield _fired(rule, draft, met, named)


def _fired(rule: Rule, draft: Draft, met: Match, named: tuple[str, ...]) -> Finding:
    medicine = draft.resolved.medicine
    others = met.others or named
    suggestion = rule.suggestion
    if met.earliest is not None:
        earliest = f"The earliest day for it is {met.earliest}."
        suggestion = f"{suggestion} {earliest}" if suggestion else earliest
    return finding(
        rule.id,
        [medicine.id, *met.medicines],
        rule.kind,
        rule.severity,
        filled(rule.text, medicine, others),
        suggestion=filled(suggestion, medicine, others) if suggestion else None,
        sources=[rule.citation],
    )


def _limit_lacks(draft: Draft, planned: Planned) -> Iterator[_Lack]:
    for subject in subjects(draft.resolved.medicine, planned.formulary):
        for limit in subject.limits:
            inside = membership(limit.group, planned.patient)
            if inside.inside is None:
                blocking = limit.severity is Severity.BLOCK
                yield from _lacks(inside.unknown, draft, planned, None, blocking=blocking)


def _lacks(
    unknown: Iterable[str],
    draft: Draft,
    planned: Planned,
    rule: Rule | None,
    *,
    blocking: bool,
) -> Iterator[_Lack]:
    for fact in unknown:
        row = _row(fact, draft, planned, blocking=blocking)
        severity = rule.missing if rule and rule.missing else row.severity if row else None
        if severity is not None:
            text = row.text if row else f"{fact.replace('_', ' ')} is not known."
            yield _Lack(fact, draft.course.medicine, severity, text, row)


def _row(fact: str, draft: Draft, planned: Planned, *, blocking: bool) -> MissingFact | None:
    """The first row that fits the fact, the medicine and the patient."""
    medicine = draft.resolved.medicine
    for row in planned.formulary.missing_facts:
        fits = row.fact == fact and names_medicine(row.medicines, medicine)
        fits = fits and (blocking or not row.blocking_only)
        if fits and _patient_fits(row.group, planned) and _dose_fits(row, draft):
            return row
    return None


def _patient_fits(group: PatientGroup, planned: Planned) -> bool:
    return membership(group, planned.patient).inside is True


def _dose_fits(row: MissingFact, draft: Draft) -> bool:
    bound = row.daily_mg_over
    return bound is None or any(s.daily_mg > bound for s in draft.course.steps)


def _missing(lacks: Iterable[_Lack]) -> Iterator[Finding]:
    """One finding for each fact and severity, naming every medicine that needs it."""
    severest: dict[tuple[str, str], _Lack] = {}
    for lack in lacks:
        key = (lack.fact, lack.medicine)
        if key not in severest or severest[key].severity.rank < lack.severity.rank:
            severest[key] = lack
    grouped: dict[tuple[str, Severity], list[_Lack]] = {}
    for lack in severest.values():
        grouped.setdefault((lack.fact, lack.severity), []).append(lack)
    for (fact, severity), group in grouped.items():
        rows = [lack.row for lack in group if lack.row is not None]
        yield finding(
            f"missing-{fact.replace('_', '-')}",
            [lack.medicine for lack in group],
            FindingKind.MISSING_DATA,
            severity,
            " ".join(dict.fromkeys(lack.text for lack in group)),
            suggestion="Find it out, or say why the plan goes on without it.",
            sources=[r.citation for r in rows] or [OUR_RULE],
        )
