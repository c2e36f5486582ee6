"""Every row of both formularies is tried by a case on either side of it."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from medplan.formulary.exercised import unexercised, without_near_miss
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
