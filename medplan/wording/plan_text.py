"""A whole plan as plain text, for a letter, a screen reader or a terminal.

Everything the plan holds is said, in the order in which a reader needs it: what is wrong, what to
take on which days, what else happens on which day, what to watch for, what to do in an emergency.
"""

from collections.abc import Iterable, Iterator

from medplan.formulary.model import Formulary
from medplan.model.plan import Check, Course, Decision, EndsIn, Finding, Plan, Role, Step, Supply
from medplan.wording.amounts import mg_text, number_text
from medplan.wording.dates import day_text, days_text, short_day_text
from medplan.wording.doses import (
    DRAFT,
    NOT_ISSUED,
    ONLY_IF_AGREED,
    advice_text,
    amount_text,
    clock_text,
    daily_text,
    when_required_sentence,
)
from medplan.wording.good_to_know import AIM, LEFTOVERS, WHOM_TO_ASK
from medplan.wording.names import listed, medicine_key, medicine_name, name_in_plan
from medplan.wording.notes import (
    check_sentences,
    decision_sentence,
    review_sentence,
    stop_sentence,
    supply_sentence,
)
from medplan.wording.standing import standing_sentence

_ENDS = {
    EndsIn.STOP: "then stop",
    EndsIn.REVIEW: "then a review",
    EndsIn.CONTINUES: "goes on after that",
}
_ROLES = {
    Role.PRESCRIBED: "",
    Role.GASTROPROTECTION: "protects the stomach",
    Role.LAXATIVE: "keeps the bowels moving",
}


def plan_text(plan: Plan, formulary: Formulary, status: str = "") -> str:
    """The whole plan in sentences, one per line, a blank line between parts; ends with a newline.

    Says first where a stored plan stands, unless it is simply followed; that the formulary is a
    draft while it is one; and that a plan is not issued while something in it is open.
    """
    standing = standing_sentence(status)
    parts = (
        [] if standing is None else [standing],
        _heading(plan),
        _titled("Findings", (_finding(f) for f in plan.findings)),
        *(_course(course, formulary) for course in plan.courses),
        _titled(
            "Stops", (stop_sentence(_name(plan, s.medicine, formulary), s) for s in plan.stops)
        ),
        _titled("Reviews", _reviews(plan, formulary)),
        _titled("Decisions", (_decision(plan, d, formulary) for d in plan.decisions)),
        _titled("Side-effect checks", _checks(plan, formulary)),
        _titled("Supply", (_supply(plan, row, formulary) for row in plan.supply)),
        _titled("When it is over, and whom to ask", _afterwards(plan)),
        _titled("What you can do yourself", plan.self_care),
        _titled("Get help at once if you notice", plan.red_flags),
        [plan.emergency],
    )
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _heading(plan: Plan) -> list[str]:
    said = [f"Plan from {day_text(plan.start)} to {day_text(plan.end)}"]
    said += [AIM, f"Times are clock times in {plan.time_zone}."]
    if plan.formulary.status == "draft":
        said.append(f"{DRAFT}.")
    if not plan.issuable:
        said.append(NOT_ISSUED)
    return said


def _titled(title: str, sentences: Iterable[str]) -> list[str]:
    """A part with its title; nothing at all where it has nothing to say."""
    said = list(sentences)
    return [title.upper(), *(f"- {sentence}" for sentence in said)] if said else []


def _finding(finding: Finding) -> str:
    said = f"{finding.severity.upper()} ({finding.kind}): {finding.message}"
    if finding.suggestion:
        said += f" {finding.suggestion}"
    if finding.acknowledged:
        said += f" Acknowledged: {finding.acknowledged}"
    return f"{said} [{finding.code}]"


def _course(course: Course, formulary: Formulary) -> list[str]:
    """A course as its steps: the days, the amount of a day, then each dose of it."""
    name = medicine_name(medicine_key(course), formulary)
    covers = listed(medicine_name(m, formulary) for m in course.covers) if course.covers else ""
    why = _ROLES[course.role] + (f" during {covers}" if covers else "")
    about = f"{days_text(course.days)}, {_ENDS[course.ends_in]}"
    said = [f"{name.upper()}: {about}" + (f" ({why})" if why else "")]
    for step in course.steps:
        said += _step(name, step)
    advice = dict.fromkeys(advice_text(d) for s in course.steps for d in s.doses)
    told = dict.fromkeys((*advice, *_about(course, formulary)))
    return [*said, *(f"  {sentence}" for sentence in told if sentence)]


def _about(course: Course, formulary: Formulary) -> Iterator[str]:
    """What the medicine is for, a missed dose, driving and alcohol: as the formulary says them."""
    medicine = formulary.medicines.get(course.medicine)
    if medicine is None:
        return
    yield f"What it is for: {medicine.purpose.text}"
    yield f"A missed dose: {medicine.missed_dose.text}"
    if medicine.driving is not None:
        yield f"Driving: {medicine.driving.text}"
    if medicine.alcohol is not None:
        yield f"Alcohol: {medicine.alcohol.text}"


def _afterwards(plan: Plan) -> Iterator[str]:
    if any(course.ends_in is EndsIn.STOP for course in plan.courses):
        yield LEFTOVERS
    yield WHOM_TO_ASK


def _step(name: str, step: Step) -> Iterator[str]:
    cut = ""
    if step.actual_percent is not None:
        cut = f", a cut of {number_text(step.actual_percent)} %"
    yield f"- {days_text(step.days)}: {daily_text(step)}{cut}"
    if step.conditional:
        yield f"  {ONLY_IF_AGREED}."
    if step.when_required:
        yield f"  {when_required_sentence(name, step)}"
        return
    for dose in step.doses:
        amount = amount_text(dose) if dose.mg else mg_text(dose.mg)
        yield f"  {clock_text(dose)}  {amount}"


def _reviews(plan: Plan, formulary: Formulary) -> Iterator[str]:
    for review in plan.reviews:
        names = [_name(plan, m, formulary) for m in review.medicines]
        yield f"{short_day_text(review.day)}: {review_sentence(names, review)}"


def _decision(plan: Plan, decision: Decision, formulary: Formulary) -> str:
    name = _name(plan, decision.medicine, formulary)
    return f"{short_day_text(decision.day)}: {decision_sentence(name, decision)}"


def _checks(plan: Plan, formulary: Formulary) -> Iterator[str]:
    """The checks, each list once with all its days: most are the same from day to day."""
    same: dict[tuple[str, tuple[str, ...]], list[Check]] = {}
    for check in plan.checks:
        name = _name(plan, check.medicine, formulary)
        same.setdefault((name, check_sentences(name, check)), []).append(check)
    for (_, sentences), checks in same.items():
        days = listed(dict.fromkeys(short_day_text(c.day) for c in checks))
        yield f"{days}. {sentences[0]}"
        yield from sentences[1:]


def _supply(plan: Plan, supply: Supply, formulary: Formulary) -> str:
    owner = {product.id: product.medicine for product in plan.products}
    medicine = owner.get(supply.product, supply.product)
    return supply_sentence(_name(plan, medicine, formulary), supply)


def _name(plan: Plan, medicine: str, formulary: Formulary) -> str:
    return name_in_plan(medicine, plan, formulary)
