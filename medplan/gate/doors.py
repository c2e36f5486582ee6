"""Which door a view stands behind, and the right that it asks for. Deny by default.

A view of the API is behind the `BEARER` door, a page behind the `SESSION` door; neither accepts
what opens the other, so no cookie ever moves the API and no form is ever free of its CSRF token. A
view that declares nothing lets nobody pass. Services ask for the right again: this is the first
wall.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from flask import Flask, current_app, g, request

from medplan.gate.bodies import refuse_broken_form
from medplan.gate.csrf import check_form
from medplan.gate.limits import count_request
from medplan.gate.refusals import NoRightDeclaredError
from medplan.services.access import Caller, Right, require

View = TypeVar("View", bound=Callable[..., object])
_GUARD = "medplan_guard"
_NAME = "medplan.doors"


class Door(StrEnum):
    """What opens a view: nothing, nothing but a form of ours, a token, or a signed-in browser."""

    OPEN = "open"
    OPEN_FORM = "open-form"
    BEARER = "bearer"
    SESSION = "session"


_FREE = frozenset({Door.OPEN, Door.OPEN_FORM})
_FORMS = frozenset({Door.OPEN_FORM, Door.SESSION})


@dataclass(frozen=True, slots=True)
class Guard:
    """What a view declares: its door, and the right that a caller needs."""

    door: Door = Door.BEARER
    right: Right | None = None


def open_to_all(view: View) -> View:
    """Let anyone call this view. One that changes something needs a secret in its own address or
    body: there is no CSRF check here."""
    return _declare(view, Guard(Door.OPEN))


def open_form(view: View) -> View:
    """Let anyone call this page; what it posts needs the form's CSRF token."""
    return _declare(view, Guard(Door.OPEN_FORM))


def needs(right: Right) -> Callable[[View], View]:
    """Let in whoever brings a bearer token and has this right, on the plan that the path names."""
    return lambda view: _declare(view, Guard(Door.BEARER, right))


def signed_in(right: Right) -> Callable[[View], View]:
    """Let in whoever is signed in and has this right, on the plan that the path names; others are
    sent to sign in. What the page posts needs the form's CSRF token."""
    return lambda view: _declare(view, Guard(Door.SESSION, right))


def guard_of(view: Callable[..., object]) -> Guard:
    """Say what a view declares."""
    found = getattr(view, _GUARD, None)
    return found if isinstance(found, Guard) else Guard()


def install_doors(
    app: Flask, *, by_token: Callable[[], Caller], by_session: Callable[[], Caller]
) -> None:
    """Guard every route. `by_token` and `by_session` say who asks, or refuse."""
    identify(app, by_token=by_token, by_session=by_session)
    app.before_request(_check)


def identify(
    app: Flask, *, by_token: Callable[[], Caller], by_session: Callable[[], Caller]
) -> None:
    """Let others say who asks, from the next request on."""
    app.extensions[_NAME] = {Door.BEARER: by_token, Door.SESSION: by_session}


def _check() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    guard = Guard(Door.OPEN) if view is None else guard_of(view)
    if guard.door not in _FREE:
        g.caller = current_app.extensions[_NAME][guard.door]()
        count_request(g.caller)
        if guard.door is Door.SESSION:
            require(g.caller, Right.SIGN_IN)
        _require(g.caller, guard.right)
    if guard.door in _FORMS:
        check_form()
    if guard.door is not Door.BEARER:
        refuse_broken_form()


def _require(caller: Caller, right: Right | None) -> None:
    """Ask for the declared right, on the plan that the path names."""
    if right is None:
        raise NoRightDeclaredError
    plan_id = (request.view_args or {}).get("plan_id")
    require(caller, right, plan_id if isinstance(plan_id, UUID) else None)


def _declare(view: View, guard: Guard) -> View:
    setattr(view, _GUARD, guard)
    return view
