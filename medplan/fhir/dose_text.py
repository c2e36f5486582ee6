"""A FHIR Dosage in words, in the order that is published for it.

Method, dose, rate, duration, frequency, when, days of the week, times of day, route, site, as
needed, bounds, count, most, additional instructions, patient instruction. Everything is taken from
the structure, so that text and structure can't differ.
Source: "Dose to text" of the UK guide to interoperable medicines (logical display order).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby

from medplan.documents.json_text import JsonValue
from medplan.fhir.element import Element
from medplan.units import Days
from medplan.wording.amounts import number_text
from medplan.wording.names import listed

_UNITS = {
    "s": "second", "min": "minute", "h": "hour", "d": "day", "wk": "week", "mo": "month",
    "a": "year",
}  # fmt: skip
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_TIMES = {1: "once", 2: "twice"}
_DAYS = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday",
    "sat": "Saturday", "sun": "Sunday",
}  # fmt: skip
_WHEN = {
    "MORN": "in the morning", "NOON": "at noon", "AFT": "in the afternoon",
    "EVE": "in the evening", "NIGHT": "at night", "HS": "before sleep", "WAKE": "on waking",
    "C": "with a meal", "CM": "with breakfast", "CD": "with lunch", "CV": "with dinner",
    "AC": "before a meal", "ACM": "before breakfast", "ACD": "before lunch", "ACV": "before dinner",
    "PC": "after a meal", "PCM": "after breakfast", "PCD": "after lunch", "PCV": "after dinner",
    "PHS": "after sleep", "MORN.early": "early in the morning", "MORN.late": "late in the morning",
    "AFT.early": "early in the afternoon", "AFT.late": "late in the afternoon",
    "EVE.early": "early in the evening", "EVE.late": "late in the evening",
}  # fmt: skip
_MINUTES = {60: "1 hour", 120: "2 hours"}


def dosage_text(dosage: JsonValue) -> str:
    """One dosage as a sentence, and its instructions behind it."""
    read = Element(dosage, "Dosage", [])
    return " ".join([*_sentences([_amounts_and_times(read)]), *_sentences(_instructions(read))])


def dosages_text(dosages: Sequence[JsonValue]) -> str:
    """Several dosages in one text: those of one sequence at the same time, the next one after them.

    An instruction that all of them share is said once, at the end.
    """
    read = [Element(dosage, "Dosage", []) for dosage in dosages]
    told = [_sentences(_instructions(one)) for one in read]
    shared = [text for text in told[0] if all(text in others for others in told)] if told else []
    said = [
        (one.whole("sequence"), _said(one, [text for text in texts if text not in shared]))
        for one, texts in zip(read, told, strict=True)
    ]
    steps = [
        " and ".join(text for _, text in alike) for _, alike in groupby(said, lambda pair: pair[0])
    ]
    text = "; then ".join(steps)
    return " ".join([*_sentences([text[:1].upper() + text[1:]]), *shared])


def _said(read: Element, own: list[str]) -> str:
    """A dosage inside a longer sentence: what holds for it alone stands in brackets."""
    text = _amounts_and_times(read)
    behind = f" ({' '.join(own).removesuffix('.')})" if own else ""
    return text[:1].lower() + text[1:] + behind


def _amounts_and_times(read: Element) -> str:
    timing = read.child("timing") or _nothing()
    repeat = timing.child("repeat") or _nothing()
    words = [
        _concept(read.child("method")),
        _dose(read),
        _rate(read),
        *(facet(repeat) for facet in _TIMING),
        _timing_code(timing, repeat),
        _concept(read.child("route")),
        _site(read),
        _as_needed(read),
        _bounds(repeat),
        _count(repeat),
        _most(read),
    ]
    return " ".join(word for word in words if word)


def _nothing() -> Element:
    return Element({}, "", [])


def _sentences(texts: Iterable[str]) -> list[str]:
    return [t if t.endswith((".", "!", "?")) else f"{t}." for t in texts if t]


def _concept(element: Element | None) -> str:
    """A concept's own words, or those of its first code."""
    if element is None:
        return ""
    shown = [c.text("display") or c.text("code") for c in element.children("coding")]
    return element.text("text") or next((word for word in shown if word), "")


def _dose(read: Element) -> str:
    """What is taken at once; the same amount counted otherwise stands in brackets."""
    amounts = [_amount(given, "dose") for given in read.children("doseAndRate")]
    first, *others = [amount for amount in amounts if amount] or [""]
    return f"{first} ({', '.join(others)})" if others else first


def _rate(read: Element) -> str:
    rates = [_amount(given, "rate") for given in read.children("doseAndRate")]
    return next((f"at {rate}" for rate in rates if rate), "")


def _amount(given: Element, what: str) -> str:
    ratio, spread = given.child(f"{what}Ratio"), given.child(f"{what}Range")
    if ratio is not None:
        return _ratio(ratio)
    return _range(spread) if spread is not None else _quantity(given.child(f"{what}Quantity"))


def _quantity(quantity: Element | None) -> str:
    value = None if quantity is None else quantity.decimal("value")
    if quantity is None or value is None:
        return ""
    unit = quantity.text("unit") or quantity.text("code") or ""
    if quantity.text("system") == "http://unitsofmeasure.org":
        unit = _plural(_UNITS[unit], value) if unit in _UNITS else unit
    else:
        unit = _plural(unit, value) if unit.islower() else unit
    return f"{number_text(value)} {unit}".strip()


def _plural(word: str, number: Decimal | int) -> str:
    return word if number <= 1 or word.endswith("s") else f"{word}s"


def _range(spread: Element) -> str:
    low, high = _quantity(spread.child("low")), _quantity(spread.child("high"))
    if low and high:
        return f"{low.partition(' ')[0]} to {high}"
    return f"up to {high}" if high else f"at least {low}"


def _ratio(ratio: Element) -> str:
    upper, lower = _quantity(ratio.child("numerator")), _quantity(ratio.child("denominator"))
    return f"{upper} every {lower.removeprefix('1 ')}"


def _duration(repeat: Element) -> str:
    value, most = repeat.decimal("duration"), repeat.decimal("durationMax")
    if value is None:
        return ""
    return f"over {_spread(value, most, repeat.text('durationUnit'))}"


def _spread(value: Decimal, most: Decimal | None, unit: str | None) -> str:
    word = _UNITS.get(unit or "", unit or "")
    if most is None or most == value:
        return f"{number_text(value)} {_plural(word, value)}"
    return f"{number_text(value)} to {number_text(most)} {_plural(word, most)}"


def _frequency(repeat: Element) -> str:
    often, most = repeat.whole("frequency"), repeat.whole("frequencyMax")
    period, longest = repeat.decimal("period"), repeat.decimal("periodMax")
    unit = repeat.text("periodUnit")
    if period is None:
        return _often(often, most) if often is not None else ""
    if often in (None, 1) and most is None and (period != 1 or longest is not None):
        return f"every {_spread(period, longest, unit)}"
    span = _spread(period, longest, unit).removeprefix("1 ")
    return f"{_often(often or 1, most)} {'a' if period == 1 else 'every'} {span}"


def _often(often: int | None, most: int | None) -> str:
    number = often or 0
    if most is not None:
        return f"{number} to {most} times" if number else f"up to {_number_of_times(most)}"
    return _number_of_times(number)


def _number_of_times(number: int) -> str:
    return _TIMES.get(number, f"{number} times")


def _when(repeat: Element) -> str:
    offset = repeat.whole("offset")
    codes = [_WHEN.get(code, code) for code in repeat.texts("when")]
    early = f"{_MINUTES.get(offset, f'{offset} minutes')} " if offset else ""
    return f"{early}{listed(codes)}" if codes else ""


def _week_days(repeat: Element) -> str:
    days = [_DAYS.get(code, code) for code in repeat.texts("dayOfWeek")]
    return f"on {listed(days)}" if days else ""


def _clock_times(repeat: Element) -> str:
    times = [time[:5] for time in repeat.texts("timeOfDay")]
    return f"at {listed(times)}" if times else ""


_TIMING: tuple[Callable[[Element], str], ...] = (
    _duration, _frequency, _when, _week_days, _clock_times,
)  # fmt: skip


def _timing_code(timing: Element, repeat: Element) -> str:
    """A named timing, where nothing else says when."""
    return "" if any(facet(repeat) for facet in _TIMING) else _concept(timing.child("code"))


def _site(read: Element) -> str:
    site = _concept(read.child("site"))
    return f"at {site}" if site else ""


def _as_needed(read: Element) -> str:
    reason = _concept(read.child("asNeededCodeableConcept"))
    if reason:
        return f"as needed for {reason}"
    return "as needed" if read.yes("asNeededBoolean") else ""


def _bounds(repeat: Element) -> str:
    length, spread = repeat.child("boundsDuration"), repeat.child("boundsRange")
    if length is not None:
        return f"for {_quantity(length)}"
    if spread is not None:
        return f"for {_range(spread)}"
    bounds = repeat.child("boundsPeriod")
    return "" if bounds is None else _period(bounds.day("start"), bounds.day("end"))


def _period(first: date | None, last: date | None) -> str:
    if first is not None and last is not None and first <= last:
        number = len(Days(first, last))
        days = f"{number} {_plural('day', number)}"
        return f"from {_day(first)} to {_day(last)} ({days})" if number > 1 else f"on {_day(first)}"
    starts = f"from {_day(first)}" if first else ""
    return f"{starts} until {_day(last)}".strip() if last else starts


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _count(repeat: Element) -> str:
    count, most = repeat.whole("count"), repeat.whole("countMax")
    if count is None:
        return ""
    return f"for {count} to {most} doses" if most else f"for {count} {_plural('dose', count)}"


def _most(read: Element) -> str:
    ratio = read.child("maxDosePerPeriod")
    said = []
    if ratio is not None:
        upper, lower = _quantity(ratio.child("numerator")), _quantity(ratio.child("denominator"))
        said.append(f"up to {upper} in {lower}")
    for key, of in (("maxDosePerAdministration", "dose"), ("maxDosePerLifetime", "lifetime")):
        most = _quantity(read.child(key))
        said += [f"up to {most} per {of}"] if most else []
    return ", ".join(said)


def _instructions(read: Element) -> list[str]:
    additional = [_concept(given) for given in read.children("additionalInstruction")]
    return [*additional, *_SENTENCE_END.split(read.text("patientInstruction") or "")]
