"""Every row of both formularies is tried by a case on either side of it."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from medplan.formulary.exercised import tried_rows, unexercised, without_near_miss
from medplan.formulary.model import Formulary

HERE = Path(__file__).parent
COUNTRIES = ("NZ", "GB")


def untried(country: str) -> set[str]:
    """The rows that no case can try, each with its reason in the file."""
    rows = tomllib.loads((HERE / "untried.toml").read_text("utf-8"))["row"]
    return {row["id"] for row in rows if country in row["countries"] and row["why"]}


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_row_speaks_in_some_case(country: str, formularies: Mapping[str, Formulary]) -> None:
    assert set(unexercised(formularies[country], HERE)) == untried(country)


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_row_is_just_missed_in_some_case(
    country: str, formularies: Mapping[str, Formulary]
) -> None:
    assert set(without_near_miss(formularies[country], HERE)) == untried(country)


def test_a_row_is_read_with_its_side_its_countries_and_its_case(tmp_path: Path) -> None:
    case = (
        '{"id": "one", "title": "A title", "request": {"jurisdiction": "NZ"}, "also_in": ["GB"],'
        ' "proves": ["N01:naproxen"], "spares": ["N02"]}'
    )
    (tmp_path / "one.json").write_text(case, "utf-8")

    found = [(t.row, t.speaks, t.jurisdiction, t.case, t.title) for t in tried_rows(tmp_path)]

    assert found == [
        ("N01", True, "NZ", "one", "A title"),
        ("N02", False, "NZ", "one", "A title"),
        ("N01", True, "GB", "one", "A title"),
        ("N02", False, "GB", "one", "A title"),
    ]


def test_without_cases_every_row_is_untried(
    tmp_path: Path, formularies: Mapping[str, Formulary]
) -> None:
    found = unexercised(formularies["NZ"], tmp_path)

    assert {"N08-naproxen", "naproxen-daily", "codeine-over-7-days", "opioid-load-50"} <= set(found)
