"""The problem document that says what is wrong with a request."""

from medplan.documents.problem import problem_document
from medplan.errors import InvalidRequestError, Problem


def test_every_problem_is_told_with_its_pointer_as_a_uri_fragment() -> None:
    error = InvalidRequestError(
        [
            Problem("/courses/0/days", "out-of-range", "must be 1 to 9999"),
            Problem("", "wrong-type", "an object is needed"),
            Problem('/patient/größe "%', "unknown-key", "no such key is known here"),
        ]
    )

    assert problem_document(error) == {
        "type": "urn:medplan:problem:invalid-request",
        "title": "The request is not valid",
        "status": 422,
        "detail": "3 problems were found",
        "errors": [
            {"pointer": "#", "code": "wrong-type", "detail": "an object is needed"},
            {"pointer": "#/courses/0/days", "code": "out-of-range", "detail": "must be 1 to 9999"},
            {
                "pointer": "#/patient/gr%C3%B6%C3%9Fe%20%22%25",
                "code": "unknown-key",
                "detail": "no such key is known here",
            },
        ],
    }
