"""By which way: a plan is of what is swallowed, so another route is refused."""

from medplan.fhir.element import Element, Level
from medplan.fhir.values import TERMINOLOGY

_SNOMED = "http://snomed.info/sct"
_BY_MOUTH = {
    (f"{TERMINOLOGY}/v3-RouteOfAdministration", "PO"),
    (_SNOMED, "26643006"),
    ("http://standardterms.edqm.eu", "20053000"),
}
_WORDS = {
    "by mouth", "oral", "orally", "oral route", "oral use", "per oral", "per os", "po", "p.o.",
}  # fmt: skip
_TAKING = {"take", "swallow"}


def read_way(dosage: Element) -> None:
    """Refuse a route that is not by mouth; tell of a method that is not just to take."""
    route, method = dosage.child("route"), dosage.child("method")
    if route is not None:
        route.leave("extension")
        _read_route(route)
    if method is not None and (method.text("text") or "").lower() not in _TAKING:
        told = "how it is taken is not kept"
        method.tell(Level.WARNING, "informational", told)


def _read_route(route: Element) -> None:
    codes, words = set(), {(route.text("text") or "").lower()}
    for coding in route.children("coding"):
        codes.add((coding.text("system") or "", coding.text("code") or ""))
        words.add((coding.text("display") or "").lower())
    spoken = route.text("text") is None or (route.text("text") or "").lower() in _WORDS
    if not spoken or not (codes & _BY_MOUTH or words & _WORDS):
        route.refuse("not-supported", "only what is taken by mouth is planned")
