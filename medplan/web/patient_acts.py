"""What a patient says by link: what they notice, what they decide, that they need more time.

Each form is answered by a redirect, so that a page read again sends nothing again. What the plan
or the link does not allow is said in plain words.
"""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from medplan.errors import InvalidRequestError
from medplan.gate.doors import open_to_all
from medplan.gate.refusals import NoIdempotencyKeyError
from medplan.model.acts import Choice
from medplan.services.access import Right, require
from medplan.services.acts import decisions, holds
from medplan.services.acts.revising import Wish
from medplan.services.once import Answer
from medplan.services.patients import check_ins
from medplan.services.patients.check_ins import CheckIn
from medplan.services.records.plans import PlanRecord
from medplan.services.refusals import (
    KeyReusedError,
    NotAllowedError,
    NotFoundError,
    OpenFindingsError,
    ProofFailedError,
    StaleVersionError,
    WrongStatusError,
)
from medplan.store.ids import CHECK_IN, read_id, write_id
from medplan.web.pages import dress
from medplan.web.visits import Visit, once, page, seen_version, visit
from medplan.wording.looking_out import questions_on

blueprint = dress(Blueprint("patient_acts", __name__, template_folder="templates"))

_WEEK = 7
_BY_LINK = "chosen by the patient, by link"
_REFUSED = (
    InvalidRequestError,
    KeyReusedError,
    NoIdempotencyKeyError,
    NotAllowedError,
    OpenFindingsError,
    ProofFailedError,
    StaleVersionError,
    WrongStatusError,
)


@blueprint.get("/p/<token>/check-in")
@open_to_all
def ask(token: str) -> str:
    """Ask what was noticed."""
    here = visit(token)
    return page(here, "check_in", questions=questions_on(here.plan, here.today))


@blueprint.post("/p/<token>/check-ins")
@open_to_all
def record(token: str) -> Response:
    """Keep what was ticked, and show at once what to do."""
    here = visit(token)
    ticked = request.form.getlist("noticed")
    kept = check_ins.check_in(here.parts, here.caller, here.plan_id, ticked, once(_named))
    return _see(url_for("patient_acts.show_check_in", token=token, check_in=kept.body))


@blueprint.get("/p/<token>/check-ins/<check_in>")
@open_to_all
def show_check_in(token: str, check_in: str) -> str:
    """Show what to do about what was ticked."""
    here = visit(token)
    entry = check_ins.read_check_in(here.parts, here.caller, here.plan_id, _id(check_in))
    return page(here, "noticed", entry=entry)


@blueprint.post("/p/<token>/decisions")
@open_to_all
def decide(token: str) -> Response:
    """Record what the patient decided of a medicine, from today on."""
    here = visit(token)
    require(here.caller, Right.DECIDE_PLANS, here.plan_id)
    decisions.decide(
        here.parts,
        here.caller,
        here.plan_id,
        request.form.get("medicine", ""),
        _choice(),
        Wish(reason=_BY_LINK),
        expected=seen_version(),
        once=once(_done),
    )
    return _see(url_for("patient.show_today", token=token, said="decided"))


@blueprint.post("/p/<token>/holds")
@open_to_all
def hold(token: str) -> Response:
    """Stay at today's doses for a week."""
    here = visit(token)
    require(here.caller, Right.HOLD_PLANS, here.plan_id)
    holds.hold(
        here.parts,
        here.caller,
        here.plan_id,
        None,
        _WEEK,
        Wish(reason=_BY_LINK),
        expected=seen_version(),
        once=once(_done),
    )
    return _see(url_for("patient.show_today", token=token, said="held"))


def _refuse(error: Exception) -> tuple[str, int]:
    """Say in plain words why nothing was kept; who reads it is sent to the plan as it stands."""
    here: Visit = visit((request.view_args or {})["token"])
    status = HTTPStatus.FORBIDDEN if isinstance(error, NotAllowedError) else HTTPStatus.CONFLICT
    why = "changed" if isinstance(error, StaleVersionError) else "not-possible"
    return page(here, "refused", why=why), status


for _error in _REFUSED:
    blueprint.register_error_handler(_error, _refuse)


def _choice() -> Choice:
    """Which choice was made.

    Raises:
        NotFoundError: none that there is.
    """
    try:
        return Choice(request.form.get("choice", ""))
    except ValueError as error:
        raise NotFoundError from error


def _id(text: str) -> UUID:
    try:
        return read_id(CHECK_IN, text)
    except ValueError as error:
        raise NotFoundError from error


def _see(address: str) -> Response:
    return redirect(address, HTTPStatus.SEE_OTHER)


def _named(entry: CheckIn) -> Answer:
    """What is kept for a repeat names the check-in; it must not hold the link's address."""
    return Answer(HTTPStatus.OK, (), write_id(CHECK_IN, entry.id))


def _done(_record: PlanRecord) -> Answer:
    return Answer(HTTPStatus.OK, (), "")
