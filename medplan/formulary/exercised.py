"""Which rows of a formulary some case tries: where it speaks, and where it just doesn't.

A case is a JSON file whose `proves` names the rows that must speak for its request and whose
`spares` names those that must stay silent; both as `row` or `row:medicine`. What a case means and
how it is tried is not known here.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from medplan.formulary.model import Formulary, names_medicine
from medplan.units import format_decimal

_PROVES, _SPARES = "proves", "spares"


@dataclass(frozen=True, slots=True)
class TriedRow:
    """A row that a case names: whether it must speak there, in which country, in which case."""

    row: str
    speaks: bool
    jurisdiction: str
    case: str
    title: str


def tried_rows(cases_folder: Path) -> tuple[TriedRow, ...]:
    """Every row that a case in the folder or below it names, in the order of the files."""
    files = sorted(cases_folder.rglob("*.json"))
    return tuple(tried for file in files for tried in _named(file))


def unexercised(formulary: Formulary, cases_folder: Path) -> tuple[str, ...]:
    """The rows that can speak in the formulary's country and do so in no case of the folder."""
    return _missing(formulary, tried_rows(cases_folder), _PROVES)


def without_near_miss(formulary: Formulary, cases_folder: Path) -> tuple[str, ...]:
    """The rows for which no case of the folder is just outside."""
    return _missing(formulary, tried_rows(cases_folder), _SPARES)


def rows_that_speak(formulary: Formulary) -> Iterator[str]:
    """The id of every rule, limit, duration, load threshold and unknown fact that can speak.

    A rule that only looks at medicines which the country lacks can't.
    """
    medicines = formulary.medicines.values()
    for rule in formulary.rules:
        if any(names_medicine(rule.medicines, medicine) for medicine in medicines):
            yield rule.id
    for medicine in medicines:
        yield from (limit.id for limit in medicine.limits)
        yield from (duration.id for duration in medicine.durations)
    for threshold in formulary.load_thresholds:
        yield f"opioid-load-{format_decimal(threshold.ome_mg)}"
    for fact in formulary.missing_facts:
        yield f"missing-{fact.fact.replace('_', '-')}"


def _missing(formulary: Formulary, tried: Iterable[TriedRow], part: str) -> tuple[str, ...]:
    country = formulary.jurisdiction
    speaks = part == _PROVES
    named = {t.row for t in tried if t.jurisdiction == country and t.speaks is speaks}
    return tuple(dict.fromkeys(r for r in rows_that_speak(formulary) if r not in named))


def _named(file: Path) -> Iterator[TriedRow]:
    case: object = json.loads(file.read_text("utf-8"))
    if not isinstance(case, dict):
        return
    request = case.get("request")
    home = request.get("jurisdiction") if isinstance(request, dict) else None
    for country in (home, *_texts(case.get("also_in"))):
        for part in (_PROVES, _SPARES):
            for name in _texts(case.get(part)):
                row = name.partition(":")[0]
                title = str(case.get("title", ""))
                yield TriedRow(row, part == _PROVES, str(country), file.stem, title)


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
