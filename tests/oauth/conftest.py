"""Clients of the practice that the API's tests have, and one practice for a whole module."""

from collections.abc import Iterator

import pytest

from tests.api.conftest import peopled, practice
from tests.api.practice import Practice, close_practice, open_practice
from tests.databases.kinds import Databases

__all__ = ["house", "peopled", "practice"]


@pytest.fixture(scope="module")
def house(databases: Databases, peopled: tuple[str, dict[str, str]]) -> Iterator[Practice]:
    """A practice that a module's tests share: each adds clients of its own."""
    address = databases.copy(peopled[0])
    opened = open_practice(databases, address, peopled[1])
    yield opened
    close_practice(opened)
    databases.drop(address)
