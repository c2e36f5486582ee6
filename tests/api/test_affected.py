"""A formulary that was found wrong: which plans in force it is about, in every organisation."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from medplan.cli import main
from medplan.formulary.loader import load_formulary
from medplan.formulary.model import Formulary
from medplan.formulary.reading import PACKAGE_FOLDER
from medplan.services.audit.checking import check_audit
from medplan.services.showing.affected import Affected, affected_plans
from medplan.store.ids import PLAN, read_id
from tests.api.practice import ACUTE, BEGUN, Practice

PARACETAMOL = ACUTE | {"courses": ACUTE["courses"][:1]}


@pytest.fixture
def corrected(tmp_path: Path) -> Mapping[str, Formulary]:
    """The formulary after somebody found that the most of naproxen from 40 years is far less."""
    shutil.copytree(PACKAGE_FOLDER, tmp_path / "formulary")
    file = tmp_path / "formulary" / "shared" / "medicines" / "naproxen.toml"
    with file.open("a", encoding="utf-8") as text:
        text.write(
            '\n[[limit]]\nid = "naproxen-invented"\nkind = "max_daily_mg"\nvalue = "250"\n'
            'note = "Invented."\nsource = "project-decision"\n[limit.group]\nage_from = 40\n'
        )
    return {name: load_formulary(name, tmp_path / "formulary") for name in ("NZ", "GB")}


def found(
    practice: Practice, formularies: Mapping[str, Formulary], medicine: str | None
) -> list[Affected]:
    return list(affected_plans(practice.database, formularies, medicine, BEGUN))


def test_plans_in_force_with_the_medicine_are_listed_in_every_organisation(
    practice: Practice, formularies: Mapping[str, Formulary]
) -> None:
    ours, theirs = practice.prescriber.issued(), practice.stranger.issued()
    practice.prescriber.issued(PARACETAMOL)
    practice.prescriber.draft()

    listed = found(practice, formularies, "naproxen")

    assert {one.plan_id for one in listed} == {
        read_id(PLAN, path.rpartition("/")[2]) for path in (ours, theirs)
    }
    assert {(one.status, one.revision, one.failing) for one in listed} == {("active", 1, ())}
    assert len(found(practice, formularies, None)) == 3
    assert not check_audit(practice.seen, ()).faults


def test_what_the_corrected_formulary_does_not_prove_is_told(
    practice: Practice, corrected: Mapping[str, Formulary]
) -> None:
    practice.prescriber.issued()

    (one,) = found(practice, corrected, "naproxen")

    assert one.failing == ("max_daily_mg",)
    assert found(practice, corrected, "codeine") == []


@pytest.mark.only_on("sqlite")
def test_the_command_names_plans_and_nobody(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = practice.prescriber.issued()
    monkeypatch.setenv("MEDPLAN_DATABASE_URL", str(practice.database.url))

    told = CliRunner().invoke(main, ("formulary", "affected", "naproxen"))

    assert told.exit_code == 0, told.output
    assert path.rpartition("/")[2] in told.stdout
    assert ACUTE["patient"]["reference"] not in told.stdout
    assert told.stdout.splitlines()[-1].startswith("1 plans in force")
