"""What the rules say of invented patients: the right word at the right severity, and no more."""

import pytest

from medplan.formulary.model import Severity
from tests.formulary.rule_patients import (
    Facts,
    Formularies,
    conditions,
    course,
    findings,
    taking,
)

BLOCK, MAJOR, WARN, INFO = Severity.BLOCK, Severity.MAJOR, Severity.WARN, Severity.INFO
FIRST_CHOICES = [
    ("NZ", "acute-low-back-pain", "paracetamol"),
    ("NZ", "acute-low-back-pain", "ibuprofen"),
    ("NZ", "acute-low-back-pain", "naproxen"),
    ("NZ", "acute-low-back-pain", "celecoxib"),
    ("NZ", "muscle-spasm", "orphenadrine"),
    ("GB", "acute-low-back-pain", "ibuprofen"),
    ("GB", "acute-low-back-pain", "naproxen"),
    ("GB", "acute-low-back-pain", "diclofenac"),
    ("GB", "muscle-spasm", "diazepam"),
    ("NZ", "other", "amitriptyline"),
    ("GB", "other", "nortriptyline"),
    ("NZ", "other", "gabapentin"),
    ("NZ", "acute-low-back-pain", "codeine"),
]


@pytest.mark.parametrize(("jurisdiction", "indication", "medicine"), FIRST_CHOICES)
def test_a_healthy_adult_on_a_usual_course_gets_no_warning(
    formularies: Formularies, jurisdiction: str, indication: str, medicine: str
) -> None:
    found = findings(formularies, jurisdiction, course(medicine), indication=indication)

    assert [f.code for f in found.values() if f.severity.rank >= WARN.rank] == []


CASES: list[tuple[str, str, Facts, str, Severity]] = [
    # the stomach
    ("NZ", "naproxen", conditions("gi_ulcer_active"), "N03", BLOCK),
    ("GB", "celecoxib", conditions("gi_bleed_past"), "N04", BLOCK),
    ("GB", "naproxen", conditions("gi_ulcer_past"), "N05", WARN),
    ("NZ", "ibuprofen", conditions("gi_ulcer_past"), "N05-ibuprofen-nz", MAJOR),
    ("GB", "ibuprofen", conditions("gi_ulcer_past"), "N05-ibuprofen-gb", WARN),
    # heart, vessels, blood pressure
    ("NZ", "ibuprofen", conditions("heart_failure_mild"), "N06-mild", WARN),
    ("NZ", "diclofenac", conditions("heart_failure_mild"), "N06-mild-diclofenac", BLOCK),
    ("NZ", "celecoxib", conditions("stroke_or_tia"), "N07-celecoxib", BLOCK),
    ("NZ", "naproxen", conditions("recent_myocardial_infarction"), "N07", WARN),
    ("GB", "etoricoxib", {"systolic": 142, "diastolic": 80}, "N13-etoricoxib", BLOCK),
    ("GB", "naproxen", {"systolic": 160, "diastolic": 80}, "N13", WARN),
    # kidney, liver, blood
    ("NZ", "ibuprofen", {"egfr": 29}, "N08-ibuprofen", BLOCK),
    ("NZ", "ibuprofen", {"egfr": 30}, "N09", WARN),
    ("GB", "diclofenac", conditions("hepatic_impairment_severe"), "N26", BLOCK),
    ("NZ", "ibuprofen", conditions("bleeding_disorder"), "N29-ibuprofen", BLOCK),
    ("NZ", "diclofenac", conditions("bleeding_disorder"), "N29", WARN),
    ("GB", "etoricoxib", conditions("inflammatory_bowel_disease"), "N28-etoricoxib", BLOCK),
    # other medicines with an NSAID
    ("NZ", "ibuprofen", taking("ramipril", "bendroflumethiazide"), "N11", MAJOR),
    ("NZ", "ibuprofen", taking("candesartan"), "N12", WARN),
    ("GB", "naproxen", taking("xarelto"), "N14", MAJOR),
    ("GB", "naproxen", taking("class:warfarin"), "N14", MAJOR),
    ("GB", "diclofenac", taking("aspirin"), "N15-diclofenac", BLOCK),
    ("GB", "ibuprofen", taking("aspirin"), "X02", INFO),
    ("NZ", "naproxen", taking("prednisone"), "N17", WARN),
    ("NZ", "naproxen", taking("nurofen"), "N20", BLOCK),
    ("NZ", "naproxen", taking("voltaren emulgel"), "N20-topical", WARN),
    ("NZ", "celecoxib", taking("fluconazole"), "C16-fluconazole", WARN),
    # pregnancy and breastfeeding
    ("NZ", "ibuprofen", {"pregnancy_weeks": 28}, "N22", BLOCK),
    ("NZ", "ibuprofen", {"pregnancy_weeks": 27}, "N23", MAJOR),
    ("NZ", "ibuprofen", {"pregnancy_weeks": 19}, "N24", WARN),
    ("GB", "etoricoxib", {"pregnancy_weeks": 5}, "N24-etoricoxib", BLOCK),
    ("NZ", "diclofenac", {"breastfeeding": True}, "N25", INFO),
    ("NZ", "celecoxib", {"breastfeeding": True}, "N25-celecoxib", BLOCK),
    ("GB", "tramadol", {"breastfeeding": True}, "BF-tramadol", MAJOR),
    ("GB", "pregabalin", {"pregnancy_weeks": 8}, "PREG_PGB", MAJOR),
    ("NZ", "morphine", {"pregnancy_weeks": 8}, "PREG_OP", MAJOR),
    ("GB", "diazepam", {"pregnancy_weeks": 8}, "DIAZ-pregnancy", BLOCK),
    # paracetamol
    ("NZ", "paracetamol", taking("lemsip"), "X10", BLOCK),
    ("NZ", "paracetamol", taking("flucloxacillin"), "C17", WARN),
    ("NZ", "paracetamol", conditions("hepatic_impairment_severe"), "PARA-liver-severe", BLOCK),
    # opioids
    ("NZ", "codeine", taking("moclobemide"), "MAOI-codeine", BLOCK),
    ("GB", "oxycodone", taking("nardil"), "MAOI-oxycodone", MAJOR),
    ("GB", "tramadol", taking("sertraline"), "SERO2", MAJOR),
    ("GB", "tramadol", taking("class:triptan"), "SERO2", MAJOR),
    ("GB", "tramadol", conditions("epilepsy"), "SEIZ2", MAJOR),
    ("NZ", "morphine", conditions("copd"), "C11-morphine", BLOCK),
    ("NZ", "tramadol", conditions("copd"), "OSA_COPD-lung", MAJOR),
    ("NZ", "oxycodone", conditions("hepatic_impairment_moderate"), "C11-oxycodone", BLOCK),
    ("NZ", "morphine", conditions("bowel_obstruction"), "ILEUS", BLOCK),
    ("GB", "codeine", taking("zopiclone"), "CNS2-z-drug", MAJOR),
    ("GB", "codeine", taking("promethazine"), "C7-antihistamine", MAJOR),
    ("NZ", "morphine", {"egfr": 25}, "REN_MOR", MAJOR),
    ("NZ", "tramadol", {"egfr": 9}, "REN_TRA", BLOCK),
    ("NZ", "morphine", conditions("substance_use_disorder"), "SUD-opioid", MAJOR),
    # nerve pain
    ("NZ", "amitriptyline", conditions("ischaemic_heart_disease"), "CARD_TCA", BLOCK),
    ("NZ", "amitriptyline", taking("escitalopram"), "SERO_TCA", MAJOR),
    ("NZ", "amitriptyline", taking("amiodarone"), "QT", MAJOR),
    ("NZ", "nortriptyline", conditions("prostatic_hypertrophy"), "RETEN", MAJOR),
    ("NZ", "amitriptyline", conditions("suicidality"), "SUI-supply", MAJOR),
    ("NZ", "amitriptyline", taking("tramal"), "C7-tricyclic-taken", MAJOR),
    ("NZ", "gabapentin", taking("oxynorm"), "CNS3-opioid-taken", MAJOR),
    ("GB", "duloxetine", taking("ciprofloxacin"), "C6-cyp1a2", BLOCK),
    ("GB", "duloxetine", {"egfr": 29}, "C6-renal", BLOCK),
    # muscle relaxants
    ("NZ", "orphenadrine", taking("oxybutynin"), "X21", WARN),
    ("NZ", "orphenadrine", {"medicines": ["oxybutynin"], "age_years": 65}, "X21-65", BLOCK),
    ("GB", "diazepam", taking("morphine"), "X13", MAJOR),
    ("GB", "diazepam", conditions("sleep_apnoea"), "DIAZ-CI", BLOCK),
    # stomach protection
    ("NZ", "naproxen", taking("clopidogrel"), "N15", WARN),
]


@pytest.mark.parametrize(("jurisdiction", "medicine", "facts", "rule", "severity"), CASES)
def test_a_rule_speaks_at_its_severity(
    formularies: Formularies,
    jurisdiction: str,
    medicine: str,
    facts: Facts,
    rule: str,
    severity: Severity,
) -> None:
    found = findings(formularies, jurisdiction, course(medicine), facts=facts)

    assert rule in found
    assert found[rule].severity is severity
    assert "{" not in found[rule].message


def test_two_weeks_after_an_maoi_tramadol_may_be_given(formularies: Formularies) -> None:
    too_soon = taking({"name": "phenelzine", "stopped_on": "2026-11-10"})
    late_enough = taking({"name": "phenelzine", "stopped_on": "2026-11-09"})

    soon = findings(formularies, "NZ", course("tramadol"), facts=too_soon)
    late = findings(formularies, "NZ", course("tramadol"), facts=late_enough)

    assert soon["MAOI-tramadol"].severity is BLOCK
    assert "MAOI-tramadol" not in late


def test_high_dose_ibuprofen_is_refused_in_heart_disease(formularies: Formularies) -> None:
    high = course("ibuprofen", dose_mg="600", times_per_day=4)
    middle = course("ibuprofen", dose_mg="600", times_per_day=3)
    ill = conditions("ischaemic_heart_disease")

    assert findings(formularies, "NZ", high, facts=ill)["N07-ibuprofen-high-dose"].severity is BLOCK
    assert (
        findings(formularies, "NZ", middle, facts=ill)["N07-ibuprofen-over-1200"].severity is MAJOR
    )
    assert "N07-ibuprofen-high-dose" not in findings(formularies, "NZ", middle, facts=ill)


def test_one_pair_in_a_plan_is_one_finding(formularies: Formularies) -> None:
    found = findings(formularies, "GB", course("diazepam"), course("oxycodone"))
    pair = [f for f in found.values() if {"diazepam", "oxycodone"} <= set(f.medicines)]

    assert [f.code for f in pair if f.severity.rank >= WARN.rank] == ["CNS2:oxycodone"]


def test_gabapentin_for_sciatica_may_be_tapered_but_not_begun(formularies: Formularies) -> None:
    taper = {
        "medicine": "gabapentin",
        "regimen": "taper",
        "current": {"slots": {"morning": "300", "noon": "300", "evening": "300"}},
        "used_days": 200,
    }

    begun = findings(formularies, "NZ", course("gabapentin"), indication="sciatica")
    ended = findings(formularies, "NZ", taper, indication="sciatica")

    assert begun["NG59G"].severity is MAJOR
    assert "NG59G" not in ended


def test_amitriptyline_for_sciatica_is_only_warned_about(formularies: Formularies) -> None:
    found = findings(formularies, "NZ", course("amitriptyline"), indication="sciatica")

    assert found["X25-sciatica"].severity is WARN
    assert max(f.severity.rank for f in found.values()) == WARN.rank


def test_paracetamol_alone_is_off_guideline_in_britain_only(formularies: Formularies) -> None:
    alone = course("paracetamol")
    back = "acute-low-back-pain"

    assert findings(formularies, "GB", alone, indication=back)["PARA-alone"].severity is WARN
    assert "PARA-alone" not in findings(formularies, "NZ", alone, indication=back)
    both = findings(formularies, "GB", alone, course("ibuprofen"), indication=back)
    assert "PARA-alone" not in both


def test_dihydrocodeine_for_chronic_pain_is_off_label_in_new_zealand(
    formularies: Formularies,
) -> None:
    chronic = "chronic-low-back-pain"
    nz = findings(formularies, "NZ", course("dihydrocodeine"), indication=chronic)
    gb = findings(formularies, "GB", course("dihydrocodeine"), indication=chronic)

    assert nz["C20"].severity is MAJOR
    assert "C20" not in gb


def test_a_statin_and_an_inhaler_say_nothing(formularies: Formularies) -> None:
    known = taking("atorvastatin", "salbutamol", "levothyroxine", "metformin")

    assert findings(formularies, "NZ", course("ibuprofen"), facts=known) == {}


UNKNOWN = [
    ("egfr", "naproxen", 64, "male", WARN),
    ("egfr", "naproxen", 65, "male", MAJOR),
    ("egfr", "oxycodone", 65, "male", MAJOR),
    ("egfr", "duloxetine", 65, "male", MAJOR),
    ("allergies", "naproxen", 40, "male", MAJOR),
    ("pregnancy_weeks", "ibuprofen", 40, "female", MAJOR),
    ("conditions", "ibuprofen", 40, "male", WARN),
    ("medicines", "ibuprofen", 40, "male", WARN),
]


@pytest.mark.parametrize(("fact", "medicine", "age", "sex", "severity"), UNKNOWN)
def test_not_knowing_a_fact_counts_as_much_as_it_may_matter(
    formularies: Formularies, fact: str, medicine: str, age: int, sex: str, severity: Severity
) -> None:
    known: Facts = {"age_years": age, "sex": sex}
    found = findings(formularies, "GB", course(medicine), facts=known, without=fact)

    assert found[f"missing-{fact.replace('_', '-')}"].severity is severity
