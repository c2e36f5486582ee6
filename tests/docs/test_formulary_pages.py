"""The pages about the formulary say what its files say, and link every case that tries a row."""

from collections.abc import Mapping

import pytest

from docs.generate_formulary import CASES, FOLDER, pages
from medplan.formulary.exercised import rows_that_speak, tried_rows
from medplan.formulary.model import Formulary


@pytest.fixture(scope="module")
def made(formularies: Mapping[str, Formulary]) -> Mapping[str, str]:
    """The pages as they would be written now."""
    return pages(formularies, CASES)


def test_the_pages_are_as_make_docs_writes_them(made: Mapping[str, str]) -> None:
    kept = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}

    stale = sorted(name for name in kept.keys() | made.keys() if kept.get(name) != made.get(name))

    assert stale == [], "run make docs"


def test_every_page_says_that_it_is_a_draft(made: Mapping[str, str]) -> None:
    assert [name for name, text in made.items() if "**DRAFT.**" not in text] == []


def test_every_case_that_tries_a_row_is_linked(
    made: Mapping[str, str], formularies: Mapping[str, Formulary]
) -> None:
    rows = {row for formulary in formularies.values() for row in rows_that_speak(formulary)}
    everything = "".join(made.values())

    cases = {tried.case for tried in tried_rows(CASES) if tried.row in rows}

    assert sorted(case for case in cases if f"/{case}.json)" not in everything) == []


def test_every_source_that_a_page_names_is_in_the_bibliography(made: Mapping[str, str]) -> None:
    listed = made["bibliography.md"]
    cited = {
        part.partition(")")[0]
        for text in made.values()
        for part in text.split("(bibliography.md#")[1:]
    }

    assert sorted(name for name in cited if f"## {name}\n" not in listed) == []
