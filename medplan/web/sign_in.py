"""The way in and out: address and password, and a page for whoever isn't signed in yet."""

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from medplan.gate import sessions
from medplan.gate.context import context
from medplan.gate.doors import open_form
from medplan.gate.limits import SIGN_INS, count_address
from medplan.services.sign_in import pass_second_factor, sign_in
from medplan.web.pages import HOME, dress

blueprint = dress(Blueprint("sign_in", __name__, template_folder="templates"))


@blueprint.get("/login")
@open_form
def show() -> str:
    """Ask for address and password."""
    return render_template("account/sign-in.html", onward=_onward(), refused=False)


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
        page = render_template("account/sign-in.html", onward=_onward(), refused=True)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    sessions.begin(made)
    if made.half_open:
        return redirect(url_for("sign_in.ask_code", next=_onward()), HTTPStatus.SEE_OTHER)
    return redirect(_onward(), HTTPStatus.SEE_OTHER)


@blueprint.get("/login/code")
@open_form
def ask_code() -> str:
    """Ask for the code of the second factor."""
    return render_template("account/code.html", onward=_onward(), refused=False)


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
        page = render_template("account/code.html", onward=_onward(), refused=True)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    sessions.begin(made)
    return redirect(_onward(), HTTPStatus.SEE_OTHER)


@blueprint.post("/logout")
@open_form
def leave() -> Response:
    """Sign this browser out."""
    sessions.end()
    return redirect(url_for("sign_in.show"), HTTPStatus.SEE_OTHER)


def _onward() -> str:
    """Where to go afterwards: a page of ours, never another site's."""
    wanted = request.values.get("next", HOME)
    parts = urlsplit(wanted)
    ours = not parts.scheme and not parts.netloc and wanted.startswith("/") and "\\" not in wanted
    return wanted if ours and wanted.isprintable() else HOME
