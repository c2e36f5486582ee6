"""A formulary taken apart into rows, each with a name that it keeps from one release to the next.

A row is what somebody would change at once: a limit, a product, a rule, a word of the vocabulary.
Its facts are texts by name, in the words of the files. Nothing is left out and nothing is judged.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from medplan.formulary.model import Formulary, Medicine, names_medicine
from medplan.units import format_decimal

_ROWS_OF_A_MEDICINE = frozenset(
    {"products", "limits", "regimens", "durations", "tapers", "titration", "taper_pace", "review"}
)


@dataclass(frozen=True, slots=True)
class RowKey:
    """What a row is called: the medicine it stands with ("" for shared ones), its kind, its id."""

    medicine: str
    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row's facts by name. `touches` are the medicines whose plans it can change."""

    key: RowKey
    touches: tuple[str, ...]
    facts: Mapping[str, str]


def rows(formulary: Formulary) -> tuple[Row, ...]:
    """Every row of the formulary; rows of one name are numbered, so that none hides another."""
    seen: dict[RowKey, int] = {}
    found: list[Row] = []
    for key, touches, value in _named(formulary):
        seen[key] = seen.get(key, 0) + 1
        number = seen[key]
        own = key if number == 1 else RowKey(key.medicine, key.kind, f"{key.id} ({number})")
        found.append(Row(own, touches, facts_of(value)))
    return tuple(found)


def facts_of(value: object) -> Mapping[str, str]:
    """What a row says, each fact under its path: `value`, `group.age_from`, `stages.1.reduce_mg`.

    Facts that say nothing (no value, an empty list) are left out.
    """
    return dict(_facts(value, ""))


Named = tuple[RowKey, tuple[str, ...], object]


def _named(formulary: Formulary) -> Iterator[Named]:
    everything = tuple(formulary.medicines)
    for medicine in formulary.medicines.values():
        yield from _of_medicine(medicine)
    for rule in formulary.rules:
        yield RowKey("", "rule", rule.id), _touched(formulary, rule.medicines), rule
    for check in formulary.checks:
        yield RowKey("", "side-effect check", check.id), _touched(formulary, check.medicines), check
    for fact in formulary.missing_facts:
        key = RowKey("", "unknown fact", f"{fact.fact} of {', '.join(fact.medicines)}")
        yield key, _touched(formulary, fact.medicines), fact
    yield from _opioid_rows(formulary)
    yield from _companion_rows(formulary)
    yield from _shared_words(formulary, everything)


def _of_medicine(medicine: Medicine) -> Iterator[Named]:
    own = (medicine.id,)
    about = {
        f.name: getattr(medicine, f.name)
        for f in fields(medicine)
        if f.name not in _ROWS_OF_A_MEDICINE
    }
    yield RowKey(medicine.id, "medicine", medicine.id), own, about
    listed: tuple[tuple[str, Iterable[tuple[str, object]]], ...] = (
        ("product", ((p.id, p) for p in medicine.products)),
        ("limit", ((x.id, x) for x in medicine.limits)),
        ("regimen", ((r.id, r) for r in medicine.regimens)),
        ("duration", ((d.id, d) for d in medicine.durations)),
        ("taper", ((f"from {t.used_from_days} days", t) for t in medicine.tapers)),
    )
    for kind, members in listed:
        for name, value in members:
            yield RowKey(medicine.id, kind, name), own, value
    alone = {
        "titration": medicine.titration,
        "taper pace": medicine.taper_pace,
        "review": medicine.review,
    }
    for kind, value in alone.items():
        if value is not None:
            yield RowKey(medicine.id, kind, medicine.id), own, value


def _touched(formulary: Formulary, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(m.id for m in formulary.medicines.values() if names_medicine(names, m))


def _containing(formulary: Formulary, ingredients: set[str]) -> tuple[str, ...]:
    return tuple(
        m.id for m in formulary.medicines.values() if not ingredients.isdisjoint(m.ingredients)
    )


def _opioid_rows(formulary: Formulary) -> Iterator[Named]:
    opioids = _containing(formulary, {f.medicine for f in formulary.opioid_factors})
    for factor in formulary.opioid_factors:
        key = RowKey("", "opioid factor", f"{factor.medicine} by {factor.authority}")
        yield key, _containing(formulary, {factor.medicine}), factor
    for threshold in formulary.load_thresholds:
        key = RowKey("", "opioid load", f"{format_decimal(threshold.ome_mg)} mg")
        yield key, opioids, threshold
    if formulary.tolerance is not None:
        yield RowKey("", "opioid load", "tolerance"), opioids, formulary.tolerance
    judged = {"authority": formulary.load_authority}
    yield RowKey("", "opioid load", "authority"), opioids, judged


def _companion_rows(formulary: Formulary) -> Iterator[Named]:
    nsaids = _touched(formulary, ("class:nsaid",))
    settings = formulary.gastroprotection
    choice = {
        f.name: getattr(settings, f.name) for f in fields(settings) if f.name != "risk_factors"
    }
    yield RowKey("", "gastroprotection", "choice"), nsaids, choice
    for factor in settings.risk_factors:
        yield RowKey("", "gastroprotection", factor.id), nsaids, factor
    opioids = _touched(formulary, ("class:opioid",))
    yield RowKey("", "laxative", "choice"), opioids, formulary.laxative


def _shared_words(formulary: Formulary, everything: tuple[str, ...]) -> Iterator[Named]:
    yield RowKey("", "review", "every plan"), everything, formulary.plan_review
    advice = formulary.advice
    yield RowKey("", "advice", "emergency"), everything, advice.emergency
    for kind, sentences in (("self-care", advice.self_care), ("red flags", advice.red_flags)):
        for number, sentence in enumerate(sentences, 1):
            yield RowKey("", "advice", f"{kind} {number}"), everything, sentence
    for known in formulary.co_medicines.values():
        yield RowKey("", "co-medicine", known.name), everything, known
    for listed in fields(formulary.vocabulary):
        for word in getattr(formulary.vocabulary, listed.name):
            yield RowKey("", f"vocabulary of {listed.name}", word), everything, {"word": word}
    for source in formulary.sources.values():
        yield RowKey("", "source", source.id), (), source


def _facts(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _facts(member, _below(path, str(name)))
    elif is_dataclass(value) and not isinstance(value, type):
        for member in fields(value):
            yield from _facts(getattr(value, member.name), _below(path, member.name))
    elif isinstance(value, tuple) and any(is_dataclass(item) for item in value):
        for number, item in enumerate(value, 1):
            yield from _facts(item, _below(path, str(number)))
    elif value is not None and value != ():
        yield path, _text(value)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_text(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return format_decimal(value)
    if isinstance(value, Enum):
        return str(value.value)
    return value.isoformat() if isinstance(value, date) else str(value)
