"""A plan as a CarePlan: what is asked for, what is to be looked at when, and what to mind.

The days of review, decision, side effects and stop are activities, the rules of conduct are notes.
What proves the plan again (facts, products, proof) stands in extensions.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from medplan.documents.json_text import JsonValue
from medplan.fhir.out.medication_requests import medication
from medplan.fhir.out.shown import CARE_PLAN_STATUS, CourseProduct, Shown
from medplan.fhir.out.sig import sig, sig_parts
from medplan.fhir.values import (
    OURS,
    Resource,
    coding,
    concept,
    extension,
    extension_of,
    identifier,
    instant,
    milligrams,
    our_code,
    part,
    period,
    quantity,
    reference,
    without_nothing,
)
from medplan.model.plan import Check, ChecklistItem, Decision, PlanProduct, Review, Stop
from medplan.services.records.plans import Status
from medplan.wording.amounts import mg_text
from medplan.wording.names import medicine_key, name_in_plan
from medplan.wording.notes import decision_sentence, review_sentence, stop_sentence

_ACTIVITY_STATUS = {
    Status.DRAFT: "not-started",
    Status.ACTIVE: "not-started",
    Status.ON_HOLD: "on-hold",
    Status.COMPLETED: "unknown",
    Status.STOPPED: "unknown",
    Status.ENTERED_IN_ERROR: "entered-in-error",
}


def care_plan(shown: Shown) -> Resource:
    """The plan itself."""
    plan, record = shown.plan, shown.record
    said: Resource = {
        "contained": [*_medications(shown)],
        "extension": [*_extensions(shown)],
        "identifier": [identifier(f"{OURS}:plan", record.key)],
        "status": CARE_PLAN_STATUS[record.status],
        "intent": "plan",
        "category": [our_code("category", "pain-management", "Pain management")],
        "title": "Medication plan",
        "subject": shown.patient(),
        "period": period(plan.start, max(plan.start, plan.end)),
        "created": None if record.created_at is None else instant(record.created_at),
        "author": shown.author(),
        "activity": [*_references(shown), *_activities(shown)],
        "note": [*_notes(shown)],
    }
    return shown.opening("CarePlan", record.key) | without_nothing(said)


def _medications(shown: Shown) -> Iterator[Resource]:
    """The products, with what one unit of each holds."""
    by_product = {asked.product: asked for asked in shown.requests if asked.product}
    for number, product in enumerate(shown.plan.products, 1):
        yield {
            "resourceType": "Medication",
            "id": f"product-{number}",
            "code": _code(shown, product, by_product.get(product.id)),
            "ingredient": [_ingredient(name, milligrams(mg)) for name, mg in product.contains],
        }


def _code(shown: Shown, product: PlanProduct, asked: CourseProduct | None) -> Resource:
    if asked is None:
        return concept(coding(f"{OURS}:product", product.id))
    return medication(shown, asked)


def _ingredient(name: str, strength: Resource) -> Resource:
    one = quantity(1, "{unit}", code="1")
    return {
        "itemCodeableConcept": our_code("ingredient", name.replace(" ", "-"), name),
        "strength": {"numerator": strength, "denominator": one},
    }


def _extensions(shown: Shown) -> Iterator[Resource]:
    plan = shown.plan
    yield extension_of(
        "formulary",
        (
            part("jurisdiction", "Code", plan.formulary.jurisdiction),
            part("version", "String", plan.formulary.version),
            part("status", "Code", plan.formulary.status),
        ),
    )
    yield extension("time-zone", "Code", plan.time_zone)
    yield extension("indication", "Code", plan.indication)
    yield extension("issuable", "Boolean", plan.issuable)
    yield extension("last-day", "Date", plan.end.isoformat())
    yield _facts(shown)
    for number, product in enumerate(plan.products, 1):
        yield _product(number, product)
    for load in plan.opioid_load:
        yield extension_of(
            "opioid-load",
            (
                part("authority", "Code", load.authority),
                part("days", "Period", period(load.days.first, load.days.last)),
                part("morphine-mg", "Decimal", load.ome_mg),
            ),
        )
    yield from _proof(shown)
    for source in plan.sources:
        yield extension("source", "String", source)


def _facts(shown: Shown) -> Resource:
    facts = shown.plan.facts
    weight = None if facts.weight_kg is None else quantity(facts.weight_kg, "kg")
    return extension_of(
        "patient-facts",
        (
            part("age-years", "UnsignedInt", facts.age_years),
            part("weight", "Quantity", weight),
            part("egfr", "UnsignedInt", facts.egfr),
            *(part("condition", "Code", condition) for condition in facts.conditions),
        ),
    )


def _product(number: int, product: PlanProduct) -> Resource:
    measure = None if product.measure_ml is None else quantity(product.measure_ml, "mL")
    return extension_of(
        "product",
        (
            part("medication", "Reference", {"reference": f"#product-{number}"}),
            part("medicine", "String", product.medicine),
            part("halves", "Boolean", product.halves),
            part("measure", "Quantity", measure),
            part("declared", "Boolean", product.declared),
        ),
    )


def _proof(shown: Shown) -> Iterator[Resource]:
    for row in shown.plan.proof:
        yield extension_of(
            "proof",
            (
                part("invariant", "String", row.invariant),
                part("subject", "String", row.subject or None),
                part("limit", "String", row.limit or None),
                part("worst", "String", row.worst or None),
                part("at", "String", row.at or None),
                part("holds", "Boolean", row.holds),
            ),
        )


def _references(shown: Shown) -> Iterator[Resource]:
    for asked in shown.requests:
        yield {"reference": reference("MedicationRequest", asked.name)}


def _activities(shown: Shown) -> Iterator[Resource]:
    plan = shown.plan
    yield from (_review(shown, review) for review in plan.reviews)
    yield from (_decision(shown, decision) for decision in plan.decisions)
    yield from (_check(shown, check) for check in plan.checks)
    yield from (_stop(shown, stop) for stop in plan.stops)


def _activity(
    shown: Shown, kind: str, day: date, text: str, parts: Iterable[Resource | None]
) -> Resource:
    said: Resource = {
        "extension": [extension_of(kind, parts)],
        "code": our_code("activity", kind),
        "status": _ACTIVITY_STATUS[shown.record.status],
        "scheduledPeriod": period(day, day),
        "description": text,
    }
    return {"detail": without_nothing(said)}


def _review(shown: Shown, review: Review) -> Resource:
    names = [name_in_plan(m, shown.plan, shown.formulary) for m in review.medicines]
    medicines = [part("medicine", "String", medicine) for medicine in review.medicines]
    text = review_sentence(names, review)
    parts = (*medicines, part("why", "String", review.why))
    return _activity(shown, "review", review.day, text, parts)


def _decision(shown: Shown, decision: Decision) -> Resource:
    name = name_in_plan(decision.medicine, shown.plan, shown.formulary)
    text = decision_sentence(name, decision)
    options = [part("option", "Code", option) for option in decision.options]
    parts = (
        part("medicine", "String", decision.medicine),
        *options,
        part("by", "Code", decision.by),
    )
    return _activity(shown, "decision", decision.day, text, parts)


def _check(shown: Shown, check: Check) -> Resource:
    name = name_in_plan(check.medicine, shown.plan, shown.formulary)
    parts = (
        part("medicine", "String", check.medicine),
        part("when", "Code", check.when.value),
        *(_item(item) for item in check.items),
    )
    return _activity(shown, "check", check.day, f"{name}: look out for side effects.", parts)


def _item(item: ChecklistItem) -> Resource:
    parts = (
        part("text", "String", item.text),
        part("level", "Code", item.level.value),
        part("action", "String", item.action or None),
    )
    return {"url": "item", "extension": [p for p in parts if p is not None]}


def _stop(shown: Shown, stop: Stop) -> Resource:
    name = name_in_plan(stop.medicine, shown.plan, shown.formulary)
    day_after = stop.last_dose_day + timedelta(1)
    free = None if stop.first_free_day == day_after else stop.first_free_day.isoformat()
    parts = (
        part("medicine", "String", stop.medicine),
        part("first-free-day", "Date", free),
        part("taper", "Code", stop.taper),
        part("text", "String", stop.text or None),
    )
    return _activity(shown, "stop", stop.last_dose_day, stop_sentence(name, stop), parts)


def _notes(shown: Shown) -> Iterator[JsonValue]:
    plan = shown.plan
    for course in plan.courses:
        name = shown.named(medicine_key(course))
        yield _note("sig", sig(name, course))
        for text in sig_parts(name, course):
            yield _note("sig-part", text)
    for most in dict.fromkeys(_most(shown)):
        yield _note("most-in-24-hours", most)
    for kind, texts in (("self-care", plan.self_care), ("red-flag", plan.red_flags)):
        for text in texts:
            yield _note(kind, text)
    if plan.emergency:
        yield _note("emergency", plan.emergency)


def _most(shown: Shown) -> Iterator[str]:
    """The most of a medicine in a day: no single request can say it of all its products."""
    for course in shown.plan.courses:
        for step in course.steps:
            if step.max_daily_mg is not None:
                name = shown.named(medicine_key(course))
                most = mg_text(step.max_daily_mg)
                yield f"{name}: no more than {most} in any 24 hours, counting all doses."


def _note(kind: str, text: str) -> Resource:
    return {"extension": [extension("note", "Code", kind)], "text": text}
