"""The practice that the API's tests call: its people are made once, its database for each test."""

from collections.abc import Iterator

import pytest

from medplan.services.access import Role
from medplan.services.people.accounts import add_user
from medplan.services.people.api_tokens import add_token
from medplan.store.database import Database
from tests.api.practice import BEGUN, Practice, close_practice, open_practice
from tests.databases.kinds import Databases

PEOPLE = (
    ("prescriber", Role.PRESCRIBER, "Invented Practice"),
    ("pharmacist", Role.PHARMACIST, "Invented Practice"),
    ("stranger", Role.PRESCRIBER, "Another Practice"),
)


@pytest.fixture(scope="session")
def peopled(databases: Databases, migrated: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a database with people and nothing else, and their tokens."""
    address = databases.copy(migrated)
    database = Database(databases.used(address))
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
    yield address, tokens
    databases.drop(address)


@pytest.fixture
def practice(databases: Databases, peopled: tuple[str, dict[str, str]]) -> Iterator[Practice]:
    """A practice of the test's own."""
    address = databases.copy(peopled[0])
    opened = open_practice(databases, address, peopled[1])
    yield opened
    close_practice(opened)
    databases.drop(address)
