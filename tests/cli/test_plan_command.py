"""`plan` and `verify` as somebody at a terminal uses them."""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from medplan.cli import main
from medplan.cli.dose_table import dose_table
from medplan.documents.request import read_request
from medplan.formulary.model import Formulary
from medplan.services.planning import plan_and_prove
from tests.api.practice import ACUTE, CHILD, UNLISTED

REFUSED = ACUTE | {"start": "soon", "colour": "red"}


def run(*arguments: str, document: object = ACUTE) -> Result:
    """Run a command with a document on standard input."""
    return CliRunner().invoke(main, arguments, input=json.dumps(document))


def test_a_good_request_gives_a_plan_and_exit_0() -> None:
    result = run("plan", "-")

    assert result.exit_code == 0
    assert json.loads(result.stdout)["issuable"] is True


def test_a_plan_that_may_not_be_issued_is_still_shown_and_exits_3() -> None:
    result = run("plan", "-", document=CHILD)

    assert result.exit_code == 3
    assert json.loads(result.stdout)["issuable"] is False


def test_a_bad_request_is_told_every_fault_as_a_problem_and_exits_2() -> None:
    result = run("plan", "-", document=REFUSED)

    assert result.exit_code == 2
    problem = json.loads(result.stdout)
    assert {e["pointer"] for e in problem["errors"]} == {"#/start", "#/colour"}


def test_a_file_that_is_not_there_is_a_problem_too() -> None:
    result = run("plan", "nowhere.json")

    assert result.exit_code == 2
    assert json.loads(result.stdout)["errors"][0]["code"] == "unreadable"


@pytest.mark.parametrize("form", ["json", "ics", "fhir", "text", "html", "csv"])
def test_the_same_request_gives_the_same_bytes(form: str) -> None:
    first, second = run("plan", "-", "--format", form), run("plan", "-", "--format", form)

    assert first.exit_code == 0
    assert first.stdout_bytes == second.stdout_bytes != b""


def test_out_writes_the_same_bytes_to_a_file(tmp_path: Path) -> None:
    file = tmp_path / "plan.ics"

    result = run("plan", "-", "--format", "ics", "--out", str(file))

    assert (result.exit_code, result.stdout_bytes) == (0, b"")
    assert file.read_bytes() == run("plan", "-", "--format", "ics").stdout_bytes


def test_the_written_plan_is_a_pdf_and_the_same_each_time(tmp_path: Path) -> None:
    first, again = tmp_path / "first.pdf", tmp_path / "again.pdf"
    for file in (first, again):
        assert run("plan", "-", "--format", "pdf", "--out", str(file)).exit_code == 0

    assert first.read_bytes().startswith(b"%PDF-1.7")
    assert first.read_bytes() == again.read_bytes()


def test_the_written_plan_as_a_page_needs_nothing_beside_it() -> None:
    script = "<script>x"
    course = {
        "medicine": "unlisted",
        "name": script,
        "regimen": "steps",
        "products": [{"id": "script-x-tablet-5", "strength_mg": "5", "halves": False}],
        "steps": [{"days": 3, "slots": {"morning": "5"}}],
        "ends_in": "stop",
    }
    page = run("plan", "-", "--format", "html").stdout
    strange = run("plan", "-", "--format", "html", document=ACUTE | {"courses": [course]})

    assert page.startswith("<!doctype html>")
    assert "Naproxen" in page
    assert not re.search(r"<script|<link|src=|href=|url\(|@import", page)
    assert strange.exit_code == 3
    assert "&lt;script&gt;x" in strange.stdout
    assert script not in strange.stdout


def test_a_file_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    result = run("plan", "-", "--out", str(tmp_path / "no" / "plan.json"))

    assert result.exit_code == 2
    assert json.loads(result.stdout)["type"] == "urn:medplan:problem:unwritable"


def test_a_calendar_has_one_event_per_clock_time_or_per_medicine() -> None:
    twice = {"medicine": "paracetamol", "regimen": "regular", "days": 7}
    slots = {"slots": {"morning": "1000", "evening": "1000"}}
    both = ACUTE | {"courses": [twice | slots, ACUTE["courses"][1]]}
    by_time = run("plan", "-", "--format", "ics", document=both).stdout
    by_medicine = run("plan", "-", "--format", "ics", "--group", "medicine", document=both).stdout

    assert by_medicine.count("BEGIN:VEVENT") > by_time.count("BEGIN:VEVENT")


def test_the_table_has_a_row_for_every_dose() -> None:
    rows = list(csv.DictReader(io.StringIO(run("plan", "-", "--format", "csv").stdout)))
    naproxen = [row for row in rows if row["medicine"] == "naproxen"]

    assert len(naproxen) == 14
    assert naproxen[0] == {
        "day": "2026-11-23",
        "time": "08:00",
        "instant": "2026-11-23T08:00:00+13:00",
        "medicine": "naproxen",
        "mg": "250",
        "products": "1 x naproxen-tablet-250",
        "when_required": "no",
        "conditional": "no",
    }


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\t"])
def test_a_name_that_looks_like_a_formula_is_kept_from_being_one(
    formularies: Mapping[str, Formulary], lead: str
) -> None:
    plan = plan_and_prove(read_request(json.dumps(UNLISTED), formularies), formularies["NZ"])
    course = replace(plan.courses[0], name=f"{lead}1+1")

    table = dose_table(replace(plan, courses=(course,)))

    assert {row["medicine"] for row in csv.DictReader(io.StringIO(table))} == {f"'{lead}1+1"}


def test_a_plan_that_was_not_touched_is_verified() -> None:
    result = run("verify", "-", document=json.loads(run("plan", "-").stdout))

    assert result.exit_code == 0
    assert json.loads(result.stdout)["holds"] is True


def doubled(plan: dict[str, Any]) -> None:
    """Double a dose and its tablets."""
    dose = plan["courses"][0]["steps"][0]["doses"][0]
    dose["mg"] = "2000"
    dose["products"][0]["units"] = "4"


def later(plan: dict[str, Any]) -> None:
    """Take a dose at another time: no rule is broken, but it is not the plan that was proved."""
    plan["courses"][1]["steps"][0]["doses"][0]["at"] = "08:30"


def less_supply(plan: dict[str, Any]) -> None:
    """Take tablets from the supply."""
    plan["supply"][0]["units"] = "1"


def better_proof(plan: dict[str, Any]) -> None:
    """Claim a better worst value than the doses have."""
    next(row for row in plan["proof"] if row["worst"] != "0")["worst"] = "0"


def longer(plan: dict[str, Any]) -> None:
    """Say that a course lasts longer than its steps do."""
    plan["courses"][0]["last_day"] = "2027-01-31"


@pytest.mark.parametrize("fault", [doubled, later, less_supply, better_proof, longer])
def test_a_plan_that_was_tampered_with_is_found_out(fault: Callable[[Any], None]) -> None:
    plan = json.loads(run("plan", "-").stdout)
    fault(plan)

    result = run("verify", "-", document=plan)

    assert (result.exit_code, json.loads(result.stdout)["holds"]) == (3, False)


def test_a_plan_that_contradicts_itself_fails_and_says_where() -> None:
    plan = json.loads(run("plan", "-").stdout)
    longer(plan)

    told = json.loads(run("verify", "-", document=plan).stdout)["contradictions"]

    assert {row["pointer"] for row in told} == {
        "/courses/0/last_day",
        "/courses/0/first_free_day",
    }


def test_a_plan_that_contradicts_itself_and_lacks_something_is_unreadable() -> None:
    plan = json.loads(run("plan", "-").stdout)
    longer(plan)
    del plan["supply"]

    assert run("verify", "-", document=plan).exit_code == 2


def test_what_is_no_plan_cannot_be_verified() -> None:
    assert run("verify", "-", document={"a": 1}).exit_code == 2


def test_the_command_line_imports_no_server_and_no_database() -> None:
    script = (
        "import sys, medplan.cli, medplan.cli.plan, medplan.cli.formulary, medplan.cli.server;"
        "print([m for m in ('flask', 'werkzeug', 'sqlalchemy', 'alembic') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
