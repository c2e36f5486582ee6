"""The first page: what waits for the prescriber, and the search for a plan."""

from flask import request
from werkzeug.wrappers import Response

from medplan.gate.consistency import behind
from medplan.gate.context import caller, parts
from medplan.gate.doors import signed_in
from medplan.services.access import Right
from medplan.services.records import plans
from medplan.services.showing.worklist import read_worklist
from medplan.store.plans import PlanFilter
from medplan.web.practice.pages import onward, page, practice_pages

blueprint = practice_pages("worklist")

_FOUND = 50


@blueprint.get("/")
@signed_in(Right.SIGN_IN)
def show_home() -> Response:
    """Lead to where the caller's work is."""
    return onward("/worklist")


@blueprint.get("/worklist")
@signed_in(Right.READ_PLANS)
@behind
def show() -> str:
    """Show what waits."""
    return page("worklist", work=read_worklist(parts(), caller()))


@blueprint.get("/plans")
@signed_in(Right.READ_PLANS)
@behind
def search() -> str:
    """Find the plans of a patient by the practice's own reference, or list the newest."""
    wanted = request.args.get("patient", "").strip()
    found = plans.list_plans(parts(), caller(), PlanFilter(patient=wanted or None), None, _FOUND)
    return page("plans", wanted=wanted, plans=found.plans, more=found.older is not None)
