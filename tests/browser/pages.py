"""Every page that there is to look at, by a name; each finds its address in a house."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from tests.api.practice import BEGUN
from tests.browser.conftest import House
from tests.web.plans import TITRATION

ALL = ["decide-plans", "hold-plans", "manage-feeds"]
DECISION_DAY = BEGUN + timedelta(days=9)


def patient_link(house: House, document: object = TITRATION) -> str:
    """Issue a plan and give its patient's address."""
    plan = house.practice.prescriber.issued(document)
    wish = {"name": "Mum's phone", "may": ALL}
    made = house.practice.prescriber.post(f"{plan}/patient-links", wish)
    return house.at(made.get_json()["url"])


def calendar_page(house: House) -> str:
    """Make a calendar link and give its page."""
    feed = house.practice.prescriber.feed(house.practice.prescriber.issued())
    return house.at(feed["url"].removesuffix(".ics"))


def _patient(below: str) -> Callable[[House], str]:
    return lambda house: address_of(house, "today") + below


def _fixed(path: str) -> Callable[[House], str]:
    return lambda house: house.at(path)


PAGES: Mapping[str, Callable[[House], str]] = {
    "today": patient_link,
    "weeks ahead": _patient("/weeks"),
    "check-in": _patient("/check-in"),
    "help": _patient("/help"),
    "calendar": _patient("/calendar"),
    "who looked": _patient("/seen"),
    "nothing": _fixed("/p/mpp_unknown"),
    "calendar link": calendar_page,
    "about calendar links": _fixed("/f"),
    "sign in": _fixed("/login"),
}


def address_of(house: House, name: str) -> str:
    """Find a page's address, the same one each time."""
    if name not in house.found:
        house.found[name] = PAGES[name](house)
    return house.found[name]
