"""What every page of a practice begins with, and how what can't be done is told."""

import secrets
from http import HTTPStatus

from flask import Blueprint, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from medplan.errors import MedplanError
from medplan.gate.problem_types import type_of
from medplan.model.request import Acknowledgement
from medplan.services.once import Answer
from medplan.services.records.plans import PlanRecord
from medplan.services.refusals import OpenFindingsError, StaleVersionError
from medplan.store.ids import PLAN, write_id
from medplan.web.pages import dress, signed_in_page
from medplan.web.practice.beside import Cited
from medplan.wording.doses import DRAFT

_NEW_EACH_TIME = frozenset({"csrf_token", "key", "code", "why"})


def practice_pages(name: str) -> Blueprint:
    """Make a room of the practice's pages; a refusal is told on a page that changes nothing."""
    blueprint = dress(Blueprint(name, __name__))
    blueprint.register_error_handler(MedplanError, _refuse)
    return blueprint


def page(name: str, **said: object) -> str:
    """Show one of the practice's pages; a new form's key is always at hand."""
    return signed_in_page(
        f"practice/{name}.html",
        key=secrets.token_urlsafe(16),
        drawn=drawn,
        DRAFT=DRAFT,
        **said,
    )


def drawn(svg: str) -> Markup:
    """One of our own pictures as part of a page."""
    return Markup(svg)  # noqa: S704 - drawn by us, every text in it escaped


def onward(address: str) -> Response:
    """Lead to another page after something was done, so that reloading does nothing again."""
    return redirect(address, HTTPStatus.SEE_OTHER)


def named(record: PlanRecord) -> Answer:
    """What is kept of a form for a repeat: which plan it was about."""
    return Answer(HTTPStatus.OK, (), write_id(PLAN, record.id))


def given_reasons() -> tuple[Acknowledgement, ...]:
    """The reasons that a form gives for major findings; one left empty is none."""
    said = zip(request.form.getlist("code"), request.form.getlist("why"), strict=False)
    return tuple(Acknowledgement(code, why.strip()) for code, why in said if why.strip())


def _refuse(error: MedplanError) -> tuple[str, int]:
    kind = type_of(error)
    asked = error.findings if isinstance(error, OpenFindingsError) else ()
    again = sorted(request.form.items(multi=True)) if asked else ()
    said = page(
        "refused",
        kind=kind,
        error=error,
        changed=isinstance(error, StaleVersionError),
        asked=[Cited(finding, ()) for finding in asked],
        again=[(name, value) for name, value in again if name not in _NEW_EACH_TIME],
    )
    return said, kind.status
