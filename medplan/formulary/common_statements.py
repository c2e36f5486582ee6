"""Rows that belong to no single medicine, as statements to read, check and sign."""

from collections.abc import Iterator
from decimal import Decimal

from medplan.formulary.group_words import group_words
from medplan.formulary.model import (
    EVERYONE,
    CheckRule,
    Formulary,
    MissingFact,
    RiskFactor,
    Rule,
    Severity,
)
from medplan.formulary.statements import Statement, finding_words, review_words, with_suggestion
from medplan.units import format_decimal


def rule_statement(rule: Rule) -> Statement:
    """A rule with everything that makes it fire."""
    said = with_suggestion(rule.text, rule.suggestion)
    text = f"{finding_words(rule.severity, rule.kind)}: {'; '.join(_conditions(rule))}. {said}"
    blocks = rule.severity is Severity.BLOCK
    return Statement("Rules", rule.id, text, rule.citation, binds=blocks)


def check_statements(check: CheckRule) -> Iterator[Statement]:
    """A side-effect check, and each thing to look out for in it."""
    days = ", ".join(str(day) for day in check.days)
    then = "" if check.then_every is None else f", then every {check.then_every} days"
    text = f"{check.when}: day {days}{then}"
    yield Statement("Side-effect checks", check.id, text, check.citation, binds=False)
    for item in check.items:
        text = f"{item.level}: {item.text} {item.action}"
        yield Statement("Side-effect checks", check.id, text, item.citation, binds=False)


def common_statements(formulary: Formulary) -> Iterator[Statement]:
    """Opioid load, gastroprotection, the laxative, reviews and what is said on every plan."""
    yield from factor_statements(formulary, {row.medicine for row in formulary.opioid_factors})
    for row in formulary.load_thresholds:
        text = f"{row.severity}: from {format_decimal(row.ome_mg)} mg a day. {row.text}"
        blocks = row.severity is Severity.BLOCK
        yield Statement("Opioid load", "threshold", text, row.citation, binds=blocks)
    if formulary.tolerance is not None:
        lost = formulary.tolerance
        text = f"an old dose is not offered again after {lost.lost_after_days} days. {lost.text}"
        yield Statement("Opioid load", "tolerance", text, lost.citation, binds=True)
    yield from _gastroprotection(formulary)
    yield _laxative(formulary)
    for fact in formulary.missing_facts:
        yield _missing_fact(fact)
    text, citation = review_words(formulary.plan_review), formulary.plan_review.citation
    yield Statement("Every plan", "review", text, citation, binds=False)
    advice = formulary.advice
    for name, sentences in (
        ("emergency", (advice.emergency,)),
        ("self-care", advice.self_care),
        ("red flag", advice.red_flags),
    ):
        for said in sentences:
            yield Statement("Every plan", name, said.text, said.citation, binds=False)


def factor_statements(formulary: Formulary, ingredients: set[str]) -> Iterator[Statement]:
    """How much oral morphine a mg of each ingredient counts as, by each authority."""
    for row in formulary.opioid_factors:
        if row.medicine in ingredients:
            borrowed = " (borrowed from another authority)" if row.borrowed else ""
            factor = format_decimal(row.factor)
            text = f"{row.authority}: 1 mg counts as {factor} mg of oral morphine{borrowed}"
            yield Statement("Opioid load", row.medicine, text, row.citation, binds=True)


def _gastroprotection(formulary: Formulary) -> Iterator[Statement]:
    rule = formulary.gastroprotection
    doses = ", ".join(f"{m} over {format_decimal(d)} mg" for m, d in rule.high_dose_over_mg.items())
    text = (
        f"{rule.preferred}, or {rule.alternative} with {', '.join(rule.against_preferred)}; "
        f"a course over {rule.long_course_over_days} days and a high dose ({doses}) are factors; "
        f"high from {rule.high_from_factors} factors; over {rule.step_down_over_days} days it ends "
        f"with {rule.step_down_days} days at half the dose"
    )
    yield Statement("Gastroprotection", "choice", text, rule.citation, binds=True)
    for factor in rule.risk_factors:
        text = _risk_factor(factor)
        yield Statement("Gastroprotection", factor.id, text, factor.citation, binds=True)


def _risk_factor(factor: RiskFactor) -> str:
    ways = [group_words(group) for group in factor.groups]
    if factor.takes:
        ways.append(f"takes {', '.join(factor.takes)}")
    alone = ", high alone" if factor.high_alone else ""
    return f"{' or '.join(ways)}{alone}: {factor.text}"


def _laxative(formulary: Formulary) -> Statement:
    rule = formulary.laxative
    text = (
        f"{rule.medicine} with a regular opioid over {rule.over_days} days, until "
        f"{rule.days_after} days after its last dose; not with {', '.join(rule.conditions_against)}"
    )
    return Statement("Laxative", "choice", text, rule.citation, binds=True)


def _missing_fact(row: MissingFact) -> Statement:
    words = [f"{row.severity}: {row.fact} unknown for {', '.join(row.medicines)}"]
    if row.group != EVERYONE:
        words.append(f"in {group_words(row.group)}")
    words += _over(row.daily_mg_over)
    if row.blocking_only:
        words.append("where a rule would block")
    blocks = row.severity is Severity.BLOCK
    text = f"{', '.join(words)}. {row.text}"
    return Statement("Unknown facts", row.fact, text, row.citation, binds=blocks)


def _over(daily_mg: Decimal | None) -> Iterator[str]:
    if daily_mg is not None:
        yield f"over {format_decimal(daily_mg)} mg a day"


def _conditions(rule: Rule) -> Iterator[str]:
    yield f"for {', '.join(rule.medicines)}"
    if rule.group != EVERYONE:
        yield f"in {group_words(rule.group)}"
    if rule.takes:
        yield f"with {', '.join(rule.takes)} ({rule.scope})"
    if rule.washout_days is not None:
        yield f"also up to {rule.washout_days} days after the last of it"
    if rule.indications:
        yield f"when used for {', '.join(rule.indications)}"
    yield from _course(rule)
    if rule.check is not None:
        yield f"when {rule.check} holds"
    if rule.missing is not None:
        yield f"{rule.missing} when a fact is unknown"


def _course(rule: Rule) -> Iterator[str]:
    if rule.regimens:
        yield f"in {', '.join(rule.regimens)}"
    if rule.release is not None:
        yield f"{rule.release}-release"
    if rule.regular_over_days is not None:
        yield f"regular for over {rule.regular_over_days} days"
    yield from _over(rule.daily_mg_over)
    if rule.starting:
        yield "not in tapers"
