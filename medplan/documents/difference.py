"""What a change of formulary changes, as JSON values: rows first, then plans."""

from collections.abc import Iterable

from medplan.clinical.comparing.formularies import CourseChange, FindingChange, HeldDose, PlanChange
from medplan.documents.json_text import JsonValue
from medplan.errors import Problem
from medplan.formulary.difference import Change, Difference, FactChange, RowChange
from medplan.units import format_decimal

Document = dict[str, JsonValue]


def difference_to_document(found: Difference) -> Document:
    """The changed rows of one jurisdiction, with counts."""
    return {
        "jurisdiction": found.jurisdiction,
        "before": found.before,
        "after": found.after,
        "counts": {change.value: found.count(change) for change in Change},
        "changes": [_row(row) for row in found.changes],
    }


def plan_changes_to_document(changes: Iterable[PlanChange]) -> Document:
    """The cases whose plan changes, and how many were looked at."""
    looked_at = tuple(changes)
    return {
        "looked_at": len(looked_at),
        "changed": [_plan(change) for change in looked_at if change.changed],
    }


def _row(row: RowChange) -> Document:
    return {
        "medicine": row.key.medicine or None,
        "kind": row.key.kind,
        "id": row.key.id,
        "change": row.change.value,
        "direction": row.direction.value if row.direction else None,
        "touches": list(row.touches),
        "severity_changed": row.severity is not None,
        "source_changed": bool(row.sources),
        "facts": [_fact(fact) for fact in row.facts],
    }


def _fact(fact: FactChange) -> Document:
    direction = fact.direction.value if fact.direction else None
    return {
        "name": fact.name,
        "before": fact.before,
        "after": fact.after,
        "direction": direction,
    }


def _plan(change: PlanChange) -> Document:
    return {
        "case": change.name,
        "refused": {
            "before": _problems(change.refused_before),
            "after": _problems(change.refused_after),
        },
        "issuable": {"before": change.issuable_before, "after": change.issuable_after},
        "courses": [_course(course) for course in change.courses],
        "findings": [_finding(found) for found in change.findings],
    }


def _problems(problems: Iterable[Problem]) -> list[JsonValue]:
    return [{"pointer": p.pointer, "code": p.code, "detail": p.detail} for p in problems]


def _course(course: CourseChange) -> Document:
    return {
        "medicine": course.medicine,
        "role": course.role.value,
        "change": course.change.value,
        "what": list(course.what),
        "before": _held(course.before),
        "after": _held(course.after),
    }


def _held(doses: Iterable[HeldDose]) -> list[JsonValue]:
    return [
        [d.days.first.isoformat(), d.days.last.isoformat(), format_decimal(d.daily_mg)]
        for d in doses
    ]


def _finding(found: FindingChange) -> Document:
    return {
        "code": found.code,
        "message": found.message,
        "before": found.before.value if found.before else None,
        "after": found.after.value if found.after else None,
    }
