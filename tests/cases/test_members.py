"""A row of the notes names many medicines, illnesses and companions: each of them is tried.

`members.json` says for each row how severe the worst of the findings is that a fact about an
otherwise healthy patient adds to a usual course; it names no rule of ours.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypedDict

import pytest

from medplan.formulary.model import Formulary
from medplan.model.plan import Finding
from tests.cases.expectations import ZONES, Case, outcome
from tests.formulary.rule_patients import HEALTHY, course

Facts = Mapping[str, object]


class Row(TypedDict):
    """One line of the file."""

    notes: str
    medicines: list[str]
    facts: dict[str, object]
    severity: str


ROWS: list[Row] = json.loads((Path(__file__).parent / "members.json").read_text("utf-8"))
NOBODY: Facts = {}


def findings(
    country: str, medicine: str, facts: Facts, formularies: Mapping[str, Formulary]
) -> tuple[Finding, ...]:
    """What is found about a usual course for a man with these facts."""
    request: dict[str, object] = {
        "jurisdiction": country,
        "start": "2026-11-23",
        "time_zone": ZONES[country],
        "indication": "other",
        "patient": {**HEALTHY, "sex": "male", **facts},
        "courses": [course(medicine)],
    }
    case: Case = {"id": medicine, "title": "", "source": "", "request": request, "expect": {}}
    plan = outcome(case, country, formularies).plan
    return plan.findings if plan else ()


def worst(found: Iterable[Finding]) -> str:
    """The severest of some findings."""
    severest = max(found, key=lambda f: f.severity.rank, default=None)
    return severest.severity.value if severest else "nothing"


def told(row: Row) -> str:
    """A name by which a reader finds the row again."""
    return f"{row['notes']}: {json.dumps(row['facts'])} with {row['medicines'][0]}"


@pytest.fixture(scope="module")
def usual(formularies: Mapping[str, Formulary]) -> Mapping[tuple[str, str], set[str]]:
    """The codes that a usual course brings for a healthy man, by country and medicine."""
    return {
        (country, medicine): {f.code for f in findings(country, medicine, NOBODY, formularies)}
        for country, formulary in formularies.items()
        for medicine in formulary.medicines
        if any(medicine in row["medicines"] for row in ROWS)
    }


@pytest.mark.parametrize("row", ROWS, ids=told)
def test_each_medicine_of_a_row_is_as_severe_as_the_notes_say(
    row: Row,
    formularies: Mapping[str, Formulary],
    usual: Mapping[tuple[str, str], set[str]],
) -> None:
    severities = {}
    for country, medicine in usual:
        if medicine in row["medicines"]:
            found = findings(country, medicine, row["facts"], formularies)
            new = [f for f in found if f.code not in usual[country, medicine]]
            severities[country, medicine] = worst(f for f in new if medicine in f.medicines)

    assert severities == dict.fromkeys(severities, row["severity"])
