"""What a formulary says, as JSON values: every row with its numbers, its source and its evidence.

Nothing is left out but what says nothing (no value, an empty list), so that somebody who checks a
medicine sees what the planner sees.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from medplan.documents.json_text import JsonValue
from medplan.formulary.model import Formulary, Medicine
from medplan.units import format_decimal

Document = dict[str, JsonValue]


def medicine_to_document(medicine: Medicine) -> Document:
    """One medicine with its products, limits, regimens, tapers and reviews."""
    document = _value(medicine)
    return document if isinstance(document, dict) else {}


def medicines_to_document(formulary: Formulary) -> list[JsonValue]:
    """A line for each medicine: its id, name, classes, status, and what it can be asked for."""
    return [
        {
            "id": m.id,
            "name": m.name,
            "jurisdiction": m.jurisdiction,
            "classes": list(m.classes),
            "status": m.status,
            "regimens": [*(r.id for r in m.regimens), "taper", "steps"],
            "products": [p.id for p in m.products],
        }
        for m in formulary.medicines.values()
    ]


def vocabulary_to_document(formulary: Formulary) -> Document:
    """The closed lists that a request may use, and each medicine's regimens and products."""
    words = formulary.vocabulary
    return {
        "formulary": {
            "jurisdiction": formulary.jurisdiction,
            "version": formulary.version,
            "status": formulary.status,
        },
        **{f.name: _value(getattr(words, f.name)) for f in fields(words)},
        "medicines": medicines_to_document(formulary),
    }


def sources_to_document(formulary: Formulary) -> list[JsonValue]:
    """The bibliography: what each number's source stands for."""
    return [_value(source) for source in formulary.sources.values()]


def _value(value: object) -> JsonValue:
    if isinstance(value, Decimal):
        return format_decimal(value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _value(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        members = {f.name: _value(getattr(value, f.name)) for f in fields(value)}
        return {name: member for name, member in members.items() if member not in (None, [])}
    return value if isinstance(value, bool | int | str) else None
