"""Sentences say the dose, the day and the condition, each true by itself."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from medplan.formulary.model import CheckLevel, CheckTime
from medplan.model.plan import Check, ChecklistItem, Dose, Phase, ProductUnits, Step, Stop, Supply
from medplan.units import Days
from medplan.wording.dates import day_text, days_text
from medplan.wording.doses import (
    advice_text,
    amount_text,
    clock_text,
    daily_text,
    when_required_sentence,
)
from medplan.wording.names import listed
from medplan.wording.notes import check_sentences, stop_sentence, supply_sentence
from medplan.wording.titles import DoseTitle, dose_number, dose_title

MONDAY = date(2026, 11, 23)


def dose(mg: str, *parts: tuple[str, str], advice: str = "") -> Dose:
    """A dose at eight made up of (product, units)."""
    products = tuple(ProductUnits(product, Decimal(units)) for product, units in parts)
    return Dose(480, None, Decimal(mg), products, advice)


@pytest.mark.parametrize(
    ("taken", "words"),
    [
        (dose("250", ("naproxen-tablet-250", "1")), "1 tablet of 250 mg"),
        (dose("1000", ("paracetamol-tablet-500", "2")), "2 tablets of 500 mg (1,000 mg)"),
        (dose("1", ("diazepam-tablet-2", "0.5")), "half a tablet of 2 mg (1 mg)"),
        (
            dose("45", ("morphine-mr-tablet-30", "1"), ("morphine-mr-tablet-15", "1")),
            "1 modified-release tablet of 30 mg and 1 modified-release tablet of 15 mg (45 mg)",
        ),
        (dose("333"), "333 mg"),
    ],
)
def test_an_amount_says_the_units_and_what_they_add_up_to(taken: Dose, words: str) -> None:
    assert amount_text(taken) == words


def test_the_advice_of_a_dose_is_said_without_its_condition() -> None:
    planned = dose(
        "250", ("naproxen-tablet-250", "1"), advice="Only if you agreed to go up. Take with food."
    )

    assert advice_text(planned) == "Take with food."


def test_days_are_said_in_full() -> None:
    assert day_text(MONDAY) == "Monday 23 November 2026"
    assert days_text(Days.lasting(MONDAY, 5)) == "Mon 23 November to Fri 27 November (5 days)"
    assert days_text(Days(MONDAY, MONDAY)) == "Mon 23 November (1 day)"


def test_words_are_listed_as_in_a_sentence() -> None:
    assert [listed(w) for w in ("a", "ab", "abc")] == ["a", "a and b", "a, b and c"]


def test_a_stop_names_the_last_and_the_first_free_day() -> None:
    stop = Stop("naproxen", MONDAY, date(2026, 11, 24), "none", "It can simply stop.")

    assert stop_sentence("Naproxen", stop) == (
        "Naproxen: last dose Monday 23 November 2026; none from Tuesday 24 November 2026. "
        "It can simply stop."
    )


def test_supply_says_units_packs_and_days() -> None:
    row = Supply("diazepam-tablet-2", Decimal("3.5"), Days.lasting(MONDAY, 7), packs=2)

    assert supply_sentence("Diazepam", row) == (
        "Diazepam 2 mg tablets: 3.5 tablets (2 packs), "
        "for Mon 23 November to Sun 29 November (7 days)."
    )


def test_a_check_says_the_most_urgent_first() -> None:
    items = (
        ChecklistItem("Do you feel sick?", CheckLevel.COMMON, "Take it with food."),
        ChecklistItem("Black stools", CheckLevel.EMERGENCY, "Get help now."),
    )

    assert check_sentences("Naproxen", Check(MONDAY, "naproxen", CheckTime.EARLY, items)) == (
        "Naproxen: have you noticed any of these?",
        "Get emergency help: Black stools. Get help now.",
        "Common: Do you feel sick? Take it with food.",
    )


@pytest.mark.parametrize(
    ("minute", "place", "words"),
    [
        (480, (1, 2), "Dose 1 of 2"),
        (480, None, "Morning dose"),
        (13 * 60, None, "Midday dose"),
        (20 * 60, None, "Evening dose"),
        (22 * 60, None, "Night dose"),
    ],
)
def test_a_discreet_dose_is_counted_or_told_by_the_part_of_the_day(
    minute: int, place: tuple[int, int] | None, words: str
) -> None:
    assert dose_number(minute, place) == words


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([DoseTitle(None, conditional=False)], "Dose 1 of 2"),
        ([DoseTitle(None, conditional=True)], "Dose 1 of 2 (only if you agreed to go up)"),
        (
            [DoseTitle(None, conditional=True), DoseTitle(None, conditional=False)],
            "Dose 1 of 2 (part of it only if you agreed to go up)",
        ),
        (
            [DoseTitle("A", conditional=True), DoseTitle("B", conditional=False)],
            "A (only if you agreed to go up) and B",
        ),
        (
            [DoseTitle(w, conditional=w != "B") for w in ("A", "B", "C")],
            "B; only if you agreed to go up: A and C",
        ),
        (
            [DoseTitle("A", conditional=False), DoseTitle(None, conditional=True)],
            "A and 1 more (only if you agreed to go up)",
        ),
        (
            [DoseTitle("A", conditional=True), DoseTitle("B", conditional=True)],
            "A and B (only if you agreed to go up)",
        ),
    ],
)
def test_a_title_says_what_depends_on_an_agreement(parts: list[DoseTitle], words: str) -> None:
    assert dose_title(parts, "Dose 1 of 2") == words


def test_a_when_required_step_says_the_most_and_the_gap() -> None:
    one = replace(
        dose("1000", ("paracetamol-tablet-500", "2"), advice="Not with other paracetamol."),
        minute=None,
    )
    step = Step(
        phase=Phase.FIXED,
        days=Days.lasting(MONDAY, 5),
        daily_mg=Decimal(4000),
        conditional=False,
        when_required=True,
        max_daily_mg=Decimal(3000),
        min_interval_hours=Decimal(4),
        asked_percent=None,
        actual_percent=None,
        doses=(one,),
    )

    assert clock_text(one) == "when needed"
    assert daily_text(step) == "up to 3,000 mg a day"
    assert when_required_sentence("Paracetamol", step) == (
        "Paracetamol, only when needed: 2 tablets of 500 mg (1,000 mg). No more than 3,000 mg in "
        "any 24 hours, counting all doses. Wait at least 4 hours between two doses. "
        "Not with other paracetamol."
    )
