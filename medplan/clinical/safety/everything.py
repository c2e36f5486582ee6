"""Every safety check, in one list, and how tapers are spared."""

from collections.abc import Iterable
from dataclasses import replace

from medplan.clinical.findings import one_of_each
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
    tapering = _only_tapering(planned)
    return one_of_each(_spared(f, tapering) for f in everything)


def _only_tapering(planned: Planned) -> frozenset[str]:
    tapers = {d.course.medicine for d in planned.prescribed if d.resolved.is_taper}
    return frozenset(
        tapers - {d.course.medicine for d in planned.prescribed if not d.resolved.is_taper}
    )


def _spared(found: Finding, tapering: frozenset[str]) -> Finding:
    if found.severity is not Severity.BLOCK or found.kind in _NEVER_SPARED:
        return found
    about_the_patient = found.code.partition(":")[0] == _ABOUT_THE_PATIENT
    subject = found.medicines[0] if found.medicines else ""
    if about_the_patient or subject not in tapering:
        return found
    return replace(found, severity=Severity.MAJOR)
