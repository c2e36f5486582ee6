"""`formulary check` says what is wrong, or what the pharmacist who signs must look at."""

from datetime import date
from pathlib import Path

from medplan.errors import Problem
from medplan.formulary.check import check_formulary, report_text
from medplan.formulary.model import Evidence, Signature
from medplan.formulary.reading import SignedFile
from tests.formulary.folders import FIXTURE, Change, changed

TODAY = date(2026, 11, 22)
SIGNED = 'status = "signed"\nsigned = { by = "A. Pharmacist", on = 2025-11-20, due = 2026-11-21 }\n'


def test_it_counts_statements_by_grade() -> None:
    nz = check_formulary(FIXTURE, TODAY).jurisdictions[0]

    assert nz.grades["nightol"] == {Evidence.SEEN: 11, Evidence.SECONDARY: 1}
    assert nz.grades["rules"] == {Evidence.SEEN: 1, Evidence.UNVERIFIED: 1}
    assert nz.grades["checks"] == {Evidence.SEEN: 1, Evidence.SECONDARY: 1}


def test_it_lists_what_doses_or_blocks_without_a_source_that_was_seen(tmp_path: Path) -> None:
    folder = changed(
        tmp_path,
        Change("shared/medicines/achenol.toml", "days = 5", 'days = 5\nevidence = "decision"'),
        Change("shared/rules/rules.toml", 'source = "label"', 'source = "hearsay"'),
    )

    nz = check_formulary(folder, TODAY).jurisdictions[0]

    assert [(weak.subject, weak.statement.name) for weak in nz.weak] == [
        ("achenol", "regular"),
        ("duol", "after a short course"),
        ("rules", "R1"),
    ]


def test_it_lists_drafts_and_files_whose_review_is_overdue(tmp_path: Path) -> None:
    text = (FIXTURE / "nz/jurisdiction.toml").read_text()
    folder = changed(tmp_path, Change("nz/jurisdiction.toml", text, SIGNED + text))
    signature = Signature("A. Pharmacist", date(2025, 11, 20), date(2026, 11, 21))

    on_the_day = check_formulary(folder, date(2026, 11, 21)).jurisdictions[0]
    after_it = check_formulary(folder, TODAY).jurisdictions[0]

    assert on_the_day.overdue == ()
    assert after_it.overdue == (SignedFile("nz/jurisdiction.toml", signature),)
    assert "nz/jurisdiction.toml" not in after_it.drafts
    assert "shared/advice.toml" in after_it.drafts


def test_it_reports_every_problem_of_every_jurisdiction_and_nothing_else(tmp_path: Path) -> None:
    folder = changed(
        tmp_path,
        Change("nz/jurisdiction.toml", '"laxol"', '"laxul"'),
        Change("gb/jurisdiction.toml", '"laxol"', '"laxil"'),
        Change("shared/medicines/lonely.toml", "", 'id = "lonely"\n'),
    )

    report = check_formulary(folder, TODAY)

    assert report.jurisdictions == ()
    assert {problem.code for problem in report.problems} == {"invalid-formulary"}
    assert (
        report_text(report)
        == """\
gb/jurisdiction.toml:4#/laxative: names laxil, which has no medicine file here
nz/jurisdiction.toml:4#/laxative: names laxul, which has no medicine file here
shared/medicines/lonely.toml:1#: no jurisdiction has it

3 problems
"""
    )


def test_an_empty_folder_is_a_problem(tmp_path: Path) -> None:
    report = check_formulary(tmp_path, TODAY)

    assert report.problems == (Problem("", "invalid-formulary", "has neither nz nor gb"),)


def test_a_folder_may_hold_one_jurisdiction(tmp_path: Path) -> None:
    folder = changed(tmp_path)
    for path in sorted((folder / "gb").rglob("*.toml")):
        path.unlink()
    (folder / "gb/medicines").rmdir()
    (folder / "gb").rmdir()

    report = check_formulary(folder, TODAY)

    assert [part.jurisdiction for part in report.jurisdictions] == ["NZ"]


def test_the_report_is_for_reading(tmp_path: Path) -> None:
    text = (FIXTURE / "nz/jurisdiction.toml").read_text()
    folder = changed(tmp_path, Change("nz/jurisdiction.toml", text, SIGNED + text))

    lines = report_text(check_formulary(folder, TODAY)).splitlines()

    assert lines[0].startswith("NZ: draft, sha256:")
    assert lines[2:4] == [
        "statements by evidence        seen   secondary  unverified    decision",
        "achenol                         14           0           2           0",
    ]
    assert "1 statements dose or block without a source that was seen:" in lines
    assert "  nz/jurisdiction.toml: signed by A. Pharmacist, due 2026-11-21" in lines


def test_the_shipped_formularies_hold_no_fault() -> None:
    assert check_formulary(None, TODAY).problems == ()
