"""A whole plan from its resources: CarePlan, MedicationRequests and DetectedIssues."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from medplan.documents.json_text import JsonValue
from medplan.fhir.back.courses import product_of, read_courses
from medplan.fhir.element import Element, Issue
from medplan.formulary.model import CheckLevel, CheckTime, Citation, Evidence, FindingKind, Severity
from medplan.model.plan import (
    Check,
    ChecklistItem,
    Decision,
    Finding,
    FormularyRef,
    LimitFacts,
    OpioidLoad,
    Plan,
    PlanProduct,
    ProofRow,
    Review,
    Stop,
    Supply,
)
from medplan.units import Days


def plan_of(resources: Iterable[JsonValue]) -> tuple[Plan | None, list[Issue]]:
    """The plan that some resources of ours make up (None: there is no CarePlan among them).

    What is wrong with them is told beside it; a plan with errors is not to be used.
    """
    issues: list[Issue] = []
    read: dict[str, list[Element]] = {}
    for resource in resources:
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        read.setdefault(str(kind), []).append(Element(resource, str(kind), issues))
    care_plans = read.get("CarePlan", [])
    if not care_plans:
        return None, issues
    requests = read.get("MedicationRequest", [])
    return _plan(care_plans[0], requests, read.get("DetectedIssue", [])), issues


def _plan(care_plan: Element, requests: list[Element], issues: list[Element]) -> Plan:
    details = [e for e in (a.child("detail") for a in care_plan.children("activity")) if e]
    span = care_plan.child("period") or care_plan
    return Plan(
        formulary=_formulary(care_plan.ours("formulary") or care_plan),
        indication=_code(care_plan, "indication"),
        start=span.day("start") or date.min,
        end=_day(care_plan.ours("last-day") or care_plan, "valueDate"),
        time_zone=_code(care_plan, "time-zone"),
        facts=_facts(care_plan.ours("patient-facts") or care_plan),
        products=tuple(_product(care_plan, e) for e in care_plan.all_ours("product")),
        issuable=(care_plan.ours("issuable") or care_plan).yes("valueBoolean"),
        findings=tuple(_finding(issue) for issue in sorted(issues, key=_place_in_plan)),
        courses=read_courses(requests),
        reviews=tuple(_review(*pair) for pair in _of_kind(details, "review")),
        decisions=tuple(_decision(*pair) for pair in _of_kind(details, "decision")),
        checks=tuple(_check(*pair) for pair in _of_kind(details, "check")),
        stops=tuple(_stop(*pair) for pair in _of_kind(details, "stop")),
        supply=tuple(_supply(request) for request in requests if request.has("dispenseRequest")),
        opioid_load=tuple(_load(e) for e in care_plan.all_ours("opioid-load")),
        proof=tuple(_proof(e) for e in care_plan.all_ours("proof")),
        self_care=_notes(care_plan, "self-care"),
        red_flags=_notes(care_plan, "red-flag"),
        emergency="".join(_notes(care_plan, "emergency")),
        sources=tuple(e.text("valueString") or "" for e in care_plan.all_ours("source")),
    )


def _text(element: Element, name: str) -> str:
    return element.part(name).text("valueString") or ""


def _word(element: Element, name: str) -> str:
    return element.part(name).text("valueCode") or ""


def _code(element: Element, name: str) -> str:
    return (element.ours(name) or element).text("valueCode") or ""


def _day(element: Element, key: str) -> date:
    return element.day(key) or date.min


def _days(element: Element | None) -> Days:
    if element is None:
        return Days(date.min, date.min)
    return Days(_day(element, "start"), _day(element, "end"))


def _texts(element: Element, name: str) -> tuple[str, ...]:
    return tuple(e.text("valueString") or "" for e in element.parts(name))


def _formulary(facts: Element) -> FormularyRef:
    jurisdiction, status = _word(facts, "jurisdiction"), _word(facts, "status")
    return FormularyRef(jurisdiction, _text(facts, "version"), status)


def _facts(facts: Element) -> LimitFacts:
    weight = facts.part("weight").child("valueQuantity")
    return LimitFacts(
        age_years=facts.part("age-years").whole("valueUnsignedInt") or 0,
        weight_kg=None if weight is None else weight.decimal("value"),
        egfr=facts.part("egfr").whole("valueUnsignedInt"),
        conditions=tuple(e.text("valueCode") or "" for e in facts.parts("condition")),
    )


def _product(care_plan: Element, facts: Element) -> PlanProduct:
    named = facts.part("medication").child("valueReference")
    name = ("" if named is None else named.text("reference") or "").removeprefix("#")
    medications = {m.text("id"): m for m in care_plan.children("contained")}
    medication = medications.get(name, facts)
    measure = facts.part("measure").child("valueQuantity")
    return PlanProduct(
        id=_product_id(medication),
        medicine=_text(facts, "medicine"),
        contains=tuple(_ingredient(e) for e in medication.children("ingredient")),
        halves=facts.part("halves").yes("valueBoolean"),
        measure_ml=None if measure is None else measure.decimal("value"),
        declared=facts.part("declared").yes("valueBoolean"),
    )


def _product_id(medication: Element) -> str:
    codings = (medication.child("code") or medication).children("coding")
    ours = (c.text("code") for c in codings if c.text("system") == "urn:medplan:fhir:product")
    return next(ours, None) or ""


def _ingredient(element: Element) -> tuple[str, Decimal]:
    named = element.child("itemCodeableConcept") or element
    strength = element.child("strength") or element
    upper = strength.child("numerator") or strength
    return named.text("text") or "", upper.decimal("value") or Decimal(0)


def _place_in_plan(issue: Element) -> int:
    return (issue.ours("finding") or issue).part("index").whole("valuePositiveInt") or 0


def _finding(issue: Element) -> Finding:
    facts = issue.ours("finding") or issue
    code = (issue.child("code") or issue).children("coding")
    mitigation = issue.children("mitigation")
    return Finding(
        code=next((i.text("value") or "" for i in issue.children("identifier")), ""),
        kind=FindingKind(next((c.text("code") or "" for c in code), "")),
        severity=Severity(_word(facts, "severity")),
        medicines=_texts(facts, "medicine"),
        message=issue.text("detail") or "",
        suggestion=facts.part("suggestion").text("valueString"),
        sources=tuple(_citation(e) for e in facts.parts("source")),
        acknowledged=_action(mitigation[0]) if mitigation else None,
    )


def _citation(element: Element) -> Citation:
    said = element.child("valueCoding") or element
    return Citation(said.text("code") or "", Evidence(said.text("display") or ""))


def _action(mitigation: Element) -> str | None:
    return (mitigation.child("action") or mitigation).text("text")


def _of_kind(details: list[Element], kind: str) -> list[tuple[date, Element]]:
    """The activities of one kind: their day, and what our extension adds."""
    found = [(detail, detail.ours(kind)) for detail in details]
    return [(_days(d.child("scheduledPeriod")).first, e) for d, e in found if e is not None]


def _review(day: date, facts: Element) -> Review:
    return Review(day, _texts(facts, "medicine"), _text(facts, "why"))


def _decision(day: date, facts: Element) -> Decision:
    options = tuple(e.text("valueCode") or "" for e in facts.parts("option"))
    return Decision(day, _text(facts, "medicine"), options, _word(facts, "by"))


def _check(day: date, facts: Element) -> Check:
    items = tuple(_item(e) for e in facts.parts("item"))
    return Check(day, _text(facts, "medicine"), CheckTime(_word(facts, "when")), items)


def _item(item: Element) -> ChecklistItem:
    return ChecklistItem(
        _text(item, "text"), CheckLevel(_word(item, "level")), _text(item, "action")
    )


def _stop(day: date, facts: Element) -> Stop:
    return Stop(
        medicine=_text(facts, "medicine"),
        last_dose_day=day,
        first_free_day=facts.part("first-free-day").day("valueDate") or day + timedelta(1),
        taper=_word(facts, "taper"),
        text=_text(facts, "text"),
    )


def _supply(request: Element) -> Supply:
    dispense = request.child("dispenseRequest") or request
    amount = dispense.child("quantity") or dispense
    packs = dispense.ours("packs")
    return Supply(
        product=product_of(request) or "",
        units=amount.decimal("value") or Decimal(0),
        days=_days(dispense.child("validityPeriod")),
        packs=None if packs is None else packs.whole("valuePositiveInt"),
    )


def _load(facts: Element) -> OpioidLoad:
    mg = facts.part("morphine-mg").decimal("valueDecimal") or Decimal(0)
    return OpioidLoad(_word(facts, "authority"), _days(facts.part("days").child("valuePeriod")), mg)


def _proof(facts: Element) -> ProofRow:
    return ProofRow(
        invariant=_text(facts, "invariant"),
        subject=_text(facts, "subject"),
        limit=_text(facts, "limit"),
        worst=_text(facts, "worst"),
        at=_text(facts, "at"),
        holds=facts.part("holds").yes("valueBoolean"),
    )


def _notes(care_plan: Element, kind: str) -> tuple[str, ...]:
    return tuple(
        note.text("text") or ""
        for note in care_plan.children("note")
        if (note.ours("note") or note).text("valueCode") == kind
    )
