"""FHIR resources as JSON values, and the small parts that all of them are made of.

An amount is a `Decimal` and stays exact: `write_json` writes its digits, never a binary fraction.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from json.encoder import encode_basestring

from medplan.documents.json_text import JsonValue

Resource = dict[str, JsonValue]

OURS = "urn:medplan:fhir"
UCUM = "http://unitsofmeasure.org"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"


def write_json(value: JsonValue) -> str:
    """Write a resource as JSON text: the same resource, the same bytes; decimals in full."""
    pieces: list[str] = []
    _write(value, pieces)
    return "".join([*pieces, "\n"])


def _write(value: JsonValue, pieces: list[str]) -> None:
    """Add a value's text; pieces in one list, for a large Bundle has half a million of them."""
    if isinstance(value, str):
        pieces.append(encode_basestring(value))
    elif isinstance(value, dict):
        before = "{"
        for key, member in value.items():
            pieces += (before, encode_basestring(key), ":")
            _write(member, pieces)
            before = ","
        pieces.append("}" if value else "{}")
    elif isinstance(value, list):
        before = "["
        for item in value:
            pieces.append(before)
            _write(item, pieces)
            before = ","
        pieces.append("]" if value else "[]")
    else:
        pieces.append(_digits(value) if isinstance(value, Decimal) else json.dumps(value))


def _digits(value: Decimal) -> str:
    """Every digit, without an exponent and without zeros at the end."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def without_nothing(members: Mapping[str, JsonValue]) -> Resource:
    """The members that say something: FHIR has no null and no empty list or object."""
    return {key: value for key, value in members.items() if value not in (None, [], {}, "")}


def member(value: JsonValue, *path: str) -> JsonValue:
    """What stands at a path of members; None where there is nothing."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def coding(system: str, code: str, display: str | None = None) -> Resource:
    """One code of one system."""
    return without_nothing({"system": system, "code": code, "display": display})


def concept(*codings: Resource, text: str | None = None) -> Resource:
    """A concept: codes that mean the same, and words."""
    return without_nothing({"coding": [*codings], "text": text})


def our_code(system: str, code: str, text: str | None = None) -> Resource:
    """A concept that only medplan has a code for."""
    return concept(coding(f"{OURS}:{system}", code), text=text)


def identifier(system: str, value: str) -> Resource:
    """A name that a system gave to something."""
    return {"system": system, "value": value}


def quantity(
    value: Decimal | int, unit: str, system: str = UCUM, code: str | None = None
) -> Resource:
    """An exact amount; `code` is the unit's where its name is another."""
    return {"value": value, "unit": unit, "system": system, "code": code or unit}


def milligrams(value: Decimal) -> Resource:
    """Milligrams."""
    return quantity(value, "mg")


def period(first: date, last: date) -> Resource:
    """A run of days; FHIR's ends are inclusive, as ours are."""
    return {"start": first.isoformat(), "end": last.isoformat()}


def reference(kind: str, name: str) -> Resource:
    """A reference to a resource of this server."""
    return {"reference": f"{kind}/{name}"}


def instant(value: datetime) -> str:
    """An instant in UTC, to the millisecond."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def extension(name: str, kind: str, value: JsonValue) -> Resource:
    """One of our extensions, such as `extension("phase", "Code", "taper")`."""
    return {"url": f"{OURS}:{name}", f"value{kind}": value}


def extension_of(name: str, parts: Iterable[Resource | None]) -> Resource:
    """One of our extensions that holds others; parts that are None are left out."""
    return {"url": f"{OURS}:{name}", "extension": [part for part in parts if part is not None]}


def part(name: str, kind: str, value: JsonValue) -> Resource | None:
    """A part of an extension that holds others; None where there is nothing to say."""
    return None if value is None else {"url": name, f"value{kind}": value}
