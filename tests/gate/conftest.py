"""Doors are tried at the practice that the API's tests call."""

from tests.api.conftest import peopled, practice

__all__ = ["peopled", "practice"]
