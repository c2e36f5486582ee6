"""Edges that a proof must not be off by: groups of patients, horizons, amounts, told days."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from medplan.formulary.model import FindingKind, LimitKind, PatientGroup, Severity
from medplan.model.plan import EndsIn, LimitFacts, Phase, Plan, ProofRow, Role
from medplan.proof.patient import is_inside
from medplan.proof.prove import prove
from tests.proof.formulary import FORMULARY, MONDAY, limit
from tests.proof.plans import course, dose, failing, finding, plan_of, step, tablets, when_required

TCA = "amitriptyline-tablet-10"
_GROUPS = {
    "age": PatientGroup(age_from=18, age_below=66),
    "weight": PatientGroup(weight_from_kg=Decimal(40), weight_below_kg=Decimal(50)),
    "egfr": PatientGroup(egfr_from=15, egfr_below=30),
}


def patient(*, age: int = 90, weight: int = 200, egfr: int = 200) -> LimitFacts:
    """Somebody outside every group, but for what is said."""
    return LimitFacts(age_years=age, weight_kg=Decimal(weight), egfr=egfr, conditions=())


@pytest.mark.parametrize(
    ("fact", "sides"),
    [
        ("age", [patient(age=years) for years in (17, 18, 65, 66)]),
        ("weight", [patient(weight=kg) for kg in (39, 40, 49, 50)]),
        ("egfr", [patient(egfr=rate) for rate in (14, 15, 29, 30)]),
    ],
    ids=("age", "weight", "egfr"),
)
def test_a_group_begins_with_its_from_and_ends_before_its_below(
    fact: str, sides: list[LimitFacts]
) -> None:
    assert [is_inside(facts, _GROUPS[fact]) for facts in sides] == [False, True, True, False]


@pytest.mark.parametrize("fact", ["weight", "egfr"])
def test_nobody_is_in_a_group_by_a_fact_that_is_not_known(fact: str) -> None:
    unknown = LimitFacts(age_years=40, weight_kg=None, egfr=None, conditions=())

    assert not is_inside(unknown, _GROUPS[fact])


def test_a_course_of_730_days_is_within_the_horizon() -> None:
    held = step(MONDAY, 730, tablets("22:00", TCA, "1"))

    assert failing(plan_of(course("amitriptyline", "regular", held))) == set()


def test_a_when_required_dose_is_no_more_than_its_most_in_a_day() -> None:
    grams = dose(None, "1000", ("paracetamol-tablet-500", "2"))
    asked = replace(when_required(MONDAY, 3, grams, "500", "4"), daily_mg=Decimal(500))
    plan = plan_of(course("paracetamol", "when-required", asked))

    assert ("doses_dated", "paracetamol") in failing(plan)


def test_the_largest_of_several_when_required_doses_is_judged() -> None:
    def asked(first: int, mg: str, units: str) -> Plan:
        small = dose(None, "500", ("paracetamol-tablet-500", "1"))
        large = dose(None, mg, ("paracetamol-tablet-500", units))
        return plan_of(
            course("paracetamol", "when-required", when_required(MONDAY, 3, small, "2000", "4")),
            course(
                "paracetamol",
                "when-required",
                when_required(MONDAY + timedelta(first), 3, large, "3000", "4"),
            ),
        )

    assert failing(asked(3, "1000", "2")) == set()
    assert failing(asked(3, "1500", "3")) == {("max_single_mg", "paracetamol")}


def test_two_doses_at_one_time_are_added_up_before_they_are_compared() -> None:
    both = [tablets("22:00", TCA, "2"), tablets("22:00", TCA, "2")]
    lower = tablets("22:00", TCA, "3")
    plan = plan_of(
        course(
            "amitriptyline",
            "taper",
            step(MONDAY, 7, *both, phase=Phase.TAPER, percents=(None, "20")),
            step(MONDAY + timedelta(7), 7, lower, phase=Phase.TAPER, percents=(None, "25")),
        )
    )

    assert failing(plan) == set()


def test_a_fixed_dose_before_a_titration_may_be_higher() -> None:
    high, low = tablets("22:00", TCA, "4"), tablets("22:00", TCA, "1")
    plan = plan_of(
        course(
            "amitriptyline",
            "titration",
            step(MONDAY, 7, high),
            step(MONDAY + timedelta(7), 7, low, phase=Phase.TITRATION),
        )
    )

    assert failing(plan) == set()


def test_a_taper_that_rises_by_half_a_milligram_rises() -> None:
    doses = [
        dose("20:00", mg, ("morphine-liquid-2", u)) for mg, u in (("10", "5"), ("10.5", "5.25"))
    ]
    plan = plan_of(
        course(
            "morphine",
            "taper",
            step(MONDAY, 7, doses[0], phase=Phase.TAPER, percents=(None, "50")),
            step(MONDAY + timedelta(7), 7, doses[1], phase=Phase.TAPER, percents=(None, "50")),
        )
    )

    assert ("taper_never_rises", "morphine") in failing(plan)


@pytest.mark.parametrize(
    ("kind", "severity", "owned"),
    [
        (FindingKind.TAPER, Severity.MAJOR, True),
        (FindingKind.TAPER, Severity.WARN, False),
        (FindingKind.INFEASIBLE, Severity.BLOCK, True),
        (FindingKind.INFEASIBLE, Severity.MAJOR, False),
        (FindingKind.LIMIT, Severity.BLOCK, False),
    ],
)
def test_a_forced_cut_is_owned_only_by_a_finding_about_cuts(
    kind: FindingKind, severity: Severity, *, owned: bool
) -> None:
    told = finding(f"x:amitriptyline:{MONDAY}", kind, "amitriptyline", severity=severity)
    held = step(MONDAY, 7, tablets("22:00", TCA, "1"), phase=Phase.TAPER, percents=("10", "50"))
    plan = plan_of(course("amitriptyline", "taper", held), findings=(told,))

    assert (("cut_as_asked", "amitriptyline") in failing(plan)) is not owned


def _laxative_from(first: int, last: int, code: str) -> set[tuple[str, str]]:
    """Codeine for ten days and a laxative for some of them, with a finding of this code."""
    opioid = step(MONDAY, 10, tablets("08:00", "codeine-tablet-30", "1"))
    held = step(
        MONDAY + timedelta(first - 1),
        last - first + 1,
        dose("22:00", "100", ("docusate-senna-tablet-50-8", "2")),
    )
    told = finding(code, FindingKind.COVER, "codeine", severity=Severity.INFO)
    laxative = course("docusate-senna", "regular", held, role=Role.LAXATIVE, covers=("codeine",))
    return failing(plan_of(course("codeine", "short-course", opioid), laxative, findings=(told,)))


def test_bare_days_before_cover_began_by_a_change_of_the_plan_are_told() -> None:
    fourth = MONDAY + timedelta(3)
    bare = {("laxative_covers", "codeine")}

    assert _laxative_from(4, 10, f"covered-from:codeine:{fourth}") == set()
    assert _laxative_from(5, 10, f"covered-from:codeine:{fourth}") == bare
    assert _laxative_from(4, 9, f"covered-from:codeine:{fourth}") == bare
    assert _laxative_from(4, 10, f"covered-from:morphine:{fourth}") == bare
    assert _laxative_from(4, 10, "supply:codeine") == bare


def test_bare_days_after_cover_ended_by_a_change_of_the_plan_are_told() -> None:
    eighth = MONDAY + timedelta(7)
    bare = {("laxative_covers", "codeine")}

    assert _laxative_from(1, 7, f"covered-until:codeine:{eighth}") == set()
    assert _laxative_from(1, 6, f"covered-until:codeine:{eighth}") == bare
    assert _laxative_from(2, 7, f"covered-until:codeine:{eighth}") == bare
    assert _laxative_from(1, 7, f"covered-until:morphine:{eighth}") == bare


@pytest.mark.parametrize("code", ["LAX0:codeine", "gastroprotection-refused:codeine"])
def test_bare_days_of_a_companion_that_was_refused_are_told(code: str) -> None:
    assert _laxative_from(4, 10, code) == set()


def test_a_review_of_another_medicine_ends_no_course() -> None:
    held = step(MONDAY, 7, tablets("22:00", TCA, "1"))
    plan = plan_of(course("amitriptyline", "steps", held, ends_in=EndsIn.REVIEW))
    other = tuple(replace(review, medicines=("naproxen",)) for review in plan.reviews)

    assert failing(replace(plan, reviews=other)) == {("one_ending", "amitriptyline")}


@pytest.mark.parametrize(
    ("days", "worst", "holds"),
    [
        ((7, 42), "review 2026-11-29", True),
        ((1, 8), "review 2026-11-29", True),
        ((1, 6), "review 2026-11-28", False),
        ((9, 42), "review 2027-01-03", False),
    ],
)
def test_a_course_ends_in_a_review_on_its_last_day_or_the_day_after(
    days: tuple[int, ...], worst: str, *, holds: bool
) -> None:
    held = step(MONDAY, 7, tablets("22:00", TCA, "1"))
    plan = plan_of(course("amitriptyline", "steps", held, ends_in=EndsIn.REVIEW))
    reviews = tuple(replace(plan.reviews[0], day=MONDAY + timedelta(number - 1)) for number in days)

    rows = prove(replace(plan, reviews=reviews), FORMULARY)

    assert [row for row in rows if row.invariant == "one_ending"] == [
        ProofRow(
            "one_ending", "amitriptyline", "review 2026-11-29", worst, "2026-11-29", holds=holds
        )
    ]


def test_a_combination_s_own_gap_sees_its_own_doses_only() -> None:
    both = (("08:00", "20:00"), ("14:00", "22:00"))
    combined = [dose(at, "500", ("paracetamol-codeine-tablet-500-8", "1")) for at in both[0]]
    single = [dose(at, "500", ("paracetamol-tablet-500", "1")) for at in ("12:00", "16:00")]
    plan = plan_of(
        course("paracetamol-codeine", "regular", step(MONDAY, 1, *combined)),
        course("paracetamol", "regular", step(MONDAY, 1, *single)),
    )

    assert failing(plan) == set()


def test_a_milder_limit_that_is_broken_must_be_told() -> None:
    mild = limit("naproxen-mild", LimitKind.MAX_DAILY_MG, "400", severity=Severity.WARN)
    medicine = FORMULARY.medicines["naproxen"]
    limits = (*medicine.limits, mild)
    formulary = replace(
        FORMULARY,
        medicines={**FORMULARY.medicines, "naproxen": replace(medicine, limits=limits)},
    )
    held = step(MONDAY, 2, tablets("08:00", "naproxen-tablet-500", "1"))
    plan = plan_of(course("naproxen", "regular", held), formulary=formulary)
    told = finding("naproxen-mild:naproxen", FindingKind.LIMIT, "naproxen", severity=Severity.WARN)

    assert failing(plan, formulary) == {("max_daily_mg:naproxen-mild", "naproxen")}
    assert failing(replace(plan, findings=(told,)), formulary) == set()
