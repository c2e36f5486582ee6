"""Readers written in JavaScript find every dose at the instant the plan has it.

They are installed apart from the rest (`make test-readers`), so this file has a name that a plain
run of the tests does not pick up.
"""

import json
import os
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from medplan.ical.calendar import render_calendar
from tests.ical.expected import ZONES, expected_instants
from tests.ical.invented import OPTIONS, formulary
from tests.ical.year import year_of_doses

HERE = Path(__file__).parent
READERS = ("ical.js", "node-ical")
MACHINE_ZONES = ("UTC", "Pacific/Auckland")
# node-ical leaves a calendar's own zone definition unread and looks the zone's name up in the data
# of its runtime. Morocco has changed its clocks since those were made, so there it is an hour off.
_UNREAD = ("Africa/Casablanca", "node-ical")
READ = [(zone, reader) for zone in ZONES for reader in READERS if (zone, reader) != _UNREAD]


@pytest.mark.parametrize("machine_zone", MACHINE_ZONES)
@pytest.mark.parametrize(("zone", "reader"), READ)
def test_every_dose_is_found_at_its_instant(
    zone: str, reader: str, machine_zone: str, tmp_path: Path
) -> None:
    made = year_of_doses(zone)
    file = tmp_path / "plan.ics"
    file.write_bytes(render_calendar(made, formulary(), OPTIONS))

    found = _instants(reader, file, machine_zone)

    assert found == expected_instants(made)


def _instants(reader: str, file: Path, machine_zone: str) -> tuple[datetime, ...]:
    """The instants that a reader finds on a machine in that zone."""
    run = subprocess.run(
        ["node", str(HERE / "expand.js"), reader, str(file)],
        env={**os.environ, "TZ": machine_zone},
        capture_output=True,
        check=True,
        text=True,
    )
    return tuple(datetime.fromisoformat(moment) for moment in json.loads(run.stdout))
