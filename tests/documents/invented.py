"""An invented patient's request that is right, and copies of it with one thing changed."""

import copy
import json
from typing import Any

from medplan.documents.json_text import JsonValue

RIGHT: dict[str, Any] = {
    "jurisdiction": "NZ",
    "start": "2026-11-23",
    "time_zone": "Pacific/Auckland",
    "indication": "acute-low-back-pain",
    "patient": {
        "reference": "local:8841",
        "age_years": 58,
        "weight_kg": "80",
        "sex": "female",
        "egfr": 74,
        "pregnancy_weeks": None,
        "breastfeeding": False,
        "systolic": 128,
        "diastolic": 78,
        "alcohol_units_week": 4,
        "smoker": False,
        "conditions": ["hypertension"],
        "medicines": ["ramipril", {"name": "class:ssri", "stopped_on": "2026-11-02"}],
        "allergies": [],
        "red_flags": [],
    },
    "routine": {"morning": "08:00", "evening": "20:00", "bedtime": "22:30"},
    "courses": [
        {"medicine": "paracetamol", "regimen": "regular", "days": 5},
        {"medicine": "naproxen", "regimen": "twice-daily", "days": 7, "gastroprotection": "auto"},
        {
            "medicine": "diazepam",
            "regimen": "taper",
            "current": {"slots": {"bedtime": "8", "morning": "2"}},
            "used_days": 300,
            "halves": True,
            "products": ["diazepam-tablet-2"],
            "taper": {
                "stages": [
                    {"every_days": 14, "reduce_mg": "1", "until_mg": "4"},
                    {"every_days": 14, "reduce_percent": "12.5", "basis": "original"},
                ],
                "slot_order": ["morning", "bedtime"],
                "floor_mg": None,
                "ends_in": "stop",
            },
        },
        {
            "medicine": "unlisted",
            "name": "prednisolone",
            "regimen": "steps",
            "products": [{"id": "prednisolone-tablet-5", "strength_mg": "5", "halves": False}],
            "steps": [{"days": 7, "slots": {"morning": "10"}}],
            "ends_in": "review",
        },
    ],
    "acknowledged": [{"code": "unlisted:prednisolone", "reason": "The clinic\nknows this one."}],
}


def right_with(pointer: str, value: JsonValue) -> str:
    """The right request as text, with one member set to `value`."""
    document, holder, last = _at(pointer)
    if isinstance(holder, list):
        holder[int(last)] = value
    elif isinstance(holder, dict):
        holder[last] = value
    return json.dumps(document)


def right_without(pointer: str) -> str:
    """The right request as text, with one member left out."""
    document, holder, last = _at(pointer)
    assert isinstance(holder, dict)
    del holder[last]
    return json.dumps(document)


def _at(pointer: str) -> tuple[JsonValue, JsonValue, str]:
    document = copy.deepcopy(RIGHT)
    holder: JsonValue = document
    *path, last = pointer.removeprefix("/").split("/")
    for token in path:
        holder = holder[int(token)] if isinstance(holder, list) else _member(holder, token)
    return document, holder, last


def _member(holder: JsonValue, token: str) -> JsonValue:
    assert isinstance(holder, dict)
    return holder[token]
