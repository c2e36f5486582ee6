"""Invented patients and usual courses, and what the rules say of them."""

import json
from collections.abc import Mapping

from medplan.clinical.make_plan import make_plan
from medplan.documents.request import read_request
from medplan.formulary.model import Formulary
from medplan.model.plan import Finding

Formularies = Mapping[str, Formulary]
Facts = Mapping[str, object]

HEALTHY: Facts = {
    "reference": "invented:rule-test",
    "age_years": 45,
    "weight_kg": "80",
    "sex": "female",
    "egfr": 92,
    "pregnancy_weeks": None,
    "breastfeeding": False,
    "systolic": 126,
    "diastolic": 78,
    "alcohol_units_week": 0,
    "smoker": False,
    "conditions": [],
    "medicines": [],
    "allergies": [],
    "red_flags": [],
}
NOTHING_ELSE: Facts = {}
ZONES = {"NZ": "Pacific/Auckland", "GB": "Europe/London"}
REGULAR = ("ibuprofen", "diclofenac", "celecoxib", "etoricoxib", "paracetamol")
NERVE = ("amitriptyline", "nortriptyline", "gabapentin", "pregabalin", "duloxetine")


def course(medicine: str, **more: object) -> dict[str, object]:
    """A usual short course of a medicine."""
    if medicine in NERVE:
        return {"medicine": medicine, "regimen": "titration"} | more
    regimens = {"naproxen": "twice-daily", "orphenadrine": "standard"}
    regimen = "regular" if medicine in REGULAR else regimens.get(medicine, "short-course")
    return {"medicine": medicine, "regimen": regimen, "days": 3} | more


def findings(
    formularies: Formularies,
    jurisdiction: str,
    *courses: Mapping[str, object],
    facts: Facts = NOTHING_ELSE,
    without: str | None = None,
    indication: str = "other",
) -> dict[str, Finding]:
    """The findings of a healthy patient with these `facts`, by the rule or limit they come from.

    `without` names a fact that nobody knows.
    """
    patient = {key: value for key, value in {**HEALTHY, **facts}.items() if key != without}
    request = {
        "jurisdiction": jurisdiction,
        "start": "2026-11-23",
        "time_zone": ZONES[jurisdiction],
        "indication": indication,
        "patient": patient,
        "courses": list(courses),
    }
    read = read_request(json.dumps(request), formularies)
    plan = make_plan(read, formularies[jurisdiction])
    return {finding.code.split(":")[0]: finding for finding in plan.findings}


def conditions(*names: str) -> Facts:
    """A patient with these illnesses."""
    return {"conditions": list(names)}


def taking(*names: object) -> Facts:
    """A patient who takes these."""
    return {"medicines": list(names)}
