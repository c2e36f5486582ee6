"""What may be done to an issued plan, as frozen values.

Every act names the day from which it holds; what lies before stays as it was issued.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from medplan.model.plan import Plan
from medplan.model.request import PlanRequest, SlotDose


class Choice(StrEnum):
    """What is decided when a titration could go up."""

    INCREASE = "increase"
    STAY = "stay"
    STEP_BACK = "step-back"
    STOP = "stop"


class StopTaper(StrEnum):
    """Whether stopping builds the taper that the medicine needs."""

    AUTO = "auto"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Issued:
    """A plan in force and the request it answers, course for course in the same order."""

    request: PlanRequest
    plan: Plan


@dataclass(frozen=True, slots=True)
class Amend:
    """Go on by another request from `effective`."""

    effective: date
    request: PlanRequest


@dataclass(frozen=True, slots=True)
class Stop:
    """End one medicine, or all (None), by its taper where it needs one."""

    effective: date
    medicine: str | None
    taper: StopTaper = StopTaper.AUTO


@dataclass(frozen=True, slots=True)
class Hold:
    """Stay at the present dose: later steps of tapers and titrations move `days` days on."""

    effective: date
    days: int = 28
    medicine: str | None = None


@dataclass(frozen=True, slots=True)
class Resume:
    """End a hold: the next step begins on `effective`, but no earlier than without the hold.

    On the `missed_days` before it nothing was taken.
    """

    effective: date
    medicine: str | None = None
    missed_days: int = 0


@dataclass(frozen=True, slots=True)
class Resync:
    """Go on from what is really taken from `effective` on: an amount by slot, or a day's total.

    Only downwards. Nothing at all ends the medicine.
    """

    effective: date
    medicine: str
    taking: tuple[SlotDose, ...] | Decimal


@dataclass(frozen=True, slots=True)
class Decide:
    """Answer a titration's decision on its day or later."""

    effective: date
    medicine: str
    choice: Choice


Act = Amend | Stop | Hold | Resume | Resync | Decide
