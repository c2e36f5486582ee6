"""No answer to what a proxy was asked without encryption, where the public address is https.

Every address and header here can hold a secret, and whoever listens on the way has it then. A
redirect would hide that from whoever must mend it, so there is none; a feed whose address was sent
like that says so to its prescriber. The proxy must say how it was asked (X-Forwarded-Proto); a
request without that header is taken as coming from inside.
"""

import re

from flask import Flask, request

from medplan.gate.context import context
from medplan.gate.refusals import PlainHttpError
from medplan.services.calendars.feed_reading import mark_exposed

_FEED = re.compile(r"/f/([^/.]+).*")


def install_plain_http(app: Flask) -> None:
    """Refuse before anything else looks at the request."""
    app.before_request(_refuse)


def came_plainly(public_url: str, forwarded_proto: str) -> bool:
    """Whether the proxy next to us was asked by plain http for what is public by https only."""
    nearest = forwarded_proto.rpartition(",")[2].strip().lower()
    return nearest == "http" and public_url.startswith("https://")


def _refuse() -> None:
    """Refuse a request that came without encryption.

    Raises:
        PlainHttpError: it did.
    """
    here = context()
    if came_plainly(here.public_url, request.headers.get("X-Forwarded-Proto", "")):
        feed = _FEED.fullmatch(request.path)
        if feed is not None:
            mark_exposed(here.parts, feed[1], here.clock())
        raise PlainHttpError
