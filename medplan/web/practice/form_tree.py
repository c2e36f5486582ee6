"""A form as a request and back. Pure: what a field means is for the reader of requests to say.

A field is named by the JSON Pointer of its place in the request. Empty fields are left out, which
is how a request says *unknown*. Text that should be a number and isn't stays text, so that the
reader names the fault where it stands.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from medplan.documents.json_text import JsonValue

Fields = Mapping[str, Sequence[str]]
Tree = dict[str, JsonValue]
_Inner = tuple[str, JsonValue]

ASKED = "asked:"
LISTS = ("conditions", "medicines", "allergies", "red_flags")
PREGNANCY = "/patient/pregnancy"
UNLISTED = "unlisted"

_TAKEN = "/patient/medicines"
_WHOLE = re.compile(r"-?\d{1,9}")
_INDEX = re.compile(r"/\d+(?=/|$)")
_WHOLE_FIELDS = frozenset(
    {
        "/patient/age_years",
        "/patient/egfr",
        "/patient/systolic",
        "/patient/diastolic",
        "/patient/alcohol_units_week",
        "/patient/pregnancy_weeks",
        "/courses/*/days",
        "/courses/*/times_per_day",
        "/courses/*/every_hours",
        "/courses/*/step_days",
        "/courses/*/used_days",
        "/courses/*/steps/*/days",
        "/courses/*/taper/stages/*/every_days",
    }
)
_YES_NO_FIELDS = frozenset(
    {
        "/patient/breastfeeding",
        "/patient/smoker",
        "/courses/*/halves",
        "/courses/*/when_required",
        "/courses/*/products/*/halves",
    }
)
_LIST_FIELDS = frozenset({*(f"/patient/{key}" for key in LISTS), "/courses/*/products"})


def request_from(fields: Fields) -> Tree:
    """The request that a filled-in form asks for."""
    tree: Tree = {}
    for name, values in fields.items():
        value = _value(name, values) if name.startswith("/") else None
        if value is not None:
            _put(tree, name.split("/")[1:], value)
    patient = _object(tree, "patient")
    _answer_pregnancy(patient, "".join(fields.get(PREGNANCY, ())))
    for key in LISTS:
        if "yes" in fields.get(f"{ASKED}/patient/{key}", ()):
            patient.setdefault(key, [])
    if isinstance(patient.get("medicines"), dict):
        patient["medicines"] = [_taken(row) for row in _rows(patient["medicines"], holes=False)]
    request = {key: _with_lists(value) for key, value in tree.items()}
    request["courses"] = [_named(course) for course in _rows(tree.get("courses", {}), holes=True)]
    return request


def fields_from(request: Mapping[str, JsonValue]) -> dict[str, list[str]]:
    """The fields of the form that asks for a request: what `request_from` reads back as it."""
    fields: dict[str, list[str]] = {}
    for name, text in _leaves("", {**request, "courses": _whole_tapers(request.get("courses"))}):
        fields.setdefault(name, []).append(text)
    patient = request.get("patient")
    if isinstance(patient, dict):
        if "pregnancy_weeks" in patient:
            fields[PREGNANCY] = ["no" if patient["pregnancy_weeks"] is None else "yes"]
        asked = (key for key in LISTS if patient.get(key) is not None)
        fields |= {f"{ASKED}/patient/{key}": ["yes"] for key in asked}
    return fields


def kind_of(name: str) -> str:
    """The pattern that a field's name is one of: `/courses/*/days`."""
    return _INDEX.sub("/*", name)


def _value(name: str, values: Sequence[str]) -> JsonValue:
    given = [value.strip() for value in values if value.strip()]
    kind = kind_of(name)
    if not given:
        return None
    if kind in _LIST_FIELDS:
        return [_object_or_text(text) for text in given]
    if kind in _WHOLE_FIELDS and _WHOLE.fullmatch(given[-1]):
        return int(given[-1])
    if kind in _YES_NO_FIELDS:
        return {"yes": True, "no": False}.get(given[-1], given[-1])
    return given[-1]


def _object_or_text(text: str) -> JsonValue:
    """What a chosen row holds; text that is no object stays for its reader to name."""
    try:
        found: JsonValue = json.loads(text) if text.startswith("{") else text
    except (ValueError, RecursionError):
        return text
    return found


def _put(tree: Tree, path: Sequence[str], value: JsonValue) -> None:
    """Put a value in its place; rows are kept under their numbers until all are there."""
    for part in path[:-1]:
        tree = _object(tree, part)
    tree[path[-1]] = value


def _object(tree: Tree, key: str) -> Tree:
    found = tree.setdefault(key, {})
    if not isinstance(found, dict):  # the same name as a value and as a group: the group wins
        found = tree[key] = {}
    return found


def _answer_pregnancy(patient: Tree, answer: str) -> None:
    """Not asked leaves the question out, *no* answers it with null, *yes* with the weeks."""
    patient.pop(PREGNANCY.rpartition("/")[2], None)
    weeks = patient.pop("pregnancy_weeks", None)
    if answer == "no":
        patient["pregnancy_weeks"] = None
    elif answer == "yes":
        patient["pregnancy_weeks"] = "" if weeks is None else weeks


def _with_lists(value: JsonValue) -> JsonValue:
    """Turn what stands under numbers into a list."""
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return _rows(value, holes=True)
    return {key: _with_lists(inner) for key, inner in value.items()}


def _rows(value: JsonValue, *, holes: bool) -> list[JsonValue]:
    """Numbered rows in order; with `holes` an empty row keeps its place, for its faults' sake."""
    if not isinstance(value, dict):
        return []
    numbers = sorted(int(key) for key in value if key.isdigit())
    wanted = range(numbers[-1] + 1) if holes and numbers else numbers
    return [_with_lists(value.get(str(n), {})) for n in wanted]


def _taken(row: JsonValue) -> JsonValue:
    """A medicine that is still taken is its name alone."""
    if isinstance(row, dict) and set(row) == {"name"}:
        return row["name"]
    return row


def _named(course: JsonValue) -> JsonValue:
    """Give the products of an unlisted medicine the ids that their facts make."""
    if isinstance(course, dict) and course.get("medicine") == UNLISTED:
        products = course.get("products")
        if isinstance(products, list):
            course["products"] = [_with_id(row, course.get("name")) for row in products]
    return course


def _with_id(product: JsonValue, name: JsonValue) -> JsonValue:
    if not isinstance(product, dict) or "form" not in product:
        return product
    form = product.pop("form")
    return {"id": f"{name}-{form}-{product.get('strength_mg', '')}"} | product


def _whole_tapers(courses: JsonValue) -> JsonValue:
    """Write a taper of one bare stage as one with stages."""
    if not isinstance(courses, list):
        return courses
    return [_whole_taper(course) if isinstance(course, dict) else course for course in courses]


def _whole_taper(course: Tree) -> JsonValue:
    taper = course.get("taper")
    if not isinstance(taper, dict) or "stages" in taper:
        return course
    around = {"slot_order", "floor_mg", "ends_in"}
    stage: JsonValue = {key: value for key, value in taper.items() if key not in around}
    rest = {key: value for key, value in taper.items() if key in around}
    return course | {"taper": rest | {"stages": [stage]}}


def _leaves(name: str, value: JsonValue) -> Iterator[tuple[str, str]]:
    """Every field of a request with its text."""
    if kind_of(name) in _LIST_FIELDS and isinstance(value, list) and name != _TAKEN:
        yield from ((name, row if isinstance(row, str) else json.dumps(row)) for row in value)
    elif isinstance(value, dict | list):
        for key, inner in _inside(name, value):
            yield from _leaves(f"{name}/{key}", inner)
    elif value is not None:
        yield name, _text(value)


def _inside(name: str, value: dict[str, JsonValue] | list[JsonValue]) -> Iterator[_Inner]:
    """What a group or a list holds; a medicine that is a bare name gets a field for it."""
    if isinstance(value, dict):
        yield from value.items()
        return
    for n, row in enumerate(value):
        yield str(n), {"name": row} if name == _TAKEN and isinstance(row, str) else row


def _text(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
