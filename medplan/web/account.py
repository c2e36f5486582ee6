"""Somebody's own account: password, browsers, second factor, API tokens.

What would let somebody else in for good wants the password again, unless it was entered just now.
"""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from medplan.gate import sessions
from medplan.gate.context import caller, parts
from medplan.gate.doors import signed_in
from medplan.gate.openid import has_provider
from medplan.services.access import EVERYTHING, Right
from medplan.services.people import api_tokens, second_factor
from medplan.services.people import sessions as services_sessions
from medplan.services.people.account_reading import read_account
from medplan.services.people.api_tokens import TokenWish
from medplan.services.people.password_changes import change_password
from medplan.services.people.proving import prove_again
from medplan.services.refusals import (
    AccountError,
    NotFoundError,
    ProofTooOldError,
    WrongCodeError,
)
from medplan.store.ids import API_TOKEN, SESSION, read_id, write_id
from medplan.web.pages import dress, signed_in_page
from medplan.web.qr import drawn_code

_LONGEST_NAME = 100

blueprint = dress(Blueprint("account", __name__))


@blueprint.get("/account")
@signed_in(Right.OWN_ACCOUNT)
def show() -> str:
    """Show the account."""
    return _page()


@blueprint.post("/account/password")
@signed_in(Right.OWN_ACCOUNT)
def replace_password() -> Response:
    """Change the password; every other browser is signed out."""
    made = change_password(
        parts().database,
        caller(),
        old=request.form.get("old", ""),
        new=request.form.get("new", ""),
    )
    sessions.begin(made)
    return _back()


@blueprint.post("/account/sessions/end")
@signed_in(Right.OWN_ACCOUNT)
def end_other_sessions() -> Response:
    """Sign every other browser out."""
    services_sessions.end_other_sessions(parts().database, caller())
    return _back()


@blueprint.post("/account/sessions/<session_id>/end")
@signed_in(Right.OWN_ACCOUNT)
def end_session(session_id: str) -> Response:
    """Sign one browser out."""
    services_sessions.end_own_session(parts().database, caller(), _read(SESSION, session_id))
    return _back()


@blueprint.get("/account/again")
@signed_in(Right.OWN_ACCOUNT)
def ask_again() -> str:
    """Ask who it is once more."""
    return _ask_again()


@blueprint.post("/account/again")
@signed_in(Right.OWN_ACCOUNT)
def enter_again() -> Response | tuple[str, int]:
    """Let whoever proves it change how they sign in, for a while."""
    password, code = request.form.get("password", ""), request.form.get("code", "")
    try:
        made = prove_again(parts().database, caller(), password=password, code=code)
    except (AccountError, WrongCodeError) as error:
        return _ask_again(error), HTTPStatus.UNPROCESSABLE_ENTITY
    sessions.begin(made)
    return _back()


@blueprint.post("/account/second-factor")
@signed_in(Right.OWN_ACCOUNT)
def enrol() -> str:
    """Show what a phone has to be told."""
    made = second_factor.enrol(parts().database, caller())
    return signed_in_page(
        "account/enrol.html",
        drawn=drawn_code(made.uri),
        secret=made.secret,
        confirmed_at=url_for("account.confirm"),
    )


@blueprint.post("/account/second-factor/confirm")
@signed_in(Right.OWN_ACCOUNT)
def confirm() -> str:
    """Begin to ask for codes, and show the recovery codes."""
    codes = second_factor.confirm(parts().database, caller(), request.form.get("code", ""))
    return signed_in_page("account/recovery.html", codes=codes)


@blueprint.post("/account/second-factor/remove")
@signed_in(Right.OWN_ACCOUNT)
def remove() -> Response:
    """Ask for codes no more."""
    second_factor.remove(parts().database, caller(), request.form.get("code", ""))
    return _back()


@blueprint.post("/account/tokens")
@signed_in(Right.OWN_ACCOUNT)
def add_token() -> str:
    """Make an API token and show it, once."""
    name = request.form.get("name", "").strip()
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise AccountError("A token has a name, of a hundred letters at most.")
    scopes = frozenset(request.form.get("scopes", "").split()) or EVERYTHING
    made = api_tokens.add_own_token(parts().database, caller(), TokenWish(name, scopes))
    return signed_in_page("account/token.html", token=made.token, name=name)


@blueprint.post("/account/tokens/<token_id>/revoke")
@signed_in(Right.OWN_ACCOUNT)
def revoke_token(token_id: str) -> Response:
    """Revoke one of one's own API tokens."""
    api_tokens.revoke_token(parts().database, caller(), _read(API_TOKEN, token_id))
    return _back()


@blueprint.errorhandler(AccountError)
@blueprint.errorhandler(WrongCodeError)
def _refused(error: AccountError | WrongCodeError) -> tuple[str, int]:
    return _page(error=error), HTTPStatus.UNPROCESSABLE_ENTITY


def _page(error: AccountError | WrongCodeError | None = None) -> str:
    return signed_in_page(
        "account/account.html",
        account=read_account(parts().database, caller()),
        error=error,
        token_id=lambda row: write_id(API_TOKEN, row.id),
        session_id=lambda row: write_id(SESSION, row.id),
    )


@blueprint.errorhandler(ProofTooOldError)
def _lead_to_proof(_error: ProofTooOldError) -> Response:
    return redirect(url_for("account.ask_again"), HTTPStatus.SEE_OTHER)


def _ask_again(error: AccountError | WrongCodeError | None = None) -> str:
    account = read_account(parts().database, caller())
    outside = has_provider()
    return signed_in_page("account/again.html", account=account, error=error, outside=outside)


def _read(kind: str, written: str) -> UUID:
    try:
        return read_id(kind, written)
    except ValueError as error:
        raise NotFoundError from error


def _back() -> Response:
    return redirect(url_for("account.show"), HTTPStatus.SEE_OTHER)
