"""A patient of twelve can read what to look out for, and what to do about it."""

import re
from collections.abc import Iterator, Mapping

import pytest

from medplan.formulary.model import CheckLevel, CheckTime, Formulary

Formularies = Mapping[str, Formulary]

HARDEST_SENTENCE = 9
HARDEST_ON_AVERAGE = 6
FEWEST_WORDS = 6  # below this the measure says nothing: one long word in three is enough


def test_no_sentence_is_harder_than_a_child_of_fourteen_can_read(formularies: Formularies) -> None:
    hard = {s: grade(s) for s in sentences(formularies) if grade(s) > HARDEST_SENTENCE}

    assert hard == {}


def test_on_average_a_child_of_twelve_can_read_them(formularies: Formularies) -> None:
    grades = [grade(s) for s in sentences(formularies)]

    assert len(grades) > 50
    assert sum(grades) / len(grades) <= HARDEST_ON_AVERAGE


def test_a_harder_sentence_has_a_higher_grade() -> None:
    easy = "Is your skin red, or does it itch and peel?"
    hard = "Discontinue immediately if hypersensitivity manifestations or jaundice develop."

    assert grade(easy) < HARDEST_ON_AVERAGE < HARDEST_SENTENCE < grade(hard)


@pytest.mark.parametrize("jurisdiction", ["NZ", "GB"])
def test_every_medicine_is_checked_early(formularies: Formularies, jurisdiction: str) -> None:
    formulary = formularies[jurisdiction]
    unchecked = [
        medicine
        for medicine, rules in formulary.checks_by_medicine.items()
        if not any(rule.when is CheckTime.EARLY for rule in rules)
    ]

    assert unchecked == []


WITHDRAWN_SLOWLY = ["codeine", "tramadol", "amitriptyline", "nortriptyline", "gabapentin"]


@pytest.mark.parametrize("medicine", WITHDRAWN_SLOWLY)
def test_withdrawal_is_looked_for_in_a_taper_and_after_it(
    formularies: Formularies, medicine: str
) -> None:
    occasions = {rule.when for rule in formularies["NZ"].checks_by_medicine[medicine]}

    assert {CheckTime.TAPER, CheckTime.AFTER_STOP, CheckTime.AFTER_STEP} <= occasions


def test_an_emergency_always_says_to_get_help(formularies: Formularies) -> None:
    silent = [
        item.text
        for rule in formularies["GB"].checks
        for item in rule.items
        if item.level is CheckLevel.EMERGENCY and "emergency help now" not in item.action
    ]

    assert silent == []


def test_no_text_names_a_country_s_number(formularies: Formularies) -> None:
    numbered = [t for t in texts(formularies) if re.search(r"\b(111|999|0800)\b", t)]

    assert numbered == []


def texts(formularies: Formularies) -> Iterator[str]:
    """Every text and action of every check."""
    for formulary in formularies.values():
        for rule in formulary.checks:
            for item in rule.items:
                yield from (item.text, item.action)


def sentences(formularies: Formularies) -> list[str]:
    """Every sentence that is long enough to be judged, once."""
    split = {s for text in texts(formularies) for s in re.split(r"(?<=[.?!])\s+", text)}
    return sorted(s for s in split if len(words(s)) >= FEWEST_WORDS)


def grade(sentence: str) -> float:
    """The Flesch-Kincaid grade: American school years needed, about age minus six."""
    found = words(sentence)
    beats = sum(syllables(word) for word in found)
    return 0.39 * len(found) + 11.8 * beats / len(found) - 15.59


def words(text: str) -> list[str]:
    """The words of a text."""
    return re.findall(r"[A-Za-z']+", text)


def syllables(word: str) -> int:
    """Groups of vowels, less a silent e or ed at the end; at least one."""
    groups = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = re.search(r"([^aeiouyl]e|[^aeiouytd]ed)$", word.lower())
    return max(1, groups - bool(silent))
