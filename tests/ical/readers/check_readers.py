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


@pytest.mark.parametrize("machine_zone", MACHINE_ZONES)
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("zone", ZONES)
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
