"""A change of formulary is told row by row, with old and new numbers and which way they went."""

from dataclasses import replace
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
from medplan.formulary.rows import RowKey
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


def test_a_row_that_comes_or_goes_is_judged_only_where_it_refuses_or_warns() -> None:
    whole = formulary(FIXTURE)
    achenol = whole.medicines["achenol"]
    barer = replace(achenol, products=achenol.products[:1], limits=achenol.limits[1:], durations=())
    bare = replace(whole, medicines={**whole.medicines, "achenol": barer})

    went, came = difference(whole, bare).changes, difference(bare, whole).changes

    product, limit, duration = (
        RowKey("achenol", "product", "achenol-mr-tablet-500"),
        RowKey("achenol", "limit", "daily"),
        RowKey("achenol", "duration", "long"),
    )
    gone = [(c.key, c.change, c.touches, c.direction) for c in went]
    assert gone == [
        (product, Change.REMOVED, ("achenol",), None),
        (limit, Change.REMOVED, ("achenol",), Direction.LOOSER),
        (duration, Change.REMOVED, ("achenol",), Direction.LOOSER),
    ]
    assert {(c.key, c.change, c.touches, c.direction) for c in came} == {
        (product, Change.ADDED, ("achenol",), None),
        (limit, Change.ADDED, ("achenol",), Direction.STRICTER),
        (duration, Change.ADDED, ("achenol",), Direction.STRICTER),
    }
    assert [f for f in went[1].facts if f.name in ("value", "severity", "note")] == [
        FactChange("value", "1000", None),
        FactChange("severity", "block", None),
        FactChange("note", "At most 1,000 mg a day.", None),
    ]


def test_a_rule_touches_the_medicines_that_it_was_and_is_about(tmp_path: Path) -> None:
    edit = Edit(RULES, '["achenol", "nightol"]', '["nightol", "duol"]')

    (row,) = after(tmp_path, edit).changes

    assert row.touches == ("achenol", "nightol", "duol")
    assert row.facts == (FactChange("medicines", "achenol, nightol", "nightol, duol"),)


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        (
            'kind = "max_doses_per_day"\nvalue = "4"',
            'kind = "min_interval_hours"\nvalue = "5"',
            FactChange("value", "4", "5", Direction.LOOSER),
        ),
        (
            'kind = "min_interval_hours"\nvalue = "6"',
            'kind = "max_doses_per_day"\nvalue = "5"',
            FactChange("value", "6", "5", Direction.LOOSER),
        ),
    ],
)
def test_which_way_a_limit_went_is_judged_by_what_it_was(
    tmp_path: Path, old: str, new: str, fact: FactChange
) -> None:
    (row,) = after(tmp_path, Edit(ACHENOL, old, new)).changes

    assert fact in row.facts


def test_the_order_of_a_medicines_products_is_a_change_in_its_place(tmp_path: Path) -> None:
    first = '[[product]]\nid = "nightol-tablet-10"\nsource = "label"\n'
    second = '[[product]]\nid = "nightol-tablet-25"\nsource = "mirror"\n'
    found = after(
        tmp_path,
        Edit("nz/medicines/nightol.toml", f"{first}\n{second}", f"{second}\n{first}"),
        Edit(RULES, "must not be given", "can't be given"),
        Edit("nz/medicines/strongol.toml", "Measure it.", "Measure it well."),
        Edit(ACHENOL, "Eases aches.", "Eases all aches."),
    )

    assert [(row.key, row.touches) for row in found.changes] == [
        (RowKey("achenol", "medicine", "achenol"), ("achenol",)),
        (RowKey("nightol", "product", "order"), ("nightol",)),
        (RowKey("strongol", "medicine", "strongol"), ("strongol",)),
        (RowKey("", "rule", "R1"), ("achenol",)),
    ]
    assert found.changes[1] == RowChange(
        RowKey("nightol", "product", "order"),
        Change.CHANGED,
        ("nightol",),
        (
            FactChange(
                "order",
                "nightol-tablet-10; nightol-tablet-25",
                "nightol-tablet-25; nightol-tablet-10",
            ),
        ),
    )


def test_a_severity_that_neither_rises_nor_falls_is_no_change(tmp_path: Path) -> None:
    found = after(tmp_path, Edit(ACHENOL, "Take with food.", "Take with milk."))

    assert (found.severities, found.sources, found.count(Change.CHANGED)) == ((), (), 1)
    assert (found.jurisdiction, found.before != found.after) == ("NZ", True)
