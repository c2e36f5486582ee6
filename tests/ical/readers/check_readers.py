"""Readers written in JavaScript and C find every dose at its instant and every day on its date.

They are installed apart from the rest (`make test-readers`), so this file has a name that a plain
run of the tests does not pick up. libical is asked where the system's Python has its bindings
(Debian: python3-gi and gir1.2-ical-3.0).
"""

import json
import os
import subprocess
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest

from medplan.ical.calendar import render_calendar
from tests.ical.expected import ZONES, expected_instants
from tests.ical.invented import OPTIONS, formulary
from tests.ical.year import year_of_days, year_of_doses

HERE = Path(__file__).parent
MACHINE_ZONES = ("UTC", "Pacific/Auckland")
SYSTEM_PYTHON = "/usr/bin/python3"
_ASKS_FOR_LIBICAL = "import gi; gi.require_version('ICalGLib', '3.0')"


def commands() -> dict[str, tuple[str, ...]]:
    """How each reader that is here is asked."""
    script = str(HERE / "expand.js")
    names = ("ical.js", "node-ical")
    found: dict[str, tuple[str, ...]] = {name: ("node", script, name) for name in names}
    asked = [SYSTEM_PYTHON, "-c", _ASKS_FOR_LIBICAL]
    there = Path(SYSTEM_PYTHON).exists()
    if there and not subprocess.run(asked, capture_output=True, check=False).returncode:
        found["libical"] = (SYSTEM_PYTHON, str(HERE / "expand_libical.py"))
    return found


COMMANDS = commands()


@dataclass(frozen=True)
class Found:
    """When a reader says that timed events begin, and on which dates whole days are."""

    instants: tuple[datetime, ...]
    days: tuple[date, ...]


@pytest.mark.parametrize("machine_zone", MACHINE_ZONES)
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("reader", COMMANDS)
def test_every_dose_is_found_at_its_instant_and_every_day_on_its_date(
    reader: str, zone: str, machine_zone: str, tmp_path: Path
) -> None:
    made = year_of_doses(zone)
    file = tmp_path / "plan.ics"
    file.write_bytes(render_calendar(made, formulary(), OPTIONS))

    found = _read(reader, file, machine_zone)

    assert found == Found(expected_instants(made), year_of_days(made))


def _read(reader: str, file: Path, machine_zone: str) -> Found:
    """What a reader finds on a machine in that zone."""
    run = subprocess.run(
        [*COMMANDS[reader], str(file)],
        env={**os.environ, "TZ": machine_zone},
        capture_output=True,
        check=True,
        text=True,
    )
    read = json.loads(run.stdout)
    return Found(
        tuple(datetime.fromisoformat(moment) for moment in read["instants"]),
        tuple(date.fromisoformat(day) for day in read["days"]),
    )
