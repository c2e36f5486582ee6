"""A patient's own pages, by link and without an account: today, the weeks ahead, help."""

import json
from datetime import date, timedelta

from flask import Blueprint, Response, request
from markupsafe import Markup

from medplan.clinical.pharmacy.agreed import agreed_steps
from medplan.gate.context import context
from medplan.gate.doors import open_to_all
from medplan.model.plan import Course, EndsIn
from medplan.pictures.timeline import draw_timeline
from medplan.services.access import Right, Role
from medplan.services.audit.sightings import Sighting, list_sightings
from medplan.services.parts import PaperForm
from medplan.services.patients import check_ins
from medplan.services.showing.paper import read_paper
from medplan.web.languages import language
from medplan.web.pages import dress
from medplan.web.visits import Visit, page, visit
from medplan.wording.ahead import Coming, Kind, coming, courses_ahead, told_once
from medplan.wording.good_to_know import medicines_of
from medplan.wording.language import marked
from medplan.wording.looking_out import is_check_day, questions_on
from medplan.wording.names import medicine_key, medicine_name
from medplan.wording.notes import option_text
from medplan.wording.today import day_of

blueprint = dress(Blueprint("patient", __name__, template_folder="templates"))

_DONE = {
    "decided": marked("Saved. Below is what holds from today."),
    "held": marked("Saved. You stay at today's doses for a week."),
}
_SOMEBODY = marked("Another account of your practice")
_ROLES = {
    None: marked("Whoever runs this service"),
    Role.PRESCRIBER: marked("A prescriber"),
    Role.PHARMACIST: marked("A pharmacist"),
    Role.CLIENT: marked("Another computer system"),
    Role.PATIENT: marked("A link to these pages"),
    Role.AUDITOR: marked("An auditor"),
}
_NEXT = 4
_PICTURE = 280  # wide; drawn larger by the page, and its words with it
_TOLD_APART = frozenset({Kind.CHECK, Kind.DECISION})


@blueprint.get("/p/<token>")
@open_to_all
def show_today(token: str) -> str:
    """Show what to take today, what comes next and what can be said or asked."""
    here = visit(token)
    plan, formulary = here.plan, here.formulary
    ahead = frozenset(json.loads(here.shown.row.planned_ahead))
    coming_days = [c for c in _coming(here) if c.kind not in _TOLD_APART]
    return page(
        here,
        "today",
        said=_said(),
        day=day_of(plan, formulary, here.today, ahead, language()),
        begins=plan.start > here.today,
        start_text=language().day(plan.start),
        ended=plan.end < here.today,
        end_text=language().day(plan.end),
        coming=told_once(coming_days, language())[:_NEXT],
        check_today=is_check_day(plan, here.today),
        asks=bool(questions_on(plan, here.today)),
        answers=[entry for entry in _recent(here) if entry.answer is not None],
        decisions=_open_decisions(here),
        more_to_come=_more_to_come(here),
    )


@blueprint.get("/p/<token>/weeks")
@open_to_all
def show_weeks(token: str) -> str:
    """Show the weeks ahead: each medicine's doses, and what happens on which day."""
    here = visit(token)
    timeline = draw_timeline(here.plan, here.formulary, language(), _PICTURE)
    return page(
        here,
        "weeks",
        timeline=Markup(timeline),  # noqa: S704 - our own drawing, every text in it escaped
        courses=courses_ahead(here.plan, here.formulary, here.today, language()),
        coming=told_once((c for c in _coming(here) if c.kind is not Kind.CHECK), language()),
        end_text=language().day(here.plan.end),
    )


@blueprint.get("/p/<token>/help")
@open_to_all
def show_help(token: str) -> str:
    """Show what to do when something goes wrong, and what to know of each medicine."""
    here = visit(token)
    return page(
        here,
        "help",
        medicines=medicines_of(here.plan, here.formulary, here.today, language()),
        leftovers=any(course.ends_in is EndsIn.STOP for course in here.plan.courses),
    )


@blueprint.get("/p/<token>/seen")
@open_to_all
def show_sightings(token: str) -> str:
    """Show who looked at the plan and who changed it."""
    here = visit(token)
    found = list_sightings(here.parts, here.caller, here.plan_id, here.plan.time_zone)
    return page(here, "seen", sightings=[(s, _who(s)) for s in found])


@blueprint.get("/p/<token>/plan.pdf")
@open_to_all
def print_plan(token: str) -> Response:
    """Give the plan on paper, with boxes to tick."""
    here = visit(token)
    link = f"{context().public_url}/f"
    body = read_paper(here.parts, here.caller, here.plan_id, PaperForm.PLAN, link)
    response = Response(body, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="plan.pdf"'
    return response


def _who(sighting: Sighting) -> str:
    """Somebody in words: the role, and the name that the account goes by."""
    role = language().say(_ROLES.get(sighting.role, _SOMEBODY))
    if sighting.name is None:
        return role
    return language().say("{role} ({name})", role=role, name=sighting.name)


def _said() -> str | None:
    """What was just done, for the page that a form leads to."""
    said = request.args.get("said", "")
    return language().say(_DONE[said]) if said in _DONE else None


def _coming(here: Visit) -> tuple[Coming, ...]:
    return coming(here.plan, here.formulary, here.today, language())


def _recent(here: Visit) -> list[check_ins.CheckIn]:
    """The last week's check-ins."""
    since = here.today - timedelta(days=7)
    found = check_ins.list_check_ins(here.parts, here.caller, here.plan_id)
    return [entry for entry in found if entry.day > since]


def _open_decisions(here: Visit) -> list[dict[str, object]]:
    """The medicines on which somebody may decide today, with the choices there are."""
    if not here.changeable:
        return []
    return [
        {
            "medicine": medicine_key(course),
            "name": medicine_name(medicine_key(course), here.formulary),
            "choices": [(option, option_text(option, language())) for option in options],
        }
        for course in here.plan.courses
        if (options := _options(here, course))
    ]


def _options(here: Visit, course: Course) -> tuple[str, ...]:
    """What may be chosen of a course today: nothing while no step waits for an agreement."""
    waiting = any(s.conditional and s.days.first <= here.today for s in course.steps)
    asked = [
        d for d in here.plan.decisions if d.medicine == course.medicine and d.day <= here.today
    ]
    return asked[-1].options if waiting and asked else ()


def _more_to_come(here: Visit) -> bool:
    """Whether a hold would put off a change of dose, and the link allows one."""
    if not here.changeable or not here.may(Right.HOLD_PLANS):
        return False
    return any(_changes_after(course, here.today) for course in here.plan.courses)


def _changes_after(course: Course, day: date) -> bool:
    """Whether another dose than the day's is agreed for later."""
    steps = agreed_steps(course)
    present = next((step for step in steps if day in step.days), None)
    later = [step for step in steps if step.days.first > day]
    return present is not None and any(step.doses != present.doses for step in later)
