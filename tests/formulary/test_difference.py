"""A change of formulary is told row by row, with old and new numbers and which way they went."""

from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path

import pytest

from medplan.formulary.difference import (
    Change,
    Difference,
    Direction,
    FactChange,
    RowChange,
    difference,
)
from medplan.formulary.model import Formulary
from medplan.formulary.reading import read_formulary
from medplan.formulary.rows import RowKey, facts_of, rows
from tests.formulary.folders import FIXTURE, changed
from tests.formulary.folders import Change as Edit

ACHENOL = "shared/medicines/achenol.toml"
RULES = "shared/rules/rules.toml"


def formulary(folder: Path) -> Formulary:
    found = read_formulary("NZ", folder).formulary
    assert found
    return found


def after(tmp_path: Path, *edits: Edit) -> Difference:
    return difference(formulary(FIXTURE), formulary(changed(tmp_path, *edits)))


def test_a_formulary_does_not_differ_from_itself() -> None:
    same = difference(formulary(FIXTURE), formulary(FIXTURE))

    assert (same.jurisdiction, same.changes) == ("NZ", ())
    assert same.before == same.after == formulary(FIXTURE).version


@pytest.mark.parametrize(
    ("edit", "limit", "fact"),
    [
        (
            Edit(ACHENOL, 'value = "1000"', 'value = "900"'),
            "daily",
            FactChange("value", "1000", "900", Direction.STRICTER),
        ),
        (
            Edit(ACHENOL, 'value = "500"', 'value = "550"'),
            "single",
            FactChange("value", "500", "550", Direction.LOOSER),
        ),
        (
            Edit(ACHENOL, 'value = "6"', 'value = "8"'),
            "gap",
            FactChange("value", "6", "8", Direction.STRICTER),
        ),
        (
            Edit(ACHENOL, 'value = "6"', 'value = "4.5"'),
            "gap",
            FactChange("value", "6", "4.5", Direction.LOOSER),
        ),
        (
            Edit(ACHENOL, "age_from = 75", "age_from = 70"),
            "older",
            FactChange("group.age_from", "75", "70"),
        ),
        (
            Edit(ACHENOL, 'severity = "warn"', 'severity = "major"'),
            "older",
            FactChange("severity", "warn", "major", Direction.STRICTER),
        ),
        (
            Edit(ACHENOL, 'suggestion = "Give 250 mg."\n', ""),
            "older",
            FactChange("suggestion", "Give 250 mg.", None),
        ),
    ],
)
def test_a_changed_limit_shows_what_it_was_what_it_is_and_which_way_it_went(
    tmp_path: Path, edit: Edit, limit: str, fact: FactChange
) -> None:
    found = after(tmp_path, edit)

    key = RowKey("achenol", "limit", limit)
    assert found.changes == (RowChange(key, Change.CHANGED, ("achenol",), (fact,)),)


def test_a_longer_course_without_a_word_is_looser(tmp_path: Path) -> None:
    (row,) = after(tmp_path, Edit(ACHENOL, "over_days = 14", "over_days = 28")).changes

    assert row.facts == (FactChange("over_days", "14", "28", Direction.LOOSER),)


def test_a_rule_says_which_medicines_it_touches_and_its_severity_stands_out(
    tmp_path: Path,
) -> None:
    found = after(tmp_path, Edit(RULES, 'severity = "block"', 'severity = "major"'))

    (row,) = found.severities
    assert row.key == RowKey("", "rule", "R1")
    assert "achenol" in row.touches
    assert row.severity == FactChange("severity", "block", "major", Direction.LOOSER)
    assert found.sources == ()


def test_a_changed_source_stands_out_with_its_grade(tmp_path: Path) -> None:
    edit = Edit(
        ACHENOL,
        'note = "At most 1,000 mg a day."\nsource = "label"',
        'note = "At most 1,000 mg a day."\nsource = "hearsay"',
    )

    (row,) = after(tmp_path, edit).sources

    assert row.key == RowKey("achenol", "limit", "daily")
    assert next((f.name, f.before, f.after) for f in row.sources) == (
        "citation.source",
        "label",
        "hearsay",
    )


def test_a_rule_that_goes_is_looser_and_one_that_comes_is_stricter(tmp_path: Path) -> None:
    text = (FIXTURE / RULES).read_text(encoding="utf-8")
    first = text[: text.index("[[rule]]", 1)]
    without = formulary(changed(tmp_path, Edit(RULES, first, "")))
    whole = formulary(FIXTURE)

    went, came = difference(whole, without), difference(without, whole)

    assert [(c.key.id, c.change, c.direction) for c in went.changes] == [
        ("R1", Change.REMOVED, Direction.LOOSER)
    ]
    assert [(c.key.id, c.change, c.direction) for c in came.changes] == [
        ("R1", Change.ADDED, Direction.STRICTER)
    ]
    assert [f.before for f in came.changes[0].facts] == [None] * len(came.changes[0].facts)
    assert (went.count(Change.REMOVED), came.count(Change.ADDED)) == (1, 1)
    assert (went.severities, came.sources) == ((), ())


def test_a_word_that_leaves_the_vocabulary_is_a_row_of_its_own() -> None:
    whole = formulary(FIXTURE)
    word, *others = whole.vocabulary.conditions
    fewer = replace(whole, vocabulary=replace(whole.vocabulary, conditions=tuple(others)))

    (row,) = difference(whole, fewer).changes

    assert row.key == RowKey("", "vocabulary of conditions", word)
    assert row.change is Change.REMOVED


def test_the_order_of_rows_is_a_change_only_where_the_first_that_fits_counts() -> None:
    whole = formulary(FIXTURE)
    twice = (*whole.missing_facts, replace(whole.missing_facts[0], medicines=("any",)))
    one, other = (replace(whole, missing_facts=rows) for rows in (twice, twice[::-1]))
    rules_turned = replace(whole, rules=whole.rules[::-1])

    (row,) = difference(one, other).changes

    assert row.key == RowKey("", "unknown fact", "order")
    assert [(f.before, f.after) for f in row.facts] == [
        ("egfr of class:nsaid; egfr of any", "egfr of any; egfr of class:nsaid")
    ]
    assert difference(whole, rules_turned).changes == ()


def test_rows_of_one_name_do_not_hide_each_other() -> None:
    whole = formulary(FIXTURE)
    doubled = replace(whole, missing_facts=whole.missing_facts * 2)

    (row,) = difference(whole, doubled).changes

    assert row.key.id == "egfr of class:nsaid (2)"
    assert row.change is Change.ADDED


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


def test_an_exact_number_has_one_way_to_be_written() -> None:
    assert facts_of({"a": Decimal("10.0"), "b": (), "c": None, "d": True, "e": (1, 2)}) == {
        "a": "10",
        "d": "yes",
        "e": "1, 2",
    }
