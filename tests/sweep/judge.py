"""What must be true of every plan, whoever the patient is and whatever was asked for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from medplan.formulary.model import Formulary, Severity
from medplan.model.plan import Plan, ProofRow
from medplan.model.request import Acknowledgement, PatientFacts, PlanRequest
from medplan.proof.rows import Invariant
from medplan.services.planning import plan_and_prove

_REASON = "An invented reason for an invented patient."


@dataclass(frozen=True, slots=True)
class Judged:
    """One plan judged. `warned` are the rules that speak at warn or above."""

    outcome: str
    warned: frozenset[str]
    faults: tuple[str, ...]


def judge(request: PlanRequest, patient: PatientFacts, formulary: Formulary) -> Judged:
    """Plan the request for the patient, then again with every major finding acknowledged."""
    asked = replace(request, patient=patient)
    try:
        plan = plan_and_prove(asked, formulary)
        agreed = _agreed(asked, plan, formulary)
    except Exception as error:  # noqa: BLE001 # a sweep reports every crash and goes on
        return Judged("crashed", frozenset(), (f"crash: {type(error).__name__}: {error}",))
    faults = (*_faults(plan), *(f"agreed: {fault}" for fault in _faults(agreed)))
    return Judged(_outcome(plan, agreed), _warned(plan), faults)


def _agreed(request: PlanRequest, plan: Plan, formulary: Formulary) -> Plan:
    majors = [f.code for f in plan.findings if f.severity is Severity.MAJOR]
    if not majors or any(f.severity is Severity.BLOCK for f in plan.findings):
        return plan
    given = tuple(Acknowledgement(code, _REASON) for code in majors)
    return plan_and_prove(replace(request, acknowledged=given), formulary)


def _outcome(plan: Plan, agreed: Plan) -> str:
    if plan.issuable:
        return "issuable"
    return "issuable once acknowledged" if agreed.issuable else "not issuable"


def _warned(plan: Plan) -> frozenset[str]:
    loud = (f for f in plan.findings if f.severity.rank >= Severity.WARN.rank)
    return frozenset(f.code.partition(":")[0] for f in loud)


def _faults(plan: Plan) -> Iterator[str]:
    failing = [row for row in plan.proof if not row.holds]
    if not plan.proof:
        yield "there is no proof"
    if plan.issuable and failing:
        yield f"issuable although {_words(failing[0])}"
    if not plan.issuable and not any(found.open for found in plan.findings):
        yield f"not issuable and no finding says why; {_words(failing[0]) if failing else ''}"
    for row in failing:
        if row.invariant != Invariant.ISSUABLE and not _said(row, plan):
            yield f"no block or major finding about {_words(row)}"


def _said(row: ProofRow, plan: Plan) -> bool:
    """Whether a finding that stops the plan names what the failing row is about."""
    return any(
        row.subject in found.medicines or any(row.subject.startswith(m) for m in found.medicines)
        for found in plan.findings
        if found.severity.rank >= Severity.MAJOR.rank
    )


def _words(row: ProofRow) -> str:
    return f"{row.invariant} of {row.subject} fails ({row.worst} for {row.limit})"
