"""Writing a plan: choices on one side, what they come to on the other, until it is issued.

Without a script each button shows the page anew; a script only fetches that same page and puts its
live parts in place. Nothing is stored before *Save*.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import request, url_for
from werkzeug.wrappers import Response

from medplan.errors import InvalidRequestError, Problem
from medplan.formulary.model import Formulary
from medplan.gate.context import caller, parts
from medplan.gate.doors import signed_in
from medplan.model.plan import Finding, Plan
from medplan.services.access import Right
from medplan.services.acts import issuing
from medplan.services.records import plans
from medplan.services.records.plans import PlanRecord, Status
from medplan.store.ids import PLAN, read_id
from medplan.store.tables import PlanRow
from medplan.web.languages import language
from medplan.web.practice import choices
from medplan.web.practice.beside import (
    beside_choices,
    cited,
    courses_shown,
    open_findings,
    pictures,
    supply_shown,
)
from medplan.web.practice.form import Form, place_text, without_course
from medplan.web.practice.form_tree import Tree, fields_from, request_from
from medplan.web.practice.pages import given_reasons, named, onward, page, practice_pages
from medplan.web.visits import once, seen_version

blueprint = practice_pages("writing")

UNREADABLE = HTTPStatus.UNPROCESSABLE_ENTITY
_MISSING = "missing"
_USUAL_COUNTRY = "NZ"


@dataclass(frozen=True, slots=True)
class Writing:
    """A form on its way to a plan. `record` is the draft that it changes, None for a new plan;
    `trying` says that nobody has asked to keep it yet, so that what is missing is no fault;
    `amends` that it changes a plan in force."""

    form: Form
    record: PlanRecord | None = None
    trying: bool = False
    changed: bool = False
    amends: bool = False


@blueprint.get("/plans/new")
@signed_in(Right.DRAFT_PLANS)
def begin() -> str:
    """Show an empty form."""
    return show_writing(Writing(Form(_empty()), trying=True))


@blueprint.post("/plans/new")
@signed_in(Right.DRAFT_PLANS)
def write() -> Response | tuple[str, int] | str:
    """Show what the choices come to, or keep them as a draft."""
    writing = Writing(sent_form(), trying="save" not in request.form)
    if writing.trying:
        return show_writing(writing)
    try:
        text = _text(request_from(writing.form.fields))
        answer = plans.create_draft(parts(), caller(), text, once(named))
    except InvalidRequestError:
        return show_writing(writing), UNREADABLE
    return onward(url_for("writing.read_draft", plan_id=read_id(PLAN, answer.body)))


@blueprint.get("/plans/<plan:plan_id>/draft")
@signed_in(Right.WRITE_PLANS)
def read_draft(plan_id: UUID) -> Response | str:
    """Show a draft as its form, with what keeps it from being issued."""
    record = plans.read_plan(parts(), caller(), plan_id)
    if record.status is not Status.DRAFT:
        return onward(url_for("in_force.show", plan_id=plan_id))
    return show_writing(Writing(Form(fields_from(json.loads(record.request))), record))


@blueprint.post("/plans/<plan:plan_id>/draft")
@signed_in(Right.WRITE_PLANS)
def change_draft(plan_id: UUID) -> Response | tuple[str, int] | str:
    """Show what changed choices come to, or put them in the draft's place."""
    record = plans.read_plan(parts(), caller(), plan_id)
    writing = Writing(sent_form(), record, trying="save" not in request.form, changed=True)
    if writing.trying:
        return show_writing(writing)
    try:
        text = _text(request_from(writing.form.fields))
        plans.replace_draft(parts(), caller(), plan_id, text, expected=seen_version())
    except InvalidRequestError:
        return show_writing(writing), UNREADABLE
    return onward(url_for("writing.read_draft", plan_id=plan_id))


@blueprint.post("/plans/<plan:plan_id>/drop")
@signed_in(Right.WRITE_PLANS)
def drop(plan_id: UUID) -> Response:
    """Drop a draft."""
    plans.delete_draft(parts(), caller(), plan_id, expected=seen_version())
    return onward(url_for("worklist.show"))


@blueprint.post("/plans/<plan:plan_id>/issue")
@signed_in(Right.WRITE_PLANS)
def issue(plan_id: UUID) -> Response:
    """Issue a draft with the reasons that were given for its major findings."""
    reasons = given_reasons()
    issuing.issue(parts(), caller(), plan_id, reasons, expected=seen_version(), once=once(named))
    return onward(url_for("in_force.show", plan_id=plan_id, said="issued"))


def sent_form() -> Form:
    """The form as it was sent, with a course more or less where that was asked for."""
    fields: dict[str, list[str]] = {
        name: list(values) for name, values in request.form.lists() if name[:1] in {"/", "a"}
    }
    removed = request.form.get("remove-course", "")
    if removed.isdigit():
        fields = without_course(fields, int(removed))
    form = Form(fields)
    if "add-course" in request.form or not form.courses():
        fields[f"/courses/{len(form.courses())}/medicine"] = [""]
    return Form(fields)


def _empty() -> dict[str, list[str]]:
    zone = choices.ZONES[_USUAL_COUNTRY]
    tomorrow = caller().at.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)
    return {
        "/jurisdiction": [_USUAL_COUNTRY],
        "/time_zone": [zone],
        "/start": [tomorrow.isoformat()],
        "/courses/0/medicine": [""],
    }


def _text(document: Tree) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def show_writing(
    writing: Writing, more: Sequence[Problem] = (), asked: Sequence[Finding] = ()
) -> str:
    """Show a form and what it comes to; `more` is what else was wrong with it, and `asked` are the
    findings that an act wants reasons for."""
    form = writing.form
    formulary = _formulary(form)
    plan, problems = _look(form)
    told = [p for p in problems if not (writing.trying and p.code == _MISSING)]
    form = replace(form, problems=list(dict.fromkeys([*told, *more])))
    return page(
        "writing",
        form=form,
        writing=writing,
        formulary=formulary,
        choices=choices,
        courses=[choices.course_choices(form, n, formulary) for n in form.courses()],
        plan=plan,
        missing=len(problems) - len(told),
        beside={} if plan is None else beside_choices(plan, form, formulary),
        place_text=place_text,
        shown=() if plan is None else courses_shown(plan, formulary, language()),
        supply=() if plan is None else supply_shown(plan, formulary, language()),
        pictures=None if plan is None else pictures(plan, formulary, language()),
        to_be_answered=cited(asked or _still_open(writing, plan), formulary),
        others=_others(writing),
    )


def _others(writing: Writing) -> Sequence[PlanRow]:
    record = writing.record
    return [] if record is None else plans.list_beside(parts(), caller(), record.id)


def _look(form: Form) -> tuple[Plan | None, Sequence[Problem]]:
    """What the choices come to, or everything that is wrong with them."""
    try:
        return plans.preview(parts(), caller(), _text(request_from(form.fields))), ()
    except InvalidRequestError as error:
        return None, error.problems


def _still_open(writing: Writing, plan: Plan | None) -> Sequence[Finding]:
    """What an issue must answer; of an amendment only the act itself can say."""
    return [] if plan is None or writing.amends else open_findings(plan)


def _formulary(form: Form) -> Formulary:
    known = parts().formularies
    return known.get(form.value("/jurisdiction"), known[_USUAL_COUNTRY])
