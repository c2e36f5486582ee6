"""When a medicine needs another beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from medplan.formulary.model.citing import Citation
from medplan.formulary.model.medicine import PatientGroup


@dataclass(frozen=True, slots=True)
class RiskFactor:
    """One count towards the gastroprotection band, by any of its groups or of what is taken.

    `high_alone` puts a patient in the high band by itself.
    """

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
