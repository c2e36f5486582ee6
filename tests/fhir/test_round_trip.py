"""From a plan to FHIR and back nothing is lost, and FHIR's timing dates every dose as we do."""

import os
from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medplan.documents.json_text import read_json
from medplan.fhir.back.plans import plan_of
from medplan.fhir.out.bundles import Place, collection, plan_resources
from medplan.fhir.values import write_json
from medplan.formulary.model import Formulary
from medplan.formulary.product_id import parse_product_id
from medplan.model.plan import Course, Plan
from medplan.services.records.dated import dated_doses
from medplan.units import Days, format_clock
from tests.fhir.expander import expand
from tests.fhir.plans import PACKS, plans, shown

MANY = int(os.environ.get("FHIR_PLANS", "60"))
COUNTRIES = ("GB", "NZ")
CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
MOST_BYTES = 64 * 1024 * 1024


@pytest.mark.parametrize("country", COUNTRIES)
@settings(max_examples=MANY // len(COUNTRIES), suppress_health_check=CHECKS)
@given(data=st.data())
def test_a_plan_comes_back_from_fhir_as_it_went(
    data: st.DataObject, formularies: Mapping[str, Formulary], country: str
) -> None:
    plan = data.draw(plans({country: formularies[country]}))
    told = write_json(collection(plan_resources(shown(plan, formularies)), Place("urn:x")))

    read = read_json(told, MOST_BYTES)

    assert isinstance(read, dict)
    entries = read["entry"]
    assert isinstance(entries, list)
    back, issues = plan_of(e["resource"] for e in entries if isinstance(e, dict))
    assert issues == []
    assert back == plan
    assert expand(told) == dated(plan)


def dated(plan: Plan) -> dict[tuple[str, str, str, str], Fraction]:
    """The engine's own dated doses: milligrams of each medicine's products, and their units."""
    found: dict[tuple[str, str, str, str], Fraction] = {}
    units = PACKS[plan.formulary.jurisdiction].units
    for dose in dated_doses(plan, Days(plan.start, max(plan.start, plan.end))):
        time = "as needed" if dose.dose.minute is None else format_clock(dose.dose.minute)
        left = Fraction(dose.dose.mg)
        for used in dose.dose.products:
            named = parse_product_id(used.product, medicine(dose.course))
            amount = Fraction(used.units)
            left -= amount * Fraction(named.strengths_mg[0])
            for code, value in (
                ("mg", amount * Fraction(named.strengths_mg[0])),
                (units[named.form].code, amount),
            ):
                key = (dose.day.isoformat(), time, used.product, code)
                found[key] = found.get(key, Fraction(0)) + value
        assert left == 0, "the products' milligrams add up to the dose"
    return found


def medicine(course: Course) -> str:
    """What the ids of a course's products begin with."""
    return course.name or course.medicine
