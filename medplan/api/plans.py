"""Routes of plans: preview, draft, read, list, issue, and the same plan in other shapes."""

from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, request, url_for
from flask_smorest import Blueprint

from medplan.api import mapping
from medplan.api.answers import json_answer
from medplan.api.operation import Operation
from medplan.api.schemas import IssueSchema, ListQuery, ListQuerySchema, Reasons
from medplan.documents.plan import dump_plan
from medplan.documents.request_schema import PlanRequestSchema
from medplan.gate.bodies import json_body, load_optional_body, load_query
from medplan.gate.context import caller, context, parts
from medplan.gate.cursors import read_cursor, write_cursor
from medplan.gate.idempotency import once, respond
from medplan.gate.preconditions import etag_of, expected_versions
from medplan.services import issuing, plans
from medplan.services.once import Answer
from medplan.services.plans import PlanRecord

blueprint = Blueprint("plans", __name__, description="Plans and their revisions.")

_MISSING = (HTTPStatus.NOT_FOUND,)
_CONFLICT = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


@Operation(blueprint, "POST", "/previews", answer="Plan", body=PlanRequestSchema)
def preview_plan() -> Response:
    """Make the plan that a request asks for and store nothing.

    The answer is 200 with its findings also when the plan could not be issued.
    """
    plan = plans.preview(parts(), caller(), json_body())
    return Response(dump_plan(plan), content_type="application/json")


@Operation(
    blueprint,
    "POST",
    "/plans",
    answer="StoredPlan",
    status=HTTPStatus.CREATED,
    body=PlanRequestSchema,
    keyed=True,
)
def create_plan() -> Response:
    """Store a draft of the plan that a request asks for."""
    return respond(plans.create_draft(parts(), caller(), json_body(), once(_created)))


@Operation(blueprint, "GET", "/plans", answer="PlanPage", query=ListQuerySchema)
def list_plans() -> Response:
    """List plans, newest first; follow `next` for more."""
    query = load_query(ListQuerySchema(), ListQuery)
    secret_key, scope = context().secret_key, _scope(query)
    place = None if query.cursor is None else read_cursor(secret_key, scope, query.cursor)
    page = plans.list_plans(parts(), caller(), query.wanted, older_than=place, limit=query.limit)
    onward = None
    if page.next_older_than is not None:
        cursor = write_cursor(secret_key, scope, page.next_older_than)
        onward = _onward(cursor)
    return json_answer(
        mapping.items([mapping.plan_summary(row) for row in page.plans]) | {"next": onward}
    )


@Operation(blueprint, "GET", "/plans/<plan:plan_id>", answer="StoredPlan", refusals=_MISSING)
def read_plan(plan_id: UUID) -> Response:
    """Read a plan as it stands: the draft, or the current revision. Its ETag names the version."""
    record = plans.read_plan(parts(), caller(), plan_id)
    return respond(current_answer(record))


@Operation(
    blueprint,
    "PUT",
    "/plans/<plan:plan_id>",
    answer="StoredPlan",
    refusals=_CONFLICT,
    body=PlanRequestSchema,
    matched=True,
)
def replace_plan(plan_id: UUID) -> Response:
    """Put another request in a draft's place."""
    record = plans.replace_draft(
        parts(), caller(), plan_id, json_body(), expected=expected_versions()
    )
    return respond(current_answer(record))


@Operation(
    blueprint,
    "DELETE",
    "/plans/<plan:plan_id>",
    answer=None,
    status=HTTPStatus.NO_CONTENT,
    refusals=_CONFLICT,
    matched=True,
)
def delete_plan(plan_id: UUID) -> Response:
    """Drop a draft. An issued plan can't be dropped."""
    plans.delete_draft(parts(), caller(), plan_id, expected=expected_versions())
    return Response(status=HTTPStatus.NO_CONTENT)


@Operation(
    blueprint,
    "POST",
    "/plans/<plan:plan_id>/issue",
    answer="StoredPlan",
    refusals=_CONFLICT,
    body=IssueSchema,
    body_required=False,
    keyed=True,
    matched=True,
)
def issue_plan(plan_id: UUID) -> Response:
    """Issue a draft: it becomes active, as revision 1, which is never changed again."""
    reasons = load_optional_body(IssueSchema(), Reasons)
    answer = issuing.issue(
        parts(),
        caller(),
        plan_id,
        reasons.acknowledged,
        expected=expected_versions(),
        once=once(current_answer),
    )
    return respond(answer)


@Operation(
    blueprint,
    "GET",
    "/plans/<plan:plan_id>/revisions",
    answer="RevisionList",
    refusals=_MISSING,
)
def list_revisions(plan_id: UUID) -> Response:
    """List what was issued, first to last; a draft has no revision."""
    rows = plans.list_revisions(parts(), caller(), plan_id)
    return json_answer(mapping.items([mapping.revision_summary(row) for row in rows]))


@Operation(
    blueprint,
    "GET",
    "/plans/<plan:plan_id>/revisions/<int:number>",
    answer="Revision",
    refusals=_MISSING,
)
def read_revision(plan_id: UUID, number: int) -> Response:
    """Read one revision as it was issued."""
    row = plans.read_revision(parts(), caller(), plan_id, number)
    return json_answer(mapping.revision(row))


def current_answer(record: PlanRecord) -> Answer:
    """Answer with a plan as it stands and the version that this is."""
    headers = (("ETag", etag_of(record.version)),)
    return Answer(HTTPStatus.OK, headers, mapping.write_json(mapping.stored_plan(record)))


def _created(record: PlanRecord) -> Answer:
    answer = current_answer(record)
    place = ("Location", url_for(".read_plan", plan_id=record.id))
    return replace(answer, status=HTTPStatus.CREATED, headers=(*answer.headers, place))


def _onward(cursor: str) -> str:
    """Write the address of the next page: this one's filters, another place."""
    kept = {name: value for name, value in request.args.items() if name != "cursor"}
    return f"{url_for('.list_plans')}?{urlencode(kept | {'cursor': cursor})}"


def _scope(query: ListQuery) -> list[str]:
    """Say what a cursor is good for: this organisation and these filters."""
    wanted = query.wanted
    since = "" if wanted.updated_since is None else mapping.instant(wanted.updated_since)
    return [caller().organisation_id.hex, wanted.status or "", wanted.patient or "", since]
