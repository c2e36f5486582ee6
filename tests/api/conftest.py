"""The practice that the API's tests call: its people are made once, its database for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from medplan.services.access import Role
from medplan.services.accounts import add_token, add_user
from medplan.store.database import Database
from medplan.store.migrate import upgrade
from tests.api.practice import BEGUN, Practice, open_practice

PEOPLE = (
    ("prescriber", Role.PRESCRIBER, "Invented Practice"),
    ("pharmacist", Role.PHARMACIST, "Invented Practice"),
    ("stranger", Role.PRESCRIBER, "Another Practice"),
)


@pytest.fixture(scope="session")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A database file with people and nothing else, and their tokens."""
    file = tmp_path_factory.mktemp("practice") / "peopled.db"
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    tokens = {}
    for name, role, organisation in PEOPLE:
        add_user(
            database,
            email=f"{name}@example.org",
            password="an invented password",
            role=role,
            organisation=organisation,
            now=BEGUN,
        )
        tokens[name] = add_token(database, email=f"{name}@example.org", name="test", now=BEGUN)
    database.close()
    return file, tokens


@pytest.fixture
def practice(peopled: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[Practice]:
    """A practice of the test's own."""
    file = tmp_path / "practice.db"
    shutil.copy(peopled[0], file)
    opened = open_practice(file, peopled[1])
    yield opened
    opened.database.close()
