"""What a medicine means for some patients: rules, missing facts and side-effect checks."""

from dataclasses import dataclass
from decimal import Decimal

from medplan.formulary.model.citing import Citation
from medplan.formulary.model.medicine import PatientGroup
from medplan.formulary.model.words import CheckLevel, CheckTime, FindingKind, Release, Severity


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

    @property
    def for_everyone(self) -> bool:
        """Whether it is about the patient, whatever is prescribed."""
        return "any" in self.medicines


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
