"""Pages for a forgotten password: asking for a link, and setting a new one by it, once."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from medplan.gate.context import context
from medplan.gate.doors import open_form
from medplan.gate.limits import RESETS, count_address
from medplan.services.people.password_changes import ask_for_reset, check_reset, reset_password
from medplan.services.refusals import AccountError
from medplan.web.pages import dress

blueprint = dress(Blueprint("passwords", __name__))


@blueprint.get("/password/forgotten")
@open_form
def show() -> str:
    """Ask for the address that a link is sent to."""
    return render_template("account/forgotten.html", sent=False)


@blueprint.post("/password/forgotten")
@open_form
def send() -> str:
    """Send a link, if somebody has this address; what is shown is the same."""
    here = context()
    email = request.form.get("email", "").strip().lower()
    count_address(RESETS, email)
    ask_for_reset(here.parts.database, email=email, now=here.clock(), send=here.send_reset)
    return render_template("account/forgotten.html", sent=True)


@blueprint.get("/password/reset/<token>")
@open_form
def choose(token: str) -> str:
    """Ask for a new password. Looking at the page uses nothing up: programs look at links too."""
    here = context()
    check_reset(here.parts.database, token, here.clock())
    return render_template("account/reset.html", token=token, error=None)


@blueprint.post("/password/reset/<token>")
@open_form
def reset(token: str) -> Response | tuple[str, int]:
    """Set the new password."""
    here = context()
    password = request.form.get("password", "")
    try:
        reset_password(here.parts.database, token=token, password=password, now=here.clock())
    except AccountError as error:
        page = render_template("account/reset.html", token=token, error=error)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(url_for("sign_in.show"), HTTPStatus.SEE_OTHER)
