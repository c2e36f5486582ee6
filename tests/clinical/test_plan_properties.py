"""What holds for every plan, whatever was asked for whom."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medplan.errors import InvalidRequestError
from medplan.formulary.model import Formulary, Severity
from medplan.model.plan import EndsIn, Phase, Plan, Step
from medplan.services.planning import plan_and_prove
from tests.clinical.requesting import requests


@settings(
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_a_plan_is_whole_and_proved_or_says_why_not(
    data: st.DataObject, formularies: Mapping[str, Formulary]
) -> None:
    request = data.draw(requests(formularies))
    formulary = formularies[request.jurisdiction]
    try:
        plan = plan_and_prove(request, formulary)
    except InvalidRequestError:
        return  # documents' tests say what is refused, and how

    assert plan == plan_and_prove(request, formulary)
    _steps_tile_their_course(plan)
    _units_make_the_doses(plan)
    _tapers_never_rise(plan)
    _supply_is_the_sum_of_the_doses(plan)
    _issuable_means_proved(plan)


def _steps_tile_their_course(plan: Plan) -> None:
    for course in plan.courses:
        for before, after in pairwise(course.steps):
            assert after.days.first == before.days.last + timedelta(1)
        assert len(course.days) <= 730


def _units_make_the_doses(plan: Plan) -> None:
    contains = {p.id: dict(p.contains) for p in plan.products}
    for course in plan.courses:
        for dose in (d for s in course.steps for d in s.doses if d.products):
            totals = {
                ingredient: sum(contains[p.product][ingredient] * p.units for p in dose.products)
                for ingredient in contains[dose.products[0].product]
            }
            assert dose.mg in totals.values(), (course.medicine, dose)


def _tapers_never_rise(plan: Plan) -> None:
    for course in plan.courses:
        for before, after in pairwise(course.steps):
            if after.phase is Phase.TAPER:
                was = {d.slot: d.mg for d in before.doses}
                assert after.daily_mg < before.daily_mg
                assert all(d.mg <= was.get(d.slot, Decimal(0)) for d in after.doses)


def _supply_is_the_sum_of_the_doses(plan: Plan) -> None:
    needed: dict[str, Decimal] = defaultdict(Decimal)
    for step in (s for c in plan.courses for s in c.steps):
        for dose in step.doses:
            for part in dose.products:
                needed[part.product] += part.units * len(step.days) * _times(step)
    supplied: dict[str, Decimal] = defaultdict(Decimal)
    for row in plan.supply:
        supplied[row.product] += row.units
    assert supplied == needed


def _times(step: Step) -> int:
    return int(step.daily_mg // step.doses[0].mg) if step.when_required else 1


def _issuable_means_proved(plan: Plan) -> None:
    failing = [row for row in plan.proof if not row.holds]
    serious = [f for f in plan.findings if f.severity in (Severity.BLOCK, Severity.MAJOR)]
    assert plan.issuable == (not failing and not serious)
    assert serious or not failing, failing
    for course in plan.courses:
        assert course.ends_in in EndsIn
