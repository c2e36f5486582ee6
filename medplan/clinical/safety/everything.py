"""Every safety check, in one list, and how tapers are spared."""

from collections.abc import Iterable
from dataclasses import replace

from medplan.clinical.findings import one_clock_change, one_of_each
from medplan.clinical.safety.context import Planned
from medplan.clinical.safety.courses import course_findings
from medplan.clinical.safety.limits import limit_findings
from medplan.clinical.safety.plan_wide import plan_findings
from medplan.clinical.safety.rules import rule_findings
from medplan.formulary.model import FindingKind, Severity
from medplan.model.plan import Finding

_NEVER_SPARED = (FindingKind.INFEASIBLE, FindingKind.RED_FLAG)
_ABOUT_THE_PATIENT = "AGE18"


def safety_findings(planned: Planned, found: Iterable[Finding]) -> tuple[Finding, ...]:
    """What planning found already and every safety check's findings, each code once.

    Someone who takes a medicine must be able to come down from it: for a medicine whose courses
    are all tapers, findings that would block are major (contract section 5).
    """
    everything = (
        *found,
        *limit_findings(planned),
        *course_findings(planned),
        *rule_findings(planned),
        *plan_findings(planned),
    )
    medicines = frozenset(d.course.medicine for d in planned.prescribed)
    started = frozenset(d.course.medicine for d in planned.prescribed if not d.resolved.is_taper)
    return one_of_each(_spared(f, medicines, started) for f in one_clock_change(everything))


def _spared(found: Finding, planned: frozenset[str], started: frozenset[str]) -> Finding:
    """The finding as it is for somebody who comes down from every medicine it is about."""
    if found.severity is not Severity.BLOCK or found.kind in _NEVER_SPARED:
        return found
    concerned = planned & set(found.medicines)
    about_the_patient = found.code.partition(":")[0] == _ABOUT_THE_PATIENT
    if about_the_patient or not concerned or concerned & started:
        return found
    return replace(found, severity=Severity.MAJOR)
