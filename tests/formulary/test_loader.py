"""A formulary is what its files say together, once for each process."""

import gc
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from medplan.formulary.loader import load_formulary
from medplan.formulary.model import (
    EVERYONE,
    Basis,
    Citation,
    CoMedicine,
    Evidence,
    FindingKind,
    Form,
    Formulary,
    Limit,
    LimitKind,
    PatientGroup,
    Product,
    Release,
    Sentence,
    Severity,
    Signature,
    Stage,
)
from tests.formulary.folders import FIXTURE, Change, changed

LABEL = Citation("label", Evidence.SEEN)
SIGNED = 'status = "signed"\nsigned = { by = "A. Pharmacist", on = 2026-11-20, due = 2027-11-20 }\n'


def files() -> list[str]:
    return [path.relative_to(FIXTURE).as_posix() for path in FIXTURE.rglob("*.toml")]


def sign(path: str) -> Change:
    text = (FIXTURE / path).read_text()
    return Change(path, text, SIGNED + text.replace('status = "draft"\n', ""))


def test_a_row_has_its_sources_grade_unless_it_says_a_weaker_one(tmp_path: Path) -> None:
    folder = changed(
        tmp_path,
        Change("shared/medicines/achenol.toml", 'source = "label"', 'source = "label#4.2"'),
        Change("shared/laxative.toml", "source", 'evidence = "decision"\nsource'),
    )

    formulary = load_formulary("NZ", folder)

    assert formulary.medicines["achenol"].purpose == Sentence(
        "Eases aches.", Citation("label#4.2", Evidence.SEEN)
    )
    assert formulary.rules[1].citation == Citation("hearsay", Evidence.UNVERIFIED)
    assert formulary.laxative.citation == Citation("label", Evidence.DECISION)


def test_rows_become_frozen_values() -> None:
    achenol = load_formulary("NZ", FIXTURE).medicines["achenol"]

    assert achenol.limits[2] == Limit(
        id="gap",
        kind=LimitKind.MIN_INTERVAL_HOURS,
        value=Decimal(6),
        severity=Severity.BLOCK,
        group=EVERYONE,
        release=None,
        regimens=(),
        dose_count=None,
        finding_kind=FindingKind.INTERVAL,
        note="At least 6 hours apart.",
        suggestion=None,
        citation=LABEL,
    )
    assert achenol.limits[4].group == PatientGroup(age_from=75, conditions=("ulcer",))
    assert achenol.limits[4].finding_kind is FindingKind.AGE
    assert achenol.products == (
        Product(
            id="achenol-tablet-250",
            medicine="achenol",
            form=Form.TABLET,
            strength_mg=Decimal(250),
            contains={"achenol": Decimal(250)},
            halves=True,
            measure_ml=None,
            citation=LABEL,
        ),
        Product(
            id="achenol-mr-tablet-500",
            medicine="achenol",
            form=Form.MR_TABLET,
            strength_mg=Decimal(500),
            contains={"achenol": Decimal(500)},
            halves=False,
            measure_ml=None,
            citation=LABEL,
        ),
    )
    assert achenol.products[1].release is Release.MODIFIED


def test_a_combination_has_the_strengths_of_its_id_in_the_order_of_its_ingredients() -> None:
    duol = load_formulary("NZ", FIXTURE).medicines["duol"].products[0]

    assert duol.contains == {"achenol": Decimal(250), "strongol": Decimal(8)}
    assert duol.strength_mg == Decimal(250)


def test_a_liquid_is_measured_in_whole_millilitres_unless_its_row_says_otherwise(
    tmp_path: Path,
) -> None:
    plain = changed(
        tmp_path,
        Change("nz/medicines/strongol.toml", 'measure_ml = "0.5"\n', ""),
        Change("nz/medicines/strongol.toml", 'dose_mg = "5"', 'dose_mg = "4"'),
    )
    folders = (FIXTURE, plain)

    liquids = [load_formulary("NZ", folder).medicines["strongol"].products[0] for folder in folders]

    assert [liquid.measure_ml for liquid in liquids] == [Decimal("0.5"), Decimal(1)]


def test_a_jurisdictions_values_win_and_its_rows_follow_the_shared_ones(tmp_path: Path) -> None:
    advice = 'id = "achenol"\nadvice = { text = "Take with milk.", source = "mirror" }'
    limit = (
        '\n[[limit]]\nid = "own"\nkind = "max_doses_per_day"\nvalue = "3"\nnote = "Three."\n'
        'source = "label"\n'
    )
    folder = changed(
        tmp_path,
        Change("nz/medicines/achenol.toml", 'id = "achenol"', advice),
        Change("nz/medicines/achenol.toml", "", limit),
    )

    achenol = load_formulary("NZ", folder).medicines["achenol"]

    assert (achenol.advice.text, achenol.purpose.text) == ("Take with milk.", "Eases aches.")
    assert [row.id for row in achenol.limits] == [
        "daily",
        "single",
        "gap",
        "doses",
        "older",
        "own",
    ]


def test_a_jurisdiction_may_be_slower_and_may_be_faster_if_its_source_was_seen(
    tmp_path: Path,
) -> None:
    pace = '\n[titration]\nfloor_days = {}\nusual_days = 7\nsource = "{}"\n'
    slower = changed(
        tmp_path / "a", Change("nz/medicines/nightol.toml", "", pace.format(5, "hearsay"))
    )
    faster = changed(
        tmp_path / "b", Change("nz/medicines/nightol.toml", "", pace.format(1, "label"))
    )

    found = [load_formulary("NZ", folder).medicines["nightol"] for folder in (slower, faster)]

    assert [row.titration.floor_days for row in found if row.titration] == [5, 1]


def test_a_taper_may_have_many_stages_that_end_lower_and_lower(tmp_path: Path) -> None:
    middle = (
        '  until_percent = "60"\n\n  [[taper.stage]]\n  every_days = 5\n  reduce_mg = "5"\n'
        '  until_percent = "30"\n'
    )
    folder = changed(
        tmp_path, Change("shared/medicines/nightol.toml", '  until_percent = "30"\n', middle)
    )

    stages = load_formulary("NZ", folder).medicines["nightol"].tapers[1].stages

    assert stages == (
        Stage(7, reduce_percent=Decimal(10), basis=Basis.ORIGINAL, until_percent=Decimal(60)),
        Stage(5, reduce_mg=Decimal(5), until_percent=Decimal(30)),
        Stage(8, reduce_mg=Decimal(5)),
    )


def test_a_medicine_exists_where_it_has_a_file() -> None:
    nz, gb = load_formulary("NZ", FIXTURE), load_formulary("GB", FIXTURE)

    assert set(nz.medicines) - set(gb.medicines) == {"nightol", "duol"}
    assert [rule.id for rule in nz.rules] == ["R1", "R2"]
    assert [rule.id for rule in gb.rules] == ["R1", "R2", "R3"]
    assert (nz.load_authority, gb.load_authority) == ("CDC2022", "BNF")


def test_a_brand_has_its_generics_classes() -> None:
    assert load_formulary("NZ", FIXTURE).co_medicines == {
        "waterol": CoMedicine("waterol", ("diuretic",), None),
        "flowbrand": CoMedicine("flowbrand", ("diuretic",), "waterol"),
        "statol": CoMedicine("statol", (), None),
    }


def test_a_formulary_is_signed_once_every_file_is(tmp_path: Path) -> None:
    signed = changed(tmp_path / "signed", *(sign(path) for path in files()))
    almost = changed(tmp_path / "almost", *(sign(p) for p in files() if "stomol" not in p))

    assert load_formulary("NZ", signed).status == "signed"
    assert load_formulary("NZ", signed).medicines["stomol"].signature == Signature(
        "A. Pharmacist", date(2026, 11, 20), date(2027, 11, 20)
    )
    assert load_formulary("NZ", almost).status == "draft"
    assert load_formulary("NZ", almost).medicines["stomol"].signature is None


def test_files_are_read_once_in_a_process(tmp_path: Path) -> None:
    folder = changed(tmp_path)
    first = load_formulary("NZ", folder)
    Change("nz/medicines/laxol.toml", "laxol", "nonsense").make(folder)

    assert load_formulary("NZ", folder) is first


@pytest.mark.parametrize("on", [True, False])
def test_a_garbage_collector_is_left_as_it_was(tmp_path: Path, *, on: bool) -> None:
    if not on:
        gc.disable()
    try:
        load_formulary("NZ", changed(tmp_path))
        is_on = gc.isenabled()
    finally:
        gc.enable()

    assert is_on is on


def test_the_contracts_medicines_are_there(formularies: Mapping[str, Formulary]) -> None:
    everywhere = {
        "paracetamol", "paracetamol-codeine", "ibuprofen", "naproxen", "diclofenac", "celecoxib",
        "omeprazole", "lansoprazole", "pantoprazole", "codeine", "dihydrocodeine", "tramadol",
        "morphine", "oxycodone", "senna", "bisacodyl", "amitriptyline",
        "nortriptyline", "gabapentin", "pregabalin", "duloxetine", "diazepam",
    }  # fmt: skip

    assert set(formularies["NZ"].medicines) == everywhere | {"orphenadrine", "docusate-senna"}
    assert set(formularies["GB"].medicines) == everywhere | {"etoricoxib"}
