"""Faults to plant in the sample plan: each breaks one thing and leaves the rest as it was."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from medplan.formulary.model import FindingKind
from medplan.model.plan import Course, Dose, EndsIn, Plan, ProductUnits, Step
from medplan.units import Days, Slot
from tests.proof.formulary import MONDAY
from tests.proof.plans import edit_course, edit_dose, edit_step, finding
from tests.proof.sample import (
    AMITRIPTYLINE,
    LAXATIVE,
    MORPHINE,
    NAPROXEN,
    OMEPRAZOLE,
    PARACETAMOL,
    WHEN_REQUIRED,
)

Fault = Callable[[Plan], Plan]


def taken(*parts: tuple[str, str]) -> Callable[[Dose], Dose]:
    units = tuple(ProductUnits(product, Decimal(amount)) for product, amount in parts)
    return lambda dose: replace(dose, products=units)


def held(first: date, last: date) -> Callable[[Step], Step]:
    return lambda step: replace(step, days=Days(first, last))


def from_day(number: int) -> date:
    return MONDAY + timedelta(number - 1)


def cut(percent: str) -> Callable[[Step], Step]:
    return lambda step: replace(step, actual_percent=Decimal(percent))


def ends(how: EndsIn) -> Callable[[Course], Course]:
    return lambda course: replace(course, ends_in=how)


def a_unit_too_many(plan: Plan) -> Plan:
    return edit_dose(plan, NAPROXEN, 0, 0, taken(("naproxen-tablet-250", "2")))


def a_wrong_product(plan: Plan) -> Plan:
    return edit_dose(plan, NAPROXEN, 0, 0, taken(("naproxen-tablet-500", "1")))


def a_product_of_another_medicine(plan: Plan) -> Plan:
    return edit_dose(plan, OMEPRAZOLE, 0, 0, taken(("amitriptyline-tablet-10", "2")))


def a_product_nobody_knows(plan: Plan) -> Plan:
    return edit_dose(plan, OMEPRAZOLE, 0, 0, taken(("omeprazole-capsule-20", "1")))


def a_dose_without_products(plan: Plan) -> Plan:
    return edit_dose(plan, OMEPRAZOLE, 0, 0, taken())


def half_of_a_whole_tablet(plan: Plan) -> Plan:
    return edit_dose(plan, NAPROXEN, 0, 1, taken(("naproxen-tablet-500", "0.5")))


def half_of_a_modified_release_tablet(plan: Plan) -> Plan:
    allowed = tuple(replace(p, halves=p.id == "morphine-mr-tablet-15") for p in plan.products)
    halved = edit_dose(plan, MORPHINE, 2, 0, taken(("morphine-mr-tablet-15", "0.5")))
    return replace(halved, products=allowed)


def a_quarter_of_a_tablet(plan: Plan) -> Plan:
    return edit_dose(plan, PARACETAMOL, 0, 0, taken(("paracetamol-tablet-500", "2.25")))


def a_liquid_finer_than_its_measure(plan: Plan) -> Plan:
    return edit_dose(
        plan,
        PARACETAMOL,
        0,
        0,
        taken(("paracetamol-tablet-500", "1"), ("paracetamol-liquid-50", "1")),
    )


def modified_and_immediate_release_in_one_dose(plan: Plan) -> Plan:
    mixed = taken(("morphine-mr-tablet-15", "1"), ("morphine-liquid-2", "7.5"))
    return edit_dose(plan, MORPHINE, 0, 1, mixed)


def a_product_looser_than_the_formulary_s(plan: Plan) -> Plan:
    loose = tuple(replace(p, halves=True) for p in plan.products)
    return replace(plan, products=loose)


def a_wrong_daily_sum(plan: Plan) -> Plan:
    return edit_step(plan, OMEPRAZOLE, 0, lambda step: replace(step, daily_mg=Decimal(40)))


def more_than_may_be_taken(plan: Plan) -> Plan:
    return edit_step(plan, WHEN_REQUIRED, 0, lambda s: replace(s, daily_mg=Decimal(3000)))


def a_fixed_dose_without_a_time(plan: Plan) -> Plan:
    return edit_dose(plan, OMEPRAZOLE, 0, 0, lambda dose: replace(dose, minute=None))


def a_when_required_step_without_its_gap(plan: Plan) -> Plan:
    return edit_step(plan, WHEN_REQUIRED, 0, lambda s: replace(s, min_interval_hours=None))


def a_gap_of_a_day(plan: Plan) -> Plan:
    return edit_step(plan, AMITRIPTYLINE, 0, held(from_day(1), from_day(6)))


def an_overlap_of_a_day(plan: Plan) -> Plan:
    return edit_step(plan, AMITRIPTYLINE, 0, held(from_day(1), from_day(8)))


def a_taper_that_rises(plan: Plan) -> Plan:
    def swap(course: Course) -> Course:
        first, second, third = course.steps
        last_days = replace(first, days=third.days)
        return replace(course, steps=(replace(third, days=first.days), second, last_days))

    return edit_course(plan, MORPHINE, swap)


def a_slot_that_rises_in_a_falling_taper(plan: Plan) -> Plan:
    return edit_dose(plan, MORPHINE, 2, 0, lambda d: replace(d, slot=Slot.NOON))


def a_titration_that_falls(plan: Plan) -> Plan:
    def swap(course: Course) -> Course:
        first, second, *rest = course.steps
        steps = replace(second, days=first.days), replace(first, days=second.days), *rest
        return replace(course, steps=steps)

    return edit_course(plan, AMITRIPTYLINE, swap)


def a_wrong_percent(plan: Plan) -> Plan:
    return edit_step(plan, MORPHINE, 1, cut("24"))


def no_percent(plan: Plan) -> Plan:
    return edit_step(plan, MORPHINE, 2, lambda step: replace(step, actual_percent=None))


def a_forced_cut_that_no_finding_states(plan: Plan) -> Plan:
    return edit_step(plan, MORPHINE, 1, lambda step: replace(step, asked_percent=Decimal(10)))


def a_dose_moved_too_close(plan: Plan) -> Plan:
    return edit_dose(plan, NAPROXEN, 0, 1, lambda dose: replace(dose, minute=19 * 60 + 59))


def too_short_a_gap_when_required(plan: Plan) -> Plan:
    return edit_step(
        plan, WHEN_REQUIRED, 0, lambda step: replace(step, min_interval_hours=Decimal(3))
    )


def a_day_over_the_daily_maximum(plan: Plan) -> Plan:
    return edit_step(plan, WHEN_REQUIRED, 0, held(from_day(4), from_day(7)))


def too_much_at_once(plan: Plan) -> Plan:
    def together(step: Step) -> Step:
        doses = tuple(replace(dose, minute=8 * 60) for dose in step.doses)
        return replace(step, doses=doses)

    return edit_step(plan, PARACETAMOL, 0, together)


def longer_than_730_days(plan: Plan) -> Plan:
    return edit_step(plan, AMITRIPTYLINE, 3, held(from_day(22), from_day(731)))


def a_tablet_missing_in_the_supply(plan: Plan) -> Plan:
    first, *rest = plan.supply
    return replace(plan, supply=(replace(first, units=first.units - 1), *rest))


def supply_for_too_few_days(plan: Plan) -> Plan:
    first, *rest = plan.supply
    short = Days(first.days.first, first.days.last - timedelta(1))
    return replace(plan, supply=(replace(first, days=short), *rest))


def a_product_without_supply(plan: Plan) -> Plan:
    return replace(plan, supply=plan.supply[1:])


def supply_of_what_nobody_takes(plan: Plan) -> Plan:
    extra = replace(plan.supply[0], product="naproxen-tablet-500")
    return replace(plan, supply=(*plan.supply, extra))


def gastroprotection_that_ends_early(plan: Plan) -> Plan:
    return edit_step(plan, OMEPRAZOLE, 0, held(from_day(1), from_day(6)))


def gastroprotection_that_ends_late(plan: Plan) -> Plan:
    return edit_step(plan, OMEPRAZOLE, 0, held(from_day(1), from_day(8)))


def a_laxative_that_starts_late(plan: Plan) -> Plan:
    return edit_step(plan, LAXATIVE, 0, held(from_day(2), from_day(22)))


def a_wrong_first_free_day(plan: Plan) -> Plan:
    first, *rest = plan.stops
    return replace(plan, stops=(replace(first, first_free_day=first.last_dose_day), *rest))


def a_course_without_its_stop(plan: Plan) -> Plan:
    return replace(plan, stops=plan.stops[1:])


def a_stop_said_twice(plan: Plan) -> Plan:
    return replace(plan, stops=(plan.stops[0], *plan.stops))


def a_stop_of_no_course(plan: Plan) -> Plan:
    return edit_course(plan, NAPROXEN, ends(EndsIn.CONTINUES))


def a_taper_that_nobody_built(plan: Plan) -> Plan:
    first, *rest = plan.stops
    return replace(plan, stops=(replace(first, taper="built"), *rest))


def a_course_without_its_review(plan: Plan) -> Plan:
    return replace(plan, reviews=())


def a_wrong_opioid_load(plan: Plan) -> Plan:
    first, *rest = plan.opioid_load
    return replace(plan, opioid_load=(replace(first, ome_mg=Decimal(44)), *rest))


def an_opioid_day_without_load(plan: Plan) -> Plan:
    return replace(plan, opioid_load=plan.opioid_load[1:])


def a_medicine_nobody_knows(plan: Plan) -> Plan:
    return edit_course(plan, OMEPRAZOLE, lambda course: replace(course, medicine="nexomezole"))


def a_tampered_issuable(plan: Plan) -> Plan:
    return replace(plan, issuable=False)


def issuable_in_spite_of_an_open_finding(plan: Plan) -> Plan:
    opened = replace(finding("N08:naproxen", FindingKind.RENAL, "naproxen"), acknowledged=None)
    return replace(plan, findings=(opened,))


def a_course_without_steps(plan: Plan) -> Plan:
    return edit_course(plan, OMEPRAZOLE, lambda course: replace(course, steps=()))
