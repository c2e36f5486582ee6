"""Which rows the cases try is read from their files, for each country and each side of a row."""

import json
from dataclasses import astuple, replace
from pathlib import Path

import pytest

from medplan.formulary.exercised import (
    rows_that_speak,
    tried_rows,
    unexercised,
    without_near_miss,
)
from medplan.formulary.model import Formulary
from medplan.formulary.reading import read_formulary
from tests.formulary.folders import FIXTURE

CASE = {
    "title": "A title",
    "request": {"jurisdiction": "NZ"},
    "also_in": ["GB"],
    "proves": ["R1:achenol", "missing-egfr"],
    "spares": ["R2"],
}
EVERY_ROW = (
    "R1",
    "R2",
    "daily",
    "single",
    "gap",
    "doses",
    "older",
    "long",
    "opioid-load-120",
    "missing-egfr",
)


@pytest.fixture
def formulary() -> Formulary:
    found = read_formulary("NZ", FIXTURE).formulary
    assert found
    return found


def write(folder: Path, name: str, case: object) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(case), "utf-8")


def test_a_row_is_read_with_its_side_its_countries_and_its_case(tmp_path: Path) -> None:
    write(tmp_path, "one.json", CASE)

    assert [astuple(row) for row in tried_rows(tmp_path)] == [
        ("R1", True, "NZ", "one", "A title"),
        ("missing-egfr", True, "NZ", "one", "A title"),
        ("R2", False, "NZ", "one", "A title"),
        ("R1", True, "GB", "one", "A title"),
        ("missing-egfr", True, "GB", "one", "A title"),
        ("R2", False, "GB", "one", "A title"),
    ]


def test_cases_are_read_in_order_from_folders_too_and_nothing_else_is(tmp_path: Path) -> None:
    write(tmp_path, "b.json", {"request": {"jurisdiction": "NZ"}, "proves": ["R2"]})
    write(tmp_path, "a/c.json", {"request": {"jurisdiction": "GB"}, "spares": ["R1"]})
    write(tmp_path, "a/notes.txt", CASE)
    write(tmp_path, "list.json", [CASE])

    assert [astuple(row) for row in tried_rows(tmp_path)] == [
        ("R1", False, "GB", "c", ""),
        ("R2", True, "NZ", "b", ""),
    ]


def test_a_case_without_a_country_or_without_lists_tries_nothing_of_one(tmp_path: Path) -> None:
    write(tmp_path, "a.json", {"request": "broken", "proves": ["R1"], "spares": "R2"})

    assert [(t.row, t.jurisdiction) for t in tried_rows(tmp_path)] == [("R1", "None")]


def test_every_rule_limit_duration_threshold_and_unknown_fact_can_speak_once(
    formulary: Formulary, tmp_path: Path
) -> None:
    assert unexercised(formulary, tmp_path) == EVERY_ROW
    assert without_near_miss(formulary, tmp_path) == EVERY_ROW
    assert list(rows_that_speak(formulary)).count("daily") == 3


def test_a_rule_about_medicines_that_the_country_lacks_cannot_speak(formulary: Formulary) -> None:
    here = {name: row for name, row in formulary.medicines.items() if name == "laxol"}

    assert list(rows_that_speak(replace(formulary, medicines=here))) == [
        "opioid-load-120",
        "missing-egfr",
    ]


def test_an_unknown_fact_is_named_with_hyphens(formulary: Formulary) -> None:
    fact = replace(formulary.missing_facts[0], fact="alcohol_units_week")

    found = list(rows_that_speak(replace(formulary, missing_facts=(fact,))))

    assert found[-1] == "missing-alcohol-units-week"


def test_a_row_counts_for_the_side_and_the_country_that_the_case_tries(
    formulary: Formulary, tmp_path: Path
) -> None:
    write(tmp_path, "here.json", CASE)
    write(
        tmp_path,
        "elsewhere.json",
        {"request": {"jurisdiction": "GB"}, "proves": ["gap"], "spares": ["gap"]},
    )

    proven = {"R1", "missing-egfr"}
    assert unexercised(formulary, tmp_path) == tuple(r for r in EVERY_ROW if r not in proven)
    assert without_near_miss(formulary, tmp_path) == tuple(r for r in EVERY_ROW if r != "R2")
