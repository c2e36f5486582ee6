"""Facts about paracetamol, NSAIDs, PPIs and muscle relaxants that must never drift unseen."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest

from medplan.formulary.model import (
    EVERYONE,
    Anchor,
    Basis,
    Evidence,
    Formulary,
    Limit,
    LimitKind,
    Medicine,
    PatientGroup,
    Release,
    Severity,
    Stage,
)
from medplan.units import Slot

DAILY = LimitKind.MAX_DAILY_MG
SINGLE = LimitKind.MAX_SINGLE_MG
GAP = LimitKind.MIN_INTERVAL_HOURS
IMMEDIATE, MODIFIED = Release.IMMEDIATE, Release.MODIFIED
BOTH = ("NZ", "GB")
BOX = tuple[LimitKind, str, Release | None, int | None]


def blocks(medicine: Medicine, group: PatientGroup = EVERYONE) -> set[BOX]:
    """What a medicine's blocking limits say to one group of patients, whatever the regimen."""
    return {
        (limit.kind, str(limit.value), limit.release, limit.dose_count)
        for limit in medicine.limits
        if limit.severity is Severity.BLOCK and limit.group == group and not limit.regimens
    }


def limit_of(medicine: Medicine, limit_id: str) -> Limit:
    """The limit of that id."""
    return next(limit for limit in medicine.limits if limit.id == limit_id)


EVERYONES_BLOCKS: list[tuple[Sequence[str], str, set[BOX]]] = [
    (
        BOTH,
        "paracetamol",
        {
            (DAILY, "4000", None, None),
            (SINGLE, "1000", IMMEDIATE, None),
            (GAP, "4", None, None),
            (DAILY, "3990", MODIFIED, None),
            (SINGLE, "1330", MODIFIED, None),
            (GAP, "6", MODIFIED, None),
        },
    ),
    (
        BOTH,
        "ibuprofen",
        {
            (DAILY, "2400", None, None),
            (SINGLE, "600", IMMEDIATE, None),
            (GAP, "4", IMMEDIATE, None),
            (GAP, "6", IMMEDIATE, 3),
            (SINGLE, "1600", MODIFIED, None),
            (GAP, "10", MODIFIED, None),
        },
    ),
    (
        ["NZ"],
        "naproxen",
        {
            (DAILY, "1000", None, None),
            (SINGLE, "500", None, None),
            (GAP, "12", None, 2),
            (GAP, "6", None, None),
        },
    ),
    (
        ["GB"],
        "naproxen",
        {
            (DAILY, "1250", None, None),
            (SINGLE, "500", None, None),
            (GAP, "12", None, 2),
            (GAP, "6", None, None),
        },
    ),
    (
        BOTH,
        "diclofenac",
        {
            (DAILY, "150", None, None),
            (SINGLE, "50", IMMEDIATE, None),
            (GAP, "8", IMMEDIATE, None),
            (SINGLE, "100", MODIFIED, None),
            (GAP, "10", MODIFIED, None),
        },
    ),
    (
        BOTH,
        "celecoxib",
        {(DAILY, "400", None, None), (SINGLE, "400", None, None), (GAP, "12", None, None)},
    ),
    (["GB"], "etoricoxib", {(DAILY, "60", None, None), (GAP, "24", None, None)}),
    (BOTH, "omeprazole", {(DAILY, "40", None, None), (GAP, "24", None, None)}),
    (BOTH, "lansoprazole", {(DAILY, "30", None, None), (GAP, "24", None, None)}),
    (BOTH, "pantoprazole", {(DAILY, "40", None, None), (GAP, "24", None, None)}),
    (
        ["NZ"],
        "orphenadrine",
        {(DAILY, "200", None, None), (SINGLE, "100", None, None), (GAP, "8", None, None)},
    ),
    (BOTH, "diazepam", {(DAILY, "15", None, None), (GAP, "6", None, None)}),
]


@pytest.mark.parametrize(("jurisdictions", "medicine", "expected"), EVERYONES_BLOCKS)
def test_every_adult_is_held_to_these_limits(
    formularies: Mapping[str, Formulary],
    jurisdictions: Sequence[str],
    medicine: str,
    expected: set[BOX],
) -> None:
    held = [blocks(formularies[name].medicines[medicine]) for name in jurisdictions]
    assert held == [expected] * len(jurisdictions)


@pytest.mark.parametrize("jurisdiction", BOTH)
def test_an_adult_below_50_kg_gets_at_most_four_doses_of_500_mg_and_60_mg_per_kg(
    formularies: Mapping[str, Formulary], jurisdiction: str
) -> None:
    light = PatientGroup(weight_below_kg=Decimal(50))
    assert blocks(formularies[jurisdiction].medicines["paracetamol"], light) == {
        (LimitKind.MAX_DAILY_MG_PER_KG, "60", None, None),
        (DAILY, "2000", None, None),
        (SINGLE, "500", None, None),
        (LimitKind.MAX_DOSES_PER_DAY, "4", None, None),
    }


@pytest.mark.parametrize("jurisdiction", BOTH)
def test_liver_risks_hold_paracetamol_to_3000_mg_and_low_egfr_to_every_6_hours(
    formularies: Mapping[str, Formulary], jurisdiction: str
) -> None:
    paracetamol = formularies[jurisdiction].medicines["paracetamol"]
    at_risk = PatientGroup(
        conditions=(
            "malnutrition",
            "chronic_alcohol_use",
            "hepatic_impairment_mild",
            "hepatic_impairment_moderate",
        )
    )
    assert blocks(paracetamol, at_risk) == {(DAILY, "3000", None, None)}
    assert blocks(paracetamol, PatientGroup(egfr_below=30)) == {(GAP, "6", None, None)}


def test_liver_impairment_lowers_coxibs_and_pantoprazole(
    formularies: Mapping[str, Formulary],
) -> None:
    medicines = formularies["GB"].medicines
    mild, moderate, severe = (
        PatientGroup(conditions=(f"hepatic_impairment_{degree}",))
        for degree in ("mild", "moderate", "severe")
    )
    assert blocks(medicines["celecoxib"], moderate) == {(DAILY, "200", None, None)}
    assert blocks(medicines["etoricoxib"], mild) == {(DAILY, "60", None, None)}
    assert blocks(medicines["etoricoxib"], moderate) == {(DAILY, "30", None, None)}
    assert blocks(medicines["pantoprazole"], severe) == {(DAILY, "20", None, None)}


def test_people_from_65_get_half_the_muscle_relaxant(formularies: Mapping[str, Formulary]) -> None:
    medicines = formularies["NZ"].medicines
    older = PatientGroup(age_from=65)
    rows = [
        limit_of(medicines["orphenadrine"], "orphenadrine-older-daily"),
        limit_of(medicines["diazepam"], "diazepam-older-daily"),
        limit_of(medicines["diazepam"], "diazepam-older-spasm-daily"),
    ]
    assert [(str(row.value), row.severity, row.group) for row in rows] == [
        ("100", Severity.WARN, older),
        ("7.5", Severity.BLOCK, older),
        ("3", Severity.MAJOR, older),
    ]


@pytest.mark.parametrize("jurisdiction", BOTH)
@pytest.mark.parametrize(
    ("medicine", "regimen", "dose_mg", "times_per_day", "slots"),
    [
        ("paracetamol", "regular", "1000", 4, ()),
        ("paracetamol", "when-required", "1000", 4, ()),
        ("ibuprofen", "regular", "400", 3, ()),
        ("naproxen", "twice-daily", "250", 2, ()),
        ("diclofenac", "regular", "25", 3, ()),
        ("celecoxib", "regular", "100", 2, ()),
        ("omeprazole", "regular", "20", 1, (Slot.MORNING,)),
        ("lansoprazole", "regular", "15", 1, (Slot.MORNING,)),
        ("pantoprazole", "regular", "20", 1, (Slot.MORNING,)),
        ("diazepam", "short-course", "2", 3, ()),
    ],
)
def test_a_regimen_that_says_no_dose_means_this_one(
    formularies: Mapping[str, Formulary],
    jurisdiction: str,
    medicine: str,
    regimen: str,
    dose_mg: str,
    times_per_day: int,
    slots: tuple[Slot, ...],
) -> None:
    row = formularies[jurisdiction].medicines[medicine].regimen_by_id[regimen]
    assert (str(row.dose_mg), row.times_per_day, row.slots) == (dose_mg, times_per_day, slots)


def test_orphenadrine_is_for_new_zealand_and_etoricoxib_for_britain(
    formularies: Mapping[str, Formulary],
) -> None:
    held = {
        jurisdiction: {"orphenadrine", "etoricoxib"} & set(formularies[jurisdiction].medicines)
        for jurisdiction in BOTH
    }
    assert held == {"NZ": {"orphenadrine"}, "GB": {"etoricoxib"}}


@pytest.mark.parametrize("jurisdiction", BOTH)
def test_a_ppi_is_timed_before_breakfast(
    formularies: Mapping[str, Formulary], jurisdiction: str
) -> None:
    medicines = formularies[jurisdiction].medicines
    times = {
        name: (timing.anchor, timing.minutes_before)
        for name in ("omeprazole", "lansoprazole", "pantoprazole")
        if (timing := medicines[name].timing)
    }
    assert times == {
        "omeprazole": (Anchor.BREAKFAST, 30),
        "lansoprazole": (Anchor.BREAKFAST, 30),
        "pantoprazole": (Anchor.BREAKFAST, 60),
    }


def test_only_tablets_whose_label_says_so_are_halved(formularies: Mapping[str, Formulary]) -> None:
    halved = {
        (jurisdiction, product.id)
        for jurisdiction in BOTH
        for name in ("paracetamol", "ibuprofen", "naproxen", "diclofenac", "diazepam")
        for product in formularies[jurisdiction].medicines[name].products
        if product.halves
    }
    assert halved == {
        ("NZ", "paracetamol-tablet-500"),
        ("GB", "paracetamol-tablet-500"),
        ("GB", "diazepam-tablet-2"),
    }


@pytest.mark.parametrize("jurisdiction", BOTH)
def test_diazepam_after_14_days_comes_down_by_an_eighth_of_the_first_dose_a_fortnight(
    formularies: Mapping[str, Formulary], jurisdiction: str
) -> None:
    tapers = formularies[jurisdiction].medicines["diazepam"].tapers
    eighth = Stage(every_days=14, reduce_percent=Decimal("12.5"), basis=Basis.ORIGINAL)
    assert [(t.used_from_days, t.used_below_days, t.stages) for t in tapers] == [
        (0, 15, ()),
        (15, None, (eighth,)),
    ]


@pytest.mark.parametrize("jurisdiction", BOTH)
def test_long_courses_are_noticed(formularies: Mapping[str, Formulary], jurisdiction: str) -> None:
    medicines = formularies[jurisdiction].medicines
    named = ("paracetamol", "ibuprofen", "naproxen", "diazepam", "lansoprazole")
    assert {name: _durations(medicines[name]) for name in named} == {
        "paracetamol": [(5, Severity.INFO)],
        "ibuprofen": [(14, Severity.WARN)],
        "naproxen": [(14, Severity.WARN)],
        "diazepam": [(5, Severity.MAJOR), (28, Severity.BLOCK)],
        "lansoprazole": [(56, Severity.INFO), (84, Severity.WARN)],
    }


def _durations(medicine: Medicine) -> list[tuple[int, Severity]]:
    return [(row.over_days, row.severity) for row in medicine.durations]


@pytest.mark.parametrize("jurisdiction", BOTH)
def test_no_unverified_number_bounds_a_dose_of_these_medicines(
    formularies: Mapping[str, Formulary], jurisdiction: str
) -> None:
    named = [name for _, name, _ in EVERYONES_BLOCKS]
    medicines = formularies[jurisdiction].medicines
    rows = [row for name in named if name in medicines for row in medicines[name].limits]
    assert [row.id for row in rows if row.citation.evidence is Evidence.UNVERIFIED] == []
