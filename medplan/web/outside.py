"""Signing in with an account elsewhere: there and back."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from medplan.gate import openid, sessions
from medplan.gate.context import context
from medplan.gate.doors import open_form
from medplan.gate.refusals import WeakSignInError
from medplan.services.people.outside_identity import sign_in_from_outside
from medplan.services.refusals import NotFoundError
from medplan.web.onward import onward
from medplan.web.pages import HOME, dress

_NEXT = "next"

blueprint = dress(Blueprint("outside", __name__))


@blueprint.get("/login/outside")
@open_form
def leave() -> Response:
    """Go to the identity provider; `again` has people prove there anew who they are."""
    if not openid.has_provider():
        raise NotFoundError
    session[_NEXT] = onward()
    back = context().public_url + url_for("outside.come_back")
    return openid.elsewhere().send_away(back, again=request.args.get("again") == "yes")


@blueprint.get("/login/outside/return")
@open_form
def come_back() -> Response | tuple[str, int]:
    """Come back from it, with an account here or without."""
    if not openid.has_provider():
        raise NotFoundError
    here, wanted = context(), str(session.get(_NEXT, HOME))
    made = sign_in_from_outside(here.parts.database, openid.elsewhere().identity(), here.clock())
    if made is None:
        return render_template("account/no-account.html"), HTTPStatus.FORBIDDEN
    sessions.replace(made)
    if made.half_open:
        return redirect(url_for("sign_in.ask_code", next=wanted), HTTPStatus.SEE_OTHER)
    return redirect(wanted, HTTPStatus.SEE_OTHER)


@blueprint.errorhandler(WeakSignInError)
def _too_weak(_error: WeakSignInError) -> tuple[str, int]:
    return render_template("account/too-weak.html"), HTTPStatus.FORBIDDEN
