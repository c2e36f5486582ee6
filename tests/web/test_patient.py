"""A patient's pages say what to take, no more than is agreed, and only to who has the link."""

from datetime import timedelta

import pytest

from medplan.services.patients.patient_data import erase_patient
from tests.api.practice import ACUTE, BEGUN, UNLISTED, Practice
from tests.web.plans import TITRATION
from tests.web.reading import link_to, page_in, read

PAGES = ("", "/weeks", "/check-in", "/help", "/calendar", "/seen")
ALL = ("decide-plans", "hold-plans", "manage-feeds")


def test_today_says_each_dose_in_words_under_its_time(practice: Practice) -> None:
    practice.clock.now = BEGUN + timedelta(days=1)
    page = read(practice, link_to(practice, practice.prescriber.issued()))

    assert "What to take today" in page.words
    said = page.text
    assert "08:00 Morning Take 1 tablet of Naproxen 250 mg" in said
    assert "22:00 Night Take 2 tablets of Paracetamol 500 mg" in said
    assert said.count("Take 2 tablets of Paracetamol 500 mg") == 4
    assert said.count("Take 1 tablet of Naproxen 250 mg") == 2


def test_a_day_is_the_patients_own(practice: Practice) -> None:
    """At 10:59 UTC it is 23:59 in Auckland, where summer time holds; a minute later tomorrow."""
    address = link_to(practice, practice.prescriber.issued())

    practice.clock.now = BEGUN.replace(hour=10, minute=59)
    assert "Your plan starts on Monday 23 November 2026" in read(practice, address).text
    practice.clock.now += timedelta(minutes=1)
    assert "Monday 23 November 2026 What to take today" in read(practice, address).text


def test_no_answer_never_means_more(practice: Practice) -> None:
    address = link_to(practice, practice.prescriber.issued(TITRATION), *ALL)

    for day in range(1, 42):
        practice.clock.now = BEGUN + timedelta(days=day)
        said = read(practice, address).text
        assert "Take 1 tablet of Amitriptyline 10 mg" in said
        assert "2 tablets" not in said
        assert ("To decide: Amitriptyline" in said) is (day >= 8)


def test_a_step_planned_ahead_says_on_what_it_depends(practice: Practice) -> None:
    plan = practice.prescriber.issued(TITRATION)
    etag = practice.prescriber.get(plan).headers["ETag"]
    wish = {"medicine": "amitriptyline", "advance": "planned"}
    assert practice.prescriber.post(f"{plan}/advances", wish, etag=etag).status_code == 200
    practice.clock.now = BEGUN + timedelta(days=9)

    said = read(practice, link_to(practice, plan)).text

    assert "Take 1 tablet of Amitriptyline 10 mg" in said
    assert "Only if you agreed to go up: 2 tablets of 10 mg (20 mg) instead." in said


def test_an_unlisted_medicine_goes_by_its_own_name(practice: Practice) -> None:
    practice.clock.now = BEGUN + timedelta(days=1)
    address = link_to(practice, practice.prescriber.issued(UNLISTED))

    assert "Take 2 tablets of inventium 5 mg" in read(practice, address).text
    assert "inventium" in read(practice, f"{address}/weeks").text


def test_the_weeks_ahead_name_stops_and_reviews(practice: Practice) -> None:
    page = read(practice, link_to(practice, practice.prescriber.issued()) + "/weeks")

    assert len(page.all("svg")) == 1
    assert "Mon 23 November to Sun 29 November (7 days)" in page.words
    assert "Naproxen: last dose Sunday 29 November 2026" in page.text
    assert "Review of Naproxen" in page.text


def test_after_its_last_day_a_plan_says_that_it_ended(practice: Practice) -> None:
    practice.clock.now = BEGUN + timedelta(days=9)

    said = read(practice, link_to(practice, practice.prescriber.issued())).text

    assert "This plan ended on Sunday 29 November 2026." in said
    assert "Take " not in said


def test_help_has_the_warning_signs_missed_doses_and_leftovers(practice: Practice) -> None:
    plan = practice.prescriber.issued()
    held = practice.prescriber.get(plan).get_json()
    page = read(practice, link_to(practice, plan) + "/help")

    assert {*held["red_flags"], *held["self_care"], held["emergency"]} <= set(page.words)
    assert page.words.count("If you miss a dose") == 2
    assert "Take what is left over to a pharmacy." in page.text
    assert "ask your prescriber or your pharmacist" in page.text


@pytest.mark.parametrize(
    ("act", "body", "said"),
    [
        ("holds", {}, "Your plan is on hold"),
        ("stops", {"reason": "Better."}, "Your plan has been stopped"),
        ("errors", {"reason": "Wrong patient."}, "Do not follow this plan"),
    ],
)
def test_what_became_of_a_plan_is_said_on_every_page(
    practice: Practice, act: str, body: dict[str, str], said: str
) -> None:
    prescriber = practice.prescriber
    plan = prescriber.issued(ACUTE if act == "stops" else TITRATION)
    practice.clock.now = BEGUN + timedelta(days=2)
    etag = prescriber.get(plan).headers["ETag"]
    assert prescriber.post(f"{plan}/{act}", body, etag=etag).status_code == 200
    address = link_to(practice, plan, *ALL)

    for page in (read(practice, address + below) for below in PAGES):
        assert said in page.text


def test_a_plan_entered_in_error_shows_no_dose(practice: Practice) -> None:
    plan = practice.prescriber.issued()
    etag = practice.prescriber.get(plan).headers["ETag"]
    practice.prescriber.post(f"{plan}/errors", {}, etag=etag)
    address = link_to(practice, plan, *ALL)
    practice.clock.now = BEGUN + timedelta(days=1)

    for below in PAGES:
        said = read(practice, address + below).text
        assert "aproxen" not in said
        assert "Take " not in said


def test_the_draft_formulary_is_said_on_every_page(practice: Practice) -> None:
    address = link_to(practice, practice.prescriber.issued())

    for below in PAGES:
        assert "DRAFT formulary" in read(practice, address + below).text


def test_the_title_and_address_name_no_illness_medicine_or_patient(practice: Practice) -> None:
    address = link_to(practice, practice.prescriber.issued())

    for below in PAGES:
        answer = practice.nobody.get(address + below)
        assert "<title>My plan</title>" in answer.text
        assert "canary" not in answer.text


def test_a_page_is_kept_by_nobody_and_tells_nobody(practice: Practice) -> None:
    address = link_to(practice, practice.prescriber.issued())

    for below in PAGES:
        headers = practice.nobody.get(address + below).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Robots-Tag"] == "noindex"
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "Set-Cookie" not in headers


def test_pages_weigh_little_and_hold_no_inline_code(practice: Practice) -> None:
    address = link_to(practice, practice.prescriber.issued(), *ALL)

    for below in PAGES:
        answer = practice.nobody.get(address + below)
        page = page_in(answer)
        assert len(answer.data) < 50_000
        assert not [a for _, a in page.elements for n in a if n == "style" or n.startswith("on")]


def test_links_that_open_nothing_all_say_the_same(practice: Practice) -> None:
    prescriber = practice.prescriber
    plan = prescriber.issued()
    gone = link_to(practice, plan)
    link = prescriber.get(f"{plan}/patient-links").get_json()["items"][0]
    assert prescriber.send("DELETE", f"{plan}/patient-links/{link['id']}").status_code == 204
    ended = link_to(practice, prescriber.issued())
    practice.clock.now = BEGUN + timedelta(days=38)
    unknown = "/p/mpp_00" + "A" * 51

    for below in PAGES:
        answers = [practice.nobody.get(path + below) for path in (gone, ended, unknown)]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.data for answer in answers}) == 1


def test_an_erased_patients_link_opens_nothing(practice: Practice) -> None:
    address = link_to(practice, practice.prescriber.issued())
    reference = ACUTE["patient"]["reference"]
    assert erase_patient(practice.seen, "Invented Practice", reference, BEGUN) == 1

    for below in PAGES:
        answer = practice.nobody.get(address + below)
        assert (answer.status_code, "Nothing here" in answer.text) == (404, True)


def test_headings_are_in_order_and_fields_have_labels(practice: Practice) -> None:
    practice.clock.now = BEGUN + timedelta(days=9)
    address = link_to(practice, practice.prescriber.issued(TITRATION), *ALL)

    for below in PAGES:
        page = read(practice, address + below)
        ids = [a["id"] for _, a in page.elements if "id" in a]
        assert len(ids) == len(set(ids))
        shown = [a["id"] for a in page.all("input") if a.get("type") != "hidden"]
        assert sorted(shown) == sorted(label["for"] for label in page.all("label"))
        assert len(page.all("h1")) == 1
        assert {a["aria-labelledby"] for a in page.all("section") if a} <= set(ids)


def test_a_patient_sees_who_looked(practice: Practice) -> None:
    plan = practice.prescriber.issued()
    practice.clock.now = BEGUN + timedelta(days=1)
    practice.pharmacist.get(plan)

    page = read(practice, link_to(practice, plan) + "/seen")

    assert "A pharmacist looked at it." in page.words
    assert "A prescriber changed it or its links." in page.words
    assert "A link to these pages (Mum's) looked at it." in page.words
    assert "example.org" not in page.text


def test_the_plan_comes_on_paper(practice: Practice) -> None:
    answer = practice.nobody.get(link_to(practice, practice.prescriber.issued()) + "/plan.pdf")

    assert answer.content_type == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Cache-Control"] == "no-store"
    assert b"mpp_" not in answer.data


def test_nothing_on_a_page_is_a_sum_of_two_plans(practice: Practice) -> None:
    """A link opens its own plan, whatever else its organisation has."""
    other = practice.prescriber.issued(TITRATION)
    address = link_to(practice, practice.prescriber.issued(ACUTE))
    practice.clock.now = BEGUN + timedelta(days=1)

    assert "Amitriptyline" not in read(practice, address).text
    assert "Amitriptyline" in read(practice, link_to(practice, other)).text
