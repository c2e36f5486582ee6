"""A thread of each serving process that now and then writes which feeds were fetched, and readings
that could not be written down when they happened.

Fetches wait in memory so that reading a feed writes nothing; what a killed process had not written
is lost, at most a minute's worth.
"""

import atexit
import threading

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from medplan.gate.context import Context
from medplan.services.audit.lines import write_late
from medplan.services.calendars.feed_reading import write_fetches
from medplan.services.parts import Parts

_EVERY_S = 60
_log: structlog.stdlib.BoundLogger = structlog.get_logger("medplan")


def start_fetch_writer(app: Flask) -> None:
    """Begin to write an application's fetches, every minute and when the process ends."""
    context = app.extensions["medplan"]
    assert isinstance(context, Context)  # noqa: S101 - tells the type checker what create_app put
    parts = context.parts
    over = threading.Event()
    thread = threading.Thread(target=_keep_writing, args=(parts, over), daemon=True)
    thread.start()
    atexit.register(_write, parts)
    atexit.register(over.set)


def _keep_writing(parts: Parts, over: threading.Event) -> None:
    while not over.wait(_EVERY_S):
        _write(parts)


def _write(parts: Parts) -> None:
    """Write, and try again next time where the database can't be used."""
    try:
        write_late(parts.database)
        write_fetches(parts)
    except SQLAlchemyError as error:
        _log.warning("fetches-not-written", kind=type(error).__name__)
