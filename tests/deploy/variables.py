"""The environment variables that medplan reads, found in its own source."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_VARIABLE = re.compile(r"MEDPLAN_[A-Z][A-Z_]*[A-Z]")
_OF_COMMANDS = {"MEDPLAN_PASSWORD"}  # `user add` takes it in place of a question


def variables_in(text: str) -> set[str]:
    """Name the variables that a text speaks of."""
    return set(_VARIABLE.findall(text))


def known_variables() -> set[str]:
    """Name the variables that are read; the switches stand in config.py without their prefix."""
    text = (ROOT / "config.py").read_text(encoding="utf-8")
    return variables_in(text) | _OF_COMMANDS
