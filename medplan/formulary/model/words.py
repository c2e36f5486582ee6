"""The closed lists a formulary speaks in: one enumeration for each."""

from enum import StrEnum


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
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


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
        return Release.MODIFIED if self.startswith("mr-") else Release.IMMEDIATE


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


class Anchor(StrEnum):
    """What a medicine's clock time is counted from, where it is not simply its slot."""

    BREAKFAST = "breakfast"
    BEDTIME = "bedtime"
