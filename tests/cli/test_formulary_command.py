"""`formulary` shows what medplan knows and refuses files that are at fault."""

import json
import shutil
from pathlib import Path

from click.testing import CliRunner, Result

import medplan.formulary
from medplan.cli import main


def run(*arguments: str) -> Result:
    """Run a formulary command."""
    return CliRunner().invoke(main, ("formulary", *arguments))


def test_the_medicines_of_each_country_are_listed() -> None:
    listed = {row["id"]: row for row in json.loads(run("list", "--format", "json").stdout)}
    british = {
        row["id"]
        for row in json.loads(run("list", "--jurisdiction", "GB", "--format", "json").stdout)
    }

    assert "naproxen-tablet-250" in listed["naproxen"]["products"]
    assert "twice-daily" in listed["naproxen"]["regimens"]
    assert "naproxen" in british


def test_the_vocabulary_is_listed() -> None:
    words = json.loads(run("list", "--vocabulary").stdout)

    assert "sciatica" in words["indications"]
    assert {"conditions", "allergies", "red_flags", "classes"} < set(words)


def test_a_medicine_is_shown_with_the_source_of_every_number() -> None:
    shown = json.loads(run("show", "naproxen", "--format", "json").stdout)

    assert shown["id"] == "naproxen"
    for limit in shown["limits"]:
        assert limit["citation"]["source"], limit["id"]


def test_a_monograph_reads_as_text_and_says_that_it_is_a_draft() -> None:
    shown = run("show", "naproxen").stdout

    assert "Naproxen" in shown
    assert "draft" in shown.lower()
    assert "naproxen-tablet-250" in shown


def test_a_medicine_that_is_not_there_is_a_problem() -> None:
    result = run("show", "magic")

    assert result.exit_code == 2
    assert json.loads(result.stdout)["errors"][0]["code"] == "unknown-medicine"


def test_the_shipped_formulary_is_in_order_and_says_what_stands_behind_it() -> None:
    result = run("check")

    assert result.exit_code == 0
    assert [line for line in result.stdout.splitlines() if ": draft, sha256:" in line] != []


def test_a_formulary_with_an_unknown_key_is_refused_with_its_file(tmp_path: Path) -> None:
    folder = tmp_path / "formulary"
    shutil.copytree(Path(medplan.formulary.__file__).parent, folder)
    file = folder / "nz" / "medicines" / "naproxen.toml"
    file.write_text('colour = "red"\n' + file.read_text(encoding="utf-8"), encoding="utf-8")

    result = run("check", str(folder))

    assert result.exit_code == 2
    problem = json.loads(result.stdout)
    assert problem["type"] == "urn:medplan:problem:invalid-formulary"
    assert any("naproxen" in error["pointer"] for error in problem["errors"])


def test_the_rows_that_no_case_tries_are_named(tmp_path: Path) -> None:
    result = run("check", "--cases", str(tmp_path))

    assert result.exit_code == 0
    assert "N08" in result.stdout.partition("rows that no case tries")[2]
