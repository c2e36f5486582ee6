"""Every sentence of a page is in the catalogue; only the formulary's own words are not."""

import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from medplan.documents.json_text import JsonValue
from medplan.web.languages import SHIPPED, install_languages
from tests.api.practice import BEGUN, Practice
from tests.web import pseudo
from tests.web.plans import TITRATION
from tests.web.reading import Page, link_to, page_in, send

ROOT = Path(__file__).parents[2]
PATIENTS = ("", "/weeks", "/help", "/check-in", "/seen")
CLDR = {"und", "oder"}  # Babel's own words in a list
NAMES = {
    "Google", "Google Calendar", "Outlook", "Microsoft", "Thunderbird", "Nextcloud",
    "Home Assistant", "Mum's", "Mum's phone", "mg", "mL",
}  # fmt: skip
WORD = re.compile(r"[^\W\d_]{2,}")


def test_the_catalogue_holds_every_sentence_and_no_other(tmp_path: Path) -> None:
    """When this fails, run `make translations` and commit what it writes."""
    found = tmp_path / "messages.pot"
    command = ["make", "--silent", "translations", f"CATALOGUE={found}"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)

    assert found.read_text(encoding="utf-8") == (SHIPPED / "messages.pot").read_text("utf-8")


@pytest.fixture
def foreign(practice: Practice, tmp_path: Path) -> Practice:
    """A practice whose pages speak the language that nobody speaks."""
    pseudo.write_catalogue(tmp_path / "catalogues")
    install_languages(practice.app, tmp_path / "catalogues")
    return practice


def get(practice: Practice, address: str) -> Page:
    """Read a page as a browser of that language asks for it."""
    return page_in(practice.nobody.get(address, Accept_Language=pseudo.LANGUAGE))


def texts(page: Page) -> Iterator[str]:
    """All that a page says, also to a screen reader; a sentence may go on across its elements."""
    yield from pseudo.outside("\n".join(page.words)).split("\n")
    for _, attributes in page.elements:
        for name in ("alt", "aria-label", "placeholder", "title", "data-copied", "data-selected"):
            if name in attributes:
                yield attributes[name]


def strings(value: JsonValue) -> Iterator[str]:
    """Every text in a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for entry in value.values():
            yield from strings(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from strings(entry)


def formulary_words(practice: Practice) -> list[str]:
    """What the formulary itself says, the longest first."""
    listed = practice.prescriber.get("/api/v1/formulary/medicines?jurisdiction=NZ").get_json()
    found = set(strings(listed)) | NAMES
    for medicine in ("amitriptyline",):
        path = f"/api/v1/formulary/medicines/{medicine}?jurisdiction=NZ"
        found |= set(strings(practice.prescriber.get(path).get_json()))
    return sorted((text for text in found if len(text) > 1), key=len, reverse=True)


def untranslated(page: Page, known: list[str]) -> list[str]:
    """What a page says in no language but English, and nobody else's words."""
    found = []
    for text in texts(page):
        left = pseudo.outside(text)
        for words in known:
            left = left.replace(words, " ")
        left_words = [word for word in WORD.findall(left) if word not in CLDR]
        if left_words:
            found.append(text)
    return found


def test_a_patients_pages_say_nothing_that_is_not_in_the_catalogue(foreign: Practice) -> None:
    plan = foreign.prescriber.issued(TITRATION)
    known = formulary_words(foreign) + sorted(
        strings(foreign.prescriber.get(plan).get_json()), key=len, reverse=True
    )
    foreign.clock.now = BEGUN + timedelta(days=9)
    address = link_to(foreign, plan, "decide-plans", "hold-plans", "manage-feeds")
    key = {"key": "k" * 20}
    ticked = [a["value"] for a in get(foreign, f"{address}/check-in").all("input")][1:]
    sent = send(foreign, f"{address}/check-ins", **key, noticed=ticked)

    pages = [get(foreign, address + below) for below in PATIENTS]
    pages += [get(foreign, f"{address}/calendar"), get(foreign, sent.headers["Location"])]

    assert pages[0].all("html") == [{"lang": pseudo.LANGUAGE}]
    assert [untranslated(page, known) for page in pages] == [[]] * len(pages)


@pytest.mark.parametrize("path", ["/f", "/p/mpp_unknown", "/login"])
def test_open_pages_say_nothing_that_is_not_in_the_catalogue(foreign: Practice, path: str) -> None:
    assert untranslated(get(foreign, path), []) == []


def test_the_page_of_a_calendar_link_is_translated(foreign: Practice) -> None:
    feed = foreign.prescriber.feed(foreign.prescriber.issued())
    path = feed["url"].removeprefix("https://plans.example.org").removesuffix(".ics")

    found = untranslated(get(foreign, path), sorted(NAMES, key=len, reverse=True))

    assert found == []


def test_a_sentence_that_was_forgotten_is_found(foreign: Practice) -> None:
    """The search itself: a page with an English sentence does not pass."""
    page = get(foreign, "/f")
    page.words.append("Forgotten words")

    assert untranslated(page, []) == ["Forgotten words"]


def test_a_language_without_a_catalogue_is_answered_in_english(practice: Practice) -> None:
    answer = practice.nobody.get("/f", Accept_Language="tlh, en;q=0.1")

    assert page_in(answer).all("html") == [{"lang": "en-GB"}]
