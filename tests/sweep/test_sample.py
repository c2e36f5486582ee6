"""A few hundred plans of the sweep, always the same ones, and what a healthy adult is told."""

from collections.abc import Mapping
from random import Random

import pytest

from medplan.formulary.model import Formulary
from tests.sweep.asked import Asked, everything
from tests.sweep.grid import HEALTHY, patients
from tests.sweep.judge import judge
from tests.sweep.run import first_choices

_PLANS = 400
_SEED = 2026
_FIRST_CHOICES = 20


@pytest.fixture(scope="module")
def asked(formularies: Mapping[str, Formulary]) -> Mapping[str, Asked]:
    """Everything that can be asked for, by name."""
    return {one.name: one for one in everything(formularies)[0]}


def test_whatever_is_asked_for_whoever_the_patient_is_the_plan_is_safe_or_says_why(
    asked: Mapping[str, Asked], formularies: Mapping[str, Formulary]
) -> None:
    chance = Random(_SEED)  # noqa: S311 # a repeatable sample, no secret
    faults = []
    for one in chance.sample(sorted(asked.values(), key=lambda one: one.name), _PLANS):
        formulary = formularies[one.request.jurisdiction]
        patient = chance.choice(patients(formulary))
        judged = judge(one.request, patient.facts, formulary)
        faults += [f"{one.name}, {patient.name}: {fault}" for fault in judged.faults]

    assert faults == []


def test_a_healthy_adult_on_a_first_choice_is_not_warned(
    asked: Mapping[str, Asked], formularies: Mapping[str, Formulary]
) -> None:
    judged = {
        name: judge(request, HEALTHY, formularies[request.jurisdiction])
        for name, request in first_choices(asked.values()).items()
    }

    assert len(judged) == _FIRST_CHOICES
    assert {one.outcome for one in judged.values()} == {"issuable"}
    assert {name: one.warned for name, one in judged.items() if one.warned} == {}
