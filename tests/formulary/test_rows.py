"""Whatever a formulary says, some row of it says, and each number in one way."""

from dataclasses import fields, replace
from decimal import Decimal

from medplan.formulary.model import Formulary
from medplan.formulary.rows import facts_of, rows


def test_every_field_of_the_formulary_is_in_some_row(
    formularies: dict[str, Formulary],
) -> None:
    """Whatever is changed anywhere shows: each leaf of the formulary is some row's fact."""
    whole = formularies["NZ"]
    facts = [text for row in rows(whole) for text in row.facts.values()]
    members = {
        f.name: getattr(whole, f.name)
        for f in fields(whole)
        if f.name not in ("jurisdiction", "version", "status", "vocabulary")
    }

    leaves = list(facts_of(members).values())
    different = set(leaves)

    assert different <= set(facts)
    assert len([fact for fact in facts if fact in different]) >= len(leaves)


def test_rows_of_one_name_do_not_hide_each_other(formularies: dict[str, Formulary]) -> None:
    whole = formularies["NZ"]
    trebled = replace(whole, missing_facts=whole.missing_facts[:1] * 3)

    names = [row.key.id for row in rows(trebled) if row.key.kind == "unknown fact"]

    first = names[0]
    assert names == [first, f"{first} (2)", f"{first} (3)"]


def test_an_exact_number_has_one_way_to_be_written() -> None:
    assert facts_of({"a": Decimal("10.0"), "b": (), "c": None, "d": True, "e": (1, 2)}) == {
        "a": "10",
        "d": "yes",
        "e": "1, 2",
    }
