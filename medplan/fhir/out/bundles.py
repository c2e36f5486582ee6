"""Several resources in one Bundle: a whole plan, or a page of a search."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from medplan.documents.json_text import JsonValue
from medplan.fhir.out.care_plans import care_plan
from medplan.fhir.out.findings import detected_issues
from medplan.fhir.out.medication_requests import medication_requests
from medplan.fhir.out.shown import Shown
from medplan.fhir.values import Resource, without_nothing


@dataclass(frozen=True, slots=True)
class Place:
    """Where resources of a server stand: what their addresses begin with."""

    base: str

    def of(self, resource: Resource) -> str:
        """The address of one resource."""
        return f"{self.base}/{resource['resourceType']}/{resource['id']}"


def plan_resources(shown: Shown, before: Shown | None = None) -> list[Resource]:
    """A plan's CarePlan, its MedicationRequests and its DetectedIssues."""
    return [care_plan(shown), *medication_requests(shown, before), *detected_issues(shown)]


def collection(resources: Iterable[Resource], place: Place) -> Resource:
    """Resources that belong together, without a server behind them."""
    entries: list[JsonValue] = [
        {"fullUrl": place.of(r), "resource": r} if "id" in r else {"resource": r} for r in resources
    ]
    return without_nothing({"resourceType": "Bundle", "type": "collection", "entry": entries})


def search_set(found: Sequence[Resource], place: Place, here: str, onward: str | None) -> Resource:
    """One page of what was found, and where the next one is."""
    links: list[JsonValue] = [{"relation": "self", "url": here}]
    if onward is not None:
        links.append({"relation": "next", "url": onward})
    entries: list[JsonValue] = [
        {"fullUrl": place.of(r), "resource": r, "search": {"mode": "match"}} for r in found
    ]
    said: Resource = {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": links,
        "entry": entries,
    }
    return without_nothing(said)


def history(versions: Sequence[Resource], place: Place, here: str) -> Resource:
    """Every version of one resource, the newest first."""
    links: list[JsonValue] = [{"relation": "self", "url": here}]
    entries: list[JsonValue] = [
        {
            "fullUrl": place.of(version),
            "resource": version,
            "request": {"method": "PUT", "url": f"{version['resourceType']}/{version['id']}"},
            "response": {"status": "200"},
        }
        for version in versions
    ]
    said: Resource = {"resourceType": "Bundle", "type": "history", "total": len(versions)}
    return said | without_nothing({"link": links, "entry": entries})
