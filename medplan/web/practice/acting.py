"""What a prescriber does to a plan in force. Each act is a form, a new revision, and a redirect."""

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from http import HTTPStatus
from typing import TypeVar
from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from medplan.errors import InvalidRequestError, Problem
from medplan.gate.context import caller, parts
from medplan.gate.doors import signed_in
from medplan.model.acts import Choice, StopTaper
from medplan.services.access import Right
from medplan.services.acts import decisions, endings, holds, resyncs, stops
from medplan.services.acts.revising import Wish
from medplan.services.once import Answer
from medplan.services.patients import check_ins
from medplan.services.patients.check_ins import CheckIn
from medplan.store.ids import CHECK_IN, write_id
from medplan.web.practice.pages import given_reasons, named, onward, practice_pages
from medplan.web.visits import once, seen_version

blueprint = practice_pages("acting")

_MOST_DAYS = 365
_AMOUNT = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")

Word = TypeVar("Word", bound=StrEnum)


@blueprint.post("/plans/<plan:plan_id>/stops")
@signed_in(Right.WRITE_PLANS)
def stop(plan_id: UUID) -> Response:
    """Stop a medicine or all of them, by the taper that is needed unless told not to."""
    taper = _word(StopTaper, "taper")
    stops.stop(
        parts(),
        caller(),
        plan_id,
        _medicine(),
        taper,
        wish(),
        expected=seen_version(),
        once=once(named),
    )
    return _done(plan_id)


@blueprint.post("/plans/<plan:plan_id>/holds")
@signed_in(Right.WRITE_PLANS)
def hold(plan_id: UUID) -> Response:
    """Stay at the present doses for some days."""
    holds.hold(
        parts(),
        caller(),
        plan_id,
        _medicine(),
        _days("days", least=1),
        wish(),
        expected=seen_version(),
        once=once(named),
    )
    return _done(plan_id)


@blueprint.post("/plans/<plan:plan_id>/decisions")
@signed_in(Right.WRITE_PLANS)
def decide(plan_id: UUID) -> Response:
    """Record what was decided of a medicine that could go up."""
    decisions.decide(
        parts(),
        caller(),
        plan_id,
        request.form.get("medicine", ""),
        _word(Choice, "choice"),
        wish(),
        expected=seen_version(),
        once=once(named),
    )
    return _done(plan_id)


@blueprint.post("/plans/<plan:plan_id>/completions")
@signed_in(Right.WRITE_PLANS)
def complete(plan_id: UUID) -> Response:
    """Close a plan whose last dose has come."""
    endings.complete(
        parts(), caller(), plan_id, _reason(), expected=seen_version(), once=once(named)
    )
    return _done(plan_id)


@blueprint.post("/plans/<plan:plan_id>/errors")
@signed_in(Right.WRITE_PLANS)
def mark_as_error(plan_id: UUID) -> Response:
    """Say that a plan should never have been issued."""
    endings.mark_as_error(
        parts(), caller(), plan_id, _reason(), expected=seen_version(), once=once(named)
    )
    return _done(plan_id)


@blueprint.post("/plans/<plan:plan_id>/resumes")
@signed_in(Right.WRITE_PLANS)
def resume(plan_id: UUID) -> Response:
    """End a hold."""
    holds.resume(
        parts(),
        caller(),
        plan_id,
        _medicine(),
        wish(),
        missed_days=_days("missed_days", least=0),
        expected=seen_version(),
        once=once(named),
    )
    return _done(plan_id)


@blueprint.post("/plans/<plan:plan_id>/resyncs")
@signed_in(Right.WRITE_PLANS)
def resync(plan_id: UUID) -> Response:
    """Go on from what is really taken."""
    said = request.form.get("daily_mg", "").strip()
    if not _AMOUNT.fullmatch(said):
        raise InvalidRequestError([Problem("/daily_mg", "not-an-amount", "must be mg, as 7.5")])
    resyncs.resync(
        parts(),
        caller(),
        plan_id,
        request.form.get("medicine", ""),
        Decimal(said),
        wish(),
        expected=seen_version(),
        once=once(named),
    )
    return _done(plan_id)


@blueprint.post("/plans/<plan:plan_id>/check-ins/<check_in:check_in_id>/answers")
@signed_in(Right.ANSWER_CHECK_INS)
def answer(plan_id: UUID, check_in_id: UUID) -> Response:
    """Answer what the patient noticed."""
    said = request.form.get("answer", "").strip()
    if not said:
        raise InvalidRequestError([Problem("/answer", "missing", "is needed")])
    check_ins.answer_check_in(parts(), caller(), plan_id, check_in_id, said, once(_answered))
    return onward(url_for("in_force.show", plan_id=plan_id, said="answered"))


def _answered(entry: CheckIn) -> Answer:
    return Answer(HTTPStatus.OK, (), write_id(CHECK_IN, entry.id))


def wish() -> Wish:
    """From which day, why, and the reasons given for what an act brings."""
    day = request.form.get("effective", "").strip()
    try:
        effective = date.fromisoformat(day) if day else None
    except ValueError as error:
        raise InvalidRequestError([Problem("/effective", "not-a-day", "must be a day")]) from error
    return Wish(effective, _reason(), given_reasons())


def _days(name: str, *, least: int) -> int:
    """Read a number of days.

    Raises:
        InvalidRequestError: it is none, or none that can be.
    """
    said = request.form.get(name, "").strip() or "0"
    if not (said.isascii() and said.isdigit() and least <= int(said[:4]) <= _MOST_DAYS):
        reason = f"must be from {least} to {_MOST_DAYS}"
        raise InvalidRequestError([Problem(f"/{name}", "out-of-range", reason)])
    return int(said)


def _reason() -> str | None:
    return request.form.get("reason", "").strip() or None


def _medicine() -> str | None:
    return request.form.get("medicine", "").strip() or None


def _word(words: type[Word], name: str) -> Word:
    """Read a choice of a closed list.

    Raises:
        InvalidRequestError: it is none of them.
    """
    try:
        return words(request.form.get(name, ""))
    except ValueError as error:
        reason = f"must be one of {', '.join(words)}"
        raise InvalidRequestError([Problem(f"/{name}", "not-in-list", reason)]) from error


def _done(plan_id: UUID) -> Response:
    return onward(url_for("in_force.show", plan_id=plan_id, said="done"))
