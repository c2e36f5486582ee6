"""A pharmacy reads what changes between two dates and what to pack, as the plans now stand."""

import csv
import io
from typing import Any

import pytest
from sqlalchemy import select

from medplan.store.tables import AuditRow
from tests.api.practice import ACUTE, Caller, Practice
from tests.api.test_description import check

WEEK = "from=2026-11-23&to=2026-11-29"
NEXT_WEEK = "from=2026-11-30&to=2026-12-06"
TITRATION = ACUTE | {
    "courses": [{"medicine": "pregabalin", "regimen": "titration", "days": 28}],
    "indication": "radicular-neuropathic-pain",
}


def changes(caller: Caller, query: str = WEEK) -> list[dict[str, Any]]:
    answer = caller.get(f"/api/v1/changes?{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["items"]
    return found


def kinds(rows: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    return {row["product"]: (row["kind"], row["from"]) for row in rows}


def test_products_are_new_continued_and_stopped_against_the_day_before(practice: Practice) -> None:
    practice.prescriber.issued()

    assert kinds(changes(practice.prescriber)) == {
        "naproxen-tablet-250": ("new", "2026-11-23"),
        "paracetamol-tablet-500": ("new", "2026-11-23"),
    }
    later = kinds(changes(practice.prescriber, "from=2026-11-25&to=2026-11-28"))
    assert later["paracetamol-tablet-500"] == ("stopped", "2026-11-28")
    assert later["naproxen-tablet-250"] == ("continued", "2026-11-25")
    gone = kinds(changes(practice.prescriber, NEXT_WEEK))
    assert gone["naproxen-tablet-250"] == ("stopped", "2026-11-30")
    assert "paracetamol-tablet-500" not in gone


def test_both_dosages_are_told_in_units_by_time(practice: Practice) -> None:
    practice.prescriber.issued()

    (row,) = (
        row
        for row in changes(practice.prescriber, "from=2026-11-24&to=2026-11-30")
        if row["medicine"] == "naproxen"
    )
    doses = [
        {
            "at": at,
            "slot": slot,
            "units": "1",
            "when_required": False,
            "most_a_day": None,
            "role": "prescribed",
        }
        for at, slot in (("08:00", "morning"), ("20:00", "evening"))
    ]

    assert row["before"] == {
        "first_day": "2026-11-23",
        "last_day": "2026-11-23",
        "units_a_day": "2",
        "doses": doses,
    }
    assert row["after"] == [
        {"first_day": "2026-11-24", "last_day": "2026-11-29", "units_a_day": "2", "doses": doses}
    ]
    assert (row["kind"], row["from"]) == ("stopped", "2026-11-30")


def test_a_step_up_that_nobody_agreed_to_is_not_packed(practice: Practice) -> None:
    path = practice.prescriber.issued(TITRATION)
    rising = [
        step["daily_mg"]
        for course in practice.prescriber.get(path).get_json()["courses"]
        for step in course["steps"]
    ]

    rows = changes(practice.prescriber, "from=2026-11-24&to=2026-12-20")

    assert len(set(rising)) > 1
    assert {row["kind"] for row in rows} == {"continued"}


def test_an_amended_plan_is_packed_as_amended_and_one_in_error_not_at_all(
    practice: Practice,
) -> None:
    path = practice.prescriber.issued()
    etag = practice.prescriber.get(path).headers["ETag"]
    stop = {"medicine": "naproxen", "effective": "2026-11-25", "reason": "Stomach ache."}
    stopped = practice.prescriber.post(f"{path}/stops", stop, etag=etag)
    assert stopped.status_code == 200, stopped.text

    assert kinds(changes(practice.prescriber, "from=2026-11-24&to=2026-11-29"))[
        "naproxen-tablet-250"
    ] == ("stopped", "2026-11-25")
    etag = practice.prescriber.get(path).headers["ETag"]
    erred = practice.prescriber.post(f"{path}/errors", {"reason": "Wrong patient."}, etag=etag)
    assert erred.status_code == 200, erred.text
    assert changes(practice.prescriber) == []


def test_several_plans_of_a_patient_count_together(practice: Practice) -> None:
    practice.prescriber.issued()
    following = ACUTE | {
        "start": "2026-11-28",
        "courses": [{"medicine": "paracetamol", "regimen": "regular", "days": 5}],
    }
    practice.prescriber.issued(following)

    (row,) = (
        row
        for row in changes(practice.prescriber, "from=2026-11-25&to=2026-12-01")
        if row["medicine"] == "paracetamol"
    )

    assert row["kind"] == "continued"
    assert len(row["plans"]) == 2


def test_packing_gives_every_dose_of_the_week_in_its_compartment(practice: Practice) -> None:
    path = practice.prescriber.issued()
    supply = {
        row["product"]: row["units"]
        for row in practice.prescriber.get(f"{path}/supply").get_json()["items"]
    }

    answer = practice.prescriber.get(f"/api/v1/packing?{WEEK}")
    (patient,) = answer.get_json()["items"]
    packed: dict[str, int] = {}
    for day in patient["days"]:
        for time in day["times"]:
            for product in time["products"]:
                packed[product["product"]] = packed.get(product["product"], 0) + int(
                    product["units"]
                )

    assert {name: str(units) for name, units in packed.items()} == supply
    assert [day["day"] for day in patient["days"]] == [f"2026-11-{n}" for n in range(23, 30)]


def test_a_table_holds_the_same_and_no_cell_begins_a_formula(practice: Practice) -> None:
    evil = ACUTE | {"patient": ACUTE["patient"] | {"reference": "=HYPERLINK(1)"}}
    practice.prescriber.issued(evil)

    counted = {}
    for name in ("changes", "packing"):
        answer = practice.prescriber.get(f"/api/v1/{name}.csv?{WEEK}")
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert answer.content_type == "text/csv; charset=utf-8"
        assert {row["patient_reference"] for row in rows} == {"'=HYPERLINK(1)"}
        counted[name] = len(rows)
    assert counted == {"changes": 2, "packing": 5 * 4 + 7 * 2}


def test_pages_give_every_patient_once_and_no_name_stands_in_an_address(
    practice: Practice,
) -> None:
    wanted = [f"invented:{n}" for n in range(5)]
    for reference in wanted:
        practice.prescriber.issued(ACUTE | {"patient": ACUTE["patient"] | {"reference": reference}})

    found: list[str] = []
    address = f"/api/v1/packing?{WEEK}&limit=2"
    while address:
        answer = practice.prescriber.get(address).get_json()
        found += [row["patient_reference"] for row in answer["items"]]
        address = answer["next"]
        assert "invented" not in (address or "")

    assert sorted(found) == wanted
    assert practice.stranger.get(f"/api/v1/packing?{WEEK}").get_json()["items"] == []


@pytest.mark.parametrize(
    "query",
    ["", "from=2026-11-23", "from=2026-11-29&to=2026-11-23", "from=2026-01-01&to=2027-12-31",
     "from=23-11-2026&to=2026-11-29", f"{WEEK}&cursor=made-up", f"{WEEK}&limit=0", f"{WEEK}&x=1"],
)  # fmt: skip
def test_a_period_that_makes_no_sense_is_refused(practice: Practice, query: str) -> None:
    answer = practice.prescriber.get(f"/api/v1/changes?{query}")

    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")


def test_the_answers_are_as_described(practice: Practice) -> None:
    practice.prescriber.issued()

    for name, path in {"ProductChangePage": "changes", "PackingPage": "packing"}.items():
        check(practice, name, practice.prescriber.get(f"/api/v1/{path}?{WEEK}").get_json())


@pytest.mark.parametrize(
    "path",
    [
        f"/changes?{WEEK}",
        f"/changes.csv?{WEEK}",
        f"/packing?{WEEK}",
        f"/packing.csv?{WEEK}",
        "/shortages?product=naproxen-tablet-250",
    ],
)
def test_whoever_reads_over_all_plans_leaves_a_line_in_the_audit(
    practice: Practice, path: str
) -> None:
    practice.prescriber.issued()
    acts = select(AuditRow.act).order_by(AuditRow.number)
    with practice.seen.reading.begin() as session:
        before = session.scalars(acts).all()

    assert practice.pharmacist.get(f"/api/v1{path}").status_code == 200
    with practice.seen.reading.begin() as session:
        assert session.scalars(acts).all() == [*before, "plan.list"]
