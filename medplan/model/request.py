"""What a prescriber asks for: the contract's request as frozen values.

A `PlanRequest` has the right shape; whether its medicines, products and regimens exist, and whether
its parts fit together, is for `clinical.resolve` to say. A patient fact of None is *unknown*.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from medplan.formulary.model import Stage
from medplan.units import Slot


@dataclass(frozen=True, slots=True)
class TakenMedicine:
    """Something the patient takes, or took until `stopped_on`: a generic name or `class:…`."""

    name: str
    stopped_on: date | None = None


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """What is known of the patient. None means unknown, an empty tuple means asked and none.

    `pregnancy_known` is true when the request answered the question; `pregnancy_weeks` is then the
    completed weeks, or None for not pregnant.
    """

    reference: str
    age_years: int
    weight_kg: Decimal | None = None
    sex: str | None = None
    egfr: int | None = None
    pregnancy_known: bool = False
    pregnancy_weeks: int | None = None
    breastfeeding: bool | None = None
    systolic: int | None = None
    diastolic: int | None = None
    alcohol_units_week: int | None = None
    smoker: bool | None = None
    conditions: tuple[str, ...] | None = None
    medicines: tuple[TakenMedicine, ...] | None = None
    allergies: tuple[str, ...] | None = None
    red_flags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Routine:
    """The patient's own clock times, in minutes of the day; None where not given."""

    morning: int | None = None
    noon: int | None = None
    evening: int | None = None
    bedtime: int | None = None
    breakfast: int | None = None


@dataclass(frozen=True, slots=True)
class DeclaredProduct:
    """A product named in a request: an id alone, or with the facts of one the formulary lacks."""

    id: str
    strength_mg: Decimal | None = None
    halves: bool | None = None
    measure_ml: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SlotDose:
    """Milligrams in one slot of the day."""

    slot: Slot
    mg: Decimal


@dataclass(frozen=True, slots=True)
class WrittenStep:
    """One row of the prescriber's own table."""

    days: int
    slots: tuple[SlotDose, ...]


@dataclass(frozen=True, slots=True)
class TaperRequest:
    """How to come down: stages in order, which slots give way first, where to stop."""

    stages: tuple[Stage, ...]
    slot_order: tuple[Slot, ...] | None = None
    floor_mg: Decimal | None = None
    ends_in: str | None = None


@dataclass(frozen=True, slots=True)
class CourseRequest:
    """One regimen of one medicine. Which fields a regimen needs is in contract section 2."""

    medicine: str
    regimen: str
    name: str | None = None
    first_day: date | None = None
    days: int | None = None
    products: tuple[DeclaredProduct, ...] | None = None
    halves: bool | None = None
    dose_mg: Decimal | None = None
    times_per_day: int | None = None
    every_hours: int | None = None
    slots: tuple[SlotDose, ...] | None = None
    when_required: bool | None = None
    max_daily_mg: Decimal | None = None
    gastroprotection: str | None = None
    laxative: str | None = None
    start_mg: Decimal | None = None
    step_mg: Decimal | None = None
    step_days: int | None = None
    target_mg: Decimal | None = None
    current: tuple[SlotDose, ...] | None = None
    used_days: int | None = None
    taper: TaperRequest | None = None
    steps: tuple[WrittenStep, ...] | None = None
    ends_in: str | None = None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A prescriber's reason for going on in spite of a major finding."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """Everything needed to make a plan; nothing else is looked up."""

    jurisdiction: str
    start: date
    time_zone: str
    indication: str
    patient: PatientFacts
    courses: tuple[CourseRequest, ...]
    routine: Routine = field(default_factory=Routine)
    acknowledged: tuple[Acknowledgement, ...] = ()
