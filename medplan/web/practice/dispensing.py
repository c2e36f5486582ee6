"""A pharmacist's page of a plan: what to pack, what changed, what is left, and other packs."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from http import HTTPStatus
from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from medplan.clinical.comparing.revisions import changes
from medplan.clinical.pharmacy.periods import Every
from medplan.documents.plan import read_plan
from medplan.errors import InvalidRequestError, Problem
from medplan.formulary.model import Formulary
from medplan.gate.context import caller, parts
from medplan.gate.doors import signed_in
from medplan.model.plan import Plan
from medplan.pictures.blister import draw_blister_week
from medplan.services.access import Right
from medplan.services.once import Answer
from medplan.services.pharmacy import counter_checks, dispenses, supply_planning
from medplan.services.pharmacy.counter_checks import Said, Verdict
from medplan.services.pharmacy.dispenses import Dispensed, Item
from medplan.services.records import issued, plans
from medplan.services.records.current import Current, today_in
from medplan.services.refusals import NotFoundError
from medplan.store.ids import COUNTER_CHECK, DISPENSE, write_id
from medplan.store.tables import CounterCheckRow
from medplan.web.languages import language
from medplan.web.practice.beside import supply_shown
from medplan.web.practice.changed import ChangeShown, change_shown
from medplan.web.practice.pages import onward, page, practice_pages
from medplan.web.visits import once
from medplan.wording.amounts import product_name, units_text
from medplan.wording.names import medicine_name, name_in_plan

blueprint = practice_pages("dispensing")

_WEEK = timedelta(days=7)
_WIDE = 640
_UNITS = re.compile(r"[0-9]{1,5}(\.5)?")


@dataclass(frozen=True, slots=True)
class Swap:
    """A dose as it is packed now and as other packs would make it, both in words."""

    medicine: str
    now: str
    instead: str


@blueprint.get("/plans/<plan:plan_id>/pharmacy")
@signed_in(Right.READ_PLANS)
def show(plan_id: UUID) -> str:
    """Show a week of the plan as it is packed, and all that a pharmacy does with it."""
    current = issued.read_current(parts(), caller(), plan_id)
    plan = current.plan
    formulary = parts().formularies[plan.formulary.jurisdiction]
    monday = _asked_week(plan, today_in(plan, caller()))
    given = dispenses.read_dispenses(parts(), caller(), plan_id)
    lacking = request.args.get("lacking", "")
    return page(
        "pharmacy",
        row=current.row,
        plan=plan,
        picture=draw_blister_week(plan, monday, formulary, language(), _WIDE),
        monday=monday,
        earlier=monday - _WEEK,
        later=monday + _WEEK,
        supply=supply_shown(plan, formulary, language()),
        periods=supply_planning.read_periods(parts(), caller(), plan_id, Every.FOUR_WEEKS),
        given=given,
        changes=_since_last(current, given, formulary),
        products=[
            (row.product, _product_text(row.product, plan, formulary)) for row in plan.supply
        ],
        product_text=lambda product: _product_text(product, plan, formulary),
        lacking=lacking,
        swaps=_swaps(plan_id, lacking, formulary),
        checks=counter_checks.list_counter_checks(parts(), caller(), plan_id),
    )


@blueprint.post("/plans/<plan:plan_id>/dispenses")
@signed_in(Right.RECORD_DISPENSES)
def record(plan_id: UUID) -> Response:
    """Keep what was supplied."""
    issued.read_current(parts(), caller(), plan_id)  # of another's plan no fault is told
    dispenses.record_dispense(parts(), caller(), plan_id, _day(), _items(), once(_recorded))
    return onward(url_for("dispensing.show", plan_id=plan_id) + "#supplied")


@blueprint.post("/plans/<plan:plan_id>/counter-checks")
@signed_in(Right.COUNTER_CHECK)
def check(plan_id: UUID) -> Response:
    """Keep what the pharmacist says of the plan."""
    issued.read_current(parts(), caller(), plan_id)
    said = request.form.get("verdict", "")
    if said not in set(Verdict) - {Verdict.PROPOSAL}:
        raise InvalidRequestError([Problem("/verdict", "not-in-list", "must be one of the two")])
    note = request.form.get("note", "").strip() or None
    words = Said(Verdict(said), note, None)
    counter_checks.counter_check(parts(), caller(), plan_id, words, once(_checked))
    return onward(url_for("dispensing.show", plan_id=plan_id) + "#checks")


def _asked_week(plan: Plan, today: date) -> date:
    """The Monday of the week that was asked for, or of the first one that matters now."""
    asked = request.args.get("week", "")
    try:
        day = date.fromisoformat(asked) if asked else min(max(today, plan.start), plan.end)
    except ValueError as error:
        raise NotFoundError from error
    return day - timedelta(days=day.weekday())


def _since_last(current: Current, given: Dispensed, formulary: Formulary) -> list[ChangeShown]:
    """What differs from the revision that was last supplied, medicine by medicine."""
    if not given.dispenses:
        return []
    supplied = given.dispenses[-1].revision
    before = plans.read_revision(parts(), caller(), current.row.id, supplied)
    found = changes(read_plan(before.plan), current.plan)
    return [change_shown(change, formulary, language()) for change in found]


def _swaps(plan_id: UUID, lacking: str, formulary: Formulary) -> list[Swap]:
    """Each dose that holds a product which can't be had, with what else makes it exactly."""
    if not lacking:
        return []
    rows = supply_planning.alternatives_for(parts(), caller(), plan_id, lacking)
    return [
        Swap(
            medicine_name(row.medicine, formulary),
            language().listed(units_text(part, language()) for part in row.products),
            language().listed(units_text(part, language()) for part in row.instead),
        )
        for row in rows
    ]


def _product_text(product: str, plan: Plan, formulary: Formulary) -> str:
    owner = {known.id: known.medicine for known in plan.products}
    medicine = name_in_plan(owner.get(product, product), plan, formulary, language())
    return product_name(product, medicine, language())


def _day() -> date:
    try:
        return date.fromisoformat(request.form.get("day", ""))
    except ValueError as error:
        raise InvalidRequestError([Problem("/day", "not-a-day", "must be a day")]) from error


def _items() -> tuple[Item, ...]:
    """The products with units in the form.

    Raises:
        InvalidRequestError: a number that is none; every one at once.
    """
    sent = zip(request.form.getlist("product"), request.form.getlist("units"), strict=False)
    filled = [(product, units.strip()) for product, units in sent if units.strip()]
    wrong = [
        Problem(f"/supplied/{n}/units", "not-an-amount", "must be a number of units")
        for n, (_, units) in enumerate(filled)
        if not _UNITS.fullmatch(units) or not Decimal(units)
    ]
    if wrong or not filled:
        raise InvalidRequestError(wrong or [Problem("/supplied", "missing", "is needed")])
    return tuple(Item(product, Decimal(units)) for product, units in filled)


def _recorded(made: Dispensed) -> Answer:
    return Answer(HTTPStatus.OK, (), write_id(DISPENSE, made.dispenses[-1].id))


def _checked(row: CounterCheckRow) -> Answer:
    return Answer(HTTPStatus.OK, (), write_id(COUNTER_CHECK, row.id))
