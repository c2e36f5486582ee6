"""Courses put together again from their MedicationRequests.

Requests of one course share its facts; each brings its product's part of every dose. Instructions
with the same sequence are one step.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from medplan.fhir.element import Element
from medplan.fhir.out.dosages import SLOT_CODES
from medplan.model.plan import Course, Dose, EndsIn, Phase, ProductUnits, Role, Step
from medplan.units import Days, Slot, parse_clock

_SLOTS: Mapping[str, Slot] = {code: slot for slot, code in SLOT_CODES.items()}
_PRODUCT = "urn:medplan:fhir:product"


@dataclass(slots=True)
class _Parts:
    """What is known of one dose so far: milligrams and units add up over the requests."""

    minute: int | None
    slot: Slot | None
    instruction: str
    mg: Decimal = Decimal(0)
    products: dict[int, ProductUnits] = field(default_factory=dict)


@dataclass(slots=True)
class _Sequence:
    """One step as its instructions say it."""

    opening: Element
    doses: dict[int | None, _Parts] = field(default_factory=dict)


def read_courses(requests: Iterable[Element]) -> tuple[Course, ...]:
    """The courses that some requests make up, in the plan's order."""
    grouped: dict[int, list[Element]] = {}
    for request in requests:
        facts = request.ours("course")
        if facts is None:
            request.refuse("required", "not a request of ours: it names no course", "extension")
            continue
        grouped.setdefault(facts.part("index").whole("valuePositiveInt") or 0, []).append(request)
    return tuple(_course(grouped[index]) for index in sorted(grouped))


def product_of(request: Element) -> str | None:
    """Our id of the product that a request is for; None where it is for no product."""
    medication = request.child("medicationCodeableConcept")
    codings = [] if medication is None else medication.children("coding")
    return next((c.text("code") for c in codings if c.text("system") == _PRODUCT), None)


def _course(requests: list[Element]) -> Course:
    facts = requests[0].ours("course") or requests[0]
    steps: dict[int, _Sequence] = {}
    for request in requests:
        product = product_of(request)
        for dosage in request.children("dosageInstruction"):
            number = dosage.whole("sequence") or 0
            _add(steps.setdefault(number, _Sequence(dosage)), dosage, product)
    return Course(
        medicine=facts.part("medicine").text("valueString") or "",
        name=facts.part("name").text("valueString"),
        regimen=facts.part("regimen").text("valueCode") or "",
        role=Role(facts.part("role").text("valueCode") or Role.PRESCRIBED),
        covers=tuple(c.text("valueString") or "" for c in facts.parts("covers")),
        ends_in=EndsIn(facts.part("ends-in").text("valueCode") or EndsIn.REVIEW),
        steps=tuple(_step(steps[number]) for number in sorted(steps)),
    )


def _add(step: _Sequence, dosage: Element, product: str | None) -> None:
    repeat = _repeat(dosage)
    instruction = dosage.text("patientInstruction") or ""
    mg, units = _amounts(dosage)
    place = (dosage.ours("step") or dosage).part("place").whole("valuePositiveInt") or 1
    for minute, slot in _times(repeat):
        parts = step.doses.setdefault(minute, _Parts(minute, slot, instruction))
        parts.mg += mg
        if product is not None and units is not None:
            parts.products[place] = ProductUnits(product, units)


def _repeat(dosage: Element) -> Element:
    timing = dosage.child("timing")
    repeat = None if timing is None else timing.child("repeat")
    return repeat or Element({}, dosage.place, dosage.issues)


def _times(repeat: Element) -> list[tuple[int | None, Slot | None]]:
    times = repeat.texts("timeOfDay")
    slots = [_slot(Element(v or {}, repeat.place, [])) for v in repeat.values("_timeOfDay")]
    if not times:
        return [(None, None)]
    padded = slots or [None] * len(times)
    return [(parse_clock(time[:5]), slot) for time, slot in zip(times, padded, strict=True)]


def _slot(element: Element) -> Slot | None:
    found = element.ours("slot")
    return None if found is None else _SLOTS.get(found.text("valueCode") or "")


def _amounts(dosage: Element) -> tuple[Decimal, Decimal | None]:
    """Milligrams and, where they are counted, units."""
    found: list[Decimal | None] = [None, None]
    for given in dosage.children("doseAndRate"):
        amount = given.child("doseQuantity")
        if amount is not None:
            counted = amount.text("code") != "mg"
            found[counted] = amount.decimal("value")
    return found[0] or Decimal(0), found[1]


def _step(step: _Sequence) -> Step:
    opening = step.opening
    facts = opening.ours("step") or Element({}, opening.place, opening.issues)
    bounds = _repeat(opening).child("boundsPeriod") or facts
    first, last = bounds.day("start") or date.min, bounds.day("end") or date.min

    def decimal(name: str) -> Decimal | None:
        return facts.part(name).decimal("valueDecimal")

    return Step(
        phase=Phase(facts.part("phase").text("valueCode") or Phase.FIXED),
        days=Days(first, max(first, last)),
        daily_mg=decimal("daily-mg") or Decimal(0),
        conditional=opening.ours("only-if-agreed", "modifierExtension") is not None,
        when_required=opening.yes("asNeededBoolean"),
        max_daily_mg=decimal("most-mg-in-24-hours"),
        min_interval_hours=decimal("least-gap-hours"),
        asked_percent=decimal("asked-percent"),
        actual_percent=decimal("actual-percent"),
        held_days=facts.part("held-days").whole("valuePositiveInt") or 0,
        doses=tuple(_dose(step.doses[minute]) for minute in sorted(step.doses, key=_order)),
    )


def _order(minute: int | None) -> int:
    return -1 if minute is None else minute


def _dose(parts: _Parts) -> Dose:
    products = tuple(parts.products[place] for place in sorted(parts.products))
    return Dose(parts.minute, parts.slot, parts.mg, products, parts.instruction)
