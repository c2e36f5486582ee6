"""What a patient takes is known by every name under which a rule may look for it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from medplan.clinical.patient.taking import Taken, taken, words_for
from medplan.formulary.model import Formulary
from medplan.model.request import TakenMedicine
from tests.clinical.requesting import MONDAY, WELL

Formularies = Mapping[str, Formulary]


def known(formularies: Formularies, name: str) -> Taken:
    patient = replace(WELL, medicines=(TakenMedicine(name),))
    [one] = taken(patient, formularies["NZ"])
    return one


def test_one_of_our_own_is_known_by_what_the_plan_knows_it_by(formularies: Formularies) -> None:
    formulary = formularies["NZ"]
    for medicine in formulary.medicines.values():
        one = known(formularies, medicine.id.replace("-", " ").upper())

        assert one.placed
        assert words_for(medicine, formulary) <= one.words
        other = formulary.co_medicines.get(medicine.id.replace("-", " "))
        if other is not None:
            assert {f"class:{c}" for c in other.classes} <= one.words


def test_another_one_is_known_by_its_generic_and_by_the_classes_of_both(
    formularies: Formularies,
) -> None:
    formulary = formularies["NZ"]
    for name, other in formulary.co_medicines.items():
        one = known(formularies, f"  {name.upper()} ")

        assert (one.name, one.placed) == (f"  {name.upper()} ", True)
        assert {name, *(f"class:{c}" for c in other.classes)} <= one.words
        generic = formulary.co_medicines.get(other.generic or name)
        if generic is not None:
            assert {other.generic or name, *(f"class:{c}" for c in generic.classes)} <= one.words


def test_a_class_is_known_by_itself_and_by_what_all_within_it_share(
    formularies: Formularies,
) -> None:
    ssri = known(formularies, "Class:SSRI")

    shared = formularies["NZ"].classes_shared_within["ssri"]
    assert ssri == Taken(
        "class:ssri",
        frozenset({"class:ssri", *(f"class:{c}" for c in shared)}),
        placed=True,
        stopped_on=None,
    )


def test_an_unknown_name_is_only_a_name(formularies: Formularies) -> None:
    assert known(formularies, "Dandelion   Root") == Taken(
        "Dandelion   Root", frozenset({"dandelion root"}), placed=False, stopped_on=None
    )


def test_a_medicine_of_the_plan_that_the_formulary_lacks_is_known_by_its_name(
    formularies: Formularies,
) -> None:
    formulary = formularies["NZ"]
    ours = formulary.medicines["tramadol"]

    assert words_for(ours, formulary, "Phenelzine") == known(formularies, "phenelzine").words
    assert words_for(ours, formulary) == {
        "tramadol",
        *(f"class:{c}" for c in ours.classes),
        *ours.ingredients,
    }


@pytest.mark.parametrize(("stopped_on", "on_the_day"), [(0, True), (-1, False), (1, True)])
def test_what_was_stopped_is_taken_up_to_its_last_day(
    formularies: Formularies, stopped_on: int, *, on_the_day: bool
) -> None:
    stopped: date = MONDAY + timedelta(stopped_on)
    one = replace(known(formularies, "sertraline"), stopped_on=stopped)

    assert one.is_taken(MONDAY) == on_the_day
    assert replace(one, stopped_on=None).is_taken(MONDAY)


def test_nothing_is_taken_by_somebody_of_whom_it_is_not_known(formularies: Formularies) -> None:
    assert taken(replace(WELL, medicines=None), formularies["NZ"]) == ()
    stopped = TakenMedicine("Sertraline", stopped_on=MONDAY)
    [one] = taken(replace(WELL, medicines=(stopped,)), formularies["NZ"])
    assert one.stopped_on == MONDAY
    [group] = taken(
        replace(WELL, medicines=(replace(stopped, name="class:ssri"),)), formularies["NZ"]
    )
    assert group.stopped_on == MONDAY
