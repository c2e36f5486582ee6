"""Every fact of the clinical notes has its place in the files, and every word has a use."""

from collections.abc import Iterator, Mapping

import pytest

from medplan.formulary.model import Formulary, PatientGroup, Rule, Severity
from tests.formulary.rule_places import NOT_RULES, PLACES

Formularies = Mapping[str, Formulary]

UNUSED_WORDS = {
    "beta_blocker": "the notes have no rule for beta blockers",
    "laxative": "cover that the patient takes already is looked for by the core",
    "ppi": "cover that the patient takes already is looked for by the core",
    "analgesic": "the check `alone` looks for it",
    "stimulant_laxative": "our medicines carry it",
    "sedative": "the check `three_sedatives` looks for it",
    "muscle_relaxant": "rules name the muscle relaxants one by one",
}


def every_rule(formularies: Formularies) -> dict[str, Rule]:
    """The rules of both jurisdictions by id."""
    return {rule.id: rule for f in formularies.values() for rule in f.rules}


@pytest.mark.parametrize("note", PLACES)
def test_every_row_of_the_notes_is_a_rule(formularies: Formularies, note: str) -> None:
    missing = [rule for rule in PLACES[note] if rule not in every_rule(formularies)]

    assert missing == []


def test_no_number_of_the_notes_is_left_out() -> None:
    nsaid = {f"N{n:02}" for n in range(1, 35)}
    pairs = {f"X{n:02}" for n in range(1, 26)}

    assert (nsaid | pairs) - PLACES.keys() - NOT_RULES.keys() == set()


def test_what_is_no_rule_stands_where_it_is_said_to_stand(formularies: Formularies) -> None:
    for formulary in formularies.values():
        opioids = [m for m in formulary.medicines.values() if "opioid" in m.classes]
        products = [p for m in formulary.medicines.values() for p in m.products]

        assert any(row.fact == "egfr" for row in formulary.missing_facts)
        assert formulary.laxative.over_days == 1
        assert [str(t.ome_mg) for t in formulary.load_thresholds] == ["50", "90", "120"]
        assert all(any(d.over_days == 7 for d in m.durations) for m in opioids)
        assert not any(p.halves for p in products if p.id.find("-mr-") > 0)
        assert all(p.measure_ml for p in products if "-liquid-" in p.id)


@pytest.mark.parametrize("condition", ["allergies", "red_flags"])
def test_each_allergy_and_each_red_flag_has_its_own_rule(
    formularies: Formularies, condition: str
) -> None:
    formulary = formularies["NZ"]
    words = set(getattr(formulary.vocabulary, condition))
    met = {w for r in formulary.rules for w in getattr(r.group, condition)}

    assert met == words


def test_only_six_red_flags_forbid_a_plan(formularies: Formularies) -> None:
    blocking = {
        flag
        for rule in formularies["GB"].rules
        if rule.severity is Severity.BLOCK
        for flag in rule.group.red_flags
    }

    assert blocking == set(formularies["GB"].vocabulary.red_flags[:6])


def test_every_word_of_the_vocabulary_is_used_or_known_to_be_unused(
    formularies: Formularies,
) -> None:
    used = {word for formulary in formularies.values() for word in _used_words(formulary)}
    vocabulary = formularies["NZ"].vocabulary
    words = {*vocabulary.conditions, *vocabulary.indications, *vocabulary.classes}

    assert words - used == UNUSED_WORDS.keys()


def test_a_patient_may_take_any_of_many_known_medicines(formularies: Formularies) -> None:
    known = formularies["NZ"].co_medicines.values()
    generics = [m for m in known if m.generic is None]
    without_rules = [m for m in generics if not m.classes]

    assert len(generics) >= 150
    assert len(without_rules) >= 50


def test_a_brand_has_the_classes_of_its_generic(formularies: Formularies) -> None:
    known = formularies["GB"].co_medicines
    brands = {name: m.generic for name, m in known.items() if m.generic is not None}

    assert brands["voltarol"] == "diclofenac"
    assert brands["zapain"] == "co-codamol"
    assert brands["nardil"] == "phenelzine"
    assert [b for b, generic in brands.items() if generic not in known] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("acetylsalicylic acid", "aspirin"),
        ("bendrofluazide", "bendroflumethiazide"),
        ("benztropine", "benzatropine"),
        ("frusemide", "furosemide"),
        ("naproxen sodium", "naproxen"),
        ("nicoumalone", "acenocoumarol"),
    ],
)
def test_an_older_name_is_known_as_the_newer_one(
    formularies: Formularies, one: str, other: str
) -> None:
    known = formularies["NZ"].co_medicines

    assert known[one].classes == known[other].classes != ()


SUBCLASSES = {
    "warfarin": "anticoagulant",
    "aspirin_low_dose": "antiplatelet",
    "clopidogrel": "antiplatelet",
    "ssri": "serotonergic",
    "snri": "serotonergic",
    "triptan": "serotonergic",
    "maoi": "serotonergic",
    "tca": "anticholinergic",
    "opioid": "sedative",
    "benzodiazepine": "sedative",
    "z_drug": "sedative",
    "gabapentinoid": "sedative",
    "sedating_antihistamine": "anticholinergic",
    "coxib": "nsaid",
    "stimulant_laxative": "laxative",
}


@pytest.mark.parametrize(("narrow", "wide"), SUBCLASSES.items())
def test_a_narrow_class_brings_the_wide_one_with_it(
    formularies: Formularies, narrow: str, wide: str
) -> None:
    without = [
        m.name
        for m in formularies["NZ"].co_medicines.values()
        if narrow in m.classes and wide not in m.classes
    ]

    assert without == []


def test_an_info_never_makes_an_unknown_fact_more_than_an_info(formularies: Formularies) -> None:
    louder = [
        rule.id
        for rule in every_rule(formularies).values()
        if rule.severity is Severity.INFO
        and (rule.takes or rule.group != PatientGroup())
        and rule.missing is not Severity.INFO
        and not (rule.group.age_from or rule.group.age_below)
    ]

    assert louder == []


def test_every_block_and_every_major_says_what_to_do_or_why(formularies: Formularies) -> None:
    majors = [
        r.id
        for r in every_rule(formularies).values()
        if r.severity is Severity.MAJOR and r.suggestion is None
    ]

    assert majors == []


def _used_words(formulary: Formulary) -> Iterator[str]:
    """Conditions, indications and classes that some row of the formulary looks for."""
    for rule in formulary.rules:
        yield from rule.group.conditions
        yield from rule.indications
        yield from (name.removeprefix("class:") for name in rule.takes)
    for factor in formulary.gastroprotection.risk_factors:
        yield from (word for group in factor.groups for word in group.conditions)
        yield from (name.removeprefix("class:") for name in factor.takes)
    for medicine in formulary.medicines.values():
        yield from (word for limit in medicine.limits for word in limit.group.conditions)
    yield from formulary.laxative.conditions_against
    # triple_whammy asks for these by name
    yield from ("acei", "arb", "diuretic")
