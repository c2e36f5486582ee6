"""What a formulary says, as frozen values: one class per kind of row in its files.

Every row carries a `Citation`. Doses are milligrams per dose or per day as the field says, weights
kilograms, eGFR mL/min/1.73 m2, ages completed years. `schema.py` makes these from TOML;
`loader.py` checks them against each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from medplan.units import Slot


class Evidence(StrEnum):
    """How well a number is known, from the best grade to the weakest."""

    SEEN = "seen"
    SECONDARY = "secondary"
    UNVERIFIED = "unverified"
    DECISION = "decision"


class Severity(StrEnum):
    """What a finding asks of the prescriber; declared from the mildest up."""

    INFO = "info"
    WARN = "warn"
    MAJOR = "major"
    BLOCK = "block"

    @property
    def rank(self) -> int:
        """0 for info up to 3 for block."""
        return list(Severity).index(self)


class FindingKind(StrEnum):
    """The closed list of what a finding is about."""

    LIMIT = "limit"
    INTERVAL = "interval"
    DURATION = "duration"
    DUPLICATE = "duplicate"
    CONTRAINDICATION = "contraindication"
    CAUTION = "caution"
    INTERACTION = "interaction"
    COVER = "cover"
    RENAL = "renal"
    AGE = "age"
    PREGNANCY = "pregnancy"
    MISSING_DATA = "missing-data"
    OFF_GUIDELINE = "off-guideline"
    LEGAL = "legal"
    SUPPLY = "supply"
    TAPER = "taper"
    INFEASIBLE = "infeasible"
    RED_FLAG = "red-flag"
    UNCHECKED = "unchecked"


class Release(StrEnum):
    """How a product gives off its medicine."""

    IMMEDIATE = "immediate"
    MODIFIED = "modified"


class Form(StrEnum):
    """The forms a product may have; its id names one of them."""

    TABLET = "tablet"
    EC_TABLET = "ec-tablet"
    MR_TABLET = "mr-tablet"
    CAPSULE = "capsule"
    MR_CAPSULE = "mr-capsule"
    EC_CAPSULE = "ec-capsule"
    LIQUID = "liquid"

    @property
    def release(self) -> Release:
        """Modified for the `mr-` forms; gastro-resistant forms count as immediate."""
        return Release.MODIFIED if self.value.startswith("mr-") else Release.IMMEDIATE


class LimitKind(StrEnum):
    """What a limit bounds."""

    MAX_DAILY_MG = "max_daily_mg"
    MAX_DAILY_MG_PER_KG = "max_daily_mg_per_kg"
    MAX_SINGLE_MG = "max_single_mg"
    MIN_INTERVAL_HOURS = "min_interval_hours"
    MAX_DOSES_PER_DAY = "max_doses_per_day"


class RegimenKind(StrEnum):
    """How a regimen's days are worked out."""

    FIXED = "fixed"
    TITRATION = "titration"


class Basis(StrEnum):
    """What a percentage cut is a percentage of."""

    ORIGINAL = "original"
    CURRENT = "current"


class CheckTime(StrEnum):
    """When a side-effect check falls."""

    EARLY = "early"
    AFTER_STEP = "after-step"
    TAPER = "taper"
    DURING = "during"
    AFTER_STOP = "after-stop"


class CheckLevel(StrEnum):
    """How urgent a side effect is."""

    COMMON = "common"
    SERIOUS = "serious"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of the bibliography. `evidence` is the best grade a row citing it may claim."""

    id: str
    title: str
    publisher: str
    jurisdiction: str
    address: str
    year: str | None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Citation:
    """Where one row's numbers come from: `source` is `id` or `id#section`."""

    source: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
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
    medicine may simply stop. `required_after_course` is true where a course of that length of
    regular use gets this taper added by itself (the short-course rule of opioids).
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


class Anchor(StrEnum):
    """What a medicine's clock time is counted from, where it is not simply its slot."""

    BREAKFAST = "breakfast"
    BEDTIME = "bedtime"


@dataclass(frozen=True, slots=True)
class Timing:
    """A single daily dose taken some minutes before breakfast or bedtime."""

    anchor: Anchor
    minutes_before: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class Sentence:
    """A cited sentence for the patient or the prescriber."""

    text: str
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

    `advice` is said with each dose (food, water). `purpose` says what it is for, in plain words.
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

    @cached_property
    def product_by_id(self) -> Mapping[str, Product]:
        """The medicine's products by id."""
        return {p.id: p for p in self.products}

    @cached_property
    def regimen_by_id(self) -> Mapping[str, Regimen]:
        """The medicine's regimens by id."""
        return {r.id: r for r in self.regimens}


@dataclass(frozen=True, slots=True)
class Rule:
    """When a medicine needs a word of caution for a patient: one trigger, one finding.

    `medicines` are ids or `class:…`; the rule looks at each course of one of them. It fires when
    the patient is inside `group` and, where `takes` is not empty, takes (or gets in the plan on a
    shared day) something in one of those classes or by one of those names. `scope` narrows what
    `takes` sees: the patient's own medicines, the plan's courses, or either. `check` names one
    function of `clinical.safety` for what a box can't say. `washout_days` lets a medicine that was
    stopped count until that many days have passed. `indications` empty means any.
    `starting` rules don't look at tapers. `missing` is the severity when a fact is unknown.
    """

    id: str
    kind: FindingKind
    severity: Severity
    medicines: tuple[str, ...]
    group: PatientGroup
    takes: tuple[str, ...]
    scope: str
    washout_days: int | None
    indications: tuple[str, ...]
    regimens: tuple[str, ...]
    release: Release | None
    regular_over_days: int | None
    daily_mg_over: Decimal | None
    starting: bool
    check: str | None
    missing: Severity | None
    text: str
    suggestion: str | None
    citation: Citation


@dataclass(frozen=True, slots=True)
class MissingFact:
    """How severe it is not to know a fact that some rule or limit of a medicine needs.

    `fact` is a field of the request's patient. The first row that fits a course counts; where no
    row fits, nothing is said. `blocking_only` rows fit where the rule that lacks the fact would
    block.
    """

    fact: str
    medicines: tuple[str, ...]
    group: PatientGroup
    daily_mg_over: Decimal | None
    blocking_only: bool
    severity: Severity
    text: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One thing to look out for, in words a patient of twelve would understand."""

    text: str
    level: CheckLevel
    action: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class CheckRule:
    """A side-effect check: `days` are counted from the event that `when` names.

    early: day of the course (1 is the first). after-step: day of the new step. taper: day of the
    lowered dose. during: day of the course, then every `then_every`. after-stop: days after the
    first day without the medicine, 0 being that day.
    """

    id: str
    medicines: tuple[str, ...]
    when: CheckTime
    days: tuple[int, ...]
    then_every: int | None
    items: tuple[CheckItem, ...]
    citation: Citation


@dataclass(frozen=True, slots=True)
class CoMedicine:
    """A medicine a patient may already take. No classes: known, and no rule here."""

    name: str
    classes: tuple[str, ...]
    generic: str | None


@dataclass(frozen=True, slots=True)
class OpioidFactor:
    """mg of oral morphine for each mg of the medicine, by one authority."""

    medicine: str
    authority: str
    factor: Decimal
    borrowed: bool
    citation: Citation


@dataclass(frozen=True, slots=True)
class LoadThreshold:
    """A finding when the day's summed opioid load is at or over `ome_mg`."""

    ome_mg: Decimal
    severity: Severity
    text: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class RiskFactor:
    """One count towards the gastroprotection band; `any_of` groups or classes make it up."""

    id: str
    text: str
    groups: tuple[PatientGroup, ...]
    takes: tuple[str, ...]
    high_alone: bool
    citation: Citation


@dataclass(frozen=True, slots=True)
class Gastroprotection:
    """When an NSAID gets a PPI and which one (clinical notes, gastroprotection bands)."""

    risk_factors: tuple[RiskFactor, ...]
    long_course_over_days: int
    high_dose_over_mg: Mapping[str, Decimal]
    high_from_factors: int
    preferred: str
    alternative: str
    against_preferred: tuple[str, ...]
    step_down_over_days: int
    step_down_days: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class LaxativeCover:
    """Which laxative goes with a regular opioid, from which length, and when not."""

    medicine: str
    over_days: int
    days_after: int
    conditions_against: tuple[str, ...]
    citation: Citation


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The closed lists a request may use."""

    indications: tuple[str, ...]
    conditions: tuple[str, ...]
    allergies: tuple[str, ...]
    red_flags: tuple[str, ...]
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """What every plan prints for its country."""

    emergency: Sentence
    self_care: tuple[Sentence, ...]
    red_flags: tuple[Sentence, ...]


@dataclass(frozen=True)
class Formulary:
    """Everything medplan knows for one jurisdiction. `version` is a hash of the files read."""

    jurisdiction: str
    version: str
    status: str
    medicines: Mapping[str, Medicine]
    rules: tuple[Rule, ...]
    checks: tuple[CheckRule, ...]
    co_medicines: Mapping[str, CoMedicine]
    vocabulary: Vocabulary
    sources: Mapping[str, Source]
    opioid_factors: tuple[OpioidFactor, ...]
    load_authority: str
    load_thresholds: tuple[LoadThreshold, ...]
    gastroprotection: Gastroprotection
    laxative: LaxativeCover
    advice: Advice
    plan_review: ReviewRule = field(kw_only=True)
    missing_facts: tuple[MissingFact, ...] = field(kw_only=True, default=())

    @cached_property
    def rules_by_medicine(self) -> Mapping[str, tuple[Rule, ...]]:
        """The rules that look at each medicine, in file order."""
        return {
            m.id: tuple(r for r in self.rules if names_medicine(r.medicines, m))
            for m in self.medicines.values()
        }

    @cached_property
    def checks_by_medicine(self) -> Mapping[str, tuple[CheckRule, ...]]:
        """The side-effect checks of each medicine, in file order."""
        return {
            m.id: tuple(c for c in self.checks if names_medicine(c.medicines, m))
            for m in self.medicines.values()
        }


def names_medicine(names: tuple[str, ...], medicine: Medicine) -> bool:
    """Whether a list of ids, `class:…` entries or `any` includes the medicine."""
    return (
        "any" in names
        or medicine.id in names
        or any(f"class:{c}" in names for c in medicine.classes)
    )
