"""A prescriber's story from signing in to answering a check-in, and every page of it looked at."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pyotp
import pytest
from axe_playwright_python.sync_playwright import (  # type: ignore[import-untyped] # it carries none
    Axe,
)
from playwright.sync_api import Page

from medplan.services.access import Role
from medplan.services.people.accounts import add_user
from medplan.services.people.asked_factor import ask_second_factor
from tests.api.practice import ACUTE, BEGUN
from tests.browser.check_pages import MOST_BYTES, OVERFLOW, WCAG
from tests.browser.conftest import EMAIL, PASSWORD, House, Visitor
from tests.web.plans import TITRATION


def signed_in(house: House, visitor: Visitor, width: int = 1280, height: int = 900) -> Page:
    """A browser in which the prescriber has signed in."""
    page = visitor(width, height)
    page.goto(house.at("/login"))
    page.get_by_label("Email address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/worklist")
    return page


def _page_of(path: str) -> str:
    return path.removeprefix("/api/v1")


def plan(house: House) -> str:
    """The page of a plan that waits for a decision, with a finding, a feed and a link."""
    made = house.practice.prescriber.issued(TITRATION)
    house.practice.prescriber.feed(made)
    house.practice.prescriber.post(f"{made}/patient-links", {"name": "Mum's", "may": []})
    return _page_of(made)


def draft(house: House) -> str:
    """The page of a draft with findings."""
    asked = ACUTE | {"patient": {"reference": "invented:4", "age_years": 70}}
    return _page_of(house.practice.prescriber.draft(asked).headers["Location"]) + "/draft"


def comparison(house: House) -> str:
    """Two drafts beside each other."""
    ids = [house.practice.prescriber.draft(TITRATION).get_json()["id"] for _ in range(2)]
    return f"/plans/compare?plan={ids[0]}&plan={ids[1]}"


PAGES: Mapping[str, Callable[[House], str]] = {
    "pharmacy": lambda house: f"{plan(house)}/pharmacy",
    "work list": lambda _: "/worklist",
    "account": lambda _: "/account",
    "account, asked again": lambda _: "/account/again",
    "plans": lambda _: "/plans",
    "new plan": lambda _: "/plans/new",
    "draft": draft,
    "plan": plan,
    "amendment": lambda house: f"{plan(house)}/amend",
    "revision": lambda house: f"{plan(house)}/revisions/1",
    "comparison": comparison,
}
EVERY = pytest.mark.parametrize("name", PAGES)


@pytest.fixture(autouse=True)
def _some_days_in(house: House) -> None:
    house.practice.clock.now = BEGUN + timedelta(days=9)


@EVERY
def test_axe_finds_no_violation(house: House, visitor: Visitor, name: str) -> None:
    page = signed_in(house, visitor)
    page.goto(house.at(PAGES[name](house)))
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        for summary in page.locator("summary:visible").all():
            summary.click()
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
        assert [(v["id"], v["nodes"][0]["html"]) for v in found.response["violations"]] == []


@EVERY
def test_nothing_scrolls_sideways_and_the_page_is_light(
    house: House, visitor: Visitor, name: str
) -> None:
    page = signed_in(house, visitor, 320, 256)
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto(house.at(PAGES[name](house)), wait_until="networkidle")

    assert page.evaluate(OVERFLOW) == 0
    assert 0 < sum(sizes) < MOST_BYTES


def test_whoever_is_asked_for_a_second_factor_finds_their_way(
    house: House, visitor: Visitor
) -> None:
    seen, email = house.practice.seen, "new@example.org"
    add_user(
        seen,
        email=email,
        password=PASSWORD,
        role=Role.PRESCRIBER,
        organisation="Asking Practice",
        now=BEGUN,
    )
    ask_second_factor(seen, "Asking Practice", BEGUN, asked=True)
    page = visitor(320, 640)
    page.goto(house.at("/login"))
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/login/second-factor")
    _judge(page)
    page.get_by_role("button", name="Add a second factor").click()
    _judge(page)
    phone = pyotp.TOTP(page.locator("code").inner_text())
    page.get_by_role("textbox", name="Code").fill(phone.at(house.practice.clock.now))
    page.get_by_role("button", name="Use codes from now on").click()
    _judge(page)
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/account")
    _judge(page)


def _judge(page: Page) -> None:
    """Hold a page, narrow as it is, against the rules of every page."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    assert [(v["id"], v["nodes"][0]["html"]) for v in found.response["violations"]] == []
    assert page.evaluate(OVERFLOW) == 0


def test_the_whole_story(house: House, visitor: Visitor) -> None:
    house.practice.clock.now = BEGUN
    page = signed_in(house, visitor)
    write_plan(page)
    page.get_by_role("button", name="Save the draft").click()
    page.wait_for_url("**/draft")
    for reason in page.get_by_label("Why it is right for this patient").all():
        reason.fill("Asked by telephone")
    page.get_by_role("button", name="Issue the plan").click()
    assert page.get_by_role("status").first.inner_text().startswith("The plan is issued.")

    link = make_link(page)
    house.practice.clock.now = BEGUN + timedelta(days=2)
    patient = visitor(390, 844)
    patient.goto(link.replace("https://plans.example.org", house.address))
    patient.get_by_role("link", name="Check in").click()
    patient.get_by_role("checkbox").first.check()
    patient.get_by_role("button", name="Send and see what to do").click()
    assert patient.get_by_role("heading", level=1).inner_text() == "Get emergency help now"

    page = signed_in(house, visitor)  # two days later
    page.get_by_role("heading", name="Emergency answers").wait_for()
    page.locator(".emergency a").first.click()
    page.get_by_label("Answer, which the patient reads").fill("Stop it and come in today.")
    page.get_by_role("button", name="Send the answer").click()
    page.get_by_text("Your answer is saved.").wait_for()
    patient.get_by_role("link", name="Today", exact=True).click()
    assert patient.get_by_text("Stop it and come in today.").is_visible()


def write_plan(page: Page) -> None:
    """Write an amitriptyline titration, watching the preview follow."""
    page.get_by_role("link", name="New plan").click()
    page.get_by_label("Your reference for the patient").fill("invented:browser")
    page.get_by_label("Age, years").fill("41")
    page.get_by_label("What for").select_option("sciatica")
    page.get_by_label("Medicine", exact=True).select_option("amitriptyline")
    page.get_by_label("How it is taken").select_option("titration")
    page.get_by_role("cell", name="10 mg a day").first.wait_for()
    page.get_by_label("Start with, mg a day").fill("20")
    page.get_by_role("cell", name="20 mg a day").first.wait_for()
    assert page.get_by_label("Start with, mg a day").input_value() == "20"


def make_link(page: Page) -> str:
    """Make the patient's link, which is shown once."""
    links = page.get_by_role("region", name="Links to the patient's own pages")
    links.get_by_label("Whose it is").fill("Invented patient")
    links.get_by_role("button", name="Make a link").click()
    return page.get_by_label("Address", exact=True).input_value()


def test_the_keyboard_alone_writes_and_saves_a_draft(house: House, visitor: Visitor) -> None:
    page = signed_in(house, visitor)
    page.goto(house.at("/plans/new"))
    keys = {"f-patient-reference": "invented:keys", "f-patient-age_years": "41"}
    chosen = {"f-indication": "sc", "f-courses-0-medicine": "para", "f-courses-0-regimen": "reg"}
    for _ in range(120):
        page.keyboard.press("Tab")
        here = page.evaluate("document.activeElement.id")
        if here in keys:
            page.keyboard.type(keys.pop(here))
        elif here in chosen:
            page.keyboard.type(chosen.pop(here))
            page.wait_for_timeout(400)
        elif here == "f-courses-0-days":
            page.keyboard.type("5")
        elif page.evaluate("document.activeElement.name") == "save":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/draft")

    assert page.get_by_label("Your reference for the patient").input_value() == "invented:keys"
    assert page.get_by_label("For how many days").input_value() == "5"
