"""What a patient says by link is kept once, as far as the link allows, and answered in words."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

from tests.api.practice import ACUTE, BEGUN, Practice
from tests.web.plans import TITRATION
from tests.web.reading import Page, follow, link_to, page_in, read, send

ROOT = Path(__file__).parents[2]
EMERGENCY = "Do you wheeze? Is your chest or throat tight? Does your face or tongue swell?"


def box(page: Page, words: str) -> str:
    """The value of the tick box beside these words."""
    place = page.words.index(words)
    labels = [a["for"] for a in page.all("label")]
    asked = [w for w in page.words[: place + 1] if w.endswith(("?", "well."))]
    found = labels[len([w for w in asked if w != "What do you notice?"]) - 1]
    return next(a["value"] for a in page.all("input") if a.get("id") == found)


def tick(practice: Practice, address: str, *words: str) -> Page:
    """Tick these and send the form."""
    form = read(practice, f"{address}/check-in")
    ticked = [box(form, said) for said in words]
    return follow(practice, send(practice, f"{address}/check-ins", **form.fields(), noticed=ticked))


def checked_in(practice: Practice, plan: str) -> list[dict[str, object]]:
    """A plan's check-ins as its prescriber reads them."""
    found: list[dict[str, object]] = practice.prescriber.get(f"{plan}/check-ins").get_json()[
        "items"
    ]
    return found


def test_an_emergency_shows_at_once_what_to_do_and_flags_the_plan(practice: Practice) -> None:
    plan = practice.prescriber.issued()
    practice.clock.now = BEGUN + timedelta(days=2)

    page = tick(practice, link_to(practice, plan), EMERGENCY)

    assert page.words[page.words.index("Get emergency help now") + 1].startswith(
        "In an emergency call 111."
    )
    assert EMERGENCY in page.words
    (kept,) = checked_in(practice, plan)
    assert (kept["level"], kept["revision"], kept["day"]) == ("emergency", 1, "2026-11-24")
    assert kept["answered_at"] is None


def test_nothing_noticed_is_kept_too(practice: Practice) -> None:
    plan = practice.prescriber.issued()
    practice.clock.now = BEGUN + timedelta(days=2)

    page = tick(practice, link_to(practice, plan))

    assert "You notice nothing of what was asked." in page.text
    assert [kept["level"] for kept in checked_in(practice, plan)] == ["none"]


def test_a_button_pressed_twice_counts_once(practice: Practice) -> None:
    plan = practice.prescriber.issued()
    practice.clock.now = BEGUN + timedelta(days=2)
    address = link_to(practice, plan)
    fields = read(practice, f"{address}/check-in").fields()

    answers = [send(practice, f"{address}/check-ins", **fields) for _ in range(2)]

    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert len(checked_in(practice, plan)) == 1


def test_a_program_may_bring_a_key_in_place_of_the_forms(practice: Practice) -> None:
    plan = practice.prescriber.issued()
    practice.clock.now = BEGUN + timedelta(days=2)
    path = f"{link_to(practice, plan)}/check-ins"
    client = practice.app.test_client()

    answers = [client.post(path, headers={"Idempotency-Key": "mine-1"}) for _ in range(2)]
    without = client.post(path)

    assert [answer.status_code for answer in answers] == [303, 303]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert (without.status_code, len(checked_in(practice, plan))) == (409, 1)


def test_a_question_that_is_not_asked_is_refused(practice: Practice) -> None:
    plan = practice.prescriber.issued()
    practice.clock.now = BEGUN + timedelta(days=2)
    address = link_to(practice, plan)
    fields = read(practice, f"{address}/check-in").fields()

    answer = send(practice, f"{address}/check-ins", **fields, noticed=["0123456789abcdef"])

    assert answer.status_code == 409
    assert "Nothing was saved." in page_in(answer).text
    assert checked_in(practice, plan) == []


def test_the_practices_answer_is_read_on_todays_page(practice: Practice) -> None:
    plan = practice.prescriber.issued()
    practice.clock.now = BEGUN + timedelta(days=2)
    address = link_to(practice, plan)
    tick(practice, address, EMERGENCY)
    (kept,) = checked_in(practice, plan)

    path = f"{plan}/check-ins/{kept['id']}/answer"
    answered = practice.prescriber.post(path, {"answer": "We have called you. Rest today."})

    assert answered.status_code == 200, answered.text
    assert "Your practice answered" in read(practice, address).words
    assert "We have called you. Rest today." in read(practice, address).words
    assert practice.prescriber.post(path, {"answer": "Again."}).status_code == 409


def decide(practice: Practice, address: str, choice: str, **fields: str) -> Page:
    """Choose on today's page, and read what it leads to."""
    form = read(practice, address).fields()
    answer = send(practice, f"{address}/decisions", **form | fields, choice=choice)
    return page_in(answer) if answer.status_code != 303 else follow(practice, answer)


def test_an_increase_holds_from_when_the_patient_chose_it(practice: Practice) -> None:
    plan = practice.prescriber.issued(TITRATION)
    address = link_to(practice, plan, "decide-plans")
    practice.clock.now = BEGUN + timedelta(days=9)
    before = read(practice, address).text

    page = decide(practice, address, "increase")

    assert "Take 1 tablet of Amitriptyline 10 mg" in before
    assert "Take 2 tablets of Amitriptyline 10 mg" in page.text
    revisions = practice.prescriber.get(f"{plan}/revisions").get_json()["items"]
    assert revisions[1]["act"] == "decision"
    assert revisions[1]["made_by"] != revisions[0]["made_by"]


def test_without_leave_there_is_no_form_and_what_is_sent_is_refused(practice: Practice) -> None:
    plan = practice.prescriber.issued(TITRATION)
    address = link_to(practice, plan)
    practice.clock.now = BEGUN + timedelta(days=9)
    page = read(practice, address)

    assert page.all("form") == []
    assert "Until then keep to the dose you have." in page.text
    fields = {"key": "k" * 20, "version": "2", "medicine": "amitriptyline", "choice": "increase"}
    for below in ("decisions", "holds", "feeds"):
        assert send(practice, f"{address}/{below}", **fields).status_code == 403
    assert practice.prescriber.get(plan).get_json()["revision"] == 1


def test_before_its_day_nothing_can_be_decided(practice: Practice) -> None:
    address = link_to(practice, practice.prescriber.issued(TITRATION), "decide-plans")
    practice.clock.now = BEGUN + timedelta(days=3)
    sent = {"key": "k" * 20, "version": "2", "medicine": "amitriptyline", "choice": "increase"}

    assert read(practice, address).all("form") == []
    assert send(practice, f"{address}/decisions", **sent).status_code == 409
    assert "Take 1 tablet of Amitriptyline 10 mg" in read(practice, address).text


def test_a_plan_that_has_changed_meanwhile_is_looked_at_again(practice: Practice) -> None:
    plan = practice.prescriber.issued(TITRATION)
    address = link_to(practice, plan, "decide-plans")
    practice.clock.now = BEGUN + timedelta(days=9)

    assert "Your plan has just changed" in decide(practice, address, "stay", version="1").words
    assert practice.prescriber.get(plan).get_json()["revision"] == 1


def test_a_hold_puts_off_every_later_change_for_a_week(practice: Practice) -> None:
    taper = json.loads((ROOT / "examples" / "morphine-taper.json").read_text(encoding="utf-8"))
    plan = practice.prescriber.issued(taper)
    practice.clock.now = instant_of(taper["start"]) + timedelta(days=2)
    address = link_to(practice, plan, "hold-plans")
    before = steps_of(practice, plan)

    form = read(practice, address)
    page = follow(practice, send(practice, f"{address}/holds", **form.fields()))

    assert "Your plan is on hold" in page.words
    assert "Saved. You stay at today's doses for a week." in page.words
    assert practice.prescriber.get(plan).get_json()["status"] == "on-hold"
    after = steps_of(practice, plan)
    assert [dose for _, dose in after] == [dose for _, dose in before]
    late = [day + timedelta(days=7) for day, _ in before[1:]]
    assert [day for day, _ in after] == [before[0][0], *late]


def instant_of(day: str) -> datetime:
    """A day's noon in UTC."""
    return datetime.fromisoformat(f"{day}T12:00:00+00:00")


def steps_of(practice: Practice, plan: str) -> list[tuple[date, str]]:
    """The first day and the daily dose of each step of a plan's first course."""
    steps = practice.prescriber.get(plan).get_json()["courses"][0]["steps"]
    return [(date.fromisoformat(step["first_day"]), step["daily_mg"]) for step in steps]


def test_a_patient_makes_renews_and_ends_own_calendars(practice: Practice) -> None:
    plan = practice.prescriber.issued()
    practice.prescriber.feed(plan, name="The practice's")
    address = link_to(practice, plan, "manage-feeds")
    form = read(practice, f"{address}/calendar")
    assert "The practice's" not in form.words

    made = page_in(send(practice, f"{address}/feeds", **form.fields(), name="My phone"))
    url = made.all("input")[0]["value"]
    assert practice.nobody.get(url.removeprefix("https://plans.example.org")).status_code == 200

    listed = read(practice, f"{address}/calendar")
    rotate, revoke, _ = (a["action"] for a in listed.all("form"))
    key = {"key": "k" * 20}
    renewed = page_in(send(practice, rotate, **key)).all("input")[0]["value"]
    assert renewed != url
    assert practice.nobody.get(url.removeprefix("https://plans.example.org")).status_code == 404
    assert send(practice, revoke).status_code == 303
    assert practice.nobody.get(renewed.removeprefix("https://plans.example.org")).status_code == 404


def test_a_calendars_address_is_shown_once(practice: Practice) -> None:
    address = link_to(practice, practice.prescriber.issued(), "manage-feeds")
    sent = {"key": "k" * 20, "name": "Mine"}

    first, again = (send(practice, f"{address}/feeds", **sent).text for _ in range(2))

    assert "/f/mpf_" in first
    assert "/f/mpf_" not in again


def test_the_link_itself_is_kept_nowhere(practice: Practice) -> None:
    """Not in the database and not in what is kept of a form that is sent."""
    plan = practice.prescriber.issued(ACUTE)
    practice.clock.now = BEGUN + timedelta(days=2)
    address = link_to(practice, plan, "manage-feeds")
    tick(practice, address)
    send(practice, f"{address}/feeds", key="k" * 20, name="Mine")
    token = address.removeprefix("/p/").encode()

    kept = practice.prescriber.get(f"{plan}/patient-links")

    assert token not in kept.data
    assert b"mpp_" not in practice.contents()
