"""From a plan's document back to the `Plan` it was written from.

Nothing is left out and nothing made up: an unknown key, a missing one or a wrong type is a problem
at its place. Where the document says a thing twice (a course's days follow from its steps) both
must agree, or it is a problem with the code `contradiction`.
"""

from collections.abc import Sequence
from datetime import timedelta

from medplan.documents.json_text import JsonValue
from medplan.documents.reader import CONTRADICTION, Reader
from medplan.errors import InvalidRequestError, Problem
from medplan.formulary.model import (
    CheckLevel,
    CheckTime,
    Citation,
    Evidence,
    FindingKind,
    Severity,
)
from medplan.model.plan import (
    Check,
    ChecklistItem,
    Course,
    Decision,
    Dose,
    EndsIn,
    Finding,
    FormularyRef,
    LimitFacts,
    OpioidLoad,
    Phase,
    Plan,
    PlanProduct,
    ProductUnits,
    ProofRow,
    Review,
    Role,
    Step,
    Stop,
    Supply,
)
from medplan.units import Days, Slot


def document_to_plan(document: JsonValue) -> Plan:
    """The plan that a document holds.

    Raises:
        InvalidRequestError: every key that is missing, unknown, of the wrong kind, or at odds with
            another, with its JSON Pointer.
    """
    problems: list[Problem] = []
    reader = Reader(document, (), problems)
    plan = _plan(reader)
    reader.done()
    if problems:
        raise InvalidRequestError(problems)
    return plan


def _plan(r: Reader) -> Plan:
    plan = Plan(
        formulary=_formulary(r.object("formulary")),
        indication=r.text("indication"),
        start=r.day("start"),
        end=r.day("end"),
        time_zone=r.zone("time_zone"),
        facts=_facts(r.object("patient_facts")),
        products=r.rows("products", _product),
        issuable=r.yes_no("issuable"),
        findings=r.rows("findings", _finding),
        courses=r.rows("courses", _course),
        reviews=r.rows("reviews", _review),
        decisions=r.rows("decisions", _decision),
        checks=r.rows("checks", _check),
        stops=r.rows("stops", _stop),
        supply=r.rows("supply", _supply),
        opioid_load=r.rows("opioid_load", _load),
        proof=r.rows("proof", _proof_row),
        self_care=r.texts("self_care"),
        red_flags=r.texts("red_flags"),
        emergency=r.text("emergency"),
        sources=r.texts("sources"),
    )
    _span(r, plan)
    return plan


def _span(r: Reader, plan: Plan) -> None:
    """Note where the plan begins or ends on other days than its courses do."""
    steps = [c.steps for c in plan.courses if c.steps]
    if not steps:
        return
    if plan.start > min(s[0].days.first for s in steps):
        r.note("start", CONTRADICTION, "after the first day of a course")
    if plan.end != max(s[-1].days.last for s in steps):
        r.note("end", CONTRADICTION, "not the last day of the last course")


def _formulary(r: Reader) -> FormularyRef:
    ref = FormularyRef(r.text("jurisdiction"), r.text("version"), r.text("status"))
    r.done()
    return ref


def _facts(r: Reader) -> LimitFacts:
    facts = LimitFacts(
        age_years=r.whole("age_years"),
        weight_kg=r.optional("weight_kg", r.decimal),
        egfr=r.optional("egfr", r.whole),
        conditions=r.texts("conditions"),
    )
    r.done()
    return facts


def _product(r: Reader) -> PlanProduct:
    return PlanProduct(
        id=r.text("id"),
        medicine=r.text("medicine"),
        contains=r.rows("contains", lambda c: (c.text("ingredient"), c.decimal("mg"))),
        halves=r.yes_no("halves"),
        measure_ml=r.optional("measure_ml", r.decimal),
        declared=r.yes_no("declared"),
    )


def _finding(r: Reader) -> Finding:
    return Finding(
        code=r.text("code"),
        kind=r.word("kind", FindingKind),
        severity=r.word("severity", Severity),
        medicines=r.texts("medicines"),
        message=r.text("message"),
        suggestion=r.optional("suggestion", r.text),
        sources=r.rows("sources", lambda s: Citation(s.text("id"), s.word("evidence", Evidence))),
        acknowledged=r.optional("acknowledged", r.text),
    )


def _course(r: Reader) -> Course:
    course = Course(
        medicine=r.text("medicine"),
        name=r.text("name") if r.has("name") else None,
        regimen=r.text("regimen"),
        role=r.word("role", Role),
        covers=r.optional("covers", r.texts) or (),
        ends_in=r.word("ends_in", EndsIn),
        steps=r.rows("steps", _step),
    )
    said = r.days("first_day", "last_day")
    free = r.day("first_free_day")
    if not course.steps:
        r.note("steps", "missing", "a course has at least one step")
        return course
    _agree(r, course.steps, said)
    if free - said.last != timedelta(1):
        r.note("first_free_day", CONTRADICTION, "not the day after last_day")
    return course


def _agree(r: Reader, steps: Sequence[Step], said: Days) -> None:
    """Note where the steps' ends are others; the steps may stand in any order here."""
    if said.first != steps[0].days.first:
        r.note("first_day", CONTRADICTION, "not the first day of the first step")
    if said.last != steps[-1].days.last:
        r.note("last_day", CONTRADICTION, "not the last day of the last step")


def _step(r: Reader) -> Step:
    return Step(
        phase=r.word("phase", Phase),
        days=r.days("first_day", "last_day"),
        daily_mg=r.decimal("daily_mg"),
        conditional=r.yes_no("conditional"),
        when_required=r.yes_no("when_required"),
        max_daily_mg=r.optional("max_daily_mg", r.decimal),
        min_interval_hours=r.optional("min_interval_hours", r.decimal),
        asked_percent=r.optional("asked_percent", r.decimal),
        actual_percent=r.optional("actual_percent", r.decimal),
        doses=r.rows("doses", _dose),
        held_days=r.whole("held_days") if r.has("held_days") else 0,
    )


def _dose(r: Reader) -> Dose:
    return Dose(
        minute=r.optional("at", r.clock),
        slot=r.optional("slot", lambda key: r.word(key, Slot)),
        mg=r.decimal("mg"),
        products=r.rows("products", lambda p: ProductUnits(p.text("product"), p.decimal("units"))),
        instruction=r.text("instruction"),
    )


def _review(r: Reader) -> Review:
    return Review(day=r.day("day"), medicines=r.texts("medicines"), why=r.text("why"))


def _decision(r: Reader) -> Decision:
    return Decision(r.day("day"), r.text("medicine"), r.texts("options"), r.text("by"))


def _check(r: Reader) -> Check:
    return Check(
        day=r.day("day"),
        medicine=r.text("medicine"),
        when=r.word("when", CheckTime),
        items=r.rows("items", _item),
    )


def _item(r: Reader) -> ChecklistItem:
    return ChecklistItem(r.text("text"), r.word("level", CheckLevel), r.text("action"))


def _stop(r: Reader) -> Stop:
    return Stop(
        medicine=r.text("medicine"),
        last_dose_day=r.day("last_dose_day"),
        first_free_day=r.day("first_free_day"),
        taper=r.text("taper"),
        text=r.text("text"),
    )


def _supply(r: Reader) -> Supply:
    return Supply(
        product=r.text("product"),
        units=r.decimal("units"),
        days=r.days("from", "to"),
        packs=r.optional("packs", r.whole),
    )


def _load(r: Reader) -> OpioidLoad:
    return OpioidLoad(r.text("authority"), r.days("first_day", "last_day"), r.decimal("ome_mg"))


def _proof_row(r: Reader) -> ProofRow:
    return ProofRow(
        invariant=r.text("invariant"),
        subject=r.text("subject"),
        limit=r.text("limit"),
        worst=r.text("worst"),
        at=r.text("at"),
        holds=r.yes_no("holds"),
    )
