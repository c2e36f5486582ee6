"""Limits are judged per ingredient, for the patient at hand, over everything in the plan."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from medplan.formulary.model import FindingKind, LimitKind, Severity
from medplan.model.plan import Course, LimitFacts, Plan, ProofRow
from medplan.proof.prove import prove
from tests.proof.formulary import FORMULARY, MONDAY, NAPROXEN, limit
from tests.proof.plans import (
    ADULT,
    course,
    dose,
    failing,
    finding,
    plan_of,
    step,
    tablets,
    when_required,
)

TUESDAY = MONDAY + timedelta(1)
_KINDS = tuple(kind.value for kind in LimitKind)


def limit_rows(plan: Plan) -> list[tuple[str, str, str, str, str, bool]]:
    return [
        (row.invariant, row.subject, row.limit, row.worst, row.at, row.holds)
        for row in prove(plan, FORMULARY)
        if row.invariant.startswith(_KINDS)
    ]


def row_of(plan: Plan, invariant: str, subject: str) -> ProofRow:
    (row,) = (
        row
        for row in prove(plan, FORMULARY)
        if (row.invariant, row.subject) == (invariant, subject)
    )
    return row


def gram(*times: str, days: int = 1, first: int = 0) -> Course:
    doses = (dose(at, "1000", ("paracetamol-tablet-500", "2")) for at in times)
    return course("paracetamol", "regular", step(MONDAY + timedelta(first), days, *doses))


def combination(*times: str) -> Course:
    tablet = ("paracetamol-codeine-tablet-500-8", "2")
    doses = (dose(at, "1000", tablet) for at in times)
    return course("paracetamol-codeine", "regular", step(MONDAY, 1, *doses))


def test_a_window_across_midnight_counts_the_evening_before() -> None:
    plan = plan_of(
        gram("14:00", "18:00", "22:00"),
        gram("02:00", "06:00", "10:00", first=1),
        gram("22:00", first=1),
    )

    assert row_of(plan, "max_daily_mg", "paracetamol") == ProofRow(
        "max_daily_mg", "paracetamol", "4000", "6000", "2026-11-23T14:00", holds=False
    )


def test_a_window_is_open_at_its_end() -> None:
    plan = plan_of(gram("08:00", "12:00", "16:00", "20:00", days=3))

    assert row_of(plan, "max_daily_mg", "paracetamol").worst == "4000"


def test_a_second_product_adds_to_each_of_its_ingredients() -> None:
    plan = plan_of(
        gram("08:00", "12:00", "16:00"),
        combination("20:00", "02:00"),
        course(
            "codeine", "short-course", step(MONDAY, 1, tablets("20:00", "codeine-tablet-30", "8"))
        ),
    )

    assert limit_rows(plan) == [
        ("max_daily_mg", "paracetamol", "4000", "5000", "2026-11-23T02:00", False),
        ("max_daily_mg_per_kg", "paracetamol", "4800", "5000", "2026-11-23T02:00", False),
        ("max_single_mg", "paracetamol", "1000", "1000", "2026-11-23T02:00", True),
        ("min_interval_hours", "paracetamol", "4", "4", "2026-11-23T12:00", True),
        (
            "min_interval_hours:paracetamol-codeine-gap",
            "paracetamol",
            "6",
            "18",
            "2026-11-23T20:00",
            True,
        ),
        ("max_doses_per_day:paracetamol-doses", "paracetamol", "4", "5", "2026-11-23T02:00", False),
        ("max_daily_mg", "codeine", "240", "272", "2026-11-23T02:00", False),
        ("min_interval_hours", "codeine", "4", "18", "2026-11-23T20:00", True),
    ]


def test_doses_at_the_same_instant_are_one_dose() -> None:
    plan = plan_of(gram("08:00"), combination("08:00"))

    assert row_of(plan, "max_single_mg", "paracetamol").worst == "2000"


def test_a_combination_s_gap_is_not_asked_of_its_ingredient_alone() -> None:
    plan = plan_of(gram("08:00", "12:00"), combination("16:00", "22:00"))

    assert failing(plan) == set()


def test_what_may_be_taken_when_required_counts_with_the_fixed_doses_of_its_day() -> None:
    amount = dose(None, "500", ("paracetamol-tablet-500", "1"))
    plan = plan_of(
        gram("08:00", "20:00", days=2),
        course("paracetamol", "when-required", when_required(TUESDAY, 2, amount, "3000", "4")),
    )

    assert row_of(plan, "max_daily_mg", "paracetamol") == ProofRow(
        "max_daily_mg", "paracetamol", "4000", "5000", "2026-11-24", holds=False
    )
    assert row_of(plan, "max_doses_per_day:paracetamol-doses", "paracetamol").worst == "8"


def test_a_when_required_combination_counts_its_second_ingredient_in_proportion() -> None:
    amount = dose(None, "1000", ("paracetamol-codeine-tablet-500-8", "2"))
    steps = when_required(MONDAY, 2, amount, "3500", "6")
    plan = plan_of(course("paracetamol-codeine", "when-required", steps))

    assert row_of(plan, "max_daily_mg", "paracetamol").worst == "3500"
    assert row_of(plan, "max_daily_mg", "codeine").worst == "56"
    assert row_of(plan, "opioid_load", "CDC2022").limit.split()[0] == "8.4"


def test_a_light_patient_has_the_lowest_of_the_limits() -> None:
    light = replace(ADULT, weight_kg=Decimal(33))
    plan = plan_of(gram("08:00", "20:00"), facts=light)

    assert limit_rows(plan)[:2] == [
        ("max_daily_mg", "paracetamol", "2000", "2000", "2026-11-23T08:00", True),
        ("max_daily_mg_per_kg", "paracetamol", "1980", "2000", "2026-11-23T08:00", False),
    ]


def test_a_patient_of_unknown_weight_is_in_no_group_of_weight() -> None:
    plan = plan_of(gram("08:00", "20:00"), facts=replace(ADULT, weight_kg=None))

    assert [row[:3] for row in limit_rows(plan)] == [
        ("max_daily_mg", "paracetamol", "4000"),
        ("max_single_mg", "paracetamol", "1000"),
        ("min_interval_hours", "paracetamol", "4"),
        ("max_doses_per_day:paracetamol-doses", "paracetamol", "4"),
    ]


def test_a_milder_limit_holds_only_when_a_finding_names_it() -> None:
    old = LimitFacts(age_years=70, weight_kg=None, egfr=None, conditions=("heart_block",))
    bedtime = step(MONDAY, 7, tablets("20:30", "amitriptyline-tablet-10", "3"))
    silent = plan_of(course("amitriptyline", "steps", bedtime), facts=old)
    warned = finding(
        "amitriptyline-older:amitriptyline",
        FindingKind.AGE,
        "amitriptyline",
        severity=Severity.WARN,
    )

    assert failing(silent) == {
        ("max_daily_mg:amitriptyline-older", "amitriptyline"),
        ("max_daily_mg:amitriptyline-heart", "amitriptyline"),
    }
    assert failing(replace(silent, findings=(warned,))) == {
        ("max_daily_mg:amitriptyline-heart", "amitriptyline")
    }


def test_a_finding_about_a_severer_limit_speaks_for_the_milder_one() -> None:
    old = LimitFacts(age_years=70, weight_kg=None, egfr=None, conditions=("heart_block",))
    bedtime = step(MONDAY, 7, tablets("20:30", "amitriptyline-tablet-10", "3"))
    stated = finding("amitriptyline-heart:amitriptyline", FindingKind.LIMIT, "amitriptyline")

    plan = plan_of(course("amitriptyline", "steps", bedtime), facts=old, findings=(stated,))

    assert failing(plan) == set()


def morphine(regimen: str, units: str, at: tuple[str, ...] = ("08:00", "20:00")) -> Course:
    doses = (tablets(time, "morphine-mr-tablet-15", units) for time in at)
    return course("morphine", regimen, step(MONDAY, 2, *doses))


def test_a_taper_may_exceed_a_limit_that_a_major_finding_states() -> None:
    stated = finding("morphine-daily:morphine", FindingKind.LIMIT, "morphine")
    blocked = replace(stated, severity=Severity.BLOCK)
    tapering, steady = morphine("taper", "6"), morphine("steps", "6")

    assert failing(plan_of(tapering)) == {("max_daily_mg", "morphine")}
    assert failing(plan_of(tapering, findings=(stated,))) == set()
    assert failing(plan_of(tapering, findings=(blocked,))) == {("max_daily_mg", "morphine")}
    assert failing(plan_of(steady, findings=(stated,))) == {("max_daily_mg", "morphine")}


def test_a_taper_is_no_excuse_for_the_other_courses() -> None:
    stated = finding("morphine-daily:morphine", FindingKind.LIMIT, "morphine")
    low, high = morphine("taper", "1"), morphine("steps", "5", ("08:00", "20:00"))
    shared = plan_of(low, high, findings=(stated,))
    alone = plan_of(morphine("taper", "1"), morphine("steps", "5"), findings=(stated,))

    assert failing(shared) == {("max_daily_mg", "morphine")}
    assert failing(alone) == {("max_daily_mg", "morphine")}


def test_a_limit_of_one_release_sees_only_that_release() -> None:
    modified = morphine("steps", "1", ("08:00", "20:00"))
    liquid = dose("16:00", "10", ("morphine-liquid-2", "5"))
    plan = plan_of(modified, course("morphine", "short-course", step(MONDAY, 2, liquid)))

    assert [row[:4] for row in limit_rows(plan)] == [
        ("max_daily_mg", "morphine", "120", "40"),
        ("min_interval_hours:morphine-gap", "morphine", "4", "24"),
        ("min_interval_hours:morphine-modified-gap", "morphine", "8", "12"),
    ]


def test_a_limit_of_some_regimens_or_dose_counts_sees_only_those() -> None:
    often = limit("naproxen-often", LimitKind.MAX_DAILY_MG, "250", regimens=("thrice-daily",))
    narrowed = replace(NAPROXEN, limits=(*NAPROXEN.limits, often))
    medicines = {**FORMULARY.medicines, "naproxen": narrowed}
    formulary = replace(FORMULARY, medicines=medicines)
    three = (tablets(at, "naproxen-tablet-250", "1") for at in ("08:00", "14:00", "20:00"))
    thrice = course("naproxen", "thrice-daily", step(MONDAY, 1, *three))
    once = course(
        "naproxen", "twice-daily", step(TUESDAY, 1, tablets("08:00", "naproxen-tablet-500", "1"))
    )

    rows = prove(plan_of(thrice, once, formulary=formulary), formulary)

    assert [
        (row.invariant, row.limit, row.worst) for row in rows if row.invariant.startswith(_KINDS)
    ] == [
        ("max_daily_mg", "1000", "1000"),
        ("min_interval_hours", "6", "6"),
        ("max_daily_mg:naproxen-often", "250", "750"),
    ]


def test_a_milder_gap_of_a_single_dose_has_nothing_to_measure() -> None:
    usual = limit("naproxen-usual-gap", LimitKind.MIN_INTERVAL_HOURS, "12", severity=Severity.WARN)
    medicines = {**FORMULARY.medicines, "naproxen": replace(NAPROXEN, limits=(usual,))}
    formulary = replace(FORMULARY, medicines=medicines)
    once = step(MONDAY, 1, tablets("08:00", "naproxen-tablet-250", "1"))
    plan = plan_of(course("naproxen", "steps", once), formulary=formulary)

    assert [r for r in prove(plan, formulary) if r.invariant.startswith(_KINDS)] == []


def test_an_unlisted_medicine_has_no_limits_but_its_doses_are_judged() -> None:
    product = replace(
        plan_of().products[0],
        id="baclofen-tablet-10",
        medicine="unlisted",
        contains=(("baclofen", Decimal(10)),),
        halves=False,
        declared=True,
    )
    right = course(
        "unlisted",
        "steps",
        step(MONDAY, 2, tablets("08:00", "baclofen-tablet-10", "90")),
        name="baclofen",
    )
    wrong = course(
        "unlisted",
        "steps",
        step(MONDAY, 2, dose("08:00", "15", ("baclofen-tablet-10", "1"))),
        name="baclofen",
    )

    assert failing(plan_of(right, products=(product,))) == set()
    assert failing(plan_of(wrong, products=(product,))) == {("units_make_mg", "baclofen")}


def test_a_dose_that_names_no_products_counts_as_its_medicine_s_milligrams() -> None:
    unmade = course("paracetamol-codeine", "regular", step(MONDAY, 1, dose("08:00", "5000")))

    at = "2026-11-23T08:00"
    assert [row for row in limit_rows(plan_of(unmade)) if not row[-1]] == [
        ("max_daily_mg", "paracetamol", "4000", "5000", at, False),
        ("max_daily_mg_per_kg", "paracetamol", "4800", "5000", at, False),
        ("max_single_mg", "paracetamol", "1000", "5000", at, False),
    ]
