"""How a medicine's file is written, table by table.

A medicine may be spread over a shared file and its jurisdiction's own; each file is read here by
itself and becomes a `MedicinePart`. `merge.py` puts the parts together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from marshmallow import ValidationError, fields

from medplan.formulary.codes import AtcCode, Code, RxNormCode, SnomedCode, UniiCode
from medplan.formulary.model import (
    EVERYONE,
    Anchor,
    Basis,
    Citation,
    Codes,
    Duration,
    FindingKind,
    Limit,
    LimitKind,
    Regimen,
    RegimenKind,
    Release,
    ReviewRule,
    Sentence,
    Severity,
    Stage,
    TaperPace,
    TaperRule,
    Timing,
    TitrationSteps,
)
from medplan.formulary.schema_shared import (
    CitedRow,
    FileHead,
    FileRow,
    GroupRow,
    ReviewRow,
    Row,
    SentenceRow,
)
from medplan.formulary.schema_values import (
    amount,
    amounts,
    bound,
    count,
    flag,
    needed,
    optional,
    positive,
    rows,
    several,
    string,
    table,
    word,
)
from medplan.units import Slot


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product as its file says it; form and strength are still in the id."""

    id: str
    halves: bool
    measure_ml: Decimal | None
    contains: Mapping[str, Decimal] | None
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicinePart(FileHead):
    """What one file says of a medicine; None and empty where it says nothing."""

    id: str
    name: str | None
    classes: tuple[str, ...]
    ingredients: tuple[str, ...]
    purpose: Sentence | None
    advice: Sentence | None
    caution: Sentence | None
    missed_dose: Sentence | None
    driving: Sentence | None
    alcohol: Sentence | None
    timing: Timing | None
    codes: Codes | None
    product: tuple[ProductRow, ...]
    limit: tuple[Limit, ...]
    regimen: tuple[Regimen, ...]
    titration: TitrationSteps | None
    taper: tuple[TaperRule, ...]
    taper_pace: TaperPace | None
    duration: tuple[Duration, ...]
    review: ReviewRule | None


class TimingRow(CitedRow):
    """`[timing]`."""

    makes = Timing
    anchor = needed(word(Anchor))
    minutes_before = needed(positive)


def _code(system: type[Code]) -> Callable[[object], Code]:
    def read(value: object) -> Code:
        try:
            return system(string(value))
        except ValueError as error:
            raise ValidationError(str(error)) from None

    return read


class CodesRow(CitedRow):
    """`[codes]`."""

    makes = Codes
    atc = bound(_code(AtcCode))
    snomed = bound(_code(SnomedCode))
    rxnorm = bound(_code(RxNormCode))
    unii = bound(_code(UniiCode))


class ProductTable(CitedRow):
    """`[[product]]`."""

    makes = ProductRow
    id = needed(string)
    halves = optional(flag, default=False)
    measure_ml = optional(amount)
    contains = optional(amounts)


def _limit(*, finding: FindingKind | None, **row: object) -> Limit:
    """The limit; what its finding is about follows from its kind unless the row says so."""
    is_gap = row["kind"] is LimitKind.MIN_INTERVAL_HOURS
    make: Callable[..., Limit] = Limit
    return make(
        finding_kind=finding or (FindingKind.INTERVAL if is_gap else FindingKind.LIMIT), **row
    )


class LimitRow(CitedRow):
    """`[[limit]]`."""

    makes = _limit
    id = needed(string)
    kind = needed(word(LimitKind))
    value = needed(amount)
    severity = optional(word(Severity), default=Severity.BLOCK)
    finding = optional(word(FindingKind))
    release = optional(word(Release))
    regimens = several(string)
    dose_count = optional(positive)
    note = needed(string)
    suggestion = optional(string)
    group = fields.Nested(GroupRow(), load_default=EVERYONE)


class RegimenRow(CitedRow):
    """`[[regimen]]`."""

    makes = Regimen
    id = needed(string)
    kind = needed(word(RegimenKind))
    when_required = optional(flag, default=False)
    dose_mg = optional(amount)
    times_per_day = optional(positive)
    slots = several(word(Slot))
    days = optional(positive)
    products = several(string)
    start_mg = optional(amount)
    step_mg = optional(amount)
    step_days = optional(positive)
    target_mg = optional(amount)
    benefit_review_days = optional(positive)


class TitrationRow(CitedRow):
    """`[titration]`."""

    makes = TitrationSteps
    floor_days = needed(positive)
    usual_days = needed(positive)
    free_days = optional(count, default=0)


class StageRow(Row):
    """`[[taper.stage]]`."""

    makes = Stage
    every_days = needed(positive)
    reduce_mg = bound(amount)
    reduce_percent = bound(amount)
    basis = bound(word(Basis))
    until_mg = bound(amount)
    until_percent = bound(amount)


class TaperRow(CitedRow):
    """`[[taper]]`."""

    makes = TaperRule
    used_from_days = optional(count, default=0)
    used_below_days = optional(positive)
    stages = rows(StageRow, "stage")
    after_short_course = optional(flag, default=False)
    text = needed(string)


class TaperPaceRow(CitedRow):
    """`[taper_pace]`."""

    makes = TaperPace
    least_days = optional(positive)
    least_severity = optional(word(Severity))
    step_days = optional(positive)


class DurationRow(CitedRow):
    """`[[duration]]`."""

    makes = Duration
    id = needed(string)
    over_days = needed(count)
    severity = needed(word(Severity))
    kind = optional(word(FindingKind), default=FindingKind.DURATION)
    when_required = optional(flag)
    text = needed(string)
    suggestion = optional(string)


class MedicineFile(FileRow):
    """A medicine's file, shared or a jurisdiction's own."""

    makes = MedicinePart
    id = needed(string)
    name = optional(string)
    classes = several(string)
    ingredients = several(string)
    purpose = table(SentenceRow)
    advice = table(SentenceRow)
    caution = table(SentenceRow)
    missed_dose = table(SentenceRow)
    driving = table(SentenceRow)
    alcohol = table(SentenceRow)
    timing = table(TimingRow)
    codes = table(CodesRow)
    product = rows(ProductTable)
    limit = rows(LimitRow)
    regimen = rows(RegimenRow)
    titration = table(TitrationRow)
    taper = rows(TaperRow)
    taper_pace = table(TaperPaceRow)
    duration = rows(DurationRow)
    review = table(ReviewRow)
