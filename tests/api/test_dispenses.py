"""What is supplied is recorded once, says how far it goes, and what is to be returned."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.api.machines import client_of
from tests.api.practice import ACUTE, Practice
from tests.api.test_description import check

SUPPLIED = {"day": "2026-11-23", "supplied": [{"product": "naproxen-tablet-250", "units": "10"}]}
EXAMPLES = Path(__file__).parents[2] / "examples"
MORPHINE = json.loads((EXAMPLES / "morphine-taper.json").read_text(encoding="utf-8"))


def test_a_dispense_answers_run_out_day_and_shortfall_once(practice: Practice) -> None:
    practice.clock.now = practice.clock.now.replace(day=23)
    path = practice.prescriber.issued()
    pharmacy = client_of(practice)

    first = pharmacy.send("POST", f"{path}/dispenses", SUPPLIED, key="once")
    again = pharmacy.send("POST", f"{path}/dispenses", SUPPLIED, key="once")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.get_json()["stock"] == [
        {
            "product": "naproxen-tablet-250",
            "units": "10",
            "enough_through": "2026-11-27",
            "run_out_day": "2026-11-28",
            "shortfall": "4",
            "surplus": "0",
        }
    ]
    found = pharmacy.get(f"{path}/dispenses").get_json()
    assert len(found["items"]) == 1
    types = [e["type"] for e in pharmacy.get("/api/v1/events").get_json()["items"]]
    assert types == ["plan.issued", "dispense.recorded"]
    check(practice, "Dispensed", found)
    check(practice, "SupplyPeriodList", pharmacy.get(f"{path}/supply-periods").get_json())


def test_after_a_stop_it_says_what_is_to_be_returned(practice: Practice) -> None:
    practice.clock.now = practice.clock.now.replace(day=23)
    path = practice.prescriber.issued()
    pharmacy = client_of(practice)
    pharmacy.post(f"{path}/dispenses", SUPPLIED)
    etag = practice.prescriber.get(path).headers["ETag"]
    stop = {"medicine": "naproxen", "effective": "2026-11-25", "reason": "Stomach ache."}
    assert practice.prescriber.post(f"{path}/stops", stop, etag=etag).status_code == 200

    (stock,) = pharmacy.get(f"{path}/dispenses").get_json()["stock"]

    assert (stock["run_out_day"], stock["shortfall"], stock["surplus"]) == (None, "0", "6")


def of(product: str, units: object) -> Mapping[str, object]:
    return SUPPLIED | {"supplied": [{"product": product, "units": units}]}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"day": "2026-11-23", "supplied": []}, "#/supplied"),
        ({"day": "2026-11-23"}, "#/supplied"),
        (SUPPLIED | {"day": "2027-01-01"}, "#/day"),
        (SUPPLIED | {"day": "2026-02-30"}, "#/day"),
        (of("naproxen-tablet-500", "1"), "#/supplied/0/product"),
        (of("naproxen-tablet-250", "0"), "#/supplied/0/units"),
        (of("naproxen-tablet-250", 1.5), "#/supplied/0/units"),
        (SUPPLIED | {"supplied": SUPPLIED["supplied"] * 2}, "#/supplied"),  # type: ignore[operator] # a list
        (SUPPLIED | {"note": "x"}, "#/note"),
    ],
)  # fmt: skip
def test_a_dispense_that_makes_no_sense_is_refused(
    practice: Practice, body: dict[str, object], pointer: str
) -> None:
    practice.clock.now = practice.clock.now.replace(day=23)
    path = practice.prescriber.issued()

    answer = client_of(practice).post(f"{path}/dispenses", body)

    assert answer.status_code == 422, answer.text
    assert pointer in [e["pointer"] for e in answer.get_json()["errors"]]


def test_drafts_and_other_organisations_plans_are_not_dispensed(practice: Practice) -> None:
    pharmacy = client_of(practice)
    draft = practice.prescriber.draft().headers["Location"]
    path = practice.prescriber.issued()

    assert pharmacy.post(f"{draft}/dispenses", SUPPLIED).status_code == 409
    stranger = client_of(practice, organisation="Another Practice")
    assert stranger.post(f"{path}/dispenses", SUPPLIED).status_code == 404
    assert practice.prescriber.post(f"{path}/dispenses", SUPPLIED).status_code == 403


def test_supply_periods_name_the_rule_that_shortens_them(practice: Practice) -> None:
    path = practice.prescriber.issued(MORPHINE)

    found = practice.prescriber.get(f"{path}/supply-periods?every=review").get_json()["items"]

    rules = {period["maximum"]["rule"] for period in found if period["maximum"]}
    assert rules <= {"morphine-one-month-supply"}
    assert practice.prescriber.get(f"{path}/supply-periods?every=daily").status_code == 422


def test_a_shortage_lists_the_plans_and_other_packs_for_the_same_doses(
    practice: Practice,
) -> None:
    path = practice.prescriber.issued()
    course = {"medicine": "ibuprofen", "regimen": "regular", "days": 5}
    practice.prescriber.issued(ACUTE | {"courses": [course]})

    address = "/api/v1/shortages?product=naproxen-tablet-250&since=2026-11-24"
    found = practice.prescriber.get(address).get_json()

    check(practice, "AffectedPlanPage", found)
    (row,) = found["items"]
    assert row["plan"] == path.rpartition("/")[2]
    assert [dose["products"] for dose in row["doses"]] == [
        [{"product": "naproxen-tablet-250", "units": "1"}]
    ]
    later = "/api/v1/shortages?product=naproxen-tablet-250&since=2026-12-01"
    assert practice.prescriber.get(later).get_json()["items"] == []
