"""Every example in the API's description is sent to the API and answered as described."""

import json
from typing import Any

from openapi_schema_validator import OAS31Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.api.playing import Operation, Player
from tests.api.practice import Practice

BINARY = {"application/pdf"}
SAYS_ITSELF = {"read_description", "read_metrics"}


def faults(description: dict[str, Any], schema: dict[str, Any], document: object) -> list[str]:
    """What of a document is not as a schema within the description says."""
    registry: Registry[Any] = Registry().with_resource(
        "urn:openapi", DRAFT202012.create_resource(description)
    )
    text = json.dumps(schema).replace('"#/', '"urn:openapi#/')
    found = OAS31Validator(json.loads(text), registry=registry).iter_errors(document)
    return [f"{error.json_path}: {error.message[:200]}" for error in found]


def success(operation: Operation) -> tuple[str, dict[str, Any]]:
    """The status that an operation answers with when all is well, and how that answer is."""
    ((status, response),) = ((s, r) for s, r in operation["responses"].items() if s < "3")
    return status, response


def test_every_example_is_answered_as_described(practice: Practice) -> None:
    player = Player(practice)
    wrong = []
    for path, method, operation in player.operations():
        name = operation["operationId"]
        answer = player.play(path, method, operation)
        status, response = success(operation)
        if str(answer.status_code) != status:
            wrong.append(f"{name}: {answer.status_code} {answer.text[:300]}")
            continue
        content = response.get("content", {})
        assert not content or answer.mimetype in content, name
        if answer.mimetype == "application/json":
            schema = content["application/json"]["schema"]
            wrong += [
                f"{name}: {fault}" for fault in faults(player.description, schema, answer.json)
            ]

    assert wrong == []


def test_every_body_has_an_example_that_fits_it(practice: Practice) -> None:
    player = Player(practice)
    examples = player.description["components"]["examples"]
    wrong = []
    for _, _, operation in player.operations():
        name = operation["operationId"]
        bodies = [("request", operation.get("requestBody", {}))]
        bodies += list(operation["responses"].items())
        for place, body in bodies:
            for kind, content in body.get("content", {}).items():
                if kind in BINARY or (name in SAYS_ITSELF and place == "200"):
                    continue
                if "examples" not in content:
                    wrong.append(f"{name}: no example of {place}")
                    continue
                example = content["examples"]["usual"]
                if "$ref" in example:
                    example = examples[example["$ref"].rpartition("/")[2]]
                found = faults(player.description, content["schema"], example["value"])
                wrong += [f"{name} {place}: {fault}" for fault in found]

    assert wrong == []
