"""Invented plans that patients' pages are tried with."""

from typing import Any

from tests.api.practice import ACUTE

TITRATION: dict[str, Any] = ACUTE | {
    "indication": "sciatica",
    "courses": [
        {
            "medicine": "amitriptyline",
            "regimen": "titration",
            "days": 42,
            "start_mg": "10",
            "step_mg": "10",
            "step_days": 7,
            "target_mg": "30",
            "products": ["amitriptyline-tablet-10"],
        }
    ],
}
