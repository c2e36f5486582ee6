"""A finished plan as frozen values, field for field the contract's JSON (section 3).

Days are inclusive at both ends; clock times are minutes of the day in the plan's own zone; doses
are milligrams. A plan is never changed: acts make a new one.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from medplan.formulary.model import CheckLevel, CheckTime, Citation, FindingKind, Severity
from medplan.units import Days, Slot


class Role(StrEnum):
    """Why a course is in the plan."""

    PRESCRIBED = "prescribed"
    GASTROPROTECTION = "gastroprotection"
    LAXATIVE = "laxative"


class Phase(StrEnum):
    """What a step is doing."""

    FIXED = "fixed"
    TITRATION = "titration"
    MAINTENANCE = "maintenance"
    TAPER = "taper"


class EndsIn(StrEnum):
    """What follows a course's last day."""

    STOP = "stop"
    REVIEW = "review"
    CONTINUES = "continues"


@dataclass(frozen=True, slots=True)
class ProductUnits:
    """How many units (tablets, capsules, mL) of one product make up part of a dose."""

    product: str
    units: Decimal


@dataclass(frozen=True, slots=True)
class Dose:
    """An amount taken at one time of day, on every day of its step.

    `minute` is the minute of the day, None for a when-required dose. `products` is empty only in a
    plan that an `infeasible` finding blocks.
    """

    minute: int | None
    slot: Slot | None
    mg: Decimal
    products: tuple[ProductUnits, ...]
    instruction: str


@dataclass(frozen=True, slots=True)
class Step:
    """One held daily dose (FHIR Dosage.sequence). `daily_mg` of a when-required step is the most
    that may be taken in a day. `min_interval_hours` is the least gap between two doses. `held_days`
    of its last days were added by a hold; resuming takes them back."""

    phase: Phase
    days: Days
    daily_mg: Decimal
    conditional: bool
    when_required: bool
    max_daily_mg: Decimal | None
    min_interval_hours: Decimal | None
    asked_percent: Decimal | None
    actual_percent: Decimal | None
    doses: tuple[Dose, ...]
    held_days: int = 0


@dataclass(frozen=True)
class Course:
    """One regimen of one medicine, dated. `steps` tile `days` without gap or overlap.

    `medicine` is `unlisted` with a `name` for a medicine the formulary lacks. `covers` lists the
    medicines that a companion course (a PPI, a laxative) is there for.
    """

    medicine: str
    name: str | None
    regimen: str
    role: Role
    covers: tuple[str, ...]
    ends_in: EndsIn
    steps: tuple[Step, ...]

    @cached_property
    def days(self) -> Days:
        """From the first day with a dose to the last."""
        return Days(self.steps[0].days.first, self.steps[-1].days.last)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the prescriber should know. `code` is `rule:medicine[:day]`, unique in a plan.

    `acknowledged` is the prescriber's reason, once given.
    """

    code: str
    kind: FindingKind
    severity: Severity
    medicines: tuple[str, ...]
    message: str
    suggestion: str | None
    sources: tuple[Citation, ...]
    acknowledged: str | None = None

    @property
    def open(self) -> bool:
        """Whether it still keeps the plan from being issued."""
        return self.severity is Severity.BLOCK or (
            self.severity is Severity.MAJOR and self.acknowledged is None
        )


@dataclass(frozen=True, slots=True)
class Review:
    """A day on which the prescriber looks again."""

    day: date
    medicines: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A day on which somebody decides whether a titration goes up."""

    day: date
    medicine: str
    options: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One thing to look out for and what to do about it."""

    text: str
    level: CheckLevel
    action: str


@dataclass(frozen=True, slots=True)
class Check:
    """A day on which the patient looks for side effects of one medicine."""

    day: date
    medicine: str
    when: CheckTime
    items: tuple[ChecklistItem, ...]


@dataclass(frozen=True, slots=True)
class Stop:
    """The end of a course. `taper` is `built` when the plan came down step by step."""

    medicine: str
    last_dose_day: date
    first_free_day: date
    taper: str
    text: str


@dataclass(frozen=True, slots=True)
class Supply:
    """Units of one product needed over some days; the sum of every dose."""

    product: str
    units: Decimal
    days: Days
    packs: int | None = None


@dataclass(frozen=True, slots=True)
class OpioidLoad:
    """Oral morphine equivalent per day, by one authority, over days on which it is the same."""

    authority: str
    days: Days
    ome_mg: Decimal


@dataclass(frozen=True, slots=True)
class ProofRow:
    """One invariant of one subject with its worst value and when that occurs."""

    invariant: str
    subject: str
    limit: str
    worst: str
    at: str
    holds: bool


@dataclass(frozen=True, slots=True)
class FormularyRef:
    """Which formulary a plan was made from."""

    jurisdiction: str
    version: str
    status: str


@dataclass(frozen=True, slots=True)
class LimitFacts:
    """The patient facts that limits depend on, kept with the plan so that a stored plan can be
    proved again. It holds nothing that says who the patient is."""

    age_years: int
    weight_kg: Decimal | None
    egfr: int | None
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanProduct:
    """What a plan must remember of a product to be proved without the request: mg per unit of each
    ingredient, whether it may be halved, and how finely a liquid is measured."""

    id: str
    medicine: str
    contains: tuple[tuple[str, Decimal], ...]
    halves: bool
    measure_ml: Decimal | None
    declared: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Every dose on its day, every stop, review and decision, and the proof of it all."""

    formulary: FormularyRef
    indication: str
    start: date
    end: date
    time_zone: str
    facts: LimitFacts
    products: tuple[PlanProduct, ...]
    issuable: bool
    findings: tuple[Finding, ...]
    courses: tuple[Course, ...]
    reviews: tuple[Review, ...]
    decisions: tuple[Decision, ...]
    checks: tuple[Check, ...]
    stops: tuple[Stop, ...]
    supply: tuple[Supply, ...]
    opioid_load: tuple[OpioidLoad, ...]
    proof: tuple[ProofRow, ...]
    self_care: tuple[str, ...]
    red_flags: tuple[str, ...]
    emergency: str
    sources: tuple[str, ...]
