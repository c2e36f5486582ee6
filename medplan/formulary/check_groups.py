"""Whether a box of patients uses words of the vocabulary and can hold anybody at all."""

from collections.abc import Collection, Iterator

from medplan.formulary.files import Steps
from medplan.formulary.model import PatientGroup, Vocabulary


def group_faults(
    group: PatientGroup, vocabulary: Vocabulary | None, steps: Steps
) -> Iterator[tuple[Steps, str]]:
    """Bounds that leave nobody inside, and words that no request may use."""
    yield from _empty_ranges(group, steps)
    if vocabulary is not None:
        for key, known in _lists(vocabulary):
            words: Collection[str] = getattr(group, key)
            yield from unknown_words(words, known, (*steps, key), f"{key} of the vocabulary")


def unknown_words(
    words: Collection[str], known: Collection[str], steps: Steps, where: str
) -> Iterator[tuple[Steps, str]]:
    """One fault for each word that isn't known."""
    for word in words:
        if word not in known:
            yield steps, f"says {word!r}, which is not among the {where}"


def _lists(vocabulary: Vocabulary) -> Iterator[tuple[str, Collection[str]]]:
    yield "conditions", vocabulary.conditions
    yield "allergies", vocabulary.allergies
    yield "red_flags", vocabulary.red_flags


def _empty_ranges(group: PatientGroup, steps: Steps) -> Iterator[tuple[Steps, str]]:
    ranges = (
        ("age_below", group.age_from, group.age_below),
        ("weight_below_kg", group.weight_from_kg, group.weight_below_kg),
        ("egfr_below", group.egfr_from, group.egfr_below),
        ("pregnancy_below_week", group.pregnancy_from_week, group.pregnancy_below_week),
    )
    for key, start, end in ranges:
        if start is not None and end is not None and end <= start:
            yield (*steps, key), "leaves nobody in the group"
