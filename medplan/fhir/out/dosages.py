"""The dosage instructions of one product in one course.

A step is a sequence number: the same number means at the same time, the next one after it. Clock
times stand in `timeOfDay`; a when-required dose has `frequency` and `period` instead, never both.
Each dose says its milligrams (ordered) and its units (calculated) of this product alone, so the
sum over a course's products is the whole dose.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from medplan.documents.json_text import JsonValue
from medplan.fhir.dose_text import dosage_text
from medplan.fhir.out.shown import CourseProduct, Shown
from medplan.fhir.packs import Code
from medplan.fhir.values import (
    TERMINOLOGY,
    Resource,
    coding,
    concept,
    extension,
    extension_of,
    milligrams,
    part,
    period,
    quantity,
    without_nothing,
)
from medplan.formulary.product_id import ProductId, parse_product_id
from medplan.model.plan import Dose, Step
from medplan.units import Slot, format_clock
from medplan.wording.amounts import mg_text
from medplan.wording.names import medicine_key

SLOT_CODES = {Slot.MORNING: "MORN", Slot.NOON: "NOON", Slot.EVENING: "EVE", Slot.BEDTIME: "HS"}
_ROUTE = concept(coding(f"{TERMINOLOGY}/v3-RouteOfAdministration", "PO"), text="by mouth")
_METHOD = concept(text="Take")
_DAY_HOURS = 24


@dataclass(frozen=True, slots=True)
class _Share:
    """What one product adds to a dose; `units` None where no product makes it. `place` is the
    product's among those of a dose that takes several."""

    dose: Dose
    units: Decimal | None
    mg: Decimal
    place: int | None = None


def dosages(shown: Shown, asked: CourseProduct) -> list[JsonValue]:
    """Every dosage instruction of this product, step after step."""
    return [
        _dosage(shown, asked, sequence, step, alike)
        for sequence, step in enumerate(asked.course.steps, 1)
        for alike in _alike(_shares(asked, step))
    ]


def unit_of(shown: Shown, asked: CourseProduct) -> Code:
    """What this product is counted in."""
    return shown.pack.units[_named(asked).form]


def _named(asked: CourseProduct) -> ProductId:
    """What the product's id says; it begins with the medicine, or with an unlisted one's name."""
    return parse_product_id(asked.product or "", medicine_key(asked.course))


def _shares(asked: CourseProduct, step: Step) -> Iterator[_Share]:
    for dose in step.doses:
        if asked.product is None and not dose.products:
            yield _Share(dose, None, dose.mg)
        several = len(dose.products) > 1
        for place, used in enumerate(dose.products, 1):
            if used.product == asked.product:
                mg = used.units * _named(asked).strengths_mg[0]
                yield _Share(dose, used.units, mg, place if several else None)


def _alike(shares: Iterator[_Share]) -> list[list[_Share]]:
    """Doses of the same amount with the same instruction are one instruction at several times."""
    groups: dict[tuple[Decimal | None, int | None, Decimal, str], list[_Share]] = {}
    for share in shares:
        key = (share.units, share.place, share.dose.mg, share.dose.instruction)
        groups.setdefault(key, []).append(share)
    return list(groups.values())


def _dosage(
    shown: Shown, asked: CourseProduct, sequence: int, step: Step, alike: list[_Share]
) -> Resource:
    share = alike[0]
    structure = without_nothing(
        {
            "extension": [_step_facts(step, share)],
            "modifierExtension": [extension("only-if-agreed", "Boolean", value=True)]
            if step.conditional
            else [],
            "sequence": sequence,
            "additionalInstruction": [] if share.place is None else [_part_of(share.dose)],
            "patientInstruction": share.dose.instruction,
            "timing": {"repeat": _repeat(step, [s.dose for s in alike])},
            "asNeededBoolean": True if step.when_required else None,
            "route": _ROUTE,
            "method": _METHOD,
            "doseAndRate": _amounts(shown, asked, share),
            "maxDosePerPeriod": _most(step, share),
        }
    )
    return {"text": dosage_text(structure)} | structure


def _part_of(dose: Dose) -> Resource:
    """Whoever sees one product alone must know that it is not the whole dose."""
    return concept(text=f"Part of a dose of {mg_text(dose.mg)}, with another strength")


def _step_facts(step: Step, share: _Share) -> Resource:
    """What R4 has no element for: why the dose is what it is, and the least gap between doses."""
    return extension_of(
        "step",
        (
            part("phase", "Code", step.phase.value),
            part("daily-mg", "Decimal", step.daily_mg),
            part("least-gap-hours", "Decimal", step.min_interval_hours),
            part("most-mg-in-24-hours", "Decimal", step.max_daily_mg),
            part("asked-percent", "Decimal", step.asked_percent),
            part("actual-percent", "Decimal", step.actual_percent),
            part("held-days", "PositiveInt", step.held_days or None),
            part("place", "PositiveInt", share.place),
        ),
    )


def _repeat(step: Step, doses: list[Dose]) -> Resource:
    repeat: Resource = {"boundsPeriod": period(step.days.first, step.days.last)}
    times = [f"{format_clock(dose.minute)}:00" for dose in doses if dose.minute is not None]
    if times:
        repeat["timeOfDay"] = [*times]
        if any(dose.slot for dose in doses):
            repeat["_timeOfDay"] = [_slot(dose) for dose in doses]
    elif step.min_interval_hours is not None:
        repeat |= {"frequency": 1, "period": step.min_interval_hours, "periodUnit": "h"}
    return repeat


def _slot(dose: Dose) -> Resource | None:
    if dose.slot is None:
        return None
    return {"extension": [extension("slot", "Code", SLOT_CODES[dose.slot])]}


def _amounts(shown: Shown, asked: CourseProduct, share: _Share) -> list[JsonValue]:
    amounts: list[JsonValue] = [_amount("ordered", "Ordered", milligrams(share.mg))]
    if share.units is not None:
        unit = unit_of(shown, asked)
        counted = quantity(share.units, unit.display, unit.system, unit.code)
        amounts.append(_amount("calculated", "Calculated", counted))
    return amounts


def _amount(code: str, display: str, dose: Resource) -> Resource:
    kind = concept(coding(f"{TERMINOLOGY}/dose-rate-type", code, display))
    return {"type": kind, "doseQuantity": dose}


def _most(step: Step, share: _Share) -> Resource | None:
    """The most of this product in any 24 hours: as many whole doses as the daily most allows.

    A dose that this product makes alone has the daily most as it was written.
    """
    if not step.when_required or step.max_daily_mg is None:
        return None
    alone = share.mg == share.dose.mg
    most = step.max_daily_mg if alone else share.mg * (step.max_daily_mg // share.dose.mg)
    return {"numerator": milligrams(most), "denominator": quantity(_DAY_HOURS, "h")}
