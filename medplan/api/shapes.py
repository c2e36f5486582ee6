"""Routes that give a stored plan in other shapes: calendar file, text, table, supply, doses."""

from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from medplan.api import mapping
from medplan.api.answers import json_answer
from medplan.api.operation import CALENDAR, CSV, TEXT, Operation
from medplan.api.schemas import DaysQuery, DaysQuerySchema, FileQuerySchema
from medplan.documents.csv_text import write_csv
from medplan.gate.bodies import load_query
from medplan.gate.context import caller, parts
from medplan.model.plan import Plan
from medplan.services.access import Right
from medplan.services.parts import CalendarLook
from medplan.services.records.dated import DatedDose, dated_doses
from medplan.services.showing import shapes
from medplan.units import Days

blueprint = Blueprint("shapes", __name__, description="The same plan in other shapes.")

_MISSING = (HTTPStatus.NOT_FOUND,)


@Operation(
    blueprint,
    "GET",
    "/plans/<plan:plan_id>.ics",
    right=Right.READ_PLANS,
    answer=None,
    content_type=CALENDAR,
    query=FileQuerySchema,
    refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
def read_calendar(plan_id: UUID) -> Response:
    """Download an issued plan's calendar, to be imported once; a feed is what stays up to date."""
    look = load_query(FileQuerySchema(), CalendarLook)
    return _download(shapes.calendar_file(parts(), caller(), plan_id, look), "plan.ics")


@Operation(
    blueprint,
    "GET",
    "/plans/<plan:plan_id>/cancel.ics",
    right=Right.READ_PLANS,
    answer=None,
    content_type=CALENDAR,
    refusals=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
def read_cancellation(plan_id: UUID) -> Response:
    """Download what takes imported calendars back out, of any revision and however they looked."""
    return _download(shapes.cancellation_file(parts(), caller(), plan_id), "cancel.ics")


def _download(body: bytes, name: str, content_type: str = CALENDAR) -> Response:
    response = Response(body, content_type=f"{content_type}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@Operation(
    blueprint,
    "GET",
    "/plans/<plan:plan_id>/text",
    right=Right.READ_PLANS,
    answer=None,
    content_type=TEXT,
    refusals=_MISSING,
)
def read_text(plan_id: UUID) -> Response:
    """Read a plan in words."""
    text = shapes.text(parts(), caller(), plan_id)
    return Response(text, content_type=f"{TEXT}; charset=utf-8")


@Operation(
    blueprint,
    "GET",
    "/plans/<plan:plan_id>/supply",
    right=Right.READ_PLANS,
    answer="Supply",
    refusals=_MISSING,
)
def read_supply(plan_id: UUID) -> Response:
    """Read how many units of each product the plan needs."""
    plan = shapes.read(parts(), caller(), plan_id)
    return json_answer(mapping.supply_list(plan))


@Operation(
    blueprint,
    "GET",
    "/plans/<plan:plan_id>/doses",
    right=Right.READ_PLANS,
    answer="DoseList",
    query=DaysQuerySchema,
    refusals=_MISSING,
)
def read_doses(plan_id: UUID) -> Response:
    """Read the plan dose by dose, on the days asked for or all of them."""
    query = load_query(DaysQuerySchema(), DaysQuery)
    plan = shapes.read(parts(), caller(), plan_id)
    return json_answer(mapping.items([mapping.dated_dose(d) for d in _doses(plan, query)]))


@Operation(
    blueprint,
    "GET",
    "/plans/<plan:plan_id>.csv",
    right=Right.READ_PLANS,
    answer=None,
    content_type=CSV,
    query=DaysQuerySchema,
    refusals=_MISSING,
)
def read_table(plan_id: UUID) -> Response:
    """Download the plan as a table: a row for each product of each dose."""
    query = load_query(DaysQuerySchema(), DaysQuery)
    plan = shapes.read(parts(), caller(), plan_id)
    rows = (row for dated in _doses(plan, query) for row in mapping.dose_rows(dated))
    return _download(write_csv(mapping.DOSES_HEADER, rows).encode(), "plan.csv", CSV)


def _doses(plan: Plan, query: DaysQuery) -> Sequence[DatedDose]:
    """The doses on the days asked for, as far as the plan goes."""
    first, last = max(query.first or plan.start, plan.start), min(query.last or plan.end, plan.end)
    return dated_doses(plan, Days(first, last)) if first <= last else ()
