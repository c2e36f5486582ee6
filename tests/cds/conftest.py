"""The practice that the API's tests have."""

from tests.api.conftest import peopled, practice

__all__ = ["peopled", "practice"]
