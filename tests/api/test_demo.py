"""The demo is a first plan on an empty database, and never touches another."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config import Config
from medplan.building import build_parts
from medplan.services.calendars.feed_reading import read_feed
from medplan.services.operation.demo import load_demo
from medplan.services.parts import Parts
from medplan.services.patients.patient_links import open_link
from medplan.services.people.sign_in import sign_in
from medplan.store.migrate import upgrade
from tests.api.practice import BEGUN, Practice

EXAMPLE = Path("examples/acute-back-pain.json")


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Parts]:
    """The parts of a deployment that nobody has used."""
    parts = build_parts(Config(database_url=f"sqlite:///{tmp_path / 'medplan.db'}"))
    upgrade(parts.database)
    yield parts
    parts.database.close()


@pytest.mark.parametrize("year", [2026, 2031])
def test_the_demo_begins_today_and_what_it_says_works(empty: Parts, year: int) -> None:
    now = datetime(year, 11, 22, 3, 30, tzinfo=UTC)

    access = load_demo(empty, EXAMPLE.read_text(encoding="utf-8"), now)

    assert access is not None
    assert sign_in(empty.database, email=access.email, password=access.password, now=now)
    feed = read_feed(empty, access.feed_token, now)
    assert open_link(empty, access.patient_token, now).name == "Demonstration patient"
    assert feed.body is not None
    assert f"DTSTART;TZID=Pacific/Auckland:{year}1122".encode() in feed.body
    assert load_demo(empty, EXAMPLE.read_text(encoding="utf-8"), now) is None


def test_a_database_with_somebody_in_it_gets_no_demo(practice: Practice) -> None:
    parts = practice.app.extensions["medplan"].parts

    assert load_demo(parts, EXAMPLE.read_text(encoding="utf-8"), BEGUN) is None
