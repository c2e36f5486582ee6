"""The way in and out: address and password, and a page for whoever isn't signed in yet."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from medplan.gate import sessions
from medplan.gate.context import context
from medplan.gate.doors import open_form
from medplan.gate.limits import SIGN_INS, count_address
from medplan.gate.openid import has_provider
from medplan.services.people.asked_factor import must_enrol
from medplan.services.people.sign_in import pass_second_factor, sign_in
from medplan.web.onward import onward
from medplan.web.pages import dress

blueprint = dress(Blueprint("sign_in", __name__, template_folder="templates"))


@blueprint.get("/login")
@open_form
def show() -> str:
    """Ask for address and password."""
    return _ask()


@blueprint.post("/login")
@open_form
def enter() -> Response | tuple[str, int]:
    """Let in whoever knows both; what was wrong is not told."""
    here = context()
    email = request.form.get("email", "").strip().lower()
    count_address(SIGN_INS, email)
    made = sign_in(
        here.parts.database,
        email=email,
        password=request.form.get("password", ""),
        now=here.clock(),
    )
    if made is None:
        return _ask(refused=True), HTTPStatus.UNPROCESSABLE_ENTITY
    sessions.begin(made)
    if made.half_open:
        return redirect(url_for("sign_in.ask_code", next=onward()), HTTPStatus.SEE_OTHER)
    return redirect(onward(), HTTPStatus.SEE_OTHER)


@blueprint.get("/login/code")
@open_form
def ask_code() -> Response | str:
    """Ask for the code of the second factor, or for a second factor where there must be one."""
    here = context()
    if must_enrol(here.parts.database, sessions.session_token(), here.clock()):
        return redirect(url_for("asked_factor.show"), HTTPStatus.SEE_OTHER)
    return render_template("account/code.html", onward=onward(), refused=False)


@blueprint.post("/login/code")
@open_form
def enter_code() -> Response | tuple[str, int]:
    """Let in whoever knows the code as well."""
    here = context()
    made = pass_second_factor(
        here.parts.database,
        token=sessions.session_token(),
        code=request.form.get("code", ""),
        now=here.clock(),
    )
    if made is None:
        page = render_template("account/code.html", onward=onward(), refused=True)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    sessions.begin(made)
    return redirect(onward(), HTTPStatus.SEE_OTHER)


@blueprint.post("/logout")
@open_form
def leave() -> Response:
    """Sign this browser out."""
    sessions.end()
    answer = redirect(url_for("sign_in.show"), HTTPStatus.SEE_OTHER)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _ask(*, refused: bool = False) -> str:
    return render_template(
        "account/sign-in.html", onward=onward(), refused=refused, outside=has_provider()
    )
