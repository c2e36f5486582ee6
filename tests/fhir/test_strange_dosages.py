"""Strange dosages are understood exactly or refused at their place: nothing is guessed."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from medplan.documents.json_text import read_json
from medplan.fhir.asked.reading import Asked, read_asked
from medplan.fhir.element import Level
from medplan.formulary.model import Formulary
from tests.fhir.orders import dosage, simple_order, step, text, with_parameters
from tests.fhir.plans import PACKS
from tests.fhir.strange import Taken, UncertainError, meant, strange_dosages

Json = Any
Formularies = Mapping[str, Formulary]
ORDER = "Parameters.parameter[0].resource"
DOSAGE = f"{ORDER}.dosageInstruction[0]"
DAYS = {"start": "2026-11-23", "end": "2026-11-29"}
WEEK = {"boundsPeriod": DAYS}
AT_EIGHT = WEEK | {"timeOfDay": ["08:00:00"]}
CODES = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation"
FORMS = "http://terminology.hl7.org/CodeSystem/v3-orderableDrugForm"


def read(order: Json, formularies: Formularies, **given_too: Json) -> Asked:
    """What an order is understood as."""
    return read_asked(read_json(text(with_parameters(order, **given_too))), formularies, PACKS)


def taken(asked: Asked) -> Taken:
    """What was understood, by day."""
    found: Taken = defaultdict(list)
    for row in (row for group in asked.groups for row in group.rows):
        for day in row.days:
            found[day] += [Fraction(each.mg) for each in row.taken]
    return dict(found)


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(dosages=strange_dosages())
def test_a_strange_dosage_is_understood_exactly_or_refused_at_its_place(
    dosages: list[Json], formularies: Formularies
) -> None:
    asked = read(simple_order(dosageInstruction=dosages), formularies)

    if asked.failed:
        assert asked.document is None
        errors = [issue for issue in asked.issues if issue.level is Level.ERROR]
        assert all(issue.expression.startswith(ORDER) and issue.text for issue in errors)
        return
    assert taken(asked) == meant(dosages)


def order_of(*dosages: Json, **changes: Json) -> Json:
    """An order with these dosages."""
    return simple_order(dosageInstruction=[*dosages], **changes)


def one(repeat: Json = None, **changes: Json) -> Json:
    """An order with one dosage, once a day at eight unless it says otherwise."""
    return order_of(dosage(AT_EIGHT if repeat is None else repeat, **changes))


def dose(**quantity: Json) -> Json:
    """An order with another amount."""
    return one(doseAndRate=[{"doseQuantity": quantity}])


def coded(code: str, system: str = CODES, **repeat: Json) -> Json:
    """An order whose timing has a code."""
    timing = {"code": {"coding": [{"system": system, "code": code}]}, "repeat": WEEK | repeat}
    return order_of(dosage() | {"timing": timing})


def lasting(number: int | None, value: Json, **more: Json) -> Json:
    """A dosage that says for how long, but not from when."""
    length = {"value": value, "code": "d"} | more
    made = dosage({"boundsDuration": length, "timeOfDay": ["08:00:00"]})
    return made if number is None else made | {"sequence": number}


def needed(**changes: Json) -> Json:
    """A when-required dosage of one tablet every six hours."""
    repeat = WEEK | {"frequency": 1, "period": 6, "periodUnit": "h"}
    return order_of(dosage(repeat, asNeededBoolean=True) | changes)


def most(numerator: Json, denominator: Json) -> Json:
    """A most in a time."""
    return {"maxDosePerPeriod": {"numerator": numerator, "denominator": denominator}}


GRAM, DAY = {"value": 1, "code": "g"}, {"value": 1, "code": "d"}
SECOND = f"{ORDER}.dosageInstruction[1]"
REPEAT, QUANTITY = f"{DOSAGE}.timing.repeat", f"{DOSAGE}.doseAndRate[0].doseQuantity"
REFUSED: Mapping[str, tuple[Json, str]] = {
    "a range of days": (one(AT_EIGHT | {"boundsRange": {"low": DAY}}), f"{REPEAT}.boundsRange"),
    "two kinds of bounds": (
        one(AT_EIGHT | {"boundsDuration": {"value": 7, "code": "d"}}),
        f"{REPEAT}.boundsDuration",
    ),
    "no end, written as a year": (
        one(AT_EIGHT | {"boundsPeriod": DAYS | {"end": "9999-12-31"}}),
        f"{REPEAT}.boundsPeriod",
    ),
    "a week as a day": (
        one(AT_EIGHT | {"boundsPeriod": DAYS | {"start": "2026-W48-1"}}),
        f"{REPEAT}.boundsPeriod.start",
    ),
    "an end with a clock time": (
        one(AT_EIGHT | {"boundsPeriod": DAYS | {"end": "2026-11-29T08:00:00Z"}}),
        f"{REPEAT}.boundsPeriod.end",
    ),
    "less than so many days": (
        order_of(lasting(1, 7, comparator="<")),
        f"{REPEAT}.boundsDuration",
    ),
    "days and weeks at once": (order_of(lasting(1, 2, unit="weeks")), f"{REPEAT}.boundsDuration"),
    "a length beyond the calendar": (order_of(lasting(1, 10**9)), f"{REPEAT}.boundsDuration"),
    "half a day": (order_of(lasting(1, 1.5)), f"{REPEAT}.boundsDuration"),
    "months": (order_of(lasting(1, 1, code="mo")), f"{REPEAT}.boundsDuration"),
    "a length without a first day": (order_of(lasting(None, 7)), REPEAT),
    "lengths of which nobody says the order": (
        order_of(lasting(None, 7), lasting(None, 7)),
        REPEAT,
    ),
    "a length after a number that is missing": (
        order_of(step(1, "2026-11-23", "2026-11-29", 2), lasting(3, 7)),
        f"{SECOND}.timing.repeat",
    ),
    "a number for some and none for others": (
        order_of(dosage(), step(1, "2026-12-01", "2026-12-05", 1)),
        f"{DOSAGE}.sequence",
    ),
    "a step that begins on the last day of the one before": (
        order_of(step(1, "2026-11-23", "2026-11-29", 2), step(2, "2026-11-29", "2026-12-05", 1)),
        f"{SECOND}.sequence",
    ),
    "a second step before the first one": (
        order_of(step(2, "2026-11-23", "2026-11-29", 2), step(1, "2026-12-01", "2026-12-05", 1)),
        f"{DOSAGE}.sequence",
    ),
    "the same dose twice without a sequence": (order_of(dosage(), dosage()), f"{SECOND}.sequence"),
    "days in common without a sequence": (
        order_of(
            dosage(AT_EIGHT),
            dosage(
                {
                    "boundsPeriod": {"start": "2026-11-29", "end": "2026-12-02"},
                    "timeOfDay": ["20:00:00"],
                }
            ),
        ),
        f"{SECOND}.sequence",
    ),
    "so many doses": (one(AT_EIGHT | {"count": 7}), f"{REPEAT}.count"),
    "days of the week": (one(AT_EIGHT | {"dayOfWeek": ["mon"]}), f"{REPEAT}.dayOfWeek"),
    "half an hour before breakfast": (
        one(WEEK | {"when": ["ACM"], "offset": 30}),
        f"{REPEAT}.offset",
    ),
    "an offset from the morning": (
        one(WEEK | {"when": ["MORN"], "offset": 30}),
        f"{REPEAT}.offset",
    ),
    "once a day at two parts of it": (
        one(WEEK | {"when": ["MORN", "HS"], "frequency": 1, "period": 1, "periodUnit": "d"}),
        f"{REPEAT}.period",
    ),
    "two or three times a day": (
        one(WEEK | {"frequency": 2, "frequencyMax": 3, "period": 1, "periodUnit": "d"}),
        f"{REPEAT}.frequencyMax",
    ),
    "no time a day": (
        one(WEEK | {"frequency": 0, "period": 1, "periodUnit": "d"}),
        f"{REPEAT}.frequency",
    ),
    "every fewer than no hours": (
        one(WEEK | {"period": -8, "periodUnit": "h"}),
        f"{REPEAT}.period",
    ),
    "a unit of time beside a clock time": (one(AT_EIGHT | {"periodUnit": "wk"}), REPEAT),
    "a clock time without its zero": (
        one(WEEK | {"timeOfDay": ["8:00:00"]}),
        f"{REPEAT}.timeOfDay",
    ),
    "half a minute past": (one(WEEK | {"timeOfDay": ["08:00:30"]}), f"{REPEAT}.timeOfDay"),
    "a code that contradicts the structure": (
        coded("BID", frequency=3, period=1, periodUnit="d"),
        f"{DOSAGE}.timing.code",
    ),
    "a code that contradicts the clock times": (
        coded("BID", timeOfDay=["08:00:00"]),
        f"{DOSAGE}.timing.code",
    ),
    "every other day, as a code": (coded("QOD"), f"{DOSAGE}.timing.code.coding[0].code"),
    "a code of nobody's": (coded("BID", "urn:invented"), f"{DOSAGE}.timing.code.coding[0].code"),
    "single events": (
        order_of(dosage() | {"timing": {"event": ["2026-11-23"], "repeat": AT_EIGHT}}),
        f"{DOSAGE}.timing.event",
    ),
    "a rate": (
        one(doseAndRate=[{"rateRatio": {"numerator": GRAM}}]),
        f"{DOSAGE}.doseAndRate[0].rateRatio",
    ),
    "a dose and a range of doses": (
        one(doseAndRate=[{"doseQuantity": GRAM, "doseRange": {"low": GRAM}}]),
        f"{DOSAGE}.doseAndRate[0].doseRange",
    ),
    "an amount that says nothing": (
        one(doseAndRate=[{"doseQuantity": GRAM}, {"type": {"text": "ordered"}}]),
        f"{DOSAGE}.doseAndRate[1].doseQuantity",
    ),
    "milligrams by code and grams by word": (
        dose(value=250, code="mg", unit="g"),
        f"{QUANTITY}.unit",
    ),
    "half tablets, as a unit": (
        dose(value=1, code="TAB", system=FORMS, unit="half tablet"),
        f"{QUANTITY}.unit",
    ),
    "millilitres of a tablet": (dose(value=5, unit="mL"), QUANTITY),
    "capsules of a tablet": (dose(value=1, code="CAP", system=FORMS), QUANTITY),
    "modified-release tablets of a plain one": (
        dose(value=1, code="ERTAB", system=FORMS),
        QUANTITY,
    ),
    "puffs": (dose(value=1, code="PUFF", system=FORMS), QUANTITY),
    "milligrams for each kilogram": (dose(value=5, code="mg/kg", unit="mg"), QUANTITY),
    "megagrams": (dose(value=1, code="Mg", system="http://unitsofmeasure.org"), QUANTITY),
    "an amount below nothing": (dose(value=-250, unit="mg"), QUANTITY),
    "an amount with something unknown": (dose(value=250, unit="mg", per="kg"), f"{QUANTITY}.per"),
    "another route": (one(route={"text": "rectal"}), f"{DOSAGE}.route"),
    "a route that its words contradict": (
        one(
            route={
                "text": "by nasogastric tube",
                "coding": [{"system": "http://snomed.info/sct", "code": "26643006"}],
            }
        ),
        f"{DOSAGE}.route",
    ),
    "a most for what is not as needed": (
        one(**most({"value": 500, "code": "mg"}, DAY)),
        f"{DOSAGE}.maxDosePerPeriod",
    ),
    "a most below one dose": (
        needed(**most({"value": 100, "code": "mg"}, DAY)),
        f"{DOSAGE}.maxDosePerPeriod",
    ),
    "a most in a week": (
        needed(**most(GRAM, {"value": 1, "code": "wk"})),
        f"{DOSAGE}.maxDosePerPeriod",
    ),
    "less than a most": (
        needed(**most(GRAM | {"comparator": "<"}, DAY)),
        f"{DOSAGE}.maxDosePerPeriod.numerator",
    ),
    "a most without an amount": (
        needed(maxDosePerPeriod={"value": 5}),
        f"{DOSAGE}.maxDosePerPeriod",
    ),
    "several mosts, as R5 has them": (
        needed(maxDosePerPeriod=[{"numerator": GRAM, "denominator": DAY}]),
        f"{DOSAGE}.maxDosePerPeriod",
    ),
    "a most in a lifetime": (needed(maxDosePerLifetime=GRAM), f"{DOSAGE}.maxDosePerLifetime"),
    "as needed and not": (
        needed(asNeededCodeableConcept={"text": "pain"}),
        f"{DOSAGE}.asNeededCodeableConcept",
    ),
    "as needed at eight": (
        order_of(dosage(AT_EIGHT, asNeededBoolean=True)),
        f"{REPEAT}.timeOfDay",
    ),
    "as needed, as R5 says it": (one(asNeeded=True), f"{DOSAGE}.asNeeded"),
    "as needed for, as R5 says it": (one(asNeededFor=[{"text": "pain"}]), f"{DOSAGE}.asNeededFor"),
    "a dose where STU3 had it": (
        order_of(dosage() | {"doseQuantity": GRAM}),
        f"{DOSAGE}.doseQuantity",
    ),
    "rules that nobody here knows": (
        simple_order(implicitRules="urn:invented"),
        f"{ORDER}.implicitRules",
    ),
    "a status that is none": (simple_order(status="running"), f"{ORDER}.status"),
    "modified release in a name of a plain tablet": (
        simple_order(
            medicationCodeableConcept={"text": "Morphine 30 mg tablet (modified release)"}
        ),
        f"{ORDER}.medicationCodeableConcept",
    ),
    "codes of two products": (
        simple_order(
            medicationCodeableConcept={
                "coding": [
                    {"system": "urn:medplan:fhir:product", "code": f"naproxen-tablet-{mg}"}
                    for mg in (250, 500)
                ]
            }
        ),
        f"{ORDER}.medicationCodeableConcept",
    ),
    "a name that contradicts the code": (
        simple_order(
            medicationCodeableConcept={
                "coding": [{"system": "urn:medplan:fhir:product", "code": "naproxen-tablet-250"}],
                "text": "Naproxen 500 mg tablet",
            }
        ),
        f"{ORDER}.medicationCodeableConcept",
    ),
    "milligrams of two ingredients": (
        simple_order(medicationCodeableConcept={"text": "paracetamol-codeine"}),
        f"{DOSAGE}.doseAndRate",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_certain_is_refused_at_its_place(what: str, formularies: Formularies) -> None:
    order, place = REFUSED[what]

    asked = read(order, formularies)

    assert asked.document is None
    assert place in {i.expression for i in asked.issues if i.level is Level.ERROR}, asked.issues


def run(first: str, last: str, *mg: int) -> Taken:
    """The same amounts on every day."""
    days = range(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal() + 1)
    return {date.fromordinal(day): [Fraction(amount) for amount in mg] for day in days}


UNDERSTOOD: Mapping[str, tuple[Json, Taken]] = {
    "a code alone": (coded("BID"), run("2026-11-23", "2026-11-29", 250, 250)),
    "a code and the same structure": (
        coded("TID", frequency=3, period=1, periodUnit="d"),
        run("2026-11-23", "2026-11-29", 250, 250, 250),
    ),
    "a code in words, which are not read": (
        order_of(dosage() | {"timing": {"code": {"text": "nightly"}, "repeat": AT_EIGHT}}),
        run("2026-11-23", "2026-11-29", 250),
    ),
    "tablets by code, and milligrams": (
        one(
            doseAndRate=[
                {"doseQuantity": {"value": 2, "code": "TAB", "system": FORMS, "unit": "tablets"}},
                {"doseQuantity": {"value": 500, "unit": "mg"}},
            ]
        ),
        run("2026-11-23", "2026-11-29", 500),
    ),
    "micrograms": (
        dose(value=250000, unit="\N{MICRO SIGN}g"),
        run("2026-11-23", "2026-11-29", 250),
    ),
    "lengths one after another": (
        order_of(step(1, "2026-11-23", "2026-11-29", 2), lasting(2, 3), lasting(3, 1, code="wk")),
        run("2026-11-23", "2026-11-29", 500) | run("2026-11-30", "2026-12-09", 250),
    ),
    "morning and evening without a sequence": (
        order_of(dosage(AT_EIGHT), dosage(WEEK | {"timeOfDay": ["20:00:00"]})),
        run("2026-11-23", "2026-11-29", 250, 250),
    ),
    "numbers with a gap, but dated": (
        order_of(step(1, "2026-11-23", "2026-11-29", 2), step(5, "2026-11-30", "2026-12-01", 1)),
        run("2026-11-23", "2026-11-29", 500) | run("2026-11-30", "2026-12-01", 250),
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", UNDERSTOOD)
def test_what_is_certain_is_understood_exactly(what: str, formularies: Formularies) -> None:
    order, expected = UNDERSTOOD[what]

    asked = read(order, formularies)

    assert not asked.failed, asked.issues
    assert taken(asked) == expected


def test_whoever_says_what_is_meant_says_nothing_of_what_is_refused() -> None:
    """The judge of strange dosages is no easier than we are."""
    uncertain = []
    for what, (order, place) in REFUSED.items():
        if place.startswith(DOSAGE) and "Boolean" not in str(order["dosageInstruction"]):
            try:
                meant(order["dosageInstruction"])
            except UncertainError:
                continue
            uncertain.append(what)
    assert uncertain == ["milligrams of two ingredients"]


def bundle(kind: str, *resources: Json) -> Json:
    """Resources sent in a Bundle of some type."""
    entries = [{"resource": resource} if resource else {} for resource in resources]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


BORN = {"resourceType": "Patient", "birthDate": "1968-11-24"}
BUNDLES: Mapping[str, tuple[Json, str]] = {
    "one order at several times": (bundle("history", simple_order()), f"{ORDER}.type"),
    "an entry that is empty": (bundle("transaction", simple_order(), None), f"{ORDER}.entry[1]"),
    "the same order twice": (
        bundle("collection", simple_order(id="1"), simple_order(id="1")),
        f"{ORDER}.entry[1].resource.id",
    ),
    "two patients": (
        bundle("collection", BORN, BORN, simple_order()),
        f"{ORDER}.entry[1].resource",
    ),
    "another patient than the order's": (
        bundle("collection", BORN | {"id": "1"}, simple_order(subject={"reference": "Patient/2"})),
        f"{ORDER}.entry[1].resource.subject",
    ),
}


@pytest.mark.parametrize("what", BUNDLES)
def test_a_bundle_of_which_nobody_knows_what_holds_is_refused(
    what: str, formularies: Formularies
) -> None:
    sent, place = BUNDLES[what]

    asked = read(sent, formularies)

    assert asked.document is None
    assert place in {i.expression for i in asked.issues if i.level is Level.ERROR}, asked.issues


def test_what_is_on_hold_or_said_in_words_alone_is_told(formularies: Formularies) -> None:
    order = order_of(
        dosage(additionalInstruction=[{"text": "not on Sundays"}], method={"text": "Dissolve"}),
        status="on-hold",
    )

    asked = read(order, formularies)

    warned = [issue.expression for issue in asked.issues if issue.level is Level.WARNING]
    assert warned == [f"{ORDER}.status", f"{DOSAGE}.method", f"{ORDER}.dosageInstruction"]


@pytest.mark.parametrize("form", ["mr-tablet", "ec-tablet", "tablet"])
def test_a_strength_that_is_not_listed_is_still_of_its_medicine(
    form: str, formularies: Formularies
) -> None:
    product = f"morphine-{form}-33"
    code = {"coding": [{"system": "urn:medplan:fhir:product", "code": product}]}
    order = one(doseAndRate=[{"doseQuantity": {"value": 1, "unit": "tablet"}}])

    asked = read(order | {"medicationCodeableConcept": code}, formularies)

    (group,) = asked.groups
    assert (group.medicine.key, group.products[0].product) == ("morphine", product)
    assert taken(asked) == run("2026-11-23", "2026-11-29", 33)
