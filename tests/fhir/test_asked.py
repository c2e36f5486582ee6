"""Other people's prescriptions: what is understood is planned, what is not told with its place."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medplan.documents.json_text import read_json
from medplan.documents.request import request_of
from medplan.errors import InvalidRequestError
from medplan.fhir.asked.checking import differences
from medplan.fhir.asked.reading import Asked, read_asked
from medplan.fhir.element import Level
from medplan.fhir.out.bundles import Place, collection, plan_resources
from medplan.fhir.values import write_json
from medplan.formulary.model import Formulary
from medplan.model.plan import Plan
from medplan.services.planning import plan_and_prove
from tests.fhir.orders import dosage, simple_order, step, tapering_order, text, with_parameters
from tests.fhir.plans import PACKS, plans, shown

Json = Any
Formularies = Mapping[str, Formulary]
ORDER = "Parameters.parameter[0].resource"
DOSAGE = f"{ORDER}.dosageInstruction[0]"
WEEK = {"boundsPeriod": {"start": "2026-11-23", "end": "2026-11-29"}}
NHI = "https://standards.digital.health.nz/ns/nhi-id"


def read(resource: Json, formularies: Formularies) -> Asked:
    """What a resource is understood as."""
    return read_asked(read_json(text(resource)), formularies, PACKS)


def planned(asked: Asked, formularies: Formularies) -> Plan:
    """The plan that was asked for; it takes what was asked for on every day."""
    assert asked.document is not None, asked.issues
    request = request_of(asked.document, formularies)
    plan = plan_and_prove(request, formularies[request.jurisdiction])
    assert [i for i in differences(asked.groups, plan) if i.level is Level.ERROR] == []
    return plan


def days(plan: Plan) -> dict[date, Decimal]:
    """Milligrams by day, of the first medicine."""
    name = (plan.courses[0].medicine, plan.courses[0].name)
    courses = [c for c in plan.courses if (c.medicine, c.name) == name]
    return {day: s.daily_mg for c in courses for s in c.steps for day in s.days}


def test_a_published_taper_expands_to_its_dates(formularies: Formularies) -> None:
    asked = read(with_parameters(tapering_order()), formularies)

    found = days(planned(asked, formularies))

    january, february = (
        [date(2015, 1, n) for n in range(1, 32)],
        [date(2015, 2, n) for n in range(1, 29)],
    )
    assert found == {
        **dict.fromkeys(january[15:20], Decimal(20)),
        **dict.fromkeys(january[22:30], Decimal(10)),
        **dict.fromkeys([january[30], *february[:6]], Decimal(5)),
    }
    told = {(issue.level, issue.text) for issue in asked.issues}
    assert (
        Level.WARNING,
        "no dose is ordered from 2015-01-21 to 2015-01-22: is that meant?",
    ) in told
    assert any("read from its name alone: prednisone" in words for _, words in told)


def test_steps_for_so_many_days_follow_each_other(formularies: Formularies) -> None:
    steps = [
        dosage({"boundsDuration": {"value": n, "code": "d"}, "timeOfDay": ["08:00:00"]}, sequence=s)
        for s, n in ((1, 3), (2, 4))
    ]
    order = simple_order(dosageInstruction=steps)

    asked = read(with_parameters(order, start=("valueDate", "2026-12-01")), formularies)

    assert [row.days.first for group in asked.groups for row in group.rows] == [
        date(2026, 12, 1),
        date(2026, 12, 4),
    ]
    assert len(days(planned(asked, formularies))) == 7


def test_strengths_of_one_order_add_up_to_one_dose(formularies: Formularies) -> None:
    group = {"system": "urn:invented", "value": "7"}
    code = "urn:medplan:fhir:product"
    orders = [
        simple_order(
            groupIdentifier=group,
            medicationCodeableConcept={"coding": [{"system": code, "code": product}]},
            dosageInstruction=[dosage(doseAndRate=[{"doseQuantity": {"value": n, "unit": "tab"}}])],
        )
        for product, n in (("naproxen-tablet-250", 1), ("naproxen-tablet-500", 1))
    ]
    bundle = bundle_of(*orders)

    found = days(planned(read(with_parameters(bundle), formularies), formularies))

    assert set(found.values()) == {Decimal(1500)}


def test_a_when_required_order_keeps_its_most_and_its_gap(formularies: Formularies) -> None:
    most = {"numerator": {"value": 3, "code": "g"}, "denominator": {"value": 1, "code": "d"}}
    repeat = WEEK | {"frequency": 1, "period": 6, "periodUnit": "h"}
    needed = dosage(
        repeat,
        asNeededBoolean=True,
        maxDosePerPeriod=most,
        doseAndRate=[{"doseQuantity": {"value": 1, "code": "g"}}],
    )
    order = simple_order(
        medicationCodeableConcept={"text": "Paracetamol"}, dosageInstruction=[needed]
    )

    step = planned(read(with_parameters(order), formularies), formularies).courses[0].steps[0]

    assert step.when_required
    assert (step.max_daily_mg, step.doses[0].mg) == (Decimal(3000), Decimal(1000))
    assert step.min_interval_hours == Decimal(6)


def test_the_patient_and_the_country_may_come_with_the_bundle(formularies: Formularies) -> None:
    patient = {
        "resourceType": "Patient",
        "birthDate": "1968-11-24",
        "gender": "female",
        "address": [{"country": "NZ"}],
    }
    order = simple_order(subject={"identifier": {"system": NHI, "value": "ZZZ0016"}})

    asked = read(bundle_of(patient, order), formularies)

    assert asked.document is not None, asked.issues
    assert asked.document["patient"] == {
        "reference": "nhi:ZZZ0016",
        "age_years": 57,
        "sex": "female",
    }


def bundle_of(*resources: Json) -> Json:
    """Resources that are sent together."""
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def order_of(**changes: Json) -> Json:
    """An order whose one dosage has some members changed."""
    return simple_order(dosageInstruction=[dosage(**changes)])


REFUSED: Mapping[str, tuple[Json, str]] = {
    "days of the week": (
        order_of(repeat=WEEK | {"timeOfDay": ["08:00:00"], "dayOfWeek": ["mon"]}),
        f"{DOSAGE}.timing.repeat.dayOfWeek",
    ),
    "a number of doses": (
        order_of(repeat=WEEK | {"timeOfDay": ["08:00:00"], "count": 5}),
        f"{DOSAGE}.timing.repeat.count",
    ),
    "times and a frequency": (
        order_of(repeat=WEEK | {"timeOfDay": ["08:00:00"], "frequency": 1}),
        f"{DOSAGE}.timing.repeat",
    ),
    "every other day": (
        order_of(repeat=WEEK | {"frequency": 1, "period": 2, "periodUnit": "d"}),
        f"{DOSAGE}.timing.repeat.frequency",
    ),
    "five times a day": (
        order_of(repeat=WEEK | {"frequency": 5, "period": 1, "periodUnit": "d"}),
        f"{DOSAGE}.timing.repeat.frequency",
    ),
    "with breakfast": (
        order_of(repeat=WEEK | {"when": ["CM"]}),
        f"{DOSAGE}.timing.repeat.when",
    ),
    "no end": (
        order_of(
            repeat={"boundsPeriod": {"start": "2026-11-23"}, "timeOfDay": ["08:00:00"]},
        ),
        f"{DOSAGE}.timing.repeat.boundsPeriod",
    ),
    "no bounds": (
        order_of(repeat={"timeOfDay": ["08:00:00"]}),
        f"{DOSAGE}.timing.repeat.bounds",
    ),
    "a month as a day": (
        order_of(
            repeat={
                "boundsPeriod": {"start": "2026-11", "end": "2026-12-01"},
                "timeOfDay": ["08:00:00"],
            }
        ),
        f"{DOSAGE}.timing.repeat.boundsPeriod.start",
    ),
    "a range of doses": (
        order_of(doseAndRate=[{"doseRange": {"low": {"value": 1}, "high": {"value": 2}}}]),
        f"{DOSAGE}.doseAndRate[0].doseRange",
    ),
    "a rate": (
        order_of(doseAndRate=[{"rateQuantity": {"value": 1, "unit": "mL/h"}}]),
        f"{DOSAGE}.doseAndRate[0].rateQuantity",
    ),
    "puffs": (
        order_of(doseAndRate=[{"doseQuantity": {"value": 2, "unit": "puff"}}]),
        f"{DOSAGE}.doseAndRate[0].doseQuantity",
    ),
    "less than an amount": (
        order_of(doseAndRate=[{"doseQuantity": {"value": 250, "unit": "mg", "comparator": "<"}}]),
        f"{DOSAGE}.doseAndRate[0].doseQuantity",
    ),
    "amounts that contradict each other": (
        order_of(
            doseAndRate=[
                {"doseQuantity": {"value": 250, "unit": "mg"}},
                {"doseQuantity": {"value": 2, "unit": "tablet"}},
            ]
        ),
        f"{DOSAGE}.doseAndRate",
    ),
    "two times in one part of the day": (
        order_of(repeat=WEEK | {"timeOfDay": ["08:00:00", "10:00:00"]}),
        f"{DOSAGE}.timing.repeat",
    ),
    "an extension that may change the meaning": (
        order_of(modifierExtension=[{"url": "urn:invented:other", "valueBoolean": True}]),
        f"{DOSAGE}.modifierExtension",
    ),
    "another route's site": (
        order_of(site={"text": "left arm"}),
        f"{DOSAGE}.site",
    ),
    "no dosage": (simple_order(dosageInstruction=None), f"{ORDER}.dosageInstruction"),
    "not to be taken": (simple_order(doNotPerform=True), f"{ORDER}.doNotPerform"),
    "a later version's medication": (
        simple_order(medicationCodeableConcept=None, medication={"concept": {"text": "naproxen"}}),
        f"{ORDER}.medication",
    ),
    "a medicine that nobody knows": (
        simple_order(medicationCodeableConcept={"text": "the white ones"}),
        f"{ORDER}.medicationCodeableConcept",
    ),
    "a modifier on the order": (
        simple_order(modifierExtension=[{"url": "urn:invented:other"}]),
        f"{ORDER}.modifierExtension",
    ),
    "nobody to take it": (simple_order(subject=None), f"{ORDER}.subject"),
    "tablets of a strength that is not known": (
        order_of(doseAndRate=[{"doseQuantity": {"value": 2, "unit": "tablets"}}])
        | {"medicationCodeableConcept": {"text": "Naproxen"}},
        f"{DOSAGE}.doseAndRate[0].doseQuantity",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_nothing_is_planned_that_is_not_understood(what: str, formularies: Formularies) -> None:
    order, place = REFUSED[what]

    asked = read(with_parameters(order), formularies)

    assert asked.document is None
    errors = [issue.expression for issue in asked.issues if issue.level is Level.ERROR]
    assert place in errors, asked.issues


def test_an_unknown_parameter_is_told(formularies: Formularies) -> None:
    asked = read(with_parameters(simple_order(), colour=("valueString", "red")), formularies)

    assert asked.failed


def test_orders_that_are_over_are_left_out_and_told(formularies: Formularies) -> None:
    asked = read(with_parameters(simple_order(status="stopped")), formularies)

    assert asked.document is None
    assert "left out, since it is stopped" in {issue.text for issue in asked.issues}


def test_overlapping_instructions_add_up(formularies: Formularies) -> None:
    order = simple_order(
        dosageInstruction=[
            step(1, "2026-11-23", "2026-11-29", 1),
            step(1, "2026-11-27", "2026-12-01", 1),
        ]
    )

    found = days(planned(read(with_parameters(order), formularies), formularies))

    assert list(found.values()) == [*[Decimal(250)] * 4, *[Decimal(500)] * 3, *[Decimal(250)] * 2]


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_our_own_plans_are_planned_with_the_same_doses_or_told_why_not(
    data: st.DataObject, formularies: Formularies
) -> None:
    plan = data.draw(plans(formularies))
    bundle = collection(plan_resources(shown(plan, formularies)), Place("urn:x"))
    sent = read_json(write_json(bundle), 64 * 1024 * 1024)

    asked = read_asked(sent, formularies, PACKS)

    if asked.document is None:
        assert asked.failed
        return
    with suppress(InvalidRequestError):  # documents' tests say what is refused, and how
        planned(asked, formularies)
