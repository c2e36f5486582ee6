"""Requests whose transaction PostgreSQL gave up for another's sake are done again.

Two transactions that wait for each other can't both go on: one is ended and has changed nothing, so
its request may begin anew. A few times; then the caller is told to come back.
"""

import time
from collections.abc import Callable
from functools import wraps
from random import SystemRandom
from typing import TypeVar, cast

from flask import Flask
from sqlalchemy.exc import DBAPIError

from medplan.store.database import lost_race

_TRIES = 4
_LONGEST_WAIT_S = 0.05
_random = SystemRandom()

View = TypeVar("View", bound=Callable[..., object])


def install_retries(app: Flask) -> None:
    """Let every view that is there begin anew when it loses such a race."""
    for name, view in app.view_functions.items():
        app.view_functions[name] = _begun_anew(view)


def _begun_anew(view: View) -> View:
    @wraps(view)
    def run(*args: object, **values: object) -> object:
        for tried in range(1, _TRIES):
            try:
                return view(*args, **values)
            except DBAPIError as error:
                if not lost_race(error):
                    raise
                time.sleep(tried * _random.uniform(0, _LONGEST_WAIT_S))
        return view(*args, **values)

    return cast("View", run)
