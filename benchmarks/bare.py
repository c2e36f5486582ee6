"""What a feed is measured against: a Flask view that returns the same bytes and does nothing else.

The bytes are those of the file that MEDPLAN_BENCH_BODY names.
"""

import os
from pathlib import Path

from flask import Flask, Response, request

BODY = Path(os.environ["MEDPLAN_BENCH_BODY"]).read_bytes()
ETAG = "unchanged"
TYPE = "text/calendar; charset=utf-8"

app = Flask("bare", static_folder=None)


@app.get("/whole.ics")
def read_whole() -> Response:
    """The bytes, and no more."""
    return Response(BODY, content_type=TYPE)


@app.get("/known.ics")
def read_known() -> Response:
    """The bytes, or word that they are unchanged."""
    response = Response(BODY, content_type=TYPE)
    response.set_etag(ETAG)
    response.make_conditional(request)
    return response
