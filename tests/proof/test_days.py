"""What a proof says about days: how long, who is covered, which load, which stop."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from medplan.formulary.model import Severity
from medplan.model.plan import Course, EndsIn, OpioidLoad, Phase, Plan, ProofRow, Role
from medplan.proof.prove import prove
from medplan.units import Days
from tests.proof.formulary import CODEINE as CODEINE_MEDICINE
from tests.proof.formulary import FORMULARY, MONDAY
from tests.proof.plans import course, dose, failing, plan_of, step, tablets, when_required

CODEINE = "codeine-tablet-30"


def codeine(
    first: int, days: int, regimen: str = "short-course", phase: Phase = Phase.FIXED
) -> Course:
    held = step(MONDAY + timedelta(first - 1), days, tablets("08:00", CODEINE, "1"), phase=phase)
    return course("codeine", regimen, held)


def longest(*courses: Course) -> list[tuple[str, str, str, bool]]:
    return [
        (row.limit, row.worst, row.at, row.holds)
        for row in prove(plan_of(*courses), FORMULARY)
        if row.invariant.startswith("duration_days")
    ]


def test_adjoining_and_overlapping_courses_are_one_run_of_days() -> None:
    assert longest(codeine(1, 14), codeine(15, 15)) == [("28", "29", "2026-12-21", False)]
    assert longest(codeine(1, 20), codeine(10, 5)) == [("28", "20", "2026-12-12", True)]


def test_a_free_day_begins_a_new_run() -> None:
    assert longest(codeine(1, 14), codeine(16, 15)) == [("28", "15", "2026-12-22", True)]
    assert longest(codeine(1, 29), codeine(31, 2)) == [("28", "29", "2026-12-21", False)]


def test_a_medicine_that_the_formulary_lacks_hides_no_other() -> None:
    unlisted = replace(codeine(1, 3), medicine="unlisted", name="Nobody's")

    assert longest(unlisted, codeine(1, 29)) == [("28", "29", "2026-12-21", False)]


def test_tapers_and_the_lowered_doses_of_an_opioid_are_exempt() -> None:
    assert longest(codeine(1, 28), codeine(29, 7, phase=Phase.TAPER)) == [
        ("28", "28", "2026-12-20", True)
    ]
    assert longest(codeine(1, 60, regimen="taper")) == []


def test_a_row_for_regular_use_does_not_count_days_as_required() -> None:
    amount = tablets(None, "morphine-tablet-10", "1")
    asked = course("morphine", "when-required", when_required(MONDAY, 60, amount, "20", "4"))

    assert longest(asked) == []


def test_a_row_that_only_warns_is_a_finding_s_business() -> None:
    warning = replace(CODEINE_MEDICINE.durations[0], severity=Severity.WARN)
    medicines = {**FORMULARY.medicines, "codeine": replace(CODEINE_MEDICINE, durations=(warning,))}
    formulary = replace(FORMULARY, medicines=medicines)

    rows = prove(plan_of(codeine(1, 60), formulary=formulary), formulary)

    assert [row for row in rows if row.invariant.startswith("duration_days")] == []


def protected(first: int, days: int, *covers: str) -> Course:
    held = step(
        MONDAY + timedelta(first - 1), days, tablets("07:30", "omeprazole-ec-capsule-20", "1")
    )
    return course("omeprazole", "regular", held, role=Role.GASTROPROTECTION, covers=covers)


def naproxen(first: int, days: int) -> Course:
    held = step(MONDAY + timedelta(first - 1), days, tablets("08:00", "naproxen-tablet-250", "1"))
    return course("naproxen", "regular", held)


def cover_rows(plan: Plan) -> list[ProofRow]:
    return [r for r in prove(plan, FORMULARY) if r.invariant.startswith("gastroprotection")]


def test_each_stretch_of_use_has_its_own_protection() -> None:
    both = plan_of(
        naproxen(1, 3), protected(1, 3, "naproxen"), naproxen(10, 3), protected(10, 3, "naproxen")
    )
    one = plan_of(naproxen(1, 3), protected(1, 3, "naproxen"), naproxen(10, 3))

    assert failing(both) == set()
    assert cover_rows(one) == [
        ProofRow("gastroprotection_covers", "naproxen", "6", "3", "2026-12-02", holds=False),
        ProofRow(
            "gastroprotection_ends",
            "omeprazole",
            "2026-11-25",
            "2026-11-25",
            "2026-11-25",
            holds=True,
        ),
    ]


def test_protection_without_anything_to_protect_from_fails() -> None:
    assert cover_rows(plan_of(protected(1, 3, "naproxen"))) == [
        ProofRow("gastroprotection_covers", "naproxen", "0", "0", "", holds=True),
        ProofRow(
            "gastroprotection_ends", "omeprazole", "none", "2026-11-25", "2026-11-25", holds=False
        ),
    ]


def test_a_step_down_may_begin_the_day_after_and_no_later() -> None:
    def only_lowered(first: int) -> Course:
        (held,) = protected(first, 7, "naproxen").steps
        return replace(protected(first, 7, "naproxen"), steps=(replace(held, phase=Phase.TAPER),))

    early = plan_of(naproxen(1, 7), only_lowered(1))

    assert failing(early) == set()
    assert ("gastroprotection_ends", "omeprazole") in failing(
        plan_of(naproxen(1, 7), only_lowered(9))
    )


def test_a_laxative_covers_regular_opioid_courses_that_are_long_enough() -> None:
    held = step(MONDAY, 3, dose("22:00", "100", ("docusate-senna-tablet-50-8", "2")))
    laxative = course("docusate-senna", "regular", held, role=Role.LAXATIVE, covers=("codeine",))
    asked = when_required(MONDAY + timedelta(9), 5, tablets(None, CODEINE, "1"), "60", "4")

    short = plan_of(
        codeine(1, 2), laxative, codeine(20, 1), course("codeine", "when-required", asked)
    )
    longer = plan_of(codeine(1, 4), laxative)

    assert failing(short) == set()
    assert failing(longer) == {("laxative_covers", "codeine")}


def test_a_prescribed_course_of_the_companion_s_class_covers_its_days_too() -> None:
    def laxative(first: int, days: int, role: Role) -> Course:
        dosed = dose("22:00", "100", ("docusate-senna-tablet-50-8", "2"))
        held = step(MONDAY + timedelta(first - 1), days, dosed)
        covers = ("codeine",) if role is Role.LAXATIVE else ()
        return course("docusate-senna", "regular", held, role=role, covers=covers)

    def own_ppi(first: int, days: int) -> Course:
        return replace(protected(first, days), role=Role.PRESCRIBED)

    early = laxative(1, 4, Role.LAXATIVE)
    covered = plan_of(codeine(1, 10), early, laxative(5, 6, Role.PRESCRIBED))
    bare = plan_of(codeine(1, 10), early, own_ppi(5, 6))
    shielded = plan_of(naproxen(1, 6), protected(1, 6, "naproxen"), naproxen(7, 3), own_ppi(7, 3))

    assert ("laxative_covers", "codeine") not in failing(covered)
    assert ("laxative_covers", "codeine") in failing(bare)
    assert ("gastroprotection_covers", "naproxen") not in failing(shielded)


def test_an_authority_without_a_factor_borrows_the_highest() -> None:
    plan = plan_of(
        course(
            "morphine", "short-course", step(MONDAY, 2, tablets("08:00", "morphine-tablet-10", "1"))
        ),
        codeine(2, 2),
    )

    assert [
        (r.subject, r.limit, r.worst, r.at)
        for r in prove(plan, FORMULARY)
        if r.invariant == "opioid_load"
    ] == [
        ("CDC2022", "14.5", "14.5", "2026-11-24"),
        ("BNF", "13", "13", "2026-11-24"),
    ]


def stated(*loads: tuple[int, int, str]) -> tuple[OpioidLoad, ...]:
    return tuple(
        OpioidLoad("CDC2022", Days.lasting(MONDAY + timedelta(first - 1), days), Decimal(ome))
        for first, days, ome in loads
    )


ALL_FOUR = "4.5 2026-11-23/2026-11-26"
FIRST_THREE = "4.5 2026-11-23/2026-11-25"


@pytest.mark.parametrize(
    ("loads", "row"),
    [
        (stated((1, 2, "4.5"), (3, 2, "4.5")), ("4.5", "4.5", "2026-11-23", True)),
        (stated((1, 3, "4.5")), (ALL_FOUR, FIRST_THREE, "2026-11-23", False)),
        (
            stated((1, 4, "4.5"), (6, 1, "1")),
            ("none", "1 2026-11-28/2026-11-28", "2026-11-28", False),
        ),
        (stated((1, 3, "4.5"), (3, 2, "4.5")), (ALL_FOUR, FIRST_THREE, "2026-11-23", False)),
        ((), (ALL_FOUR, "none", "2026-11-23", False)),
    ],
    ids=("split", "short", "long", "twice", "missing"),
)
def test_the_load_tiles_the_opioid_days(
    loads: tuple[OpioidLoad, ...], row: tuple[str, str, str, bool]
) -> None:
    plan = replace(plan_of(codeine(1, 4)), opioid_load=loads)

    (found,) = (
        (r.limit, r.worst, r.at, r.holds)
        for r in prove(plan, FORMULARY)
        if (r.invariant, r.subject) == ("opioid_load", "CDC2022")
    )
    assert found == row


def test_no_load_needs_no_row() -> None:
    unmade = course("paracetamol-codeine", "regular", step(MONDAY, 3, dose("08:00", "250")))
    plan = replace(plan_of(unmade), opioid_load=stated((1, 3, "0")))

    assert failing(plan) == {("units_make_mg", "paracetamol-codeine")}


def test_a_load_without_opioids_fails() -> None:
    plan = replace(plan_of(naproxen(1, 3)), opioid_load=stated((1, 3, "4.5")))

    assert failing(plan) == {("opioid_load", "CDC2022")}


def test_a_review_may_be_on_the_last_day_or_the_day_after() -> None:
    ends = replace(naproxen(1, 7), ends_in=EndsIn.REVIEW)
    plan = plan_of(ends)
    (review,) = plan.reviews

    def on(day: int) -> set[tuple[str, str]]:
        moved = replace(review, day=MONDAY + timedelta(day - 1))
        return failing(replace(plan, reviews=(moved,)))

    assert [on(day) for day in (6, 7, 8, 9)] == [
        {("one_ending", "naproxen")},
        set(),
        set(),
        {("one_ending", "naproxen")},
    ]


def test_a_course_may_go_on() -> None:
    plan = plan_of(replace(naproxen(1, 7), ends_in=EndsIn.CONTINUES))

    assert failing(plan) == set()
    assert [row for row in prove(plan, FORMULARY) if row.invariant == "one_ending"] == [
        ProofRow("one_ending", "naproxen", "continues", "continues", "2026-11-29", holds=True)
    ]


def test_a_stop_says_that_a_taper_was_built_only_where_doses_came_down() -> None:
    def built(*tablet_counts: str) -> set[tuple[str, str]]:
        doses = (tablets("22:00", "amitriptyline-tablet-10", n) for n in tablet_counts)
        steps = (step(MONDAY + timedelta(7 * n), 7, one) for n, one in enumerate(doses))
        plan = plan_of(course("amitriptyline", "steps", *steps))
        return failing(replace(plan, stops=(replace(plan.stops[0], taper="built"),)))

    assert built("1", "2", "1") == set()
    assert built("2", "2") == {("one_ending", "amitriptyline")}
    assert built("1", "2") == {("one_ending", "amitriptyline")}


def test_two_courses_that_end_together_may_share_a_stop() -> None:
    first, second = naproxen(1, 7), naproxen(3, 5)
    later = replace(second.steps[0], doses=(tablets("20:00", "naproxen-tablet-250", "1"),))
    plan = plan_of(first, replace(second, steps=(later,)))

    assert failing(plan) == set()
    assert failing(replace(plan, stops=plan.stops[:1])) == set()
