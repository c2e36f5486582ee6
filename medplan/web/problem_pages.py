"""A page for each kind of refusal: what the `type` of a problem document leads to."""

from flask import Blueprint, render_template

from medplan.gate.doors import open_to_all
from medplan.gate.problem_types import every_type
from medplan.services.refusals import NotFoundError
from medplan.web.pages import dress

blueprint = dress(Blueprint("problems", __name__, template_folder="templates"))


@blueprint.get("/problems")
@open_to_all
def list_problems() -> str:
    """List every kind of refusal."""
    return render_template("problems.html", kinds=every_type().values())


@blueprint.get("/problems/<code>")
@open_to_all
def show_problem(code: str) -> str:
    """Say what one kind of refusal means."""
    kind = every_type().get(code)
    if kind is None:
        raise NotFoundError
    return render_template("problem.html", kind=kind)
