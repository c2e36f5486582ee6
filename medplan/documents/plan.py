"""A plan as a JSON document: the one written form that is printed, stored and proved again.

The same plan always gives the same bytes. The keys and their order are the contract's (section 3);
beside them stand `indication`, `patient_facts`, `products` and `emergency`, without which a
stored plan could not be proved or printed alone. Reading is `plan_reading`.
"""

import json
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from medplan.documents.json_text import JsonValue, read_json
from medplan.documents.plan_reading import document_to_plan
from medplan.model.plan import (
    Check,
    Course,
    Dose,
    Finding,
    LimitFacts,
    OpioidLoad,
    Plan,
    PlanProduct,
    Step,
    Stop,
    Supply,
)
from medplan.units import format_clock, format_decimal

__all__ = ["document_to_plan", "dump_plan", "plan_to_document", "read_plan"]

Document = dict[str, JsonValue]

_MOST_PLAN_BYTES = 16 * 1024 * 1024
_HUNDREDTH = Decimal("0.01")


def dump_plan(plan: Plan) -> str:
    """The plan as canonical JSON text."""
    return json.dumps(plan_to_document(plan), ensure_ascii=False, indent=2) + "\n"


def read_plan(text: str | bytes) -> Plan:
    """The plan that canonical JSON text holds.

    Raises:
        InvalidRequestError: the text holds no plan; every problem has its JSON Pointer.
    """
    return document_to_plan(read_json(text, _MOST_PLAN_BYTES))


def plan_to_document(plan: Plan) -> Document:
    """The plan as JSON values, in the contract's order."""
    return _opening(plan) | _days(plan) | _closing(plan)


def _opening(plan: Plan) -> Document:
    return {
        "formulary": {
            "jurisdiction": plan.formulary.jurisdiction,
            "version": plan.formulary.version,
            "status": plan.formulary.status,
        },
        "indication": plan.indication,
        "start": plan.start.isoformat(),
        "end": plan.end.isoformat(),
        "time_zone": plan.time_zone,
        "patient_facts": _facts(plan.facts),
        "issuable": plan.issuable,
        "findings": [finding_to_document(f) for f in plan.findings],
    }


def _days(plan: Plan) -> Document:
    return {
        "courses": [_course(c) for c in plan.courses],
        "products": [_product(p) for p in plan.products],
        "reviews": [
            {"day": r.day.isoformat(), "medicines": list(r.medicines), "why": r.why}
            for r in plan.reviews
        ],
        "decisions": [
            {
                "day": d.day.isoformat(),
                "medicine": d.medicine,
                "options": list(d.options),
                "by": d.by,
            }
            for d in plan.decisions
        ],
        "checks": [_check(c) for c in plan.checks],
        "stops": [_stop(s) for s in plan.stops],
        "supply": [_supply(s) for s in plan.supply],
        "opioid_load": [_load(x) for x in plan.opioid_load],
    }


def _closing(plan: Plan) -> Document:
    return {
        "proof": [
            {
                "invariant": row.invariant,
                "subject": row.subject,
                "limit": row.limit,
                "worst": row.worst,
                "at": row.at,
                "holds": row.holds,
            }
            for row in plan.proof
        ],
        "self_care": list(plan.self_care),
        "red_flags": list(plan.red_flags),
        "emergency": plan.emergency,
        "sources": list(plan.sources),
    }


def _facts(facts: LimitFacts) -> Document:
    return {
        "age_years": facts.age_years,
        "weight_kg": _decimal(facts.weight_kg),
        "egfr": facts.egfr,
        "conditions": list(facts.conditions),
    }


def _product(product: PlanProduct) -> Document:
    return {
        "id": product.id,
        "medicine": product.medicine,
        "contains": [
            {"ingredient": ingredient, "mg": format_decimal(mg)}
            for ingredient, mg in product.contains
        ],
        "halves": product.halves,
        "measure_ml": _decimal(product.measure_ml),
        "declared": product.declared,
    }


def finding_to_document(finding: Finding) -> Document:
    """One finding with its sources, as plans and refusals show it."""
    return {
        "code": finding.code,
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "medicines": list(finding.medicines),
        "message": finding.message,
        "suggestion": finding.suggestion,
        "sources": [{"id": c.source, "evidence": c.evidence.value} for c in finding.sources],
        "acknowledged": finding.acknowledged,
    }


def _course(course: Course) -> Document:
    name: Document = {} if course.name is None else {"name": course.name}
    return (
        {"medicine": course.medicine}
        | name
        | {
            "regimen": course.regimen,
            "role": course.role.value,
            "covers": list(course.covers) or None,
            "first_day": course.days.first.isoformat(),
            "last_day": course.days.last.isoformat(),
            "ends_in": course.ends_in.value,
            "first_free_day": (course.days.last + timedelta(1)).isoformat(),
            "steps": [_step(s) for s in course.steps],
        }
    )


def _step(step: Step) -> Document:
    held: Document = {"held_days": step.held_days} if step.held_days else {}
    return held | {
        "phase": step.phase.value,
        "first_day": step.days.first.isoformat(),
        "last_day": step.days.last.isoformat(),
        "daily_mg": format_decimal(step.daily_mg),
        "conditional": step.conditional,
        "when_required": step.when_required,
        "max_daily_mg": _decimal(step.max_daily_mg),
        "min_interval_hours": _decimal(step.min_interval_hours),
        "asked_percent": _percent(step.asked_percent),
        "actual_percent": _percent(step.actual_percent),
        "doses": [_dose(d) for d in step.doses],
    }


def _dose(dose: Dose) -> Document:
    return {
        "at": None if dose.minute is None else format_clock(dose.minute),
        "slot": None if dose.slot is None else dose.slot.value,
        "mg": format_decimal(dose.mg),
        "products": [
            {"product": p.product, "units": format_decimal(p.units)} for p in dose.products
        ],
        "instruction": dose.instruction,
    }


def _check(check: Check) -> Document:
    return {
        "day": check.day.isoformat(),
        "medicine": check.medicine,
        "when": check.when.value,
        "items": [
            {"text": i.text, "level": i.level.value, "action": i.action} for i in check.items
        ],
    }


def _stop(stop: Stop) -> Document:
    return {
        "medicine": stop.medicine,
        "last_dose_day": stop.last_dose_day.isoformat(),
        "first_free_day": stop.first_free_day.isoformat(),
        "taper": stop.taper,
        "text": stop.text,
    }


def _supply(supply: Supply) -> Document:
    return {
        "product": supply.product,
        "units": format_decimal(supply.units),
        "from": supply.days.first.isoformat(),
        "to": supply.days.last.isoformat(),
        "packs": supply.packs,
    }


def _load(load: OpioidLoad) -> Document:
    return {
        "authority": load.authority,
        "first_day": load.days.first.isoformat(),
        "last_day": load.days.last.isoformat(),
        "ome_mg": format_decimal(load.ome_mg),
    }


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else format_decimal(value)


def _percent(value: Decimal | None) -> str | None:
    """Two decimals always, half up (contract section 4)."""
    return None if value is None else str(value.quantize(_HUNDREDTH, ROUND_HALF_UP))
