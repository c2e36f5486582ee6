"""The requests that are timed, as JSON text; the patient is invented."""

import json

_PATIENT = {
    "reference": "local:bench",
    "age_years": 51,
    "weight_kg": "80",
    "sex": "male",
    "egfr": 92,
    "breastfeeding": False,
    "systolic": 126,
    "diastolic": 78,
    "alcohol_units_week": 3,
    "smoker": False,
    "conditions": [],
    "medicines": ["class:ssri"],
    "allergies": [],
    "red_flags": [],
}
_STEP_MG = 2
_SLOTS = ("morning", "noon", "evening", "bedtime")


def _request(courses: list[dict[str, object]]) -> str:
    return json.dumps(
        {
            "jurisdiction": "NZ",
            "start": "2026-11-23",
            "time_zone": "Pacific/Auckland",
            "indication": "sciatica",
            "patient": _PATIENT,
            "courses": courses,
        }
    )


def everyday_plan() -> str:
    """Six weeks: paracetamol, naproxen with its PPI, codeine with its laxative, amitriptyline."""
    return _request(
        [
            {"medicine": "paracetamol", "regimen": "regular", "days": 42},
            {"medicine": "naproxen", "regimen": "twice-daily", "days": 42},
            {"medicine": "codeine", "regimen": "short-course", "days": 6},
            {"medicine": "amitriptyline", "regimen": "titration", "days": 42},
        ]
    )


def long_taper(steps: int) -> str:
    """A liquid brought down by one measure a week, four times a day, in so many steps."""
    measures, more = divmod(steps + 1, len(_SLOTS))
    current = {slot: str(_STEP_MG * (measures + (n < more))) for n, slot in enumerate(_SLOTS)}
    return _request(
        [
            {
                "medicine": "morphine",
                "regimen": "taper",
                "current": {"slots": current},
                "used_days": 900,
                "products": [{"id": "morphine-liquid-2", "strength_mg": "2"}],
                "taper": {"every_days": 7, "reduce_mg": str(_STEP_MG)},
            }
        ]
    )
