"""Which source a row cites, and how good that makes its numbers.

A row that names no grade has its source's own; none may claim a better one. This runs on the
tables as they were read, so it holds for every row of every file alike.
"""

from collections.abc import Mapping

from medplan.formulary.files import Steps
from medplan.formulary.model import Evidence, Source

_GRADES = list(Evidence)
Faults = list[tuple[Steps, str]]


def cite(
    tables: Mapping[str, object], sources: Mapping[str, Source]
) -> tuple[Mapping[str, object], Faults]:
    """The tables with `evidence` beside every known `source` that came without.

    Faults are sources that nobody knows, and grades better than their source's.
    """
    faults: Faults = []
    return _cited_table(tables, sources, (), faults), faults


def source_id(source: str) -> str:
    """The id of the bibliography's entry in `id` or `id#section`."""
    return source.partition("#")[0]


def _cited_table(
    table: Mapping[str, object], sources: Mapping[str, Source], steps: Steps, faults: Faults
) -> Mapping[str, object]:
    cited = {key: _cited(value, sources, (*steps, key), faults) for key, value in table.items()}
    named = table.get("source")
    if isinstance(named, str):
        source = sources.get(source_id(named))
        if source is None:
            detail = f"cites {named!r}, which sources.toml doesn't list"
            faults.append(((*steps, "source"), detail))
        elif cited.setdefault("evidence", source.evidence.value) in _better(source.evidence):
            detail = f"claims a better grade than its source, which is {source.evidence}"
            faults.append(((*steps, "evidence"), detail))
    return cited


def _cited(value: object, sources: Mapping[str, Source], steps: Steps, faults: Faults) -> object:
    if isinstance(value, dict):
        return _cited_table(value, sources, steps, faults)
    if isinstance(value, list):
        return [_cited(v, sources, (*steps, n), faults) for n, v in enumerate(value)]
    return value


def _better(grade: Evidence) -> list[Evidence]:
    return _GRADES[: _GRADES.index(grade)]
