"""Every page: no violation of WCAG 2.2 AA, readable at 320 px and at 400 % zoom, light."""

import pytest
from axe_playwright_python.sync_playwright import (  # type: ignore[import-untyped] # it carries none
    Axe,
)
from playwright.sync_api import Page

from tests.browser.conftest import House, Visitor
from tests.browser.pages import DECISION_DAY, PAGES, address_of

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MOST_BYTES = 150_000
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

EVERY = pytest.mark.parametrize("name", PAGES)


@pytest.fixture(autouse=True)
def _on_a_decision_day(house: House) -> None:
    house.practice.clock.now = DECISION_DAY


@EVERY
def test_axe_finds_no_violation(house: House, visitor: Visitor, name: str) -> None:
    address = address_of(house, name)
    for width in (1280, 390):
        page = visitor(width)
        page.goto(address)
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
        assert [(v["id"], v["nodes"][0]["html"]) for v in found.response["violations"]] == []


@EVERY
def test_nothing_scrolls_sideways_at_320_px_or_at_400_per_cent(
    house: House, visitor: Visitor, name: str
) -> None:
    """1280 px wide at 400 % is 320 CSS pixels, and 256 high; text alone may also be doubled."""
    page = visitor(320, 256)
    page.goto(address_of(house, name))
    assert page.evaluate(OVERFLOW) == 0
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(OVERFLOW) == 0


@EVERY
def test_a_page_with_all_that_it_loads_is_light(house: House, visitor: Visitor, name: str) -> None:
    page = visitor()
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto(address_of(house, name), wait_until="networkidle")
    assert 0 < sum(sizes) < MOST_BYTES


@EVERY
def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    house: House, visitor: Visitor, name: str
) -> None:
    page = visitor()
    page.goto(address_of(house, name))
    controls = page.locator("a:visible, button:visible, input:visible, summary:visible")
    wanted = {_name(page, n) for n in range(controls.count())}
    reached = set()
    for _ in range(3 * controls.count() + 3):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(_FOCUSED))
        assert page.evaluate(_OUTLINED)
    groups = {name for name in wanted if name.startswith("radio ")}
    assert wanted - groups <= reached


_NAMING = "e => e.type === 'radio' ? 'radio ' + e.name : e.outerHTML.slice(0, 300)"
_FOCUSED = f"(({_NAMING}))(document.activeElement)"
_OUTLINED = """(() => {
  const e = document.activeElement;
  return e === document.body || getComputedStyle(e).outlineStyle !== 'none';
})()"""


def _name(page: Page, place: int) -> str:
    named = page.locator("a:visible, button:visible, input:visible, summary:visible").nth(place)
    found: str = named.evaluate(_NAMING)
    return found
