"""Each cited row of a medicine as one statement that a pharmacist can read, check and sign.

Every number of the row stands in its statement. This module chooses words; it decides nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from medplan.formulary.group_words import group_words
from medplan.formulary.model import (
    EVERYONE,
    Citation,
    Codes,
    Duration,
    FindingKind,
    Form,
    Limit,
    LimitKind,
    Medicine,
    Product,
    Regimen,
    RegimenKind,
    ReviewRule,
    Severity,
    Stage,
    TaperPace,
    TaperRule,
)
from medplan.units import format_decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """One row in words. `binds` is true when its numbers make a dose or can refuse one."""

    heading: str
    name: str
    text: str
    citation: Citation
    binds: bool


def medicine_statements(medicine: Medicine) -> Iterator[Statement]:
    """Every row of the medicine, in the order of its file."""
    yield from _sentences(medicine)
    yield from (
        Statement("Products", product.id, _product(product), product.citation, binds=True)
        for product in medicine.products
        if product.citation is not None
    )
    for limit in medicine.limits:
        blocks = limit.severity is Severity.BLOCK
        yield Statement("Limits", limit.id, _limit(limit), limit.citation, binds=blocks)
    for regimen in medicine.regimens:
        text = _regimen(regimen)
        yield Statement("Regimens", regimen.id, text, regimen.citation, binds=True)
    yield from _coming_down(medicine)
    for duration in medicine.durations:
        blocks = duration.severity is Severity.BLOCK
        text = _duration(duration)
        yield Statement("Durations", duration.id, text, duration.citation, binds=blocks)
    if medicine.review:
        text = review_words(medicine.review)
        yield Statement("Reviews", "review", text, medicine.review.citation, binds=False)


def review_words(review: ReviewRule) -> str:
    """When to look again, in words."""
    words = [f"on day {_listed(review.days)}"]
    if review.then_every is not None:
        words.append(f"then every {_days(review.then_every)}")
    if review.last_day_up_to is not None:
        words.append(f"a course of up to {_days(review.last_day_up_to)} on its last day instead")
    return f"{', '.join(words)}. {review.text}"


def finding_words(severity: Severity, kind: FindingKind) -> str:
    """What a row's finding asks of the prescriber, and what it is about."""
    return f"{severity} ({kind})"


def with_suggestion(text: str, suggestion: str | None) -> str:
    """A finding's sentence and what to do instead, if the row says it."""
    return text if suggestion is None else f"{text} Instead: {suggestion}"


def _sentences(medicine: Medicine) -> Iterator[Statement]:
    said = {
        "purpose": medicine.purpose,
        "advice": medicine.advice,
        "caution": medicine.caution,
        "missed dose": medicine.missed_dose,
        "driving": medicine.driving,
        "alcohol": medicine.alcohol,
    }
    for name, sentence in said.items():
        if sentence is not None:
            yield Statement("Words", name, sentence.text, sentence.citation, binds=False)
    if medicine.timing:
        text = f"{medicine.timing.minutes_before} minutes before {medicine.timing.anchor}"
        yield Statement("Words", "timing", text, medicine.timing.citation, binds=False)
    if medicine.codes.citation:
        text = _codes(medicine.codes)
        yield Statement("Words", "codes", text, medicine.codes.citation, binds=False)


def _codes(codes: Codes) -> str:
    known = {
        "ATC": codes.atc,
        "SNOMED CT": codes.snomed,
        "RxNorm": codes.rxnorm,
        "UNII": codes.unii,
    }
    return ", ".join(f"{system} {code}" for system, code in known.items() if code)


def _product(product: Product) -> str:
    unit = "mL" if product.form is Form.LIQUID else product.form.value
    strengths = [f"{name} {_mg(mg)}" for name, mg in product.contains.items()]
    words = f"{' with '.join(strengths)} per {unit}"
    if product.measure_ml is not None:
        return f"{words}, measured in steps of {format_decimal(product.measure_ml)} mL"
    return f"{words}, {'may be halved' if product.halves else 'whole only'}"


_LIMIT_WORDS = {
    LimitKind.MAX_DAILY_MG: "at most {} mg in 24 hours",
    LimitKind.MAX_DAILY_MG_PER_KG: "at most {} mg per kg in 24 hours",
    LimitKind.MAX_SINGLE_MG: "at most {} mg at a time",
    LimitKind.MIN_INTERVAL_HOURS: "at least {} hours between doses",
    LimitKind.MAX_DOSES_PER_DAY: "at most {} doses in 24 hours",
}


def _limit(limit: Limit) -> str:
    words = [_LIMIT_WORDS[limit.kind].format(format_decimal(limit.value))]
    if limit.group != EVERYONE:
        words.append(f"for {group_words(limit.group)}")
    if limit.release is not None:
        words.append(f"of {limit.release}-release products")
    if limit.regimens:
        words.append(f"in {', '.join(limit.regimens)}")
    if limit.dose_count is not None:
        words.append(f"with {limit.dose_count} doses a day")
    text = f"{', '.join(words)}. {with_suggestion(limit.note, limit.suggestion)}"
    return f"{finding_words(limit.severity, limit.finding_kind)}: {text}"


def _regimen(regimen: Regimen) -> str:
    words = list(_titration(regimen) if regimen.kind is RegimenKind.TITRATION else _fixed(regimen))
    if regimen.slots:
        words.append(_listed(regimen.slots))
    if regimen.days is not None:
        words.append(f"usually for {_days(regimen.days)}")
    if regimen.products:
        words.append(f"from {', '.join(regimen.products)}")
    return ", ".join(words)


def _fixed(regimen: Regimen) -> Iterator[str]:
    amounts = (
        ("{} mg a dose", regimen.dose_mg),
        ("{} a day", regimen.times_per_day),
    )
    yield from (words.format(format_decimal(Decimal(n))) for words, n in amounts if n is not None)
    if regimen.when_required:
        yield "only when required"


def _titration(regimen: Regimen) -> Iterator[str]:
    amounts = (
        ("from {}", regimen.start_mg),
        ("up by {}", regimen.step_mg),
        ("to {} a day", regimen.target_mg),
    )
    yield " ".join(words.format(_mg(mg)) for words, mg in amounts if mg is not None)
    waits = (
        ("a step every {}", regimen.step_days),
        ("benefit reviewed after {}", regimen.benefit_review_days),
    )
    yield from (words.format(_days(days)) for words, days in waits if days is not None)


def _coming_down(medicine: Medicine) -> Iterator[Statement]:
    steps = medicine.titration
    if steps:
        text = (
            f"a step sooner than {_days(steps.floor_days)} is refused, sooner than "
            f"{_days(steps.usual_days)} warned about; daily steps in the first "
            f"{_days(steps.free_days)} are free"
        )
        yield Statement("Regimens", "titration pace", text, steps.citation, binds=True)
    for rule in medicine.tapers:
        name = "after a short course" if rule.after_short_course else "taper"
        yield Statement("Tapers", name, _taper(rule), rule.citation, binds=bool(rule.stages))
    pace = medicine.taper_pace
    if pace:
        blocks = pace.least_severity is Severity.BLOCK
        yield Statement("Tapers", "pace", _pace(pace), pace.citation, binds=blocks)


def _taper(rule: TaperRule) -> str:
    used = f"used from {_days(rule.used_from_days)}"
    if rule.used_below_days is not None:
        used += f" to below {_days(rule.used_below_days)}"
    stages = ", then ".join(_stage(stage) for stage in rule.stages) or "may simply stop"
    return f"{used}: {stages}. {rule.text}"


def _stage(stage: Stage) -> str:
    cut = _mg(stage.reduce_mg) if stage.reduce_mg is not None else ""
    if stage.reduce_percent is not None:
        cut = f"{format_decimal(stage.reduce_percent)} % of the {stage.basis} dose"
    words = f"every {_days(stage.every_days)} down by {cut}"
    if stage.until_mg is not None:
        words += f" until {_mg(stage.until_mg)}"
    if stage.until_percent is not None:
        words += f" until {format_decimal(stage.until_percent)} % of the dose before the taper"
    return words


def _pace(pace: TaperPace) -> str:
    words = []
    if pace.least_days is not None:
        words.append(f"{pace.least_severity}: a whole taper in under {_days(pace.least_days)}")
    if pace.step_days is not None:
        words.append(f"warn: steps closer than {_days(pace.step_days)}")
    return "; ".join(words)


def _duration(duration: Duration) -> str:
    which = {None: "", True: " when required", False: " of regular use"}[duration.when_required]
    text = with_suggestion(duration.text, duration.suggestion)
    finding = finding_words(duration.severity, duration.kind)
    return f"{finding}: over {_days(duration.over_days)}{which}. {text}"


def _mg(value: Decimal) -> str:
    return f"{format_decimal(value)} mg"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _listed(values: tuple[object, ...]) -> str:
    *most, last = [str(value) for value in values]
    return f"{', '.join(most)} and {last}" if most else last
