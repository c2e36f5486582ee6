"""The shortest way to a calendar feed: its bytes, before the rest of the application is asked.

Calendars poll for ever and nearly always find what they know, so this path does one indexed read
and nothing else: no routing, no rendering, no log line (fetches are counted by the hour). Whatever
it refuses goes on to the application, which answers as it answers everything.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from sqlalchemy.exc import SQLAlchemyError
from werkzeug.http import http_date, is_resource_modified, quote_etag

from medplan.errors import MedplanError
from medplan.gate.headers import headers_of
from medplan.gate.limits import FEED, LEFT, Limits
from medplan.gate.plain_http import came_plainly
from medplan.gate.refusals import TooManyError
from medplan.services.calendars.feed_reading import read_feed
from medplan.services.parts import Parts
from medplan.services.refusals import NotFoundError
from medplan.store.feed_lookup import LiveBody

REFUSAL = "medplan.feed_refusal"
_PATH = re.compile(r"/f/([^/]+)\.ics")
_TAG = re.compile(r'(?:W/)?"([^"]*)"')
_METHODS = frozenset({"GET", "HEAD"})
_OWN = (("Cache-Control", "private, no-cache"), ("X-Robots-Tag", "noindex"))
_TYPE = ("Content-Type", "text/calendar; charset=utf-8")
_OK = f"{HTTPStatus.OK.value} {HTTPStatus.OK.phrase}"
_UNCHANGED = f"{HTTPStatus.NOT_MODIFIED.value} {HTTPStatus.NOT_MODIFIED.phrase}"


class FeedDoor:
    """Stands before a WSGI application and answers for the feeds that are live."""

    def __init__(
        self,
        inner: WSGIApplication,
        parts: Parts,
        clock: Callable[[], datetime],
        public_url: str,
        limits: Limits,
    ) -> None:
        self._inner, self._parts, self._clock = inner, parts, clock
        self._public_url, self._limits = public_url, limits
        self._constant = (*headers_of(public_url).items(), *_OWN)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a feed's GET or HEAD; pass everything else on, with why it was refused."""
        asked = _PATH.fullmatch(environ["PATH_INFO"])
        if asked is None or environ["REQUEST_METHOD"] not in _METHODS or self._plain(environ):
            return self._inner(environ, start_response)
        now = self._clock()
        try:
            found = read_feed(self._parts, asked[1], now, _known_etag(environ))
        except (NotFoundError, SQLAlchemyError) as error:
            environ[REFUSAL] = error
            return self._inner(environ, start_response)
        if not self._limits.holds(FEED, found.token_sha256):
            environ[REFUSAL] = TooManyError()
            environ[LEFT] = self._limits.left(FEED, found.token_sha256)
            return self._inner(environ, start_response)
        return self._answer(environ, start_response, found, now)

    def _plain(self, environ: WSGIEnvironment) -> bool:
        return came_plainly(self._public_url, environ.get("HTTP_X_FORWARDED_PROTO", ""))

    def _answer(
        self,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        found: LiveBody,
        now: datetime,
    ) -> Iterable[bytes]:
        """Give the bytes, or word that they are unchanged; both say when they were made."""
        got = environ["REQUEST_METHOD"] == "GET"
        if got:
            self._parts.fetches.note(found, now)
        validators = [
            ("ETag", quote_etag(found.etag)),
            ("Last-Modified", http_date(found.last_modified)),
        ]
        if found.body is None or not _is_new(environ, found):
            start_response(_UNCHANGED, [*self._constant, *validators])
            return ()
        length = ("Content-Length", str(len(found.body)))
        start_response(_OK, [*self._constant, _TYPE, *validators, length])
        return (found.body,) if got else ()


def _known_etag(environ: WSGIEnvironment) -> str:
    """The one ETag that a calendar says it has; of several none, they are compared later."""
    told = _TAG.fullmatch(environ.get("HTTP_IF_NONE_MATCH", ""))
    return "" if told is None else told[1]


def _is_new(environ: WSGIEnvironment, found: LiveBody) -> bool:
    return is_resource_modified(environ, etag=found.etag, last_modified=found.last_modified)


def refusal(environ: WSGIEnvironment) -> MedplanError | SQLAlchemyError:
    """Say why the door did not answer for a feed."""
    found = environ.get(REFUSAL)
    return found if isinstance(found, MedplanError | SQLAlchemyError) else NotFoundError()
