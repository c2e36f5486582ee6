"""Plans side by side, such as a slow and a fast taper: drafts or plans in force."""

from decimal import Decimal
from uuid import UUID

from flask import request

from medplan.clinical.comparing.side_by_side import Candidate, Comparison, Side, compared
from medplan.documents.request import read_kept_request
from medplan.formulary.model import Severity
from medplan.gate.context import caller, parts
from medplan.gate.doors import signed_in
from medplan.services.access import Right
from medplan.services.planning import plan_and_prove
from medplan.services.records import plans
from medplan.services.refusals import NotFoundError
from medplan.store.ids import PLAN, read_id, write_id
from medplan.store.plans import PlanFilter
from medplan.web.languages import language
from medplan.web.practice.beside import pictures
from medplan.web.practice.pages import page, practice_pages
from medplan.wording.amounts import mg_text

blueprint = practice_pages("comparing")

_MOST = 3
_OFFERED = 50


@blueprint.get("/plans/compare")
@signed_in(Right.READ_PLANS)
def show() -> str:
    """Choose plans, or show the chosen ones beside each other."""
    chosen = [_id(text) for text in request.args.getlist("plan") if text][:_MOST]
    candidates = [_candidate(plan_id) for plan_id in chosen]
    comparison = _compared(candidates)
    offered = plans.list_plans(parts(), caller(), PlanFilter(), None, _OFFERED).plans
    return page(
        "compare",
        offered=offered,
        chosen=chosen,
        comparison=comparison,
        facts=[] if comparison is None else _facts(comparison),
        plan_text=lambda row_id: write_id(PLAN, row_id),
        pictures=[pictures(c.plan, c.formulary, language()) for c in candidates],
    )


def _facts(comparison: Comparison) -> list[tuple[str, list[str]]]:
    """The rows of the table: what is compared, and how each plan says it."""
    sides, say = comparison.sides, language()
    rows = [
        (say.say("Can be issued"), [_yes_no(side.issuable) for side in sides]),
        (say.say("Ends"), [say.day(side.end) for side in sides]),
        (say.say("Days"), [str((side.end - side.start).days + 1) for side in sides]),
        (say.say("Steps"), [str(side.steps) for side in sides]),
        (say.say("Biggest cut"), [_cut_text(side) for side in sides]),
        (say.say("Findings"), [_count_text(side) for side in sides]),
    ]
    products = dict.fromkeys(row.product for side in sides for row in side.supply)
    return [*rows, *((product, [_units(side, product) for side in sides]) for product in products)]


def _yes_no(value: object) -> str:
    return language().say("yes") if value else language().say("no")


def _cut_text(side: Side) -> str:
    cut = side.biggest_cut
    if cut is None:
        return "–"
    percent = language().number(cut.actual_percent)
    amount = mg_text(cut.actual_mg, language())
    return language().say("{amount} a day ({percent} %)", amount=amount, percent=percent)


def _count_text(side: Side) -> str:
    counts = [(side.count(severity), severity) for severity in reversed(Severity)]
    return ", ".join(f"{count} {severity}" for count, severity in counts if count) or "–"


def _units(side: Side, product: str) -> str:
    units = sum((row.units for row in side.supply if row.product == product), Decimal(0))
    return language().number(units)


def _compared(candidates: list[Candidate]) -> Comparison | None:
    return compared(candidates) if len(candidates) > 1 else None


def _candidate(plan_id: UUID) -> Candidate:
    """What a plan's request comes to today, by the formulary of today."""
    record = plans.read_plan(parts(), caller(), plan_id)
    asked = read_kept_request(record.request)
    formulary = parts().formularies[asked.jurisdiction]
    name = f"{asked.patient.reference} ({write_id(PLAN, plan_id)[-6:]})"
    return Candidate(name, asked, formulary, plan_and_prove(asked, formulary))


def _id(text: str) -> UUID:
    try:
        return read_id(PLAN, text)
    except ValueError as error:
        raise NotFoundError from error
