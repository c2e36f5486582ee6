"""What rows say, in whole values: people read a failing row, and what a sound one came to."""

import tomllib
from pathlib import Path

import pytest

from medplan.model.plan import Plan
from medplan.proof.prove import prove
from tests.proof import faults
from tests.proof.formulary import FORMULARY
from tests.proof.sample import sample_plan

_SAID = tomllib.loads(Path(__file__).with_name("rows.toml").read_text(encoding="utf-8"))


def said(plan: Plan, *, holds: bool) -> list[list[str]]:
    """The rows that hold, or those that don't."""
    return [
        [row.invariant, row.subject, row.limit, row.worst, row.at]
        for row in prove(plan, FORMULARY)
        if row.holds is holds
    ]


def test_a_sound_plan_s_rows_say_what_must_be_what_is_at_worst_and_when() -> None:
    rows = said(sample_plan(), holds=True)

    assert [row for row in rows if row[0] != "known_product" or row in _SAID["sound"]] == _SAID[
        "sound"
    ]


@pytest.mark.parametrize("name", _SAID["faulty"])
def test_a_fault_s_rows_say_what_must_be_what_is_at_worst_and_when(name: str) -> None:
    fault: faults.Fault = getattr(faults, name)

    assert said(fault(sample_plan()), holds=False) == _SAID["faulty"][name]
