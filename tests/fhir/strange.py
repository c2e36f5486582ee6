"""Strange dosages: any mixture of members that R4, R5 and mistakes put into one.

`meant` says what one can only mean, from the specification alone and sharing nothing with medplan;
where that is not certain it says nothing.
"""

import copy
import datetime
from collections import defaultdict
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

Json = Any
_UCUM = "http://unitsofmeasure.org"
_FORM = "http://terminology.hl7.org/CodeSystem/v3-orderableDrugForm"
_CODES = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation"
_MILLIGRAMS = {"mg": Fraction(1), "g": Fraction(1000), "ug": Fraction(1, 1000)}
_TABLET_MG = Fraction(250)
_ABBREVIATED = {"BID": (2, 1, "d"), "TID": (3, 1, "d"), "QD": (1, 1, "d"), "Q8H": (1, 8, "h")}
_BOUNDS = ("boundsPeriod", "boundsDuration")
_HARMLESS = {"sequence", "timing", "doseAndRate", "text", "patientInstruction", "route"}

_REPEAT, _QUANTITY = ("timing", "repeat"), ("doseAndRate", 0, "doseQuantity")
_LOW = {"low": {"value": 1}, "high": {"value": 2}}
_MG_250 = {"value": 250, "unit": "mg"}
# Where something strange may stand, and what; None takes the member away.
_TWISTS: dict[tuple[str | int, ...], list[Json]] = {
    ("sequence",): [None, 1, 2, 3, 0, -1, "1", 1.5],
    (*_REPEAT, "boundsPeriod"): [None],
    (*_REPEAT, "boundsPeriod", "start"): [
        None, "2026-11", "2026-11-28", "2026-W48-1", "20261123", 20261123,
    ],
    (*_REPEAT, "boundsPeriod", "end"): [
        None, "9999-12-31", "2026-11-22", "2026-12-06", "2026-12-06T08:00:00Z",
    ],
    (*_REPEAT, "boundsPeriod", "until"): ["2026-12-06"],
    (*_REPEAT, "boundsDuration"): [
        {"value": 7, "code": "d"}, {"value": 10**9, "code": "d"}, {"value": 2, "unit": "month"},
    ],
    (*_REPEAT, "boundsRange"): [_LOW],
    (*_REPEAT, "timeOfDay"): [
        None, ["08:00:00"], ["8:00"], ["08:00:30"], ["24:00:00"], ["08:00:00"] * 2, [], "08:00:00",
        ["08:00:00.5"], [None], ["08:00:00", "20:00:00"],
    ],
    (*_REPEAT, "when"): [["MORN"], ["CM"], ["HS", "NIGHT"], [7], ["MORN", "HS"]],
    (*_REPEAT, "frequency"): [None, 1, 2, 0, -1, 7, 1.5, "2"],
    (*_REPEAT, "frequencyMax"): [3],
    (*_REPEAT, "period"): [None, 1, 8, 0, -1, 2, 0.5, 36],
    (*_REPEAT, "periodMax"): [2],
    (*_REPEAT, "periodUnit"): [None, "d", "h", "wk", "fortnight", "D"],
    (*_REPEAT, "offset"): [30],
    (*_REPEAT, "count"): [10],
    (*_REPEAT, "countMax"): [12],
    (*_REPEAT, "duration"): [1],
    (*_REPEAT, "dayOfWeek"): [["mon"], ["sat", "sun"]],
    ("timing", "event"): [["2026-11-23"]],
    ("timing", "repeat"): [None, [], "BID"],
    ("timing", "code"): [
        {"coding": [{"system": _CODES, "code": "BID"}]}, {"coding": [{"code": "Q8H"}]},
        {"coding": [{"code": "QOD"}]}, {"coding": [{"system": "urn:invented", "code": "BID"}]},
        {"text": "twice a day"},
    ],
    (*_QUANTITY, "value"): [None, 0, -1, 0.5, "250", 3],
    (*_QUANTITY, "unit"): [None, "mg", "tablet", "half tablet", "5 mL", "puff", "g", "mcg"],
    (*_QUANTITY, "code"): [None, "mg", "TAB", "mL", "g", "CAP", "mg/kg", "1", "Mg", "MG"],
    (*_QUANTITY, "system"): [None, _UCUM, _FORM, "urn:invented"],
    (*_QUANTITY, "comparator"): ["<"],
    (*_QUANTITY, "per"): ["kg"],
    ("doseAndRate", 0, "doseQuantity"): [None],
    ("doseAndRate", 0, "doseRange"): [_LOW],
    ("doseAndRate", 0, "rateRatio"): [{"numerator": {"value": 1}, "denominator": {"value": 1}}],
    ("doseAndRate", 0, "rateQuantity"): [{"value": 1, "unit": "mL/h"}],
    ("doseAndRate", 0, "dose"): [_MG_250],
    ("doseAndRate",): [
        None, [], [{"doseQuantity": _MG_250}, {"doseQuantity": {"value": 2, "unit": "tablet"}}],
    ],
    ("route",): [{"text": "rectal"}, {"text": "oral"}, {"coding": [{"code": "IV"}]}],
    ("site",): [{"text": "left arm"}],
    ("text",): ["every second day"],
    ("patientInstruction",): ["With food."],
    ("asNeeded",): [True],
    ("asNeededFor",): [[{"text": "pain"}]],
    ("doseQuantity",): [_MG_250],
    ("maxDosePerPeriod",): [[{"numerator": {"value": 1}}], {"numerator": {}}],
    ("maxDosePerLifetime",): [{"value": 5, "unit": "g"}],
    ("modifierExtension",): [[{"url": "urn:invented"}]],
}  # fmt: skip
_PACES: list[Json] = [
    {"timeOfDay": ["08:00:00"]},
    {"timeOfDay": ["08:00:00", "20:00:00"]},
    {"when": ["MORN", "HS"]},
    {"frequency": 2, "period": 1, "periodUnit": "d"},
    {"period": 8, "periodUnit": "h"},
]
_DOSES: list[Json] = [
    _MG_250,
    {"value": 500, "code": "mg", "system": _UCUM},
    {"value": 2, "unit": "tablet"},
    {"value": 1, "unit": "TAB", "system": _FORM, "code": "TAB"},
]


def _sound(number: int, pace: Json, dose: Json) -> Json:
    """A dosage of a week of its own that means one thing."""
    monday = datetime.date(2026, 11, 23) + datetime.timedelta(weeks=number)
    bounds = {"start": f"{monday}", "end": f"{monday + datetime.timedelta(days=6)}"}
    return {
        "sequence": number + 1,
        "timing": {"repeat": {"boundsPeriod": bounds, **pace}},
        "doseAndRate": [{"doseQuantity": dose}],
    }


@st.composite
def strange_dosages(draw: st.DrawFn) -> list[Json]:
    """One or two dosages of a product of 250 mg tablets, with up to three strange members."""
    dosages = [
        copy.deepcopy(_sound(n, draw(st.sampled_from(_PACES)), draw(st.sampled_from(_DOSES))))
        for n in range(draw(st.integers(1, 2)))
    ]
    for path in draw(st.lists(st.sampled_from([*_TWISTS]), max_size=3)):
        _twist(draw(st.sampled_from(dosages)), path, draw(st.sampled_from(_TWISTS[path])))
    return dosages


def _twist(inside: Json, path: tuple[str | int, ...], value: Json) -> None:
    """Put a value at a place, unless an earlier twist took away what it stands in."""
    *way, last = path
    for key in way:
        known = key in inside if isinstance(inside, dict) else isinstance(key, int) and inside
        if not known:
            return
        inside = inside[key]
    if not isinstance(inside, dict):
        return
    inside.pop(last, None)
    if value is not None:
        inside[last] = copy.deepcopy(value)


Taken = dict[datetime.date, list[Fraction]]


class UncertainError(Exception):
    """What is meant can't be known, or not by whoever wrote this."""


def meant(dosages: list[Json]) -> Taken:
    """Milligrams taken on each day.

    Raises:
        UncertainError: it can't be known.
    """
    numbers = [dosage.get("sequence") for dosage in dosages]
    _sure(len(dosages) == 1 or None not in numbers or set(numbers) == {None})
    _sure(all(number is None or type(number) is int for number in numbers))
    taken: Taken = defaultdict(list)
    runs: list[tuple[Json, set[datetime.date]]] = []
    for dosage in dosages:
        _sure(set(dosage) <= _HARMLESS)
        _sure(dosage.get("route") in (None, {"text": "oral"}))
        _sure({"repeat"} <= set(dosage["timing"]) <= {"repeat", "code"})
        repeat = dosage["timing"]["repeat"]
        _sure(isinstance(repeat, dict))
        days = _days(repeat) if "boundsPeriod" in repeat else _week_after(dosage, runs)
        for number, others in runs:
            _sure(number == dosage.get("sequence") is not None or not days & others)
        runs.append((dosage.get("sequence"), days))
        for day in days:
            taken[day] += [_amount(dosage.get("doseAndRate", []))] * _often(
                dosage["timing"], repeat
            )
    for number, days in runs:
        for other, others in runs:
            later = number is not None and other is not None and number > other
            _sure(not later or min(days) > max(others))
    return dict(taken)


def _sure(truth: object) -> None:
    if not truth:
        raise UncertainError


def _week_after(dosage: Json, runs: list[tuple[Json, set[datetime.date]]]) -> set[datetime.date]:
    """Seven days from the end of the dosage whose number comes before this one's."""
    _sure(dosage["timing"]["repeat"].get("boundsDuration") == {"value": 7, "code": "d"})
    _sure("boundsRange" not in dosage["timing"]["repeat"])
    ended = [days for number, days in runs if number is not None]
    _sure(ended and dosage.get("sequence") == runs[-1][0] + 1)
    return {max(ended[-1]) + datetime.timedelta(n) for n in range(1, 8)}


def _days(repeat: Json) -> set[datetime.date]:
    _sure("boundsPeriod" in repeat and not {"boundsDuration", "boundsRange"} & set(repeat))
    bounds = repeat["boundsPeriod"]
    _sure(set(bounds) == {"start", "end"})
    _sure(all(isinstance(end, str) for end in bounds.values()))
    _sure(all(len(end) == 10 and end.replace("-", "").isdigit() for end in bounds.values()))
    try:
        first, last = (datetime.date.fromisoformat(bounds[end]) for end in ("start", "end"))
    except ValueError:
        raise UncertainError from None
    _sure(first <= last < datetime.date(2200, 1, 1))
    return {first + datetime.timedelta(n) for n in range((last - first).days + 1)}


def _often(timing: Json, repeat: Json) -> int:
    """How often a day."""
    _sure(set(repeat) <= {*_BOUNDS, "timeOfDay", "when", "frequency", "period", "periodUnit"})
    told = tuple(repeat.get(key) for key in ("frequency", "period", "periodUnit"))
    coded = None
    if "code" in timing and "coding" in timing["code"]:
        (coding,) = timing["code"]["coding"]
        _sure(coding.get("system") in (None, _CODES) and coding["code"] in _ABBREVIATED)
        coded = _ABBREVIATED[coding["code"]]
    if repeat.get("timeOfDay"):
        _sure(told == (None, None, None) and not repeat.get("when"))
        return _listed(repeat["timeOfDay"], coded, {"08:00:00", "20:00:00"})
    if repeat.get("when"):
        often = _listed(repeat["when"], coded, {"MORN", "HS"})
        _sure(
            told in {(None, None, None), (often, 1, "d")} or (told == (None, 1, "d") and often == 1)
        )
        return often
    if told == (None, None, None):
        _sure(coded is not None)
        told = coded or told
    _sure(coded is None or (told[0] or 1, *told[1:]) == coded)
    _sure(all(part is None or type(part) in (int, str) for part in told))
    often, period, unit = told[0] if told[0] is not None else 1, told[1], told[2]
    if (period, unit) == (1, "d"):
        _sure(1 <= often <= 4)
        return often
    _sure((often, unit) == (1, "h") and period == 8)
    return 3


def _listed(times: Json, coded: Json, known: set[str]) -> int:
    _sure(isinstance(times, list) and all(type(time) is str and time in known for time in times))
    _sure(len(set(times)) == len(times))
    _sure(coded is None or coded == (len(times), 1, "d"))
    return len(times)


def _amount(given: Json) -> Fraction:
    found = set()
    for one in given:
        _sure(set(one) <= {"type", "doseQuantity"} and "doseQuantity" in one)
        found.add(_milligrams(one["doseQuantity"]))
    _sure(len(found) == 1)
    return found.pop()


def _milligrams(dose: Json) -> Fraction:
    _sure(set(dose) <= {"value", "unit", "code", "system"})
    value = dose.get("value")
    _sure(type(value) in (int, float) and value > 0)
    code, unit, system = dose.get("code"), dose.get("unit"), dose.get("system")
    if system == _FORM and code is not None:
        by_code = {"TAB": "tablet"}.get(code)
        _sure(by_code)
    elif system in (None, _UCUM) and code is not None:
        known = {"mg": "mg", "g": "g", "1": "tablet"} | ({} if system else {"TAB": "tablet"})
        by_code = known.get(code)
        _sure(by_code)
    else:
        by_code = None
    words = {"mg": "mg", "tablet": "tablet", "TAB": "tablet", "g": "g", "mcg": "ug", "puff": "puff"}
    by_unit = None if unit is None else words.get(unit, "nothing")
    _sure(by_code is None or by_unit is None or by_code == by_unit)
    said = by_code or by_unit
    _sure(said == "tablet" or said in _MILLIGRAMS)
    return Fraction(str(value)) * (_TABLET_MG if said == "tablet" else _MILLIGRAMS[str(said)])
