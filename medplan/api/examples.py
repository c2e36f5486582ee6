"""Examples in the API's description: what can be sent, and what is answered to it.

`example_files/requests.json` holds a body for each operation that takes one, by the operation's
name. `answers.json` holds what the service answered to it, by component or, where the answer is no
JSON, by operation; long lists are cut to two. `make api-docs` writes it anew. The tests send the
one and check the other.
"""

import json
from importlib.resources import files
from typing import Any

from medplan.gate.problem_types import every_type

_PROBLEM = "application/problem+json"
_CUT = "As answered; lists are cut to two."
_ONE = "One of the problems with this status."
_REFERENCE = "#/components/schemas/"


def add_examples(description: dict[str, Any]) -> None:
    """Add to a description an example of every body."""
    requests, answers = _read("requests.json"), _read("answers.json")
    shared = {name: {"summary": _CUT, "value": value} for name, value in answers.items()}
    shared |= {
        f"Problem{status}": {"summary": _ONE, "value": value}
        for status, value in _problems().items()
    }
    description["components"]["examples"] = dict(sorted(shared.items()))
    for path in description["paths"].values():
        for method, operation in path.items():
            if method != "parameters":
                _add_to(operation, requests, frozenset(shared))


def _add_to(operation: dict[str, Any], requests: dict[str, Any], shared: frozenset[str]) -> None:
    name = operation["operationId"]
    if name in requests:
        for content in operation["requestBody"]["content"].values():
            content["examples"] = {"usual": {"value": requests[name]}}
    for status, response in operation["responses"].items():
        for kind, content in response.get("content", {}).items():
            component = content["schema"].get("$ref", "").removeprefix(_REFERENCE)
            example = f"Problem{status}" if kind == _PROBLEM else component or name
            if example in shared:
                reference = {"$ref": f"#/components/examples/{example}"}
                content["examples"] = {"usual": reference}


def _problems() -> dict[int, dict[str, Any]]:
    """Give one problem of each status."""
    return {
        int(kind.status): {
            "type": f"https://medplan.example.org/problems/{kind.code}",
            "title": kind.title,
            "status": int(kind.status),
            "detail": kind.meaning.partition("\n")[0],
            "trace_id": "0d9a0b2f3c4e4f6f8a7b6c5d4e3f2a1b",
        }
        for kind in every_type().values()
    }


def _read(name: str) -> dict[str, Any]:
    text = files(__package__).joinpath("example_files", name).read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read
