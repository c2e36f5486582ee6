"""Routes of supply: what was dispensed, when to supply what, and other packs for the same doses."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, request, url_for
from flask_smorest import Blueprint
from marshmallow import ValidationError, post_load, validates_schema

from medplan.api.answers import json_answer
from medplan.api.mapping import Document, items, write_json
from medplan.api.operation import Operation
from medplan.api.schemas import USUAL_PAGE, PageSize
from medplan.clinical.pharmacy.alternatives import Alternative
from medplan.clinical.pharmacy.periods import Every, Period
from medplan.clinical.pharmacy.stock import Stock
from medplan.documents.faults import Fault
from medplan.documents.fields import Amount, Day, Text, Word
from medplan.documents.json_text import JsonValue
from medplan.documents.shapes import Loaded, Many, Object, StrictSchema
from medplan.gate.bodies import load_body, load_query
from medplan.gate.context import caller, context, parts
from medplan.gate.cursors import read_cursor, write_cursor
from medplan.gate.idempotency import once, respond
from medplan.model.plan import ProductUnits
from medplan.services.access import Right
from medplan.services.once import Answer
from medplan.services.pharmacy import dispenses, supply_planning
from medplan.services.pharmacy.changes_between import Place
from medplan.services.pharmacy.dispenses import Dispense, Dispensed, Item
from medplan.services.pharmacy.supply_planning import Affected
from medplan.store.ids import DISPENSE, PLAN, write_id
from medplan.units import format_decimal

blueprint = Blueprint("dispenses", __name__, description="What is supplied, and when.")

_MISSING = (HTTPStatus.NOT_FOUND,)
_CONFLICT = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
_MOST_ITEMS = 50
_MOST_UNITS = 100_000


class SuppliedItemSchema(StrictSchema):
    """Units of one product."""

    product = Text(required=True)
    units = Amount(_MOST_UNITS, required=True)

    @post_load
    def make(self, read: Loaded, **_options: object) -> Item:
        """The item as a value."""
        return Item(read["product"], read["units"])


@dataclass(frozen=True, slots=True)
class DispenseWish:
    """What was supplied on which day."""

    day: date
    supplied: tuple[Item, ...]


class NewDispenseSchema(StrictSchema):
    """What was supplied on which day, each product once."""

    day = Day(date(2000, 1, 1), date(2199, 12, 31), required=True)
    supplied = Many(Object(SuppliedItemSchema, required=True), 1, _MOST_ITEMS, required=True)

    @validates_schema
    def check_products(self, read: Loaded, **_options: object) -> None:
        """No product stands twice."""
        products = [item.product for item in read.get("supplied") or () if isinstance(item, Item)]
        if len(set(products)) < len(products):
            fault = Fault("duplicate", "each product may stand here once")
            raise ValidationError({"supplied": [fault]})

    @post_load
    def make(self, read: Loaded, **_options: object) -> DispenseWish:
        """The wish as a value."""
        return DispenseWish(read["day"], tuple(read["supplied"]))


class PeriodsQuerySchema(StrictSchema):
    """How often the patient collects: weekly unless it says otherwise."""

    every = Word(*Every)

    @post_load
    def make(self, read: Loaded, **_options: object) -> Every:
        """The query as a value."""
        return Every(read.get("every") or Every.WEEKLY)


@dataclass(frozen=True, slots=True)
class ShortageQuery:
    """Which product lacks from which day on (None: today, by UTC), and a page."""

    product: str
    since: date | None
    limit: int
    cursor: str | None


class ShortageQuerySchema(StrictSchema):
    """The product that can't be had, and from when on."""

    product = Text(required=True)
    since = Day(date(2000, 1, 1), date(2199, 12, 31))
    limit = PageSize()
    cursor = Text(most=1000)

    @post_load
    def make(self, read: Loaded, **_options: object) -> ShortageQuery:
        """The query as a value."""
        limit = read.get("limit") or USUAL_PAGE
        return ShortageQuery(read["product"], read.get("since"), limit, read.get("cursor"))


@Operation(
    blueprint,
    "POST",
    "/plans/<plan:plan_id>/dispenses",
    right=Right.RECORD_DISPENSES,
    answer="Dispensed",
    status=HTTPStatus.CREATED,
    refusals=_CONFLICT,
    body=NewDispenseSchema,
    keyed=True,
)
def record_dispense(plan_id: UUID) -> Response:
    """Record what was supplied on a day; the answer says how far everything supplied goes."""
    wish = load_body(NewDispenseSchema(), DispenseWish)
    return respond(
        dispenses.record_dispense(
            parts(), caller(), plan_id, wish.day, wish.supplied, once(_recorded)
        )
    )


@Operation(
    blueprint,
    "GET",
    "/plans/<plan:plan_id>/dispenses",
    right=Right.READ_PLANS,
    answer="Dispensed",
    refusals=_CONFLICT,
)
def list_dispenses(plan_id: UUID) -> Response:
    """List what was supplied, and how far it goes under the plan as it now stands."""
    return json_answer(_dispensed(dispenses.read_dispenses(parts(), caller(), plan_id)))


@Operation(
    blueprint,
    "GET",
    "/plans/<plan:plan_id>/supply-periods",
    right=Right.READ_PLANS,
    answer="SupplyPeriodList",
    query=PeriodsQuerySchema,
    refusals=_CONFLICT,
)
def list_supply_periods(plan_id: UUID) -> Response:
    """Cut the plan's supply into collections: weekly, every 10 or 28 days, or to each review.

    A period ends with a step where it can, is collected on a working day, and is never longer than
    the rules for its medicines have it. Together the periods hold every unit of the supply.
    """
    every = load_query(PeriodsQuerySchema(), Every)
    found = supply_planning.read_periods(parts(), caller(), plan_id, every)
    return json_answer(items([_period(period) for period in found]))


@Operation(
    blueprint,
    "GET",
    "/shortages",
    right=Right.READ_PLANS,
    answer="AffectedPlanPage",
    query=ShortageQuerySchema,
)
def list_affected_plans() -> Response:
    """List the plans that use a product which can't be had, with other packs for the same doses.

    Nothing is changed: another pack mix is proposed to the prescriber by a counter-check.
    """
    query = load_query(ShortageQuerySchema(), ShortageQuery)
    since = query.since or caller().at.date()
    secret_key = context().secret_key
    scope = [caller().organisation_id.hex, "shortages", query.product, since.isoformat()]
    after = None if query.cursor is None else read_cursor(secret_key, scope, query.cursor)
    found, page = supply_planning.plans_lacking(
        parts(), caller(), query.product, since, Place(after, query.limit)
    )
    onward = None
    if page.next_after is not None:
        cursor = write_cursor(secret_key, scope, page.next_after)
        kept = {**request.args, "since": since.isoformat(), "cursor": cursor}
        onward = f"{url_for('.list_affected_plans')}?{urlencode(kept)}"
    return json_answer({"items": [_affected(row) for row in found], "next": onward})


def _recorded(found: Dispensed) -> Answer:
    newest = _dispense(found.dispenses[-1])
    body = write_json(newest | _dispensed(found))
    return Answer(HTTPStatus.CREATED, (), body)


def _dispensed(found: Dispensed) -> Document:
    return {
        "items": [_dispense(row) for row in found.dispenses],
        "stock": [_stock(row) for row in found.stock],
    }


def _dispense(row: Dispense) -> Document:
    return {
        "id": write_id(DISPENSE, row.id),
        "day": row.day.isoformat(),
        "revision": row.revision,
        "supplied": [_units(item.product, item.units) for item in row.items],
    }


def _stock(row: Stock) -> Document:
    through, out = row.enough_through, row.run_out_day
    return _units(row.product, row.supplied) | {
        "enough_through": None if through is None else through.isoformat(),
        "run_out_day": None if out is None else out.isoformat(),
        "shortfall": format_decimal(row.shortfall),
        "surplus": format_decimal(row.surplus),
    }


def _period(period: Period) -> Document:
    rule = period.maximum
    return {
        "collect_on": period.collect_on.isoformat(),
        "first_day": period.days.first.isoformat(),
        "last_day": period.days.last.isoformat(),
        "supply": [_units(product, units) for product, units in period.units],
        "maximum": None
        if rule is None
        else {
            "rule": rule.id,
            "days": rule.over_days,
            "text": rule.text,
            "source": rule.citation.source,
            "evidence": rule.citation.evidence.value,
        },
    }


def _affected(row: Affected) -> Document:
    return {
        "plan": write_id(PLAN, row.plan_id),
        "patient_reference": row.reference,
        "doses": [_alternative(found) for found in row.alternatives],
    }


def _alternative(found: Alternative) -> Document:
    return {
        "medicine": found.medicine,
        "mg": format_decimal(found.mg),
        "products": _mix(found.products),
        "instead": _mix(found.instead) if found.instead else None,
        "same_form": found.same_form,
    }


def _mix(products: tuple[ProductUnits, ...]) -> list[JsonValue]:
    return [_units(part.product, part.units) for part in products]


def _units(product: str, units: Decimal) -> Document:
    return {"product": product, "units": format_decimal(units)}
