"""Pages for somebody whose organisation asks for a second factor that they have not got yet.

They have entered their password and are half way in: they add the second factor, and then are in.
"""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from medplan.gate import sessions
from medplan.gate.context import context
from medplan.gate.doors import open_form
from medplan.services.people.asked_factor import begin_enrolment, finish_enrolment, must_enrol
from medplan.services.refusals import AccountError, WrongCodeError
from medplan.web.pages import dress
from medplan.web.qr import drawn_code

blueprint = dress(Blueprint("asked_factor", __name__))


@blueprint.get("/login/second-factor")
@open_form
def show() -> Response | str:
    """Say what is asked for."""
    here = context()
    if not must_enrol(here.parts.database, sessions.session_token(), here.clock()):
        return redirect(url_for("sign_in.show"), HTTPStatus.SEE_OTHER)
    return render_template("account/asked-factor.html")


@blueprint.post("/login/second-factor")
@open_form
def begin() -> Response | str:
    """Show what a phone has to be told."""
    try:
        return _shown(refused=False)
    except AccountError:  # there is one already: its code is what is asked for
        return redirect(url_for("sign_in.ask_code"), HTTPStatus.SEE_OTHER)


@blueprint.post("/login/second-factor/confirm")
@open_form
def confirm() -> str | tuple[str, int]:
    """Let in whoever's phone shows the right code, and show the recovery codes."""
    here, code = context(), request.form.get("code", "")
    database, token = here.parts.database, sessions.session_token()
    try:
        made = finish_enrolment(database, token, code, here.clock())
    except WrongCodeError:
        return _shown(refused=True), HTTPStatus.UNPROCESSABLE_ENTITY
    sessions.begin(made.session)
    return render_template("account/recovery.html", codes=made.codes, signed_in=False)


def _shown(*, refused: bool) -> str:
    here = context()
    made = begin_enrolment(here.parts.database, sessions.session_token(), here.clock())
    return render_template(
        "account/enrol.html",
        drawn=drawn_code(made.uri),
        secret=made.secret,
        confirmed_at=url_for("asked_factor.confirm"),
        refused=refused,
        signed_in=False,
    )
