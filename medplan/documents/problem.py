"""What is wrong with a request as an RFC 9457 problem document."""

from urllib.parse import quote

from medplan.documents.json_text import JsonValue
from medplan.errors import InvalidRequestError

_IN_A_FRAGMENT = "/~!$&'()*+,;=:@?"


def problem_document(error: InvalidRequestError) -> dict[str, JsonValue]:
    """Every problem at once, each with its JSON Pointer as a URI fragment (RFC 6901, part 6)."""
    count = len(error.problems)
    return {
        "type": f"urn:medplan:problem:{error.code}",
        "title": "The request is not valid",
        "status": 422,
        "detail": "1 problem was found" if count == 1 else f"{count} problems were found",
        "errors": [
            {
                "pointer": "#" + quote(problem.pointer, safe=_IN_A_FRAGMENT),
                "code": problem.code,
                "detail": problem.detail,
            }
            for problem in error.problems
        ],
    }
