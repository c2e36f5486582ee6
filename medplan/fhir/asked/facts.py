"""Whom a prescription is for and where: what a plan must know that no dosage says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from medplan.documents.json_text import JsonValue
from medplan.fhir.element import Element, Issue, Level
from medplan.fhir.out.shown import patient_name
from medplan.fhir.packs import Pack
from medplan.fhir.values import OURS
from medplan.units import format_decimal

_SEX = {"male": "male", "female": "female"}
_NO_INDICATION = "other"


@dataclass(slots=True)
class Given:
    """What parameters, a Patient and a CarePlan of ours say; None where they say nothing."""

    jurisdiction: str | None = None
    time_zone: str | None = None
    indication: str | None = None
    start: date | None = None
    age_years: int | None = None
    birth_date: date | None = None
    sex: str | None = None
    weight_kg: Decimal | None = None
    egfr: int | None = None
    conditions: list[str] | None = None


def read_parameters(parameters: Element, given: Given) -> None:
    """What the parameters of the operation say beside the resource."""
    for parameter in parameters.children("parameter"):
        name = parameter.text("name")
        if name == "resource":
            parameter.leave("resource")
        elif name == "jurisdiction":
            given.jurisdiction = parameter.text("valueCode") or parameter.text("valueString")
        elif name == "timeZone":
            given.time_zone = parameter.text("valueCode") or parameter.text("valueString")
        elif name == "indication":
            given.indication = parameter.text("valueCode") or parameter.text("valueString")
        elif name == "start":
            given.start = parameter.day("valueDate")
        elif name == "ageYears":
            whole = parameter.whole("valueInteger")
            given.age_years = parameter.whole("valueUnsignedInt") if whole is None else whole
        else:
            parameter.refuse("not-supported", "there is no such parameter", "name")
        parameter.done()


def read_patient(patient: Element, given: Given) -> None:
    """What a Patient resource says."""
    given.birth_date = patient.day("birthDate")
    given.sex = _SEX.get(patient.text("gender") or "")
    countries = {address.text("country") for address in patient.children("address")}
    if given.jurisdiction is None and len(countries & {"NZ", "GB"}) == 1:
        given.jurisdiction = (countries & {"NZ", "GB"}).pop()


def read_care_plan(care_plan: Element, given: Given) -> None:
    """What a CarePlan of ours says; another's says nothing that is read here."""
    formulary, facts = care_plan.ours("formulary"), care_plan.ours("patient-facts")
    if formulary is None or facts is None:
        care_plan.tell(Level.WARNING, "not-supported", "a CarePlan that is not ours is not read")
        return
    given.jurisdiction = given.jurisdiction or formulary.part("jurisdiction").text("valueCode")
    zone, about = care_plan.ours("time-zone"), care_plan.ours("indication")
    given.time_zone = given.time_zone or (zone.text("valueCode") if zone else None)
    given.indication = given.indication or (about.text("valueCode") if about else None)
    if given.age_years is None:
        given.age_years = facts.part("age-years").whole("valueUnsignedInt")
    weight = facts.part("weight").child("valueQuantity")
    given.weight_kg = None if weight is None else weight.decimal("value")
    given.egfr = facts.part("egfr").whole("valueUnsignedInt")
    given.conditions = [c.text("valueCode") or "" for c in facts.parts("condition")]


def subject_name(request: Element, pack: Pack) -> str | None:
    """The name that a plan keeps of a request's subject."""
    subject = request.child("subject")
    if subject is None:
        return None
    named = subject.child("identifier")
    if named is not None and named.text("value"):
        return patient_name(pack, named.text("system") or "", named.text("value") or "")
    return subject.text("reference") or subject.text("display")


def indication_of(request: Element) -> str | None:
    """An indication in our own words."""
    codes = [c for reason in request.children("reasonCode") for c in reason.children("coding")]
    return next((c.text("code") for c in codes if c.text("system") == f"{OURS}:indication"), None)


def tell_missing(given: Given, subject: str | None, place: Element) -> None:
    """Tell what no plan can do without."""
    if given.age_years is None and given.birth_date is None:
        text = "the patient's age is needed: a Patient with birthDate, or the parameter ageYears"
        place.refuse("required", text, "subject")
    if subject is None:
        place.refuse("required", "whom it is for is needed", "subject")


def opening(
    given: Given, subject: str, first_day: date, zones: Mapping[str, str], issues: list[Issue]
) -> dict[str, JsonValue]:
    """A request's document without its courses."""
    age = given.age_years
    if age is None and given.birth_date is not None:
        age = _age(given.birth_date, first_day)
    patient: dict[str, JsonValue] = {"reference": subject, "age_years": age}
    if given.sex is not None:
        patient["sex"] = given.sex
    if given.weight_kg is not None:
        patient["weight_kg"] = format_decimal(given.weight_kg)
    if given.egfr is not None:
        patient["egfr"] = given.egfr
    if given.conditions is not None:
        patient["conditions"] = [*given.conditions]
    return {
        "jurisdiction": given.jurisdiction,
        "start": (given.start or first_day).isoformat(),
        "time_zone": given.time_zone or _usual_zone(given, zones, issues),
        "indication": given.indication or _no_indication(issues),
        "patient": patient,
    }


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _usual_zone(given: Given, zones: Mapping[str, str], issues: list[Issue]) -> str:
    zone = zones.get(given.jurisdiction or "", "")
    text = f"no time zone is given: clock times are those of {zone} (parameter timeZone)"
    issues.append(Issue(Level.INFORMATION, "informational", "Parameters", text))
    return zone


def _no_indication(issues: list[Issue]) -> str:
    text = "no indication of ours is given: planned for 'other' (parameter indication)"
    issues.append(Issue(Level.INFORMATION, "informational", "Parameters", text))
    return _NO_INDICATION
