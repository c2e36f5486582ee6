"""JSON answers as responses."""

from flask import Response

from medplan.api.mapping import write_json
from medplan.documents.json_text import JsonValue


def json_answer(document: JsonValue) -> Response:
    """Answer 200 with a JSON body."""
    return Response(write_json(document), content_type="application/json")
