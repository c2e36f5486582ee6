"""What a request can reach: the parts of the application, and who sent the request."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import Flask, current_app, g

from medplan.services.access import Caller
from medplan.services.parts import Parts
from medplan.services.people.password_changes import ResetSender

_NAME = "medplan"
_DRY = "medplan_dry_run"
_BEHIND = "medplan_behind"


def system_clock() -> datetime:
    """The instant that it is, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Context:
    """The application's parts, its public address, its secret, its clock, and what brings somebody
    the link to a new password."""

    parts: Parts
    public_url: str
    secret_key: str
    send_reset: ResetSender
    clock: Callable[[], datetime] = system_clock


def install_context(app: Flask, context: Context) -> None:
    """Give the application what its requests will reach for."""
    app.extensions[_NAME] = context


def context() -> Context:
    """Reach the running application's context."""
    return context_of(current_app)


def context_of(app: Flask) -> Context:
    """Reach an application's context."""
    found = app.extensions[_NAME]
    assert isinstance(found, Context)  # noqa: S101 - tells the type checker what install_context put
    return found


def parts() -> Parts:
    """Reach the running application's parts; in a dry run, with a database that undoes it all,
    and where a little old will do, with one that reads copies."""
    found = context().parts
    if g.get(_DRY, False):
        return replace(found, database=found.database.undone())
    if _BEHIND in g:
        return replace(found, database=found.database.behind(g.get(_BEHIND)))
    return found


def run_dry() -> None:
    """Let this request do all that it would, and keep nothing."""
    setattr(g, _DRY, True)


def read_behind(written: str) -> None:
    """Let this request read what may be a little old, but shows all up to `written`."""
    setattr(g, _BEHIND, written)


def caller() -> Caller:
    """Say who sent this request; only routes that `bearer` guards may ask."""
    found = g.caller
    assert isinstance(found, Caller)  # noqa: S101 - tells the type checker what bearer put there
    return found
