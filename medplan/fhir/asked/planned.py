"""What was asked for, as the proved plan that comes nearest to it; nothing is stored."""

import json

from medplan.documents.json_text import JsonValue
from medplan.fhir.asked.checking import differences
from medplan.fhir.asked.reading import Asked
from medplan.fhir.element import Issue
from medplan.model.plan import Plan
from medplan.services.access import Caller
from medplan.services.parts import Parts
from medplan.services.records.plans import preview


def planned(
    asked: Asked, document: dict[str, JsonValue], parts: Parts, caller: Caller
) -> tuple[Plan, list[Issue]]:
    """The plan at the usual clock times where those are what was asked for, else with the
    patient's own; and how it differs from what was asked for.

    Raises:
        InvalidRequestError, NotAllowedError: the engine refuses it; the caller may not.
    """
    usual = {key: value for key, value in document.items() if key != "routine"}
    tried: list[tuple[Plan, list[Issue]]] = []
    for wanted in (usual, document):
        plan = preview(parts, caller, json.dumps(wanted, default=str).encode())
        tried.append((plan, differences(asked.groups, plan)))
        if not tried[-1][1]:
            break
    return min(tried, key=lambda pair: len(pair[1]))
