"""Draft orders of another system, planned and proved without storing anything."""

from collections.abc import Callable
from dataclasses import dataclass

from medplan.documents.json_text import JsonValue
from medplan.model.plan import Plan
from medplan.services.access import Caller


@dataclass(frozen=True, slots=True)
class Drafted:
    """What became of draft orders: the plan (None: they were not understood), the same orders with
    its proved doses as FHIR MedicationRequests, what could not be understood, what is to be minded,
    and the id of the plan of ours that the orders were taken from, if they say one."""

    plan: Plan | None
    requests: tuple[dict[str, JsonValue], ...]
    problems: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    plan_id: str | None = None


PlanOrders = Callable[[JsonValue, Caller], Drafted]
"""Plans a FHIR Bundle of draft orders; the room that knows FHIR stands beside those that ask."""
