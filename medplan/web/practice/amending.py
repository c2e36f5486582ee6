"""Amending a plan in force: the same form as a new plan's, from a day on and with a reason."""

import json
from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from medplan.errors import InvalidRequestError, Problem
from medplan.gate.context import caller, parts
from medplan.gate.doors import signed_in
from medplan.services.access import Right
from medplan.services.acts import amendments
from medplan.services.records import plans
from medplan.services.records.plans import PlanRecord, Status
from medplan.services.refusals import OpenFindingsError
from medplan.web.practice.acting import wish
from medplan.web.practice.form import Form
from medplan.web.practice.form_tree import fields_from, request_from
from medplan.web.practice.pages import named, onward, practice_pages
from medplan.web.practice.writing import UNREADABLE, Writing, sent_form, show_writing
from medplan.web.visits import once, seen_version

blueprint = practice_pages("amending")


@blueprint.get("/plans/<plan:plan_id>/amend")
@signed_in(Right.WRITE_PLANS)
def begin(plan_id: UUID) -> Response | str:
    """Show the request that the plan answers now, to be changed."""
    record = plans.read_plan(parts(), caller(), plan_id)
    if record.status is Status.DRAFT:
        return onward(url_for("writing.read_draft", plan_id=plan_id))
    return show_writing(Writing(_form_of(record), record, amends=True))


@blueprint.post("/plans/<plan:plan_id>/amend")
@signed_in(Right.WRITE_PLANS)
def amend(plan_id: UUID) -> Response | tuple[str, int] | str:
    """Show what changed choices come to, or go on by them."""
    record = plans.read_plan(parts(), caller(), plan_id)
    writing = Writing(
        sent_form(), record, trying="save" not in request.form, changed=True, amends=True
    )
    if writing.trying:
        return show_writing(writing)
    try:
        amendments.amend(
            parts(),
            caller(),
            plan_id,
            request_from(writing.form.fields),
            wish(),
            expected=seen_version(),
            once=once(named),
        )
    except InvalidRequestError as error:
        return show_writing(writing, [_placed(p) for p in error.problems]), UNREADABLE
    except OpenFindingsError as error:
        return show_writing(writing, asked=error.findings), UNREADABLE
    return onward(url_for("in_force.show", plan_id=plan_id, said="done"))


def _form_of(record: PlanRecord) -> Form:
    kept = json.loads(record.request)
    kept.pop("acknowledged", None)  # reasons are given to what an amendment brings
    return Form(fields_from(kept))


def _placed(problem: Problem) -> Problem:
    """A fault of the request at its place in the form, which has no `/request` around it."""
    return Problem(problem.pointer.removeprefix("/request"), problem.code, problem.detail)
