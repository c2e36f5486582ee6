"""What calendars say is short and complete: what a title says is not said again."""

from datetime import date
from decimal import Decimal

import pytest

from medplan.model.plan import Dose, ProductUnits, Review, Stop, Supply
from medplan.units import Days
from medplan.wording.doses import AGREED_BEFORE
from medplan.wording.event_notes import (
    DoseTold,
    dose_sentences,
    review_sentences,
    stop_sentences,
    supply_sentence,
)

MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)


def told(
    name: str, mg: str, product: str, units: str, advice: str = "", *, conditional: bool = False
) -> DoseTold:
    """A dose at eight of some units of one product, and a caution that its advice may end with."""
    parts = (ProductUnits(product, Decimal(units)),)
    return DoseTold(name, Dose(480, None, Decimal(mg), parts, advice), "Mind it.", conditional)


NAPROXEN = told("Naproxen", "500", "naproxen-tablet-250", "2", "Take with food. Mind it.")
DIAZEPAM = told("Diazepam", "1", "diazepam-tablet-2", "0.5", conditional=True)
CODEINE = told("Codeine", "30", "codeine-tablet-30", "1", "With water.", conditional=True)


@pytest.mark.parametrize(
    ("doses", "said"),
    [
        ([NAPROXEN], ["2 tablets of 250 mg. Take with food."]),
        (
            [DIAZEPAM],
            [
                "Half a tablet of 2 mg.",
                "Only if you agreed to go up; if not, keep to the dose before.",
            ],
        ),
        (
            [NAPROXEN, DIAZEPAM, CODEINE],
            [
                "Naproxen: 2 tablets of 250 mg. Take with food.",
                "Diazepam: half a tablet of 2 mg.",
                "Codeine: 1 tablet of 30 mg. With water.",
                f"Diazepam and Codeine: {AGREED_BEFORE.replace('Only', 'only')}",
            ],
        ),
    ],
)
def test_doses_say_the_tablets_the_food_and_once_the_condition(
    doses: list[DoseTold], said: list[str]
) -> None:
    assert list(dose_sentences(doses)) == said


def test_a_dose_that_no_product_makes_up_is_said_in_milligrams() -> None:
    bare = DoseTold("Naproxen", Dose(480, None, Decimal(333), (), ""), "", conditional=False)

    assert list(dose_sentences([bare])) == ["333 mg."]


def test_medicines_that_stop_together_share_their_days() -> None:
    stops = [
        ("Naproxen", Stop("naproxen", MONDAY, TUESDAY, "none", "It can simply stop.")),
        ("Codeine", Stop("codeine", MONDAY, TUESDAY, "none", "Codeine is no longer needed.")),
        ("Senna", Stop("senna", MONDAY, TUESDAY, "none", "")),
    ]

    assert list(stop_sentences(stops)) == [
        "Last dose of Naproxen, Codeine and Senna: Mon 23 November; none from Tue 24 November.",
        "Naproxen: It can simply stop.",
        "Codeine is no longer needed.",
    ]


def test_what_is_collected_for_the_same_days_is_one_sentence() -> None:
    week = Days.lasting(MONDAY, 7)
    rows = [
        ("Diazepam", Supply("diazepam-tablet-2", Decimal("3.5"), week, packs=2)),
        ("Morphine", Supply("morphine-liquid-2", Decimal(35), week)),
        ("Naproxen", Supply("naproxen-tablet-250", Decimal(1), week, packs=1)),
    ]

    assert supply_sentence(week, rows) == (
        "For Mon 23 November to Sun 29 November (7 days): 3.5 tablets (2 packs) of Diazepam 2 mg; "
        "35 mL of Morphine liquid 2 mg in 1 mL; 1 tablet (1 pack) of Naproxen 250 mg."
    )


def test_a_review_says_of_what_where_the_title_does_not() -> None:
    one = (("Naproxen",), Review(MONDAY, ("naproxen",), "Does it help?"))
    whole = ((), Review(MONDAY, (), "Six weeks on."))

    assert list(review_sentences([one])) == ["Does it help?"]
    assert list(review_sentences([whole])) == ["Review of the whole plan: Six weeks on."]
    assert list(review_sentences([one, whole])) == [
        "Review of Naproxen: Does it help?",
        "Review of the whole plan: Six weeks on.",
    ]
