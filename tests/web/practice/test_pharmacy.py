"""A pharmacist's page: what is packed, supplied, short, and what packs make the same doses."""

import pytest

from tests.api.practice import ACUTE, Practice
from tests.web.practice.desk import Desk
from tests.web.reading import page_in


@pytest.fixture
def pharmacist(practice: Practice) -> Desk:
    """The practice's pharmacist at a desk."""
    desk = Desk(practice.app)
    assert desk.sign_in("pharmacist").status_code == 303
    return desk


@pytest.fixture
def plan(practice: Practice) -> str:
    """The path of a plan's page: naproxen 250 mg twice a day for a week."""
    asked = ACUTE | {"courses": [{"medicine": "naproxen", "regimen": "twice-daily", "days": 7}]}
    return practice.prescriber.issued(asked).removeprefix("/api/v1")


def test_a_week_is_shown_as_it_is_packed(pharmacist: Desk, plan: str) -> None:
    page = pharmacist.read(f"{plan}/pharmacy")

    assert "The week from Monday 23 November 2026" in page.text
    assert "Naproxen 250 mg tablets: 14 tablets" in page.text
    assert (
        "The week from Monday 30 November 2026"
        in pharmacist.read(f"{plan}/pharmacy?week=2026-12-02").text
    )
    assert pharmacist.get(f"{plan}/pharmacy?week=soon").status_code == 404


def test_a_supply_says_when_it_runs_out(pharmacist: Desk, plan: str) -> None:
    given = {"day": "2026-11-22", "product": "naproxen-tablet-250", "units": "10"}
    page = page_in(pharmacist.fill(f"{plan}/dispenses", f"{plan}/pharmacy", given))

    assert "runs out on Saturday 28 November 2026 ; 4 short" in page.text


def test_a_supply_that_is_no_number_is_not_kept(pharmacist: Desk, plan: str) -> None:
    given = {"day": "2026-11-22", "product": "naproxen-tablet-250", "units": "ten"}
    answer = pharmacist.fill(f"{plan}/dispenses", f"{plan}/pharmacy", given)

    assert answer.status_code == 422
    assert "Nothing was supplied yet." in pharmacist.read(f"{plan}/pharmacy").text


def test_what_changed_since_the_last_supply_is_told(
    pharmacist: Desk, plan: str, practice: Practice
) -> None:
    given = {"day": "2026-11-22", "product": "naproxen-tablet-250", "units": "14"}
    pharmacist.fill(f"{plan}/dispenses", f"{plan}/pharmacy", given)
    api = f"/api/v1{plan}"
    etag = practice.prescriber.get(api).headers["ETag"]
    stop = {"effective": "2026-11-26", "reason": "well again"}
    assert practice.prescriber.post(f"{api}/stops", stop, etag=etag).status_code == 200

    page = pharmacist.read(f"{plan}/pharmacy")

    assert "Naproxen stopped Thu 26 November" in page.text
    assert "8 to return at the end" in page.text


def test_other_packs_make_the_same_dose_or_say_that_none_do(pharmacist: Desk, plan: str) -> None:
    page = pharmacist.read(f"{plan}/pharmacy?lacking=naproxen-tablet-250")

    assert "Naproxen: 1 tablet of 250 mg →" in page.text
    assert "The doses stay exactly the same." in page.text


def test_a_question_reaches_the_record(pharmacist: Desk, plan: str) -> None:
    said = {"verdict": "query", "note": "Is the omeprazole meant?"}
    page = page_in(pharmacist.fill(f"{plan}/counter-checks", f"{plan}/pharmacy", said))

    assert "query · revision 1 · Is the omeprazole meant?" in page.text
