"""Supply by period, what is left, and other packs agree with the plan counted dose by dose."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medplan.clinical.make_plan import make_plan
from medplan.clinical.pharmacy.alternatives import alternatives
from medplan.clinical.pharmacy.periods import Every, periods
from medplan.clinical.pharmacy.product_dosages import product_dosages
from medplan.clinical.pharmacy.stock import Stock, Supplied, stock_of
from medplan.model.plan import Plan, ProductUnits
from medplan.model.request import CourseRequest, DeclaredProduct, WrittenStep
from medplan.units import Days
from tests.clinical.pharmacy.examples import NAMES, both_formularies, example
from tests.clinical.requesting import MONDAY, asked, slots

LONGEST = {Every.WEEKLY: 7, Every.TEN_DAYS: 10, Every.FOUR_WEEKS: 28}


def formulary_of(plan: Plan):  # type: ignore[no-untyped-def] # the formulary's own type is long
    return both_formularies()[plan.formulary.jurisdiction]


@pytest.mark.parametrize("every", Every)
@pytest.mark.parametrize("name", NAMES)
def test_periods_hold_every_unit_of_the_supply_once(name: str, every: Every) -> None:
    plan = example(name)
    found = periods(plan, every, formulary_of(plan))

    counted: dict[str, Decimal] = {}
    for period in found:
        for product, units in period.units:
            counted[product] = counted.get(product, Decimal(0)) + units
    supplied: dict[str, Decimal] = {}
    for row in plan.supply:
        supplied[row.product] = supplied.get(row.product, Decimal(0)) + row.units
    assert counted == supplied
    for one, following in pairwise(found):
        assert one.days.last < following.days.first
    for period in found:
        assert len(period.days) <= LONGEST.get(every, 730)
        assert period.collect_on.weekday() < 5 or period.collect_on == plan.start
        assert period.collect_on <= period.days.first
        if period.maximum is not None:
            assert len(period.days) <= period.maximum.over_days


def test_a_long_opioid_taper_is_never_supplied_for_longer_than_the_law_has_it() -> None:
    plan = example("morphine-taper")
    found = periods(plan, Every.REVIEW, formulary_of(plan))

    assert max(len(period.days) for period in found) <= 28


@given(st.integers(0, 20), st.integers(1, 200))
def test_stock_runs_out_on_the_first_day_that_it_does_not_cover(begins: int, units: int) -> None:
    plan = example("morphine-taper")
    (key, runs), *_ = product_dosages([plan], Days(plan.start, plan.end)).items()
    first = plan.start + timedelta(begins)
    (found,) = stock_of(plan, [Supplied(first, key.product, Decimal(units))])

    left, run_out, day = Decimal(units), None, first
    lacking = Decimal(0)
    while day <= plan.end:
        need = sum((r.units_a_day for r in runs if day in r.days), Decimal(0))
        if need > left and run_out is None:
            run_out = day
        lacking += max(Decimal(0), need - left)
        left = max(Decimal(0), left - need)
        day += timedelta(1)
    assert (found.run_out_day, found.shortfall, found.surplus) == (run_out, lacking, left)
    assert found.supplied + found.shortfall - found.surplus == sum(
        (r.units_a_day * len([d for d in r.days if d >= first]) for r in runs), Decimal(0)
    )


def test_what_is_left_after_the_last_dose_is_to_be_returned() -> None:
    plan = example("acute-back-pain")
    first = plan.start

    stock = stock_of(plan, [Supplied(first, "naproxen-tablet-250", Decimal(20))])

    assert stock == (
        Stock("naproxen-tablet-250", Decimal(20), date(2026, 11, 29), None, Decimal(0), Decimal(6)),
    )


@pytest.mark.parametrize("name", NAMES)
def test_an_alternative_makes_exactly_the_same_dose_without_the_product(name: str) -> None:
    plan = example(name)
    formulary = formulary_of(plan)
    for row in plan.supply:
        for found in alternatives(plan, row.product, formulary):
            products = formulary.medicines[found.medicine].product_by_id if found.instead else {}
            assert row.product not in {part.product for part in found.instead}
            made = sum(
                (products[p.product].strength_mg * p.units for p in found.instead), Decimal(0)
            )
            assert made == (found.mg if found.instead else 0)


def test_an_alternative_halves_no_tablet_where_the_plan_halves_none() -> None:
    written = (WrittenStep(3, slots(bedtime="5")),)
    course = CourseRequest(
        "diazepam", "steps", first_day=MONDAY, steps=written, ends_in="stop", halves=False
    )
    formulary = both_formularies()["GB"]
    plan = make_plan(asked(course, jurisdiction="GB"), formulary)

    [found] = alternatives(plan, "diazepam-tablet-5", formulary)
    # Two and a half tablets of 2 mg would be the same dose, but need a knife.
    assert [(part.product, part.units) for part in found.instead] == [
        ("diazepam-tablet-2", 2),
        ("diazepam-liquid-0.4", Decimal("2.5")),
    ]
    assert not found.same_form


def test_half_a_millilitre_is_no_leave_to_cut_a_tablet() -> None:
    written = (WrittenStep(3, slots(bedtime="1")),)
    course = CourseRequest(
        "diazepam", "steps", first_day=MONDAY, steps=written, ends_in="stop", halves=False
    )
    formulary = both_formularies()["GB"]
    plan = make_plan(asked(course, jurisdiction="GB"), formulary)

    [found] = alternatives(plan, "diazepam-liquid-0.4", formulary)

    assert [part.units for part in found.products] == [Decimal("2.5")]
    assert found.instead == ()


def test_an_alternative_may_be_halved_where_the_plan_halves_a_tablet_already() -> None:
    formulary = both_formularies()["GB"]
    diazepam = formulary.medicines["diazepam"]
    two = diazepam.product_by_id["diazepam-tablet-2"]
    mg = Decimal(6)
    six = replace(two, id="diazepam-tablet-6", strength_mg=mg, contains={"diazepam": mg})
    scored = replace(diazepam, products=(two, six))
    lacking_five = replace(formulary, medicines={**formulary.medicines, "diazepam": scored})
    course = CourseRequest(
        "diazepam",
        "steps",
        first_day=MONDAY,
        steps=(WrittenStep(3, slots(bedtime="3")),),
        ends_in="stop",
        halves=True,
    )
    plan = make_plan(asked(course, jurisdiction="GB"), lacking_five)

    [found] = alternatives(plan, "diazepam-tablet-6", lacking_five)
    assert found.products == (ProductUnits("diazepam-tablet-6", Decimal("0.5")),)
    assert found.instead == (ProductUnits("diazepam-tablet-2", Decimal("1.5")),)
    assert found.same_form


def test_nothing_is_known_to_be_like_a_product_that_the_formulary_lacks() -> None:
    course = CourseRequest(
        "diazepam",
        "steps",
        first_day=MONDAY,
        steps=(WrittenStep(3, slots(bedtime="15")),),
        ends_in="stop",
        products=(DeclaredProduct("diazepam-tablet-15", Decimal(15)),),
    )
    formulary = both_formularies()["GB"]
    plan = make_plan(asked(course, jurisdiction="GB"), formulary)

    [found] = alternatives(plan, "diazepam-tablet-15", formulary)
    assert (found.medicine, found.mg, found.instead, found.same_form) == (
        "diazepam",
        Decimal(15),
        (),
        False,
    )
