"""`compare` from the command line: what it prints, and how it ends."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from medplan.cli import main

EXAMPLES = Path(__file__).parents[2] / "examples"
SLOW, FAST = str(EXAMPLES / "taper-slow.json"), str(EXAMPLES / "taper-fast.json")


def compare(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["compare", *arguments], input=given)


def test_two_tapers_stand_side_by_side_as_json() -> None:
    ended = compare(SLOW, FAST)

    assert ended.exit_code == 0
    slow, fast = json.loads(ended.stdout)["plans"]
    assert (slow["name"], slow["end"], slow["steps"]) == (SLOW, "2027-09-27", 11)
    assert (fast["name"], fast["end"], fast["steps"]) == (FAST, "2027-01-04", 3)
    assert slow["biggest_cut"] == {
        "medicine": "morphine",
        "day": "2026-11-23",
        "original_mg": "120",
        "from_mg": "120",
        "to_mg": "110",
        "asked_mg": "12",
        "asked_percent": "10.00",
        "actual_mg": "10",
        "actual_percent": "8.33",
        "forced": False,
    }
    assert fast["supply"][1:] == [
        {"product": "morphine-mr-capsule-10", "units": "84"},
        {"product": "morphine-mr-capsule-30", "units": "56"},
    ]
    assert fast["opioid_load"][0] == {
        "authority": "ANZCA2021",
        "peak": {"first_day": "2026-11-23", "last_day": "2026-12-06", "ome_mg": "90"},
        "runs": [
            {"first_day": "2026-11-23", "last_day": "2026-12-06", "ome_mg": "90"},
            {"first_day": "2026-12-07", "last_day": "2026-12-20", "ome_mg": "60"},
            {"first_day": "2026-12-21", "last_day": "2027-01-03", "ome_mg": "30"},
        ],
    }


def test_the_text_says_which_plan_ends_when_in_columns() -> None:
    lines = compare(SLOW, FAST, "--format", "text").stdout.splitlines()

    assert lines[:3] == [
        f"1  {SLOW}",
        f"2  {FAST}",
        "DRAFT formulary: not signed clinical guidance.",
    ]
    assert lines[4:12] == [
        "               1                         2",
        "May be issued  yes                       yes",
        "Starts         Monday 23 November 2026   Monday 23 November 2026",
        "Ends           Monday 27 September 2027  Monday 4 January 2027",
        "Days           309                       43",
        "Steps          11                        3",
        "Biggest cut    10 mg (8.33 %)            30 mg (25 %)",
        "Asked for      12 mg (10 %)              30 mg (25 %)",
    ]


def test_the_same_requests_give_the_same_bytes() -> None:
    assert compare(SLOW, FAST).stdout == compare(SLOW, FAST).stdout


def test_a_plan_that_may_not_be_issued_is_compared_all_the_same(tmp_path: Path) -> None:
    request = json.loads(Path(FAST).read_text())
    del request["acknowledged"]
    unsettled = tmp_path / "unsettled.json"
    unsettled.write_text(json.dumps(request))

    ended = compare(FAST, str(unsettled))

    assert ended.exit_code == 0
    document = json.loads(ended.stdout)
    assert [plan["issuable"] for plan in document["plans"]] == [True, False]
    assert [found["plans"] for found in document["findings_that_differ"]] == [
        [{"severity": "major", "open": False}, {"severity": "major", "open": True}]
    ]


def test_a_request_may_come_from_standard_input() -> None:
    ended = compare(SLOW, "-", given=Path(FAST).read_text())

    assert [plan["name"] for plan in json.loads(ended.stdout)["plans"]] == [SLOW, "-"]


@pytest.mark.parametrize("form", ["json", "text"])
def test_every_fault_of_every_file_says_which_file_it_is_in(tmp_path: Path, form: str) -> None:
    request = json.loads(Path(FAST).read_text())
    request["courses"][0]["medicine"] = "nosuch"
    faulty = tmp_path / "faulty.json"
    faulty.write_text(json.dumps(request))
    absent = str(tmp_path / "absent.json")

    ended = compare(SLOW, str(faulty), absent, "--format", form)

    assert ended.exit_code == 2
    problem = json.loads(ended.stdout)
    assert problem["status"] == 422
    assert [(e["pointer"], e["code"]) for e in problem["errors"]] == [
        ("#/1/courses/0/medicine", "unknown-medicine"),
        ("#/2", "unreadable"),
    ]
    assert problem["errors"][0]["detail"].startswith(f"{faulty}: ")
