"""A comparison of plans as JSON values, in the order in which the plans were given."""

from decimal import Decimal

from medplan.clinical.comparing.side_by_side import (
    ComparedCourse,
    ComparedFinding,
    ComparedLoad,
    Comparison,
    Side,
)
from medplan.clinical.taper.cuts import MadeCut
from medplan.documents.json_text import JsonValue
from medplan.formulary.model import Severity
from medplan.model.plan import OpioidLoad
from medplan.units import format_decimal

Document = dict[str, JsonValue]


def comparison_to_document(comparison: Comparison) -> Document:
    """The plans, then where their findings differ, then the findings that all have alike."""
    return {
        "plans": [_side(side) for side in comparison.sides],
        "findings_that_differ": [_finding(found) for found in comparison.differing],
        "findings_in_all": [found.code for found in comparison.shared],
    }


def _side(side: Side) -> Document:
    return {
        "name": side.name,
        "jurisdiction": side.jurisdiction,
        "issuable": side.issuable,
        "start": side.start.isoformat(),
        "end": side.end.isoformat(),
        "days": (side.end - side.start).days + 1,
        "steps": side.steps,
        "biggest_cut": _cut(side.biggest_cut),
        "courses": [_course(course) for course in side.courses],
        "supply": [{"product": s.product, "units": format_decimal(s.units)} for s in side.supply],
        "opioid_load": [_load(load) for load in side.opioid_load],
        "findings": {str(severity): side.count(severity) for severity in reversed(Severity)},
    }


def _course(course: ComparedCourse) -> Document:
    name: Document = {} if course.name is None else {"name": course.name}
    return (
        {"medicine": course.medicine}
        | name
        | {
            "regimen": course.regimen,
            "first_day": course.days.first.isoformat(),
            "last_day": course.days.last.isoformat(),
            "ends_in": course.ends_in.value,
            "steps": course.steps,
            "biggest_cut": _cut(course.biggest_cut),
        }
    )


def _cut(cut: MadeCut | None) -> Document | None:
    if cut is None:
        return None
    name: Document = {} if cut.name is None else {"name": cut.name}
    return (
        {"medicine": cut.medicine}
        | name
        | {
            "day": cut.day.isoformat(),
            "original_mg": format_decimal(cut.original_mg),
            "from_mg": format_decimal(cut.from_mg),
            "to_mg": format_decimal(cut.to_mg),
            "asked_mg": None if cut.asked_mg is None else format_decimal(cut.asked_mg),
            "asked_percent": _percent(cut.asked_percent),
            "actual_mg": format_decimal(cut.actual_mg),
            "actual_percent": _percent(cut.actual_percent),
            "forced": cut.forced,
        }
    )


def _load(load: ComparedLoad) -> Document:
    return {"authority": load.authority, "peak": _run(load.peak), "runs": [*map(_run, load.runs)]}


def _run(run: OpioidLoad) -> Document:
    return {
        "first_day": run.days.first.isoformat(),
        "last_day": run.days.last.isoformat(),
        "ome_mg": format_decimal(run.ome_mg),
    }


def _finding(found: ComparedFinding) -> Document:
    return {
        "code": found.code,
        "kind": found.kind.value,
        "message": found.message,
        "plans": [
            None if severity is None else {"severity": severity.value, "open": is_open}
            for severity, is_open in zip(found.severities, found.open, strict=True)
        ],
    }


def _percent(value: Decimal | None) -> str | None:
    """Two decimals always, as in a plan."""
    return None if value is None else str(value)
