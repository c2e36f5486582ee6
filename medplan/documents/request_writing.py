"""A request as a JSON document: what `request` reads back as the same value.

What says nothing (None) is left out, except where null itself says something: a pregnancy that was
asked for and is none.
"""

import json
from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from decimal import Decimal

from medplan.documents.json_text import JsonValue
from medplan.formulary.model import Stage
from medplan.model.request import (
    CourseRequest,
    DeclaredProduct,
    PatientFacts,
    PlanRequest,
    Routine,
    SlotDose,
    TakenMedicine,
    TaperRequest,
    WrittenStep,
)
from medplan.units import Slot, format_clock, format_decimal

Document = dict[str, JsonValue]
_Field = (
    bool
    | int
    | str
    | Decimal
    | date
    | TaperRequest
    | tuple[str | Slot | TakenMedicine | DeclaredProduct | SlotDose | WrittenStep | Stage, ...]
    | None
)


def dump_request(request: PlanRequest) -> str:
    """The request as JSON text."""
    return json.dumps(request_to_document(request), ensure_ascii=False, indent=2) + "\n"


def request_to_document(request: PlanRequest) -> Document:
    """The request as JSON values."""
    document: Document = {
        "jurisdiction": request.jurisdiction,
        "start": request.start.isoformat(),
        "time_zone": request.time_zone,
        "indication": request.indication,
        "patient": _patient(request.patient),
        "courses": [_course(course) for course in request.courses],
    }
    routine = _routine(request.routine)
    if routine:
        document["routine"] = routine
    if request.acknowledged:
        document["acknowledged"] = [
            {"code": a.code, "reason": a.reason} for a in request.acknowledged
        ]
    return document


def _patient(patient: PatientFacts) -> Document:
    document = _members(patient, {"pregnancy_known", "pregnancy_weeks"})
    if patient.pregnancy_known:
        document["pregnancy_weeks"] = patient.pregnancy_weeks
    return document


def _routine(routine: Routine) -> Document:
    times = ((f.name, getattr(routine, f.name)) for f in fields(routine))
    return {name: format_clock(minute) for name, minute in times if minute is not None}


def _course(course: CourseRequest) -> Document:
    document = _members(course, {"current"})
    if course.current is not None:
        document["current"] = {"slots": _slots(course.current)}
    return document


def _members(
    value: PatientFacts | CourseRequest | TaperRequest | Stage | DeclaredProduct,
    besides: Iterable[str] = (),
) -> Document:
    """The fields of a value that say something, by name."""
    named = ((f.name, getattr(value, f.name)) for f in fields(value))
    left_out = {*besides}
    return {
        name: _written(found) for name, found in named if found is not None and name not in left_out
    }


def _written(value: _Field) -> JsonValue:
    if isinstance(value, Decimal):
        return format_decimal(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, TaperRequest):
        return _members(value)
    if isinstance(value, tuple):
        slots = [dose for dose in value if isinstance(dose, SlotDose)]
        return _slots(slots) if slots else [_item(item) for item in value]
    return value


def _item(
    item: str | Slot | TakenMedicine | DeclaredProduct | SlotDose | WrittenStep | Stage,
) -> JsonValue:
    if isinstance(item, TakenMedicine):
        stopped = item.stopped_on
        return item.name if stopped is None else _stopped(item.name, stopped)
    if isinstance(item, DeclaredProduct):
        facts = _members(item)
        return item.id if facts.keys() == {"id"} else facts
    if isinstance(item, WrittenStep):
        return {"days": item.days, "slots": _slots(item.slots)}
    if isinstance(item, Stage):
        return _members(item)
    return item.value if isinstance(item, Slot) else str(item)


def _stopped(name: str, day: date) -> Document:
    return {"name": name, "stopped_on": day.isoformat()}


def _slots(doses: Iterable[SlotDose]) -> Document:
    return {dose.slot.value: format_decimal(dose.mg) for dose in doses}
