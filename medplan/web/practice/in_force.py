"""A plan in force: what it is now, how it came to be so, and who has which calendar of it."""

from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from medplan.formulary.model import Formulary
from medplan.gate.context import caller, context, parts
from medplan.gate.doors import signed_in
from medplan.model.plan import Plan, Role
from medplan.services.access import Right
from medplan.services.parts import PaperForm
from medplan.services.records import issued, plans
from medplan.services.records.current import today_in
from medplan.services.records.plans import Status
from medplan.services.refusals import NotFoundError, WrongStatusError
from medplan.services.showing.overview import Overview, read_overview
from medplan.services.showing.paper import read_paper
from medplan.web.languages import language
from medplan.web.practice.beside import cited, courses_shown, pictures, supply_shown
from medplan.web.practice.changed import change_shown
from medplan.web.practice.pages import onward, page, practice_pages
from medplan.web.practice.waiting import waiting_decisions
from medplan.wording.ahead import coming
from medplan.wording.language import marked
from medplan.wording.names import medicine_key, medicine_name

blueprint = practice_pages("in_force")


_DONE = {
    "issued": marked(
        "The plan is issued. Give the patient their link, their calendar or the paper."
    ),
    "done": marked("Done. Tell the patient: a calendar may take a day to show it."),
    "answered": marked("Your answer is saved. The patient reads it on their pages."),
}


@blueprint.get("/plans/<plan:plan_id>")
@signed_in(Right.READ_PLANS)
def show(plan_id: UUID) -> Response | str:
    """Show a plan as it stands."""
    try:
        overview = read_overview(parts(), caller(), plan_id)
    except WrongStatusError:
        return onward(url_for("writing.read_draft", plan_id=plan_id))
    return _show(overview)


@blueprint.get("/plans/<plan:plan_id>/revisions/<int:number>")
@signed_in(Right.READ_PLANS)
def show_revision(plan_id: UUID, number: int) -> str:
    """Show what one revision changed, and why."""
    revision = plans.read_revision(parts(), caller(), plan_id, number)
    changes = issued.read_changes(parts(), caller(), plan_id, number)
    current = issued.read_current(parts(), caller(), plan_id)
    formulary = parts().formularies[current.plan.formulary.jurisdiction]
    return page(
        "revision",
        current=current,
        revision=revision,
        changes=[change_shown(change, formulary, language()) for change in changes],
    )


@blueprint.get("/plans/<plan:plan_id>/paper/<form>.pdf")
@signed_in(Right.READ_PLANS)
def show_paper(plan_id: UUID, form: str) -> Response:
    """Give the plan on paper: for the patient, or as a page for the record."""
    if form not in set(PaperForm):
        raise NotFoundError
    sheet, link = PaperForm(form), f"{context().public_url}/f"
    body = read_paper(parts(), caller(), plan_id, sheet, link)
    response = Response(body, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{sheet}.pdf"'
    return response


def _show(overview: Overview) -> str:
    current = overview.current
    plan = current.plan
    formulary = parts().formularies[plan.formulary.jurisdiction]
    today = today_in(plan, caller())
    return page(
        "plan",
        current=current,
        row=current.row,
        plan=plan,
        formulary=formulary,
        today=today,
        said=_said(),
        in_force=current.row.status in {Status.ACTIVE, Status.ON_HOLD},
        findings=cited(plan.findings, formulary),
        pictures=pictures(plan, formulary, language()),
        supply=supply_shown(plan, formulary, language()),
        coming=coming(plan, formulary, today, language()),
        courses=courses_shown(plan, formulary, language()),
        decisions=waiting_decisions(plan, formulary, today, language()),
        revisions=overview.revisions[::-1],
        check_ins=overview.check_ins,
        feeds=overview.feeds,
        medicines=_medicines(plan, formulary),
        loop_id=_element_id,
        openings=overview.openings,
        links=overview.links,
        others=overview.beside,
    )


def _medicines(plan: Plan, formulary: Formulary) -> list[tuple[str, str]]:
    """The prescribed medicines of a plan, to choose one from."""
    keys = dict.fromkeys(medicine_key(c) for c in plan.courses if c.role is Role.PRESCRIBED)
    return [(key, medicine_name(key, formulary)) for key in keys]


def _element_id(value: object) -> str:
    """Something that names a place of the page."""
    return "".join(letter if letter.isalnum() else "-" for letter in str(value))


def _said() -> str | None:
    said = request.args.get("said", "")
    return language().say(_DONE[said]) if said in _DONE else None
