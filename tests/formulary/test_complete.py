"""All that the small formulary in `complete/` says, to the letter: it uses every key there is.

`statements.txt` is what a pharmacist signs, `rows.txt` what a change is told from, `report.txt`
what `formulary check` prints. Whoever changes a word or a key changes them by hand.
"""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest

from medplan.formulary.check import check_formulary, report_text
from medplan.formulary.common_statements import (
    check_statements,
    common_statements,
    rule_statement,
)
from medplan.formulary.model import Formulary
from medplan.formulary.monograph import list_text, monograph_text, statements_about
from medplan.formulary.reading import Reading, read_formulary
from medplan.formulary.rows import Row, rows
from medplan.formulary.schema_shared import Row as Table
from medplan.formulary.statements import Statement, medicine_statements
from tests.formulary.test_how_to import schemas

COMPLETE = Path(__file__).parent / "complete"
TODAY = date(2026, 11, 22)


@pytest.fixture
def reading() -> Reading:
    return read_formulary("NZ", COMPLETE)


@pytest.fixture
def complete(reading: Reading) -> Formulary:
    assert reading.problems == ()
    assert reading.formulary
    return reading.formulary


def written(name: str, formulary: Formulary) -> str:
    return (COMPLETE / name).read_text("utf-8").replace("{version}", formulary.version)


def keys(value: object) -> Iterator[str]:
    """Every key of every table in a value."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield key
            yield from keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner)


def test_it_uses_every_key_of_every_table() -> None:
    known = {
        field.data_key or name
        for schema in schemas(Table)
        for name, field in schema().fields.items()
    }
    used = {
        key
        for path in COMPLETE.rglob("*.toml")
        for key in keys(tomllib.loads(path.read_text("utf-8")))
    }

    assert sorted(known - used) == []


def test_every_statement_says_what_its_row_says(complete: Formulary) -> None:
    assert "".join(said(complete)) == written("statements.txt", complete)


def said(formulary: Formulary) -> Iterator[str]:
    for medicine in formulary.medicines.values():
        yield f"{medicine.id}\n"
        yield from (line(one) for one in medicine_statements(medicine))
    yield "rules\n"
    yield from (line(rule_statement(rule)) for rule in formulary.rules)
    yield "checks\n"
    yield from (line(one) for check in formulary.checks for one in check_statements(check))
    yield "every plan\n"
    yield from (line(one) for one in common_statements(formulary))


def line(one: Statement) -> str:
    cited = f"{one.citation.evidence}, {one.citation.source}"
    return f"  {one.heading} | {one.name} | {one.text} | {cited} | binds: {one.binds}\n"


def test_a_medicines_statements_are_its_own_and_those_of_its_factors_rules_and_checks(
    complete: Formulary,
) -> None:
    names = {
        medicine.id: [
            (one.heading, one.name)
            for one in statements_about(complete, medicine)
            if one not in [*medicine_statements(medicine)]
        ]
        for medicine in complete.medicines.values()
    }

    factors, first, last = [("Opioid load", "strongol")] * 3, ("Rules", "R1"), ("Rules", "R4")
    during, stopped = [("Side-effect checks", "C1")] * 3, [("Side-effect checks", "C2")] * 2
    assert names == {
        "duol": [*factors, first, ("Rules", "R2"), last, *during],
        "nightol": [last, *stopped],
        "painol": [("Rules", "R5"), first, ("Rules", "R2"), last, *during],
        "stomel": [last],
        "stomol": [last],
        "strongol": [*factors, ("Rules", "R2"), last, *stopped],
    }


def test_a_monograph_begins_with_what_the_medicine_is(complete: Formulary) -> None:
    text = monograph_text(complete, complete.medicines["duol"])

    assert text.splitlines()[:5] == [
        "Duol (duol), NZ, draft",
        f"Formulary {complete.version}",
        "Classes: opioid, nsaid",
        "Ingredients: painol, strongol",
        "",
    ]


def test_the_list_names_every_regimen(complete: Formulary) -> None:
    assert list_text(complete).splitlines()[2:] == [
        "duol      short-course (1 products)",
        "nightol   titration (1 products)",
        "painol    regular, now-and-then (3 products)",
        "stomel     (1 products)",
        "stomol     (1 products)",
        "strongol  short-course (2 products)",
    ]


def test_every_row_holds_every_fact_of_it(complete: Formulary) -> None:
    assert "".join(row_text(row) for row in rows(complete)) == written("rows.txt", complete)


def row_text(row: Row) -> str:
    facts = "".join(f"  {name}: {text}\n" for name, text in row.facts.items())
    owner = "shared" if row.key.medicine == "" else row.key.medicine
    touched = ", ".join(row.touches)
    return f"{owner} | {row.key.kind} | {row.key.id} | touches: {touched}\n{facts}"


def test_the_report_shows_what_there_is_to_sign(complete: Formulary) -> None:
    report = check_formulary(COMPLETE, TODAY)

    assert report_text(report) == written("report.txt", complete)


def test_the_formulary_itself_has_its_countrys_choices(complete: Formulary) -> None:
    assert (complete.jurisdiction, complete.status) == ("NZ", "draft")
    assert complete.load_authority == "CDC2022"
    assert list(complete.medicines) == [
        "duol",
        "nightol",
        "painol",
        "stomel",
        "stomol",
        "strongol",
    ]
    assert {name: row.classes for name, row in complete.co_medicines.items()} == {
        "waterol": ("diuretic",),
        "flowbrand": ("diuretic",),
        "drowsy waterol": ("diuretic", "sedative"),
        "painbrand": ("nsaid",),
        "statol": (),
    }
