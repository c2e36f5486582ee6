"""Routes of a pharmacy's week: what changes between two dates, and what to pack."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from flask import Response, request, url_for
from flask_smorest import Blueprint

from medplan.api import changes_mapping as mapping
from medplan.api.answers import json_answer
from medplan.api.changes_schemas import PackingQuerySchema, PeriodQuery, PeriodQuerySchema
from medplan.api.operation import CSV, Operation
from medplan.documents.csv_text import write_csv
from medplan.gate.bodies import load_query
from medplan.gate.context import caller, context, parts
from medplan.gate.cursors import read_cursor, write_cursor
from medplan.services.access import Right
from medplan.services.pharmacy.changes_between import (
    PatientsPage,
    Place,
    changes_of,
    packing_of,
    plans_between,
)

blueprint = Blueprint("changes", __name__, description="What changes, and what to pack.")


@Operation(
    blueprint,
    "GET",
    "/changes",
    right=Right.READ_PLANS,
    answer="ProductChangePage",
    query=PeriodQuerySchema,
    behind=True,
)
def list_changes() -> Response:
    """Tell for each patient and product what becomes of it between two dates, both included.

    A product is new, changed, continued or stopped against the day before `from`, with the dosage
    of that day and those of the days asked for. Steps up that nobody agreed to don't count.
    """
    query = load_query(PeriodQuerySchema(), PeriodQuery)
    page, onward = _page(query, ".list_changes")
    rows = [
        mapping.change(patient, row)
        for patient in page.patients
        for row in changes_of(patient, query.within)
    ]
    return json_answer({"items": [*rows], "next": onward})


@Operation(
    blueprint,
    "GET",
    "/changes.csv",
    right=Right.READ_PLANS,
    answer=None,
    content_type=CSV,
    query=PeriodQuerySchema,
    behind=True,
)
def list_changes_as_csv() -> Response:
    """Tell the same as a table. The Link header leads to the next page."""
    query = load_query(PeriodQuerySchema(), PeriodQuery)
    page, onward = _page(query, ".list_changes_as_csv")
    rows = (
        mapping.change_row(patient, row)
        for patient in page.patients
        for row in changes_of(patient, query.within)
    )
    return _table("changes.csv", mapping.CHANGES_HEADER, rows, onward)


@Operation(
    blueprint,
    "GET",
    "/packing",
    right=Right.READ_PLANS,
    answer="PackingPage",
    query=PackingQuerySchema,
    behind=True,
)
def list_packing() -> Response:
    """List what each patient takes day by day and time by time, in units of each product."""
    query = load_query(PackingQuerySchema(), PeriodQuery)
    page, onward = _page(query, ".list_packing")
    found = [mapping.packing(p, packing_of(p, query.within)) for p in page.patients]
    return json_answer({"items": [*found], "next": onward})


@Operation(
    blueprint,
    "GET",
    "/packing.csv",
    right=Right.READ_PLANS,
    answer=None,
    content_type=CSV,
    query=PackingQuerySchema,
    behind=True,
)
def list_packing_as_csv() -> Response:
    """List the same as a table, a row for each dose. The Link header leads to the next page."""
    query = load_query(PackingQuerySchema(), PeriodQuery)
    page, onward = _page(query, ".list_packing_as_csv")
    rows = (
        row
        for patient in page.patients
        for row in mapping.packing_rows(patient, packing_of(patient, query.within))
    )
    return _table("packing.csv", mapping.PACKING_HEADER, rows, onward)


def _page(query: PeriodQuery, endpoint: str) -> tuple[PatientsPage, str | None]:
    """The page that a query asks for, and the address of the next one."""
    secret_key = context().secret_key
    days = (query.within.first.isoformat(), query.within.last.isoformat())
    scope = [caller().organisation_id.hex, "patients", *days]
    after = None if query.cursor is None else read_cursor(secret_key, scope, query.cursor)
    page = plans_between(parts(), caller(), query.within, Place(after, query.limit))
    if page.next_after is None:
        return page, None
    kept = {name: value for name, value in request.args.items() if name != "cursor"}
    cursor = write_cursor(secret_key, scope, page.next_after)
    return page, f"{url_for(endpoint)}?{urlencode(kept | {'cursor': cursor})}"


def _table(
    name: str, header: Sequence[str], rows: Iterator[Sequence[str]], onward: str | None
) -> Response:
    response = Response(write_csv(header, rows), content_type=f"{CSV}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if onward is not None:
        response.headers["Link"] = f'<{onward}>; rel="next"'
    return response
