"""Everything that can be asked for: each regimen of each medicine with each set of products.

Product sets are the regimen's own, each product by itself, and all products of each release. Where
a set can't make the regimen's usual dose, the dose is rounded up to whole units. Every medicine is
also tapered and written out as steps, planned in several courses in turn, and every two medicines
are planned together.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from itertools import combinations

from medplan.documents.request import read_request
from medplan.errors import InvalidRequestError
from medplan.formulary.model import Formulary, Medicine, Product, Regimen, RegimenKind, Release
from medplan.model.request import PlanRequest
from medplan.units import format_decimal
from tests.cases.expectations import ZONES

Course = Mapping[str, object]
_THIN = 20
"""Several courses together are tried with every so many-th patient of the grid."""
_IN_TURN, _TURN_DAYS = 6, 5
_START = date(2026, 11, 23)
_USUAL_DAYS, _LONG_DAYS = 5, 15
_SHORT_USE, _LONG_USE = 10, 400


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing to ask for, whoever the patient is. `step` thins the grid of patients."""

    name: str
    request: PlanRequest
    step: int


def everything(formularies: Mapping[str, Formulary]) -> tuple[list[Asked], list[str]]:
    """What can be asked for in every country, and the names of what is refused as nonsense."""
    asked: list[Asked] = []
    refused: list[str] = []
    for country, formulary in formularies.items():
        for name, courses, step in _wanted(formulary):
            try:
                request = read_request(_text(country, courses), formularies)
            except InvalidRequestError as error:
                refused.append(f"{country} {name}: {error}")
            else:
                asked.append(Asked(f"{country} {name}", request, step))
    return asked, refused


def _text(country: str, courses: Sequence[Course]) -> str:
    return json.dumps(
        {
            "jurisdiction": country,
            "start": _START.isoformat(),
            "time_zone": ZONES[country],
            "indication": "other",
            "patient": {"reference": "invented:sweep", "age_years": 45},
            "courses": list(courses),
        }
    )


def _wanted(formulary: Formulary) -> Iterator[tuple[str, Sequence[Course], int]]:
    for medicine in formulary.medicines.values():
        for products in _product_sets(medicine):
            for course in _courses(medicine, products):
                words = [str(course["regimen"]), *(p.id for p in products)]
                days = course.get("days", course.get("used_days", ""))
                yield f"{medicine.id} {' '.join(words)} {days}".strip(), [course], 1
    for one, other in combinations(formulary.medicines.values(), 2):
        courses = [next(_courses(one, ())), next(_courses(other, ()))]
        yield f"{one.id} and {other.id}", courses, _THIN
    for medicine in formulary.medicines.values():
        yield from _in_turn(medicine)


def _in_turn(medicine: Medicine) -> Iterator[tuple[str, Sequence[Course], int]]:
    """Short courses of one medicine with no day between them: no way around a length."""
    for regimen in medicine.regimens:
        if regimen.kind is RegimenKind.FIXED:
            course = {"medicine": medicine.id, "regimen": regimen.id, "days": _TURN_DAYS}
            firsts = (_START + timedelta(n * _TURN_DAYS) for n in range(_IN_TURN))
            courses = [{**course, "first_day": first.isoformat()} for first in firsts]
            yield f"{medicine.id} {regimen.id} in turn", courses, _THIN


def _product_sets(medicine: Medicine) -> Iterator[Sequence[Product]]:
    yield ()
    for product in medicine.products:
        yield (product,)
    for release in Release:
        several = [p for p in medicine.products if p.release is release]
        if len(several) > 1:
            yield several


def _courses(medicine: Medicine, products: Sequence[Product]) -> Iterator[Course]:
    ids = {"products": [p.id for p in products]} if products else {}
    for regimen in medicine.regimens:
        course = {"medicine": medicine.id, "regimen": regimen.id, **ids}
        if regimen.kind is RegimenKind.TITRATION:
            yield {**course, **_titration(regimen, products)}
        else:
            days = regimen.days or _USUAL_DAYS
            yield {**course, "days": days, **_dose(regimen, products)}
            if not products:
                yield {**course, "days": _LONG_DAYS}
    if products and len({p.release for p in products}) == 1:
        yield from _by_hand(medicine, products)


def _by_hand(medicine: Medicine, products: Sequence[Product]) -> Iterator[Course]:
    """A taper after short and after long use, and a table of two steps."""
    unit = min(_unit(p) for p in products)
    both = {"morning": _mg(2 * unit), "evening": _mg(2 * unit)}
    course = {"medicine": medicine.id, "products": [p.id for p in products]}
    for used in (_SHORT_USE, _LONG_USE):
        more = {"regimen": "taper", "current": {"slots": both}, "used_days": used}
        yield course | more | {"taper": {"every_days": 7, "reduce_mg": _mg(unit)}}
    table = [{"days": 7, "slots": both}, {"days": 7, "slots": {"evening": _mg(unit)}}]
    yield course | {"regimen": "steps", "steps": table, "ends_in": "stop"}


def _dose(regimen: Regimen, products: Sequence[Product]) -> Course:
    if not products or regimen.dose_mg is None:
        return {}
    dose = {"dose_mg": _mg(_makeable(regimen.dose_mg, products))}
    return dose | {"times_per_day": regimen.times_per_day}


def _titration(regimen: Regimen, products: Sequence[Product]) -> Course:
    if not products or regimen.start_mg is None or regimen.step_mg is None:
        return {}
    start = _makeable(regimen.start_mg, products)
    step = _makeable(regimen.step_mg, products)
    return {"start_mg": _mg(start), "step_mg": _mg(step), "target_mg": _mg(start + 2 * step)}


def _makeable(mg: Decimal, products: Sequence[Product]) -> Decimal:
    unit = min(_unit(p) for p in products)
    return (mg / unit).to_integral_value(ROUND_CEILING) * unit


def _unit(product: Product) -> Decimal:
    """The least that one measure of the product gives."""
    return product.strength_mg * (product.measure_ml or 1)


def _mg(value: Decimal) -> str:
    return format_decimal(value)
