"""Rows in another order are told where their order says something, with whom it touches."""

from dataclasses import replace

from medplan.formulary.difference import FactChange, difference
from medplan.formulary.loader import load_formulary
from medplan.formulary.rows import RowKey
from tests.formulary.folders import FIXTURE


def test_the_order_of_rows_is_a_change_only_where_the_first_that_fits_counts() -> None:
    whole = load_formulary("NZ", FIXTURE)
    (fact,) = whole.missing_facts
    twice = (fact, replace(fact, medicines=("class:opioid", "class:nsaid")))
    one, other = (replace(whole, missing_facts=rows) for rows in (twice, twice[::-1]))
    rules_turned = replace(whole, rules=whole.rules[::-1])

    (row,) = difference(one, other).changes

    assert row.key == RowKey("", "unknown fact", "order")
    assert [(f.before, f.after) for f in row.facts] == [
        (
            "egfr of class:nsaid; egfr of class:opioid, class:nsaid",
            "egfr of class:opioid, class:nsaid; egfr of class:nsaid",
        )
    ]
    assert row.touches == ("achenol", "duol", "strongol")
    assert difference(whole, rules_turned).changes == ()


def test_products_that_came_or_went_leave_the_others_in_their_order() -> None:
    whole = load_formulary("NZ", FIXTURE)
    nightol = whole.medicines["nightol"]
    one, other = nightol.products
    third = replace(other, id="nightol-tablet-50")
    versions = [
        replace(
            whole, medicines={**whole.medicines, "nightol": replace(nightol, products=products)}
        )
        for products in ((one, other), (third, one, other), (other, third, one))
    ]

    came, turned = difference(versions[0], versions[1]), difference(versions[1], versions[2])

    assert [row.key.id for row in came.changes] == ["nightol-tablet-50"]
    assert [(row.key.id, row.facts) for row in turned.changes] == [
        (
            "order",
            (
                FactChange(
                    "order",
                    "nightol-tablet-50; nightol-tablet-10; nightol-tablet-25",
                    "nightol-tablet-25; nightol-tablet-50; nightol-tablet-10",
                ),
            ),
        )
    ]
