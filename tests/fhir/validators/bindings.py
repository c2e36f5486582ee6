"""Every required binding of R4, checked against HL7's own value sets.

The definitions say which elements must hold a code of a closed list; this walks a resource along
them. Neither the mapping nor any of the other validators has a part in it.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

Json = Any


class Bindings:
    """The definitions of R4 in a folder: what each type's elements are, and their value sets."""

    def __init__(self, folder: Path) -> None:
        self._elements: dict[str, dict[str, Json]] = {}
        for name in ("profiles-types", "profiles-resources"):
            for resource in _resources(folder / f"{name}.json"):
                if resource["resourceType"] == "StructureDefinition" and "snapshot" in resource:
                    elements = resource["snapshot"]["element"]
                    self._elements[resource["id"]] = {e["path"]: e for e in elements}
        self._sets: dict[str, Json] = {}
        self._systems: dict[str, Json] = {}
        for name in ("valuesets", "v3-codesystems"):
            for resource in _resources(folder / f"{name}.json"):
                kept = self._sets if resource["resourceType"] == "ValueSet" else self._systems
                kept[resource.get("url", "")] = resource
        self.codes = cache(self._codes)

    def faults(self, resource: Json) -> list[str]:
        """Each code of a resource that is outside the list which its element requires."""
        return list(self._walk(resource, resource["resourceType"], resource["resourceType"]))

    def _walk(self, value: Json, kind: str, path: str) -> Iterator[str]:
        """Look at an object of type `kind` whose elements are defined under `path`."""
        elements = self._elements.get(kind, {})
        for key, member in value.items():
            element, member_kind = self._element(elements, path, key)
            if element is None:
                continue
            for item in member if isinstance(member, list) else [member]:
                yield from self._check(element, item, f"{path}.{key}")
                if isinstance(item, dict):
                    yield from self._inside(element, item, kind, member_kind)

    def _inside(self, element: Json, item: Json, kind: str, member_kind: str) -> Iterator[str]:
        if "contentReference" in element:
            yield from self._walk(item, kind, element["contentReference"].partition("#")[2])
        elif member_kind in {"BackboneElement", "Element"}:
            yield from self._walk(item, kind, element["path"])
        elif member_kind == "Resource":
            yield from self.faults(item)
        else:
            yield from self._walk(item, member_kind, member_kind)

    def _element(
        self, elements: Mapping[str, Json], path: str, key: str
    ) -> tuple[Json | None, str]:
        """The definition of a member and its type; a choice such as `value[x]` by its own type."""
        plain = elements.get(f"{path}.{key}")
        if plain is not None:
            types = plain.get("type") or [{"code": ""}]
            return plain, types[0]["code"]
        for name, element in elements.items():
            stem = name.removesuffix("[x]").removeprefix(f"{path}.")
            if name.startswith(f"{path}.") and name.endswith("[x]") and key.startswith(stem):
                rest = key.removeprefix(stem)
                codes = {t["code"][:1].upper() + t["code"][1:]: t["code"] for t in element["type"]}
                if rest in codes:
                    return element, codes[rest]
        return None, ""

    def _check(self, element: Json, item: Json, place: str) -> Iterator[str]:
        binding = element.get("binding", {})
        if binding.get("strength") != "required" or "valueSet" not in binding:
            return
        allowed = self.codes(binding["valueSet"].partition("|")[0])
        for code in _codes_of(item):
            if allowed is not None and code not in allowed:
                yield f"binding: {place} {code} is not in {binding['valueSet']}"

    def _codes(self, url: str) -> frozenset[str] | None:
        """The codes of a value set; None where it takes in a whole foreign system (MIME types)."""
        if url not in self._sets:
            return None
        found: set[str] = set()
        for include in self._sets[url].get("compose", {}).get("include", []):
            if "concept" in include:
                found |= {concept["code"] for concept in include["concept"]}
            elif include.get("system") in self._systems and "filter" not in include:
                found |= set(_all_codes(self._systems[include["system"]].get("concept", [])))
            elif "valueSet" in include:
                for other in include["valueSet"]:
                    found |= self.codes(other.partition("|")[0]) or set()
            else:
                return None
        return frozenset(found) or None


def _resources(file: Path) -> Iterator[Json]:
    document = json.loads(file.read_text(encoding="utf-8"))
    return (entry["resource"] for entry in document["entry"])


def _all_codes(concepts: Json) -> Iterator[str]:
    for concept in concepts:
        yield concept["code"]
        yield from _all_codes(concept.get("concept", []))


def _codes_of(item: Json) -> list[str]:
    """The codes that an element holds: itself, a Coding's, or a CodeableConcept's."""
    if isinstance(item, str):
        return [item]
    codings = [item, *item.get("coding", [])] if isinstance(item, dict) else []
    return [coding["code"] for coding in codings if "code" in coding]
