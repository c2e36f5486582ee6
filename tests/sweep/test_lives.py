"""A hundred lives of plans, always the same ones: no act leaves a plan whose proof fails."""

from collections.abc import Mapping
from random import Random

import pytest

from medplan.formulary.model import Formulary
from tests.sweep.drawing import to_begin_with
from tests.sweep.lives import live

_LIVES = 50


@pytest.mark.parametrize("country", ["NZ", "GB"])
def test_every_act_gives_a_proved_plan_or_says_why_not(
    country: str, formularies: Mapping[str, Formulary]
) -> None:
    requests = to_begin_with(formularies[country])
    lives = {
        seed: live(Random(seed), requests, formularies[country])  # noqa: S311 # no secret
        for seed in range(_LIVES)
    }

    assert {seed: life.faults for seed, life in lives.items() if life.faults} == {}
    kinds = {outcome.split()[0] for life in lives.values() for outcome in life.outcomes}
    assert kinds >= {"amend", "stop", "hold", "resume", "resync", "decide"}
