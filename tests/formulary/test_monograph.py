"""What a pharmacist reads and signs holds every number, every text and every source there is."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from medplan.formulary.citations import source_id
from medplan.formulary.common_statements import common_statements
from medplan.formulary.loader import load_formulary
from medplan.formulary.model import Citation, Formulary
from medplan.formulary.monograph import list_text, monograph_text, statements_about
from medplan.formulary.statements import Statement
from medplan.units import format_decimal
from tests.formulary.folders import FIXTURE, Change, changed

TEXTS = ("text", "note", "suggestion", "action", "atc", "snomed", "rxnorm", "unii")
JURISDICTIONS = ("NZ", "GB")


def inside(value: object) -> Iterator[object]:
    """The values that a value is made of."""
    if isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, tuple):
        yield from value
    elif is_dataclass(value) and not isinstance(value, type):
        yield from (getattr(value, field.name) for field in fields(value))


def is_cited(value: object) -> bool:
    return isinstance(getattr(value, "citation", None), Citation)


def numbers(value: object) -> Iterator[str]:
    """Every number in a value, as people write it, but for rows in it that cite for themselves."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        yield format_decimal(Decimal(value))
    for inner in inside(value):
        if not is_cited(inner):
            yield from numbers(inner)


def cited_rows(value: object) -> Iterator[object]:
    """Every row in a value that cites a source."""
    if is_cited(value):
        yield value
    for inner in inside(value):
        yield from cited_rows(inner)


def says(statement: Statement, row: object) -> bool:
    """Whether a statement cites what the row cites, and says all its numbers and texts."""
    if statement.citation != getattr(row, "citation", None):
        return False
    said = set(re.findall(r"\d+(?:\.\d+)?", statement.text))
    texts = [getattr(row, name) for name in TEXTS if getattr(row, name, None)]
    return said >= set(numbers(row)) and all(text in statement.text for text in texts)


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_every_row_about_a_medicine_is_said_with_all_its_numbers(
    formularies: Mapping[str, Formulary], jurisdiction: str
) -> None:
    formulary = formularies[jurisdiction]
    unsaid: list[object] = []
    for medicine in formulary.medicines.values():
        factors = tuple(f for f in formulary.opioid_factors if f.medicine in medicine.ingredients)
        rules = formulary.rules_by_medicine[medicine.id]
        checks = formulary.checks_by_medicine[medicine.id]
        statements = list(statements_about(formulary, medicine))
        held = cited_rows((medicine, rules, checks, factors))
        unsaid += [row for row in held if not any(says(said, row) for said in statements)]

    assert unsaid == []


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_every_row_that_belongs_to_no_medicine_is_said_with_all_its_numbers(
    formularies: Mapping[str, Formulary], jurisdiction: str
) -> None:
    formulary = formularies[jurisdiction]
    commons = (
        formulary.opioid_factors,
        formulary.load_thresholds,
        formulary.gastroprotection,
        formulary.laxative,
        formulary.missing_facts,
        formulary.advice,
        formulary.plan_review,
    )
    statements = list(common_statements(formulary))

    unsaid = [r for r in cited_rows(commons) if not any(says(said, r) for said in statements)]

    assert unsaid == []


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_a_monograph_holds_every_statement_with_its_grade_and_its_source(
    formularies: Mapping[str, Formulary], jurisdiction: str
) -> None:
    formulary = formularies[jurisdiction]
    for medicine in formulary.medicines.values():
        text = monograph_text(formulary, medicine)
        on_one_line = " ".join(text.split())
        for said in statements_about(formulary, medicine):
            cited = f"[{said.citation.evidence}, {said.citation.source}]"
            assert f"{said.name}: {' '.join(said.text.split())} {cited}" in on_one_line
            assert f"\n  {source_id(said.citation.source)}: " in text


def test_a_monograph_reads_like_one() -> None:
    formulary = load_formulary("NZ", FIXTURE)
    expected = (Path(__file__).parent / "nightol.txt").read_text()

    text = monograph_text(formulary, formulary.medicines["nightol"])

    assert text == expected.replace("{version}", formulary.version)


def test_a_signed_monograph_says_who_signed_it(tmp_path: Path) -> None:
    head = (
        'status = "signed"\nsigned = { by = "A. Pharmacist", on = 2026-11-20, due = 2027-11-20 }\n'
    )
    files = ("shared/medicines/nightol.toml", "nz/medicines/nightol.toml")
    folder = changed(
        tmp_path, *(Change(name, 'id = "nightol"', head + 'id = "nightol"') for name in files)
    )
    formulary = load_formulary("NZ", folder)

    lines = monograph_text(formulary, formulary.medicines["nightol"]).splitlines()

    assert lines[0] == "Nightol (nightol), NZ, signed"
    assert lines[4] == "Signed by A. Pharmacist on 2026-11-20; next check due 2027-11-20"


def test_an_address_stays_whole_however_long_it_is(tmp_path: Path) -> None:
    address = f"{'a-' * 60}label.example"
    folder = changed(tmp_path, Change("shared/sources.toml", "label.example", address))
    formulary = load_formulary("NZ", folder)

    lines = monograph_text(formulary, formulary.medicines["nightol"]).splitlines()

    start = lines.index("  label: Data sheet (Nobody's Medicines Agency, 2020),")
    assert lines[start + 1] == f"      {address}"


def test_the_list_has_a_line_for_each_medicine() -> None:
    formulary = load_formulary("GB", FIXTURE)

    assert (
        list_text(formulary)
        == f"""\
Formulary GB, draft, {formulary.version}

achenol   regular (2 products)
laxol     regular (1 products)
stomel    regular (1 products)
stomol    regular (1 products)
strongol  short-course (1 products)
"""
    )
