"""Country packs: what differs between countries is data, and a deployment may bring its own."""

from pathlib import Path

import pytest

from medplan.errors import InvalidFormularyError
from medplan.fhir.out.shown import patient_name, patient_reference
from medplan.fhir.packs import Code, load_packs
from medplan.formulary.model import Form

NZ = Path("medplan/fhir/packs/nz.toml")


def test_no_pack_ships_a_licensed_code() -> None:
    assert [pack.products for pack in load_packs().values()] == [{}, {}]


def test_every_form_has_a_unit_in_every_country() -> None:
    assert all(set(pack.units) == set(Form) for pack in load_packs().values())


def test_a_deployment_brings_its_codes(tmp_path: Path) -> None:
    codes = (
        '\n[products]\nnaproxen-tablet-250 = [{ system = "urn:x", code = "7", display = "N" }]\n'
    )
    (tmp_path / "nz.toml").write_text(NZ.read_text(encoding="utf-8") + codes, encoding="utf-8")

    packs = load_packs(tmp_path)

    assert packs["NZ"].products == {"naproxen-tablet-250": (Code("urn:x", "7", "N"),)}
    assert packs["GB"].products == {}


@pytest.mark.parametrize("line", ["colour = 'red'", "[units]\ntablet = 1", "this is no TOML"])
def test_a_pack_that_can_not_be_read_is_refused(line: str, tmp_path: Path) -> None:
    (tmp_path / "gb.toml").write_text(line, encoding="utf-8")

    with pytest.raises(InvalidFormularyError):
        load_packs(tmp_path)


def test_a_patients_name_goes_out_and_comes_back() -> None:
    pack = load_packs()["NZ"]

    for name in ("nhi:ZZZ0016", "local:8841", "8841", "nhi:"):
        said = patient_reference(pack, name)["identifier"]
        assert isinstance(said, dict)
        assert patient_name(pack, str(said["system"]), str(said["value"])) == name
