"""Facts about opioids, laxatives and nerve pain medicines that must never drift by accident.

Each is written down a second time here, from the clinical notes, not from the formulary's files.
"""

from decimal import Decimal
from functools import cache

import pytest

from medplan.formulary.loader import load_formulary
from medplan.formulary.model import (
    Basis,
    FindingKind,
    Formulary,
    LimitKind,
    Medicine,
    PatientGroup,
    Release,
    Severity,
    Stage,
)

BOTH = ("NZ", "GB")
OPIOIDS = ("codeine", "paracetamol-codeine", "dihydrocodeine", "tramadol", "morphine", "oxycodone")
EVERY_2_DAYS_HALF = (Stage(2, reduce_percent=Decimal(50), basis=Basis.ORIGINAL),)
EVERY_2_DAYS_A_FIFTH = (Stage(2, reduce_percent=Decimal(20), basis=Basis.ORIGINAL),)


def _tenths(every_days: int) -> tuple[Stage, ...]:
    tenth, thirty = Decimal(10), Decimal(30)
    return (
        Stage(every_days, reduce_percent=tenth, basis=Basis.ORIGINAL, until_percent=thirty),
        Stage(every_days, reduce_percent=tenth, basis=Basis.CURRENT),
    )


@cache
def formulary(jurisdiction: str) -> Formulary:
    """The formulary as shipped, read once."""
    return load_formulary(jurisdiction)


def _medicine(jurisdiction: str, name: str) -> Medicine:
    return formulary(jurisdiction).medicines[name]


def _values(medicine: Medicine, kind: LimitKind) -> dict[str, tuple[str, Severity]]:
    return {r.id: (str(r.value), r.severity) for r in medicine.limits if r.kind is kind}


def _renal_ceiling(medicine: Medicine, egfr: int) -> Decimal | None:
    def holds(group: PatientGroup) -> bool:
        above = group.egfr_from is None or egfr >= group.egfr_from
        return above and group.egfr_below is not None and egfr < group.egfr_below

    rows = [r.value for r in medicine.limits if holds(r.group)]
    return min(rows, default=None)


@pytest.mark.parametrize("jurisdiction", BOTH)
def test_codeine_stops_at_240_mg_a_day_and_60_mg_a_dose(jurisdiction: str) -> None:
    codeine = _medicine(jurisdiction, "codeine")
    daily = _values(codeine, LimitKind.MAX_DAILY_MG)
    single = _values(codeine, LimitKind.MAX_SINGLE_MG)
    assert daily == {"codeine-daily": ("240", Severity.BLOCK)}
    assert single["codeine-single"] == ("60", Severity.BLOCK)


@pytest.mark.parametrize(
    ("jurisdiction", "gap", "severity"),
    [("NZ", "4", Severity.INFO), ("GB", "6", Severity.MAJOR)],
)
@pytest.mark.parametrize("name", ["codeine", "paracetamol-codeine"])
def test_codeine_is_stricter_in_the_united_kingdom(
    jurisdiction: str, gap: str, severity: Severity, name: str
) -> None:
    gaps = _values(_medicine(jurisdiction, "codeine"), LimitKind.MIN_INTERVAL_HOURS)
    over_3 = [d for d in _medicine(jurisdiction, name).durations if d.over_days == 3]
    assert gaps == {"codeine-interval": (gap, Severity.BLOCK)}
    assert [d.severity for d in over_3] == [severity]


def test_dihydrocodeine_has_one_ceiling_for_each_release() -> None:
    gb = _medicine("GB", "dihydrocodeine")
    ceilings = {r.release: r.value for r in gb.limits if r.kind is LimitKind.MAX_DAILY_MG}
    assert ceilings == {None: Decimal(240), Release.IMMEDIATE: Decimal(180)}


@pytest.mark.parametrize("jurisdiction", BOTH)
def test_tramadol_stops_at_400_mg_and_above_75_years_at_300(jurisdiction: str) -> None:
    tramadol = _medicine(jurisdiction, "tramadol")
    rows = {
        r.group: r.value
        for r in tramadol.limits
        if r.kind is LimitKind.MAX_DAILY_MG and r.severity is Severity.BLOCK
    }
    assert rows == {PatientGroup(): Decimal(400), PatientGroup(age_from=76): Decimal(300)}


@pytest.mark.parametrize("jurisdiction", BOTH)
def test_poor_kidneys_take_tramadol_12_hourly(jurisdiction: str) -> None:
    tramadol = _medicine(jurisdiction, "tramadol")
    rows = [r for r in tramadol.limits if r.group == PatientGroup(egfr_from=10, egfr_below=30)]
    assert [(r.kind, r.value, r.finding_kind) for r in rows] == [
        (LimitKind.MIN_INTERVAL_HOURS, Decimal(12), FindingKind.RENAL)
    ]


@pytest.mark.parametrize("jurisdiction", BOTH)
@pytest.mark.parametrize("name", ["amitriptyline", "nortriptyline"])
def test_tricyclics_stop_at_75_mg_and_go_up_by_10_mg_a_week(jurisdiction: str, name: str) -> None:
    tricyclic = _medicine(jurisdiction, name)
    daily = _values(tricyclic, LimitKind.MAX_DAILY_MG)
    recipe = tricyclic.regimen_by_id["titration"]
    steps = tricyclic.titration
    assert daily[f"{name}-daily"] == ("75", Severity.BLOCK)
    assert daily[f"{name}-daily-over-65"] == ("50", Severity.WARN)
    assert (recipe.start_mg, recipe.step_mg, recipe.step_days) == (Decimal(10), Decimal(10), 7)
    assert steps is not None
    assert (steps.floor_days, steps.usual_days, steps.free_days) == (3, 7, 0)


@pytest.mark.parametrize("jurisdiction", BOTH)
@pytest.mark.parametrize("name", ["amitriptyline", "nortriptyline"])
def test_tricyclics_come_down_by_10_mg_a_week_from_8_weeks_of_use(
    jurisdiction: str, name: str
) -> None:
    tapers = _medicine(jurisdiction, name).tapers
    assert [(t.used_from_days, t.used_below_days, t.stages) for t in tapers] == [
        (0, 56, ()),
        (56, None, (Stage(7, reduce_mg=Decimal(10)),)),
    ]


@pytest.mark.parametrize("jurisdiction", BOTH)
@pytest.mark.parametrize(
    ("egfr", "ceiling"),
    [
        (80, None),
        (79, "1800"),
        (60, "1800"),
        (59, "1400"),
        (50, "1400"),
        (49, "900"),
        (30, "900"),
        (29, "600"),
        (15, "600"),
        (14, "300"),
    ],
)
def test_gabapentin_keeps_to_the_stricter_of_two_renal_bands(
    jurisdiction: str, egfr: int, ceiling: str | None
) -> None:
    found = _renal_ceiling(_medicine(jurisdiction, "gabapentin"), egfr)
    assert found == (Decimal(ceiling) if ceiling else None)


@pytest.mark.parametrize("jurisdiction", BOTH)
@pytest.mark.parametrize(
    ("egfr", "ceiling"),
    [(60, None), (59, "300"), (30, "300"), (29, "150"), (15, "150"), (14, "75")],
)
def test_pregabalin_has_a_ceiling_for_each_renal_band(
    jurisdiction: str, egfr: int, ceiling: str | None
) -> None:
    found = _renal_ceiling(_medicine(jurisdiction, "pregabalin"), egfr)
    assert found == (Decimal(ceiling) if ceiling else None)


@pytest.mark.parametrize("jurisdiction", BOTH)
@pytest.mark.parametrize(("name", "mg"), [("gabapentin", 300), ("pregabalin", 75)])
def test_gabapentinoids_come_down_weekly_and_never_within_a_week(
    jurisdiction: str, name: str, mg: int
) -> None:
    medicine = _medicine(jurisdiction, name)
    pace = medicine.taper_pace
    assert [t.stages for t in medicine.tapers] == [(Stage(7, reduce_mg=Decimal(mg)),)]
    assert pace is not None
    assert (pace.least_days, pace.least_severity, pace.step_days) == (7, Severity.MAJOR, 7)


@pytest.mark.parametrize("jurisdiction", BOTH)
@pytest.mark.parametrize("name", OPIOIDS)
@pytest.mark.parametrize(
    ("full_dose_days", "stages"),
    [
        (1, ()),
        (3, ()),
        (4, EVERY_2_DAYS_HALF),
        (6, EVERY_2_DAYS_HALF),
        (7, EVERY_2_DAYS_A_FIFTH),
        (27, EVERY_2_DAYS_A_FIFTH),
        (28, _tenths(7)),
    ],
)
def test_the_length_of_a_regular_opioid_course_settles_its_end(
    jurisdiction: str, name: str, full_dose_days: int, stages: tuple[Stage, ...]
) -> None:
    fitting = [
        t.stages
        for t in _medicine(jurisdiction, name).tapers
        if t.after_short_course
        and t.used_from_days <= full_dose_days
        and (t.used_below_days is None or full_dose_days < t.used_below_days)
    ]
    assert fitting == [stages]


@pytest.mark.parametrize("jurisdiction", BOTH)
@pytest.mark.parametrize("name", OPIOIDS)
def test_an_opioid_used_for_months_comes_down_weekly_and_for_a_year_monthly(
    jurisdiction: str, name: str
) -> None:
    tapers = [t for t in _medicine(jurisdiction, name).tapers if not t.after_short_course]
    long_use = {t.used_from_days: t.stages for t in tapers if t.used_from_days >= 28}
    assert long_use == {28: _tenths(7), 365: _tenths(28)}


@pytest.mark.parametrize("jurisdiction", BOTH)
@pytest.mark.parametrize("name", OPIOIDS)
def test_regular_opioids_over_7_days_need_a_reason_and_stop_at_28(
    jurisdiction: str, name: str
) -> None:
    rows = {
        (d.over_days, d.severity, d.when_required)
        for d in _medicine(jurisdiction, name).durations
        if d.kind is FindingKind.DURATION and d.over_days > 3
    }
    assert rows == {(7, Severity.MAJOR, False), (28, Severity.BLOCK, False)}


@pytest.mark.parametrize("name", OPIOIDS)
def test_new_zealand_law_allows_one_month_of_an_opioid(name: str) -> None:
    rows = [d for d in _medicine("NZ", name).durations if d.kind is FindingKind.LEGAL]
    assert [(d.over_days, d.severity) for d in rows] == [(28, Severity.BLOCK)]


@pytest.mark.parametrize("jurisdiction", BOTH)
def test_opioid_factors_are_those_of_each_authority(jurisdiction: str) -> None:
    found = {
        (f.medicine, f.authority): (str(f.factor), f.borrowed)
        for f in formulary(jurisdiction).opioid_factors
    }
    expected = {
        "codeine": ("0.15", "0.13", "0.1"),
        "dihydrocodeine": ("0.25", "0.25", "0.1"),
        "tramadol": ("0.2", "0.2", "0.1"),
        "morphine": ("1", "1", "1"),
        "oxycodone": ("1.5", "1.5", "1.5"),
    }
    authorities = ("CDC2022", "ANZCA2021", "BNF")
    assert found == {
        (name, authority): (factor, name == "dihydrocodeine" and authority != "BNF")
        for name, factors in expected.items()
        for authority, factor in zip(authorities, factors, strict=True)
    }


@pytest.mark.parametrize("jurisdiction", BOTH)
def test_the_load_warns_at_50_wants_a_reason_at_90_and_stops_at_120(jurisdiction: str) -> None:
    rows = {str(t.ome_mg): t.severity for t in formulary(jurisdiction).load_thresholds}
    assert rows == {"50": Severity.WARN, "90": Severity.MAJOR, "120": Severity.BLOCK}


@pytest.mark.parametrize(("jurisdiction", "name"), [("NZ", "docusate-senna"), ("GB", "senna")])
def test_a_laxative_goes_with_opioids_until_a_day_after(jurisdiction: str, name: str) -> None:
    cover = formulary(jurisdiction).laxative
    assert (cover.medicine, cover.over_days, cover.days_after) == (name, 1, 1)
    assert set(cover.conditions_against) == {"ileostomy", "bowel_obstruction", "paralytic_ileus"}


@pytest.mark.parametrize("jurisdiction", BOTH)
def test_no_product_of_these_medicines_is_halved(jurisdiction: str) -> None:
    names = (*OPIOIDS, "amitriptyline", "nortriptyline", "gabapentin", "pregabalin", "duloxetine")
    halved = [p.id for n in names for p in _medicine(jurisdiction, n).products if p.halves]
    assert halved == []


@pytest.mark.parametrize("jurisdiction", BOTH)
def test_nortriptyline_carries_no_snomed_code(jurisdiction: str) -> None:
    assert _medicine(jurisdiction, "nortriptyline").codes.snomed is None
