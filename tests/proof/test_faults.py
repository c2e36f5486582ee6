"""A plan that holds together proves; each fault planted in it is found, and named."""

from dataclasses import replace

import pytest

from medplan.model.plan import Course, Phase, ProofRow
from medplan.proof.prove import prove
from medplan.units import Days
from tests.proof import faults
from tests.proof.formulary import FORMULARY
from tests.proof.plans import edit_course, failing
from tests.proof.sample import OMEPRAZOLE, sample_plan

Found = set[tuple[str, str]]
PPI = "omeprazole-ec-capsule-20"
TCA = "amitriptyline-tablet-10"
MR = "morphine-mr-tablet-15"
BOTH_LOADS = {("opioid_load", "CDC2022"), ("opioid_load", "BNF")}
FAULTS: dict[faults.Fault, Found] = {
    faults.a_unit_too_many: {
        ("units_make_mg", "naproxen"),
        ("supply_units", "naproxen-tablet-250"),
    },
    faults.a_wrong_product: {
        ("units_make_mg", "naproxen"),
        ("supply_units", "naproxen-tablet-250"),
        ("supply_units", "naproxen-tablet-500"),
        ("supply_days", "naproxen-tablet-500"),
    },
    faults.a_product_of_another_medicine: {
        ("units_make_mg", "omeprazole"),
        ("supply_units", PPI),
        ("supply_days", PPI),
        ("supply_units", TCA),
    },
    faults.a_product_nobody_knows: {
        ("units_make_mg", "omeprazole"),
        ("supply_units", PPI),
        ("supply_days", PPI),
        ("supply_units", "omeprazole-capsule-20"),
        ("supply_days", "omeprazole-capsule-20"),
    },
    faults.a_dose_without_products: {
        ("units_make_mg", "omeprazole"),
        ("supply_units", PPI),
        ("supply_days", PPI),
    },
    faults.half_of_a_whole_tablet: {
        ("whole_units", "naproxen"),
        ("supply_units", "naproxen-tablet-250"),
        ("supply_units", "naproxen-tablet-500"),
        ("supply_days", "naproxen-tablet-500"),
    },
    faults.half_of_a_modified_release_tablet: {
        ("known_product", MR),
        ("units_make_mg", "morphine"),
        ("whole_units", "morphine"),
        ("supply_units", MR),
        *BOTH_LOADS,
    },
    faults.a_quarter_of_a_tablet: {
        ("units_make_mg", "paracetamol"),
        ("whole_units", "paracetamol"),
        ("max_daily_mg", "paracetamol"),
        ("max_single_mg", "paracetamol"),
        ("supply_units", "paracetamol-tablet-500"),
    },
    faults.a_liquid_finer_than_its_measure: {
        ("units_make_mg", "paracetamol"),
        ("whole_units", "paracetamol"),
        ("supply_units", "paracetamol-tablet-500"),
        ("supply_units", "paracetamol-liquid-50"),
        ("supply_days", "paracetamol-liquid-50"),
    },
    faults.modified_and_immediate_release_in_one_dose: {
        ("one_release", "morphine"),
        ("whole_units", "morphine"),
        ("supply_units", MR),
        ("supply_units", "morphine-liquid-2"),
        ("supply_days", "morphine-liquid-2"),
    },
    faults.a_product_looser_than_the_formulary_s: {
        ("known_product", entry.id) for entry in sample_plan().products if not entry.halves
    },
    faults.a_wrong_daily_sum: {("daily_sum", "omeprazole")},
    faults.more_than_may_be_taken: {("daily_sum", "paracetamol")},
    faults.a_fixed_dose_without_a_time: {("doses_dated", "omeprazole")},
    faults.a_when_required_step_without_its_gap: {("doses_dated", "paracetamol")},
    faults.a_gap_of_a_day: {("steps_tile", "amitriptyline"), ("supply_units", TCA)},
    faults.an_overlap_of_a_day: {("steps_tile", "amitriptyline"), ("supply_units", TCA)},
    faults.a_taper_that_rises: {
        ("taper_never_rises", "morphine"),
        ("cut_percent", "morphine"),
        *BOTH_LOADS,
    },
    faults.a_slot_that_rises_in_a_falling_taper: {("taper_never_rises", "morphine")},
    faults.a_titration_that_falls: {("titration_never_falls", "amitriptyline")},
    faults.a_wrong_percent: {("cut_percent", "morphine")},
    faults.no_percent: {("cut_percent", "morphine")},
    faults.a_forced_cut_that_no_finding_states: {("cut_as_asked", "morphine")},
    faults.a_dose_moved_too_close: {("min_interval_hours", "naproxen")},
    faults.too_short_a_gap_when_required: {("min_interval_hours", "paracetamol")},
    faults.a_day_over_the_daily_maximum: {
        ("max_daily_mg", "paracetamol"),
        ("max_daily_mg_per_kg", "paracetamol"),
        ("max_doses_per_day:paracetamol-doses", "paracetamol"),
        ("supply_units", "paracetamol-tablet-500"),
    },
    faults.too_much_at_once: {("max_single_mg", "paracetamol")},
    faults.longer_than_730_days: {
        ("horizon_days", "amitriptyline"),
        ("one_ending", "amitriptyline"),
        ("supply_units", TCA),
        ("supply_days", TCA),
    },
    faults.a_tablet_missing_in_the_supply: {("supply_units", TCA)},
    faults.supply_for_too_few_days: {("supply_days", TCA)},
    faults.a_product_without_supply: {("supply_units", TCA), ("supply_days", TCA)},
    faults.supply_of_what_nobody_takes: {
        ("supply_units", "naproxen-tablet-500"),
        ("supply_days", "naproxen-tablet-500"),
    },
    faults.gastroprotection_that_ends_early: {
        ("gastroprotection_covers", "naproxen"),
        ("one_ending", "omeprazole"),
        ("supply_units", PPI),
        ("supply_days", PPI),
    },
    faults.gastroprotection_that_ends_late: {
        ("gastroprotection_ends", "omeprazole"),
        ("one_ending", "omeprazole"),
        ("supply_units", PPI),
        ("supply_days", PPI),
    },
    faults.a_laxative_that_starts_late: {
        ("laxative_covers", "morphine"),
        ("supply_units", "docusate-senna-tablet-50-8"),
        ("supply_days", "docusate-senna-tablet-50-8"),
    },
    faults.a_wrong_first_free_day: {("one_ending", "paracetamol")},
    faults.a_course_without_its_stop: {("one_ending", "paracetamol")},
    faults.a_stop_said_twice: {("one_ending", "paracetamol")},
    faults.a_stop_of_no_course: {("one_ending", "naproxen")},
    faults.a_taper_that_nobody_built: {("one_ending", "paracetamol")},
    faults.a_course_without_its_review: {("one_ending", "amitriptyline")},
    faults.a_wrong_opioid_load: {("opioid_load", "CDC2022")},
    faults.an_opioid_day_without_load: {("opioid_load", "CDC2022")},
    faults.a_medicine_nobody_knows: {
        ("known_medicine", "nexomezole"),
        ("units_make_mg", "nexomezole"),
        ("one_ending", "nexomezole"),
        ("one_ending", "omeprazole"),
    },
    faults.a_tampered_issuable: {("issuable", "plan")},
    faults.issuable_in_spite_of_an_open_finding: {("issuable", "plan")},
    faults.a_course_without_steps: {
        ("course_has_steps", "omeprazole"),
        ("one_ending", "omeprazole"),
        ("supply_units", PPI),
        ("supply_days", PPI),
    },
}


def test_a_plan_that_holds_together_proves() -> None:
    assert failing(sample_plan()) == set()


@pytest.mark.parametrize(
    ("fault", "found"), FAULTS.items(), ids=lambda v: getattr(v, "__name__", "")
)
def test_each_fault_is_found_by_the_invariant_that_it_breaks(
    fault: faults.Fault, found: Found
) -> None:
    assert failing(fault(sample_plan())) == found


def test_a_row_says_what_must_be_what_is_and_when() -> None:
    rows = prove(faults.a_dose_moved_too_close(sample_plan()), FORMULARY)

    assert [row for row in rows if row.invariant == "min_interval_hours"] == [
        ProofRow("min_interval_hours", "paracetamol", "4", "4", "2026-11-27", holds=True),
        ProofRow("min_interval_hours", "naproxen", "12", "11.98", "2026-11-23T19:59", holds=False),
        ProofRow("min_interval_hours", "morphine", "8", "12", "2026-11-23T20:00", holds=True),
    ]


def test_each_invariant_and_subject_has_one_row_in_the_same_order_every_time() -> None:
    rows = prove(sample_plan(), FORMULARY)
    names = [(row.invariant, row.subject) for row in rows]

    assert len(names) == len(set(names))
    assert rows == prove(sample_plan(), FORMULARY)


def test_a_plan_without_courses_proves_nothing_but_that_it_may_be_issued() -> None:
    empty = replace(
        sample_plan(), courses=(), products=(), supply=(), opioid_load=(), stops=(), reviews=()
    )

    assert prove(empty, FORMULARY) == (
        ProofRow("issuable", "plan", "true", "true", "", holds=True),
    )


def test_a_stored_proof_that_failed_keeps_the_plan_from_being_issued() -> None:
    row = ProofRow("steps_tile", "naproxen", "0", "1", "2026-11-24", holds=False)
    stored = replace(sample_plan(), proof=(row,), issuable=False)

    assert failing(stored) == set()
    assert failing(replace(stored, issuable=True)) == {("issuable", "plan")}


def test_a_gastroprotective_step_down_may_outlast_what_it_covers() -> None:
    def step_down(course: Course) -> Course:
        (full,) = course.steps
        lower = replace(full, phase=Phase.TAPER, days=Days.lasting(faults.from_day(8), 14))
        return replace(course, steps=(full, lower))

    found = failing(edit_course(sample_plan(), OMEPRAZOLE, step_down))

    assert found == {("one_ending", "omeprazole"), ("supply_units", PPI), ("supply_days", PPI)}
