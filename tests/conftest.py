"""What every room's tests share: the formularies as they are shipped, and how much is tried."""

from collections.abc import Mapping

import pytest
from hypothesis import settings

from medplan.formulary.model import Formulary

settings.register_profile("usual", deadline=None, derandomize=True, max_examples=100)
settings.register_profile("thorough", deadline=None, max_examples=2000)
settings.load_profile("usual")

pytest_plugins = ["tests.databases.fixtures"]


@pytest.fixture(scope="session")
def formularies() -> Mapping[str, Formulary]:
    """The shipped formularies by jurisdiction."""
    # Imported here so that a room that needs no formulary is tested without one.
    from medplan.formulary.loader import load_formulary

    return {jurisdiction: load_formulary(jurisdiction) for jurisdiction in ("NZ", "GB")}
