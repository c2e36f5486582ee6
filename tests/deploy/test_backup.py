"""A backup is a database again: the drill reads every line and every plan of it."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.api.practice import Practice
from tests.databases.kinds import Databases
from tests.databases.server import wheels_programs

ROOT = Path(__file__).parents[2]
AUDIT_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


def run(environment: Mapping[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Run one of the scripts as an operator does."""
    programs = (Path(sys.executable).parent, wheels_programs(), os.environ["PATH"])
    settings = {"PATH": ":".join(map(str, programs)), "MEDPLAN_AUDIT_KEY": AUDIT_KEY}
    return subprocess.run(
        command,
        env={**settings, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def unwalled(practice: Practice) -> str:
    """The address of the practice's database, as a role that no wall keeps out."""
    address = practice.seen.url.set(drivername=practice.seen.url.drivername.partition("+")[0])
    return address.render_as_string(hide_password=False)


def test_a_backup_is_restored_and_all_of_it_can_be_read(
    practice: Practice, databases: Databases, unwalled: str, tmp_path: Path
) -> None:
    path = practice.prescriber.issued()
    made = run({"MEDPLAN_DATABASE_URL": unwalled}, "deploy/backup", str(tmp_path))
    assert made.returncode == 0, made.stderr
    copy = made.stdout.strip()
    empty = databases.make()

    drilled = run({"DRILL_DATABASE_URL": databases.seen(empty)}, "deploy/restore-drill", copy)
    databases.drop(empty)

    assert drilled.returncode == 0, drilled.stdout + drilled.stderr
    assert path.rpartition("/")[2] in drilled.stdout
    assert "Every one is as it was written." in drilled.stdout
    assert Path(copy).stat().st_mode & 0o077 == 0


def test_a_backup_without_its_keys_fails_the_drill(
    practice: Practice, databases: Databases, unwalled: str, tmp_path: Path
) -> None:
    practice.prescriber.issued()
    made = run({"MEDPLAN_DATABASE_URL": unwalled}, "deploy/backup", str(tmp_path))
    empty = databases.make()

    drilled = run(
        {"DRILL_DATABASE_URL": databases.seen(empty), "MEDPLAN_DATA_KEYS": "another " * 8},
        "deploy/restore-drill",
        made.stdout.strip(),
    )
    databases.drop(empty)

    assert drilled.returncode != 0
