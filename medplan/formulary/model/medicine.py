"""One medicine in one jurisdiction: its products, limits, regimens and tapers.

Doses are milligrams per dose or per day as the field says, weights kilograms, eGFR
mL/min/1.73 m2, ages completed years.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import cached_property

from medplan.formulary.model.citing import Citation, Sentence
from medplan.formulary.model.words import (
    Anchor,
    Basis,
    FindingKind,
    Form,
    LimitKind,
    RegimenKind,
    Release,
    Severity,
)
from medplan.units import Slot


@dataclass(frozen=True)
class PatientGroup:
    """A box in the space of patient facts; a patient is inside when every bound given holds.

    `from` bounds are inclusive, `below` bounds exclusive. Lists hold when any entry is present.
    `pressure_over` holds when either the systolic or the diastolic value is above its bound.
    """

    age_from: int | None = None
    age_below: int | None = None
    weight_from_kg: Decimal | None = None
    weight_below_kg: Decimal | None = None
    egfr_from: int | None = None
    egfr_below: int | None = None
    pregnancy_from_week: int | None = None
    pregnancy_below_week: int | None = None
    breastfeeding: bool | None = None
    smoker: bool | None = None
    alcohol_units_over: int | None = None
    pressure_over: tuple[int, int] | None = None
    sex: str | None = None
    conditions: tuple[str, ...] = ()
    allergies: tuple[str, ...] = ()
    red_flags: tuple[str, ...] = ()

    @cached_property
    def bounded(self) -> tuple[str, ...]:
        """The names of the bounds that are given; most groups give one of them."""
        given = ((f.name, getattr(self, f.name)) for f in fields(self))
        return tuple(name for name, value in given if value not in (None, ()))


EVERYONE = PatientGroup()


@dataclass(frozen=True, slots=True)
class Product:
    """One strength of one form (a dm+d VMP). A unit is one tablet, one capsule or one mL.

    `contains` gives mg of each ingredient in a unit; `strength_mg` is the first ingredient's.
    `measure_ml` is the smallest volume a liquid is measured in; None for solids.
    `declared` is true for a product that a request brought with it.
    """

    id: str
    medicine: str
    form: Form
    strength_mg: Decimal
    contains: Mapping[str, Decimal]
    halves: bool
    measure_ml: Decimal | None
    citation: Citation | None
    declared: bool = False

    @property
    def release(self) -> Release:
        """Whether the product is modified-release."""
        return self.form.release


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound on one ingredient for one group of patients.

    `release` None counts every dose of the ingredient; otherwise only doses of that release.
    `regimens` empty means every regimen. `dose_count` bounds an interval row to courses with that
    many doses a day (an NSAID's label gap may depend on how often it is taken).
    """

    id: str
    kind: LimitKind
    value: Decimal
    severity: Severity
    group: PatientGroup
    release: Release | None
    regimens: tuple[str, ...]
    dose_count: int | None
    finding_kind: FindingKind
    note: str
    suggestion: str | None
    citation: Citation


@dataclass(frozen=True, slots=True)
class Stage:
    """One stretch of a taper (contract section 4): a cut every `every_days` days.

    Exactly one of `reduce_mg` and `reduce_percent` is set, `basis` with the percentage. The stage
    ends at `until_mg`, or at `until_percent` of the dose before the taper; the last has neither.
    """

    every_days: int
    reduce_mg: Decimal | None = None
    reduce_percent: Decimal | None = None
    basis: Basis | None = None
    until_mg: Decimal | None = None
    until_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TitrationSteps:
    """How fast a medicine may go up.

    A step closer than `floor_days` is refused, one closer than `usual_days` is warned about. Steps
    that begin within the first `free_days` days of the course may come daily (a label's start).
    """

    floor_days: int
    usual_days: int
    free_days: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class Regimen:
    """A named recipe. Amounts are mg per dose (fixed) or mg per day (titration)."""

    id: str
    kind: RegimenKind
    when_required: bool
    dose_mg: Decimal | None
    times_per_day: int | None
    slots: tuple[Slot, ...]
    days: int | None
    products: tuple[str, ...]
    start_mg: Decimal | None
    step_mg: Decimal | None
    step_days: int | None
    target_mg: Decimal | None
    benefit_review_days: int | None
    citation: Citation


@dataclass(frozen=True, slots=True)
class TaperRule:
    """How a medicine is brought down when the request does not say.

    Holds from `used_from_days` days of use (to below `used_below_days`). `stages` empty means the
    medicine may simply stop. `after_short_course` rows are added by themselves behind a regular
    course of that many full-dose days (the short-course rule of opioids).
    """

    used_from_days: int
    used_below_days: int | None
    stages: tuple[Stage, ...]
    after_short_course: bool
    text: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class TaperPace:
    """How fast a taper of this medicine may be: a whole taper in fewer than `least_days` days is
    `least_severity`, steps closer than `step_days` are warned about."""

    least_days: int | None
    least_severity: Severity | None
    step_days: int | None
    citation: Citation


@dataclass(frozen=True, slots=True)
class Duration:
    """A course longer than `over_days` days is a finding. Taper courses are exempt."""

    id: str
    over_days: int
    severity: Severity
    kind: FindingKind
    when_required: bool | None
    text: str
    suggestion: str | None
    citation: Citation


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """When to look again. A course of at most `last_day_up_to` days is reviewed on its last day;
    a longer one on each of `days` (day 1 is the first), then every `then_every` days."""

    days: tuple[int, ...]
    then_every: int | None
    last_day_up_to: int | None
    text: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Timing:
    """A single daily dose taken some minutes before breakfast or bedtime."""

    anchor: Anchor
    minutes_before: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes of the substance in other systems; None where none was seen."""

    atc: str | None = None
    snomed: str | None = None
    rxnorm: str | None = None
    unii: str | None = None
    citation: Citation | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """Who checked a file, when, and until when it holds. Absent while a file is a draft."""

    by: str
    on: date
    due: date


@dataclass(frozen=True)
class Medicine:
    """One medicine (dm+d VTM) in one jurisdiction.

    `advice` is said with each dose (food, water), `caution` besides it wherever there is room.
    `purpose` says what it is for, in plain words.
    """

    id: str
    name: str
    jurisdiction: str
    classes: tuple[str, ...]
    ingredients: tuple[str, ...]
    status: str
    signature: Signature | None
    codes: Codes
    purpose: Sentence
    advice: Sentence
    missed_dose: Sentence
    driving: Sentence | None
    alcohol: Sentence | None
    timing: Timing | None
    products: tuple[Product, ...]
    limits: tuple[Limit, ...]
    regimens: tuple[Regimen, ...]
    titration: TitrationSteps | None
    tapers: tuple[TaperRule, ...]
    taper_pace: TaperPace | None
    durations: tuple[Duration, ...]
    review: ReviewRule | None
    caution: Sentence | None = None

    @property
    def instruction(self) -> str:
        """All that is said of how to take it."""
        return (
            self.advice.text if self.caution is None else f"{self.advice.text} {self.caution.text}"
        )

    @cached_property
    def product_by_id(self) -> Mapping[str, Product]:
        """The medicine's products by id."""
        return {p.id: p for p in self.products}

    @cached_property
    def regimen_by_id(self) -> Mapping[str, Regimen]:
        """The medicine's regimens by id."""
        return {r.id: r for r in self.regimens}
