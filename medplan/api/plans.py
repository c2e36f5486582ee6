"""Routes of plans: preview, draft, read, list, issue, and the same plan in other shapes."""

import dataclasses
from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from flask import Response, url_for
from flask_smorest import Blueprint

from medplan.api import mapping
from medplan.api.answers import json_answer
from medplan.api.operation import Operation
from medplan.api.paging import page_answer, place_of
from medplan.api.schemas import IssueSchema, ListQuery, ListQuerySchema, Reasons
from medplan.documents.plan import dump_plan
from medplan.documents.request_schema import PlanRequestSchema
from medplan.gate.bodies import json_body, load_optional_body, load_query
from medplan.gate.context import caller, parts
from medplan.gate.idempotency import once, respond
from medplan.gate.preconditions import etag_of, expected_versions, unless_known
from medplan.services.access import Right
from medplan.services.acts import issuing
from medplan.services.once import Answer
from medplan.services.records import plans
from medplan.services.records.plans import PlanRecord

blueprint = Blueprint("plans", __name__, description="Plans and their revisions.")

_MISSING = (HTTPStatus.NOT_FOUND,)
_CONFLICT = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


@Operation(
    blueprint, "POST", "/previews", right=Right.PREVIEW, answer="Plan", body=PlanRequestSchema
)
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
    right=Right.DRAFT_PLANS,
    answer="StoredPlan",
    status=HTTPStatus.CREATED,
    body=PlanRequestSchema,
    keyed=True,
)
def create_plan() -> Response:
    """Store a draft of the plan that a request asks for."""
    return respond(plans.create_draft(parts(), caller(), json_body(), once(_created)))


@Operation(
    blueprint,
    "GET",
    "/plans",
    right=Right.READ_PLANS,
    answer="PlanPage",
    query=ListQuerySchema,
    behind=True,
)
def list_plans() -> Response:
    """List plans, newest first; follow `next` for more."""
    query = load_query(ListQuerySchema(), ListQuery)
    scope = _scope(query)
    place = place_of(scope, query.cursor)
    page = plans.list_plans(parts(), caller(), query.wanted, place, query.limit)
    summaries = [mapping.plan_summary(row, page.flagged) for row in page.plans]
    return page_answer(summaries, scope, page.newer, page.older)


@Operation(
    blueprint,
    "GET",
    "/plans/<plan:plan_id>",
    right=Right.READ_PLANS,
    answer="StoredPlan",
    refusals=_MISSING,
    unchanged="The version in If-None-Match is the current one.",
)
def read_plan(plan_id: UUID) -> Response:
    """Read a plan as it stands: the draft, or the current revision. Its ETag names the version;
    with that in If-None-Match the answer is 304 until there is another one."""
    record = plans.read_plan(parts(), caller(), plan_id)
    return unless_known(respond(current_answer(record)))


@Operation(
    blueprint,
    "PUT",
    "/plans/<plan:plan_id>",
    right=Right.WRITE_PLANS,
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
    right=Right.WRITE_PLANS,
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
    right=Right.WRITE_PLANS,
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
    right=Right.READ_PLANS,
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
    right=Right.READ_PLANS,
    answer="Revision",
    refusals=_MISSING,
)
def read_revision(plan_id: UUID, number: int) -> Response:
    """Read one revision as it was issued."""
    row = plans.read_revision(parts(), caller(), plan_id, number)
    return Response(mapping.revision(row), content_type="application/json")


def current_answer(record: PlanRecord) -> Answer:
    """Answer with a plan as it stands and the version that this is."""
    headers = (("ETag", etag_of(record.version)),)
    return Answer(HTTPStatus.OK, headers, mapping.stored_plan(record))


def _created(record: PlanRecord) -> Answer:
    answer = current_answer(record)
    place = ("Location", url_for(".read_plan", plan_id=record.id))
    return replace(answer, status=HTTPStatus.CREATED, headers=(*answer.headers, place))


def _scope(query: ListQuery) -> list[str]:
    """Say what a cursor is good for: this organisation and these filters."""
    filters = dataclasses.astuple(query.wanted)
    return [caller().organisation_id.hex, *("" if f is None else str(f) for f in filters)]
