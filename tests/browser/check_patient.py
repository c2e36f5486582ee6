"""A patient's story: today's doses, a check-in, a decision, a calendar, with and without script."""

from datetime import timedelta

import pytest

from tests.api.practice import BEGUN
from tests.browser.conftest import House, Visitor
from tests.browser.pages import DECISION_DAY, patient_link


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_patient_takes_notices_decides_and_subscribes(
    house: House, visitor: Visitor, *, scripts: bool
) -> None:
    house.practice.clock.now = BEGUN + timedelta(days=2)
    address = patient_link(house)
    page = visitor(390, 844, scripts=scripts)
    page.goto(address)
    assert page.title() == "My plan"
    assert page.get_by_text("Take 1 tablet", exact=True).count() == 1

    page.get_by_role("link", name="Check in").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Send and see what to do").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Get emergency help now"
    assert page.get_by_text("In an emergency call 111.").is_visible()

    house.practice.clock.now = DECISION_DAY
    page.get_by_role("link", name="Today", exact=True).click()
    page.get_by_role("radio", name="go up").check()
    page.get_by_role("button", name="Save my choice").click()
    assert page.get_by_role("status").inner_text().startswith("Saved.")
    assert page.get_by_text("Take 2 tablets", exact=True).count() == 1

    page.get_by_role("link", name="Calendar", exact=True).click()
    page.get_by_role("button", name="Make a calendar link").click()
    calendar = page.get_by_role("textbox").input_value()
    feed = house.practice.nobody.get(calendar.removeprefix("https://plans.example.org"))
    assert feed.data.startswith(b"BEGIN:VCALENDAR")


def test_the_keyboard_alone_sends_a_check_in(house: House, visitor: Visitor) -> None:
    house.practice.clock.now = BEGUN + timedelta(days=2)
    page = visitor(390, 844)
    page.goto(f"{patient_link(house)}/check-in")

    page.get_by_role("checkbox").first.focus()
    page.keyboard.press("Space")
    while page.evaluate("document.activeElement.tagName") != "BUTTON":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/check-ins/chk_*")

    assert page.get_by_role("heading", level=1).inner_text() == "Get emergency help now"


def test_paper_shows_the_doses_and_no_controls(house: House, visitor: Visitor) -> None:
    house.practice.clock.now = BEGUN + timedelta(days=2)
    page = visitor()
    page.goto(patient_link(house))
    page.emulate_media(media="print")

    assert page.get_by_text("Take 1 tablet", exact=True).is_visible()
    assert page.locator("button:visible, .top:visible, .skip:visible").count() == 0


def test_a_link_in_bold_words_leads_to_the_warning_signs(house: House, visitor: Visitor) -> None:
    house.practice.clock.now = BEGUN + timedelta(days=2)
    page = visitor()
    page.goto(patient_link(house))
    page.get_by_role("link", name="Signs that need help at once").click()

    assert page.url.endswith("/help#warning-signs")
    assert page.get_by_role("heading", name="Signs that need help").is_visible()
