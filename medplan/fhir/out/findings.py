"""Findings as DetectedIssues, and the reasons given for going on as their mitigation."""

from collections.abc import Mapping

from medplan.documents.json_text import JsonValue
from medplan.fhir.out.medication_requests import finding_id
from medplan.fhir.out.shown import Shown
from medplan.fhir.values import (
    OURS,
    Resource,
    concept,
    extension_of,
    identifier,
    instant,
    our_code,
    part,
    reference,
    without_nothing,
)
from medplan.formulary.model import Severity
from medplan.model.plan import Finding
from medplan.services.records.plans import Status

SEVERITIES: Mapping[Severity, str] = {
    Severity.BLOCK: "high",
    Severity.MAJOR: "high",
    Severity.WARN: "moderate",
    Severity.INFO: "low",
}


def detected_issues(shown: Shown) -> list[Resource]:
    """Every finding of a plan."""
    return [_issue(shown, index, finding) for index, finding in enumerate(shown.plan.findings, 1)]


def _issue(shown: Shown, index: int, finding: Finding) -> Resource:
    record = shown.record
    said: Resource = {
        "extension": [_facts(index, finding)],
        "identifier": [identifier(f"{OURS}:finding", finding.code)],
        "status": _status(record.status),
        "code": our_code("finding-kind", finding.kind.value),
        "severity": SEVERITIES[finding.severity],
        "patient": shown.patient(),
        "identifiedDateTime": None if record.changed_at is None else instant(record.changed_at),
        "implicated": [
            reference("MedicationRequest", asked.name)
            for asked in shown.requests
            if asked.course.medicine in finding.medicines
        ],
        "detail": finding.message,
        "mitigation": [*_mitigation(shown, finding)],
    }
    name = finding_id(shown, finding)
    return shown.opening("DetectedIssue", name) | without_nothing(said)


def _facts(index: int, finding: Finding) -> Resource:
    return extension_of(
        "finding",
        (
            part("index", "PositiveInt", index),
            part("severity", "Code", finding.severity.value),
            *(part("medicine", "String", medicine) for medicine in finding.medicines),
            part("suggestion", "String", finding.suggestion),
            *(
                part("source", "Coding", {"code": s.source, "display": s.evidence.value})
                for s in finding.sources
            ),
        ),
    )


def _mitigation(shown: Shown, finding: Finding) -> list[JsonValue]:
    if finding.acknowledged is None:
        return []
    changed = shown.record.changed_at
    author = shown.author()
    said: Resource = {
        "action": concept(text=finding.acknowledged),
        "date": None if changed is None else instant(changed),
        "author": author,
    }
    return [without_nothing(said)]


def _status(status: Status) -> str:
    if status is Status.ENTERED_IN_ERROR:
        return "entered-in-error"
    return "preliminary" if status is Status.DRAFT else "final"
