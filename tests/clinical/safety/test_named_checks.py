"""What a rule's named check looks for, on either side of its edge."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from medplan.clinical.make_plan import make_plan
from medplan.formulary.model import Formulary
from medplan.model.plan import Finding
from medplan.model.request import (
    CourseRequest,
    DeclaredProduct,
    PatientFacts,
    Routine,
    TakenMedicine,
    WrittenStep,
)
from tests.clinical.lives.prescribed import day
from tests.clinical.requesting import MONDAY, WELL, asked, slots

Formularies = Mapping[str, Formulary]
Names = tuple[str, ...]
Courses = tuple[CourseRequest, ...]

TRAMADOL = CourseRequest("tramadol", "short-course", days=4)
CODEINE = CourseRequest("codeine", "short-course", days=4)
AS_NEEDED = CourseRequest("codeine", "when-required", days=4)
NAPROXEN = CourseRequest("naproxen", "twice-daily", days=4)
PARACETAMOL = CourseRequest("paracetamol", "regular", days=4)


def taking(*names: str) -> PatientFacts:
    return replace(WELL, medicines=tuple(TakenMedicine(name) for name in names))


def found(
    formularies: Formularies,
    rule: str,
    *courses: CourseRequest,
    patient: PatientFacts = WELL,
    routine: Routine | None = None,
) -> list[Finding]:
    request = replace(asked(*courses, patient=patient), routine=routine or Routine())
    plan = make_plan(request, formularies["NZ"])
    return [f for f in plan.findings if f.code.partition(":")[0] == rule]


def at_bedtime(medicine: str, *rows: tuple[int, str]) -> CourseRequest:
    steps = tuple(WrittenStep(days, slots(bedtime=mg)) for days, mg in rows)
    return CourseRequest(medicine, "steps", steps=steps, ends_in="review")


def sad(formularies: Formularies) -> PatientFacts:
    """Somebody to whom the rule about a tricyclic's supply applies."""
    rule = next(r for r in formularies["NZ"].rules if r.check == "tricyclic_supply")
    return replace(WELL, conditions=rule.group.conditions[:1])


@pytest.mark.parametrize(
    ("rows", "risky"),
    [
        ([(7, "10")], False),
        ([(8, "10")], True),
        ([(5, "100")], True),
        ([(5, "90"), (1, "40")], False),
        ([(5, "90"), (1, "50")], True),
    ],
)
def test_a_week_of_a_tricyclic_or_half_a_gram_is_too_much_at_home(
    formularies: Formularies, rows: list[tuple[int, str]], *, risky: bool
) -> None:
    course = at_bedtime("amitriptyline", *rows)

    told = found(formularies, "SUI-supply", course, patient=sad(formularies))
    assert bool(told) == risky


@pytest.mark.parametrize(
    ("takes", "named"),
    [
        (("ramipril", "furosemide"), True),
        (("losartan", "furosemide"), True),
        (("ramipril",), False),
        (("furosemide",), False),
        (("ramipril", "losartan"), False),
    ],
)
def test_it_takes_a_diuretic_and_a_pressure_tablet_to_stop_a_kidney(
    formularies: Formularies, takes: tuple[str, ...], *, named: bool
) -> None:
    assert bool(found(formularies, "N11", NAPROXEN, patient=taking(*takes))) == named
    told = found(formularies, "N12", NAPROXEN, patient=taking(*takes))
    assert bool(told) != named  # one of them alone is a lesser rule's


def unlisted(name: str, mg: str = "5") -> CourseRequest:
    return CourseRequest(
        "unlisted",
        "steps",
        name=name,
        steps=(WrittenStep(4, slots(morning=mg)),),
        ends_in="stop",
        products=(DeclaredProduct(f"{name}-tablet-{mg}", Decimal(mg)),),
    )


@pytest.mark.parametrize(
    ("rule", "courses", "takes", "named"),
    [
        ("N11", (NAPROXEN, unlisted("lisinopril")), ("furosemide",), ["naproxen"]),
        ("DUPOP", (CODEINE, unlisted("tapentadol")), (), ["codeine"]),
        ("CNS4", (CODEINE, unlisted("zopiclone")), ("cyclizine",), ["codeine"]),
        ("CNS4", (CODEINE, unlisted("metformin")), ("cyclizine",), []),
    ],
)
def test_an_unlisted_medicine_counts_as_what_its_name_is_placed_as(
    formularies: Formularies, rule: str, courses: Courses, takes: Names, named: list[str]
) -> None:
    told = found(formularies, rule, *courses, patient=taking(*takes))
    assert [f.medicines[0] for f in told] == named


def test_paracetamol_beside_an_unlisted_painkiller_is_not_alone(formularies: Formularies) -> None:
    both = asked(PARACETAMOL, unlisted("meloxicam"))
    for request, alone in ((asked(PARACETAMOL), True), (both, False)):
        british = replace(request, jurisdiction="GB", indication="acute-low-back-pain")
        findings = make_plan(british, formularies["GB"]).findings
        assert any(f.code.startswith("PARA-alone") for f in findings) == alone


@pytest.mark.parametrize(
    ("courses", "takes", "told"),
    [
        ((TRAMADOL, CODEINE), (), ["codeine", "tramadol"]),
        ((TRAMADOL, AS_NEEDED), (), []),
        ((TRAMADOL, replace(CODEINE, first_day=day(7))), (), []),
        ((TRAMADOL, replace(CODEINE, first_day=day(6))), (), ["codeine", "tramadol"]),
        ((TRAMADOL,), ("morphine",), ["tramadol"]),
        ((AS_NEEDED,), ("morphine",), []),
    ],
)
def test_two_regular_opioids_on_a_day_are_told_of_both(
    formularies: Formularies,
    courses: tuple[CourseRequest, ...],
    takes: tuple[str, ...],
    told: list[str],
) -> None:
    double = found(formularies, "DUPOP", *courses, patient=taking(*takes))

    assert sorted(f.medicines[0] for f in double) == told


@pytest.mark.parametrize(
    ("takes", "courses", "told"),
    [
        (("zopiclone", "diazepam"), (CODEINE,), True),
        (("zopiclone",), (CODEINE, AS_NEEDED), False),
        (("zopiclone",), (CODEINE, at_bedtime("amitriptyline", (9, "10"))), True),
        ((), (CODEINE, at_bedtime("amitriptyline", (9, "10"))), False),
        (
            (),
            (
                CODEINE,
                replace(at_bedtime("amitriptyline", (2, "10")), first_day=day(1)),
                replace(at_bedtime("gabapentin", (2, "300")), first_day=day(3)),
            ),
            False,
        ),
        (
            (),
            (
                CODEINE,
                replace(at_bedtime("amitriptyline", (3, "10")), first_day=day(1)),
                replace(at_bedtime("gabapentin", (2, "300")), first_day=day(3)),
            ),
            True,
        ),
    ],
)
def test_three_that_make_drowsy_must_meet_on_one_day(
    formularies: Formularies,
    takes: tuple[str, ...],
    courses: tuple[CourseRequest, ...],
    *,
    told: bool,
) -> None:
    drowsy = found(formularies, "CNS4", *courses, patient=taking(*takes))

    assert any(f.medicines[0] == "codeine" for f in drowsy) == told


@pytest.mark.parametrize(
    ("takes", "courses", "told"),
    [
        (("sertraline",), (NAPROXEN, TRAMADOL), True),
        (("sertraline", "tramadol"), (NAPROXEN,), True),
        (("sertraline",), (NAPROXEN, CODEINE), False),
        ((), (NAPROXEN, TRAMADOL), False),
        (("sertraline",), (NAPROXEN, replace(TRAMADOL, first_day=day(5))), False),
    ],
)
def test_an_nsaid_bleeds_more_with_tramadol_and_an_ssri_together(
    formularies: Formularies,
    takes: tuple[str, ...],
    courses: tuple[CourseRequest, ...],
    *,
    told: bool,
) -> None:
    assert bool(found(formularies, "X24", *courses, patient=taking(*takes))) == told


@pytest.mark.parametrize(
    ("takes", "courses", "told"),
    [
        ((), (PARACETAMOL,), True),
        (("ibuprofen",), (PARACETAMOL,), False),
        (("codeine",), (PARACETAMOL,), False),
        (("omeprazole",), (PARACETAMOL,), True),
        ((), (PARACETAMOL, NAPROXEN), False),
        ((), (PARACETAMOL, replace(NAPROXEN, first_day=day(5))), True),
    ],
)
def test_paracetamol_is_alone_where_nothing_else_is_for_pain(
    formularies: Formularies,
    takes: tuple[str, ...],
    courses: tuple[CourseRequest, ...],
    *,
    told: bool,
) -> None:
    rule = next(r for r in formularies["GB"].rules if r.check == "alone")
    request = asked(
        *courses, patient=taking(*takes), jurisdiction="GB", indication=rule.indications[0]
    )

    plan = make_plan(request, formularies["GB"])
    assert any(f.code == f"{rule.id}:paracetamol" for f in plan.findings) == told


@pytest.mark.parametrize(("gap", "told"), [(13, True), (1, True), (14, False), (0, False)])
def test_an_maoi_that_begins_too_soon_is_named_as_it_is_called(
    formularies: Formularies, gap: int, *, told: bool
) -> None:
    maoi = CourseRequest(
        "unlisted",
        "steps",
        name="phenelzine",
        first_day=day(4) + timedelta(gap),
        steps=(WrittenStep(7, slots(morning="15")),),
        ends_in="review",
        products=(DeclaredProduct("phenelzine-tablet-15", Decimal(15)),),
    )

    reverse = found(formularies, "MAOI-reverse", at_bedtime("amitriptyline", (4, "10")), maoi)
    assert [("phenelzine" in f.message, f.medicines) for f in reverse] == (
        [(True, ("amitriptyline",))] if told else []
    )


@pytest.mark.parametrize(
    ("morning", "evening", "told"), [(420, 1140, False), (421, 1140, True), (420, 1139, True)]
)
def test_three_doses_of_gabapentin_are_at_most_twelve_hours_apart(
    formularies: Formularies, morning: int, evening: int, *, told: bool
) -> None:
    thrice = slots(morning="300", noon="300", evening="300")
    course = CourseRequest(
        "gabapentin",
        "steps",
        first_day=MONDAY,
        steps=(WrittenStep(3, thrice),),
        ends_in="review",
    )
    routine = Routine(morning=morning, noon=780, evening=evening)

    assert bool(found(formularies, "GAP12", course, routine=routine)) == told
