"""Which source a row cites, and how good that makes its numbers.

A row that names no grade has its source's own; none may claim a better one. This runs on the
tables as they were read, so it holds for every row of every file alike.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from medplan.formulary.files import Steps
from medplan.formulary.model import Evidence, Source

_GRADES = list(Evidence)


@dataclass(frozen=True, slots=True)
class BadCitation:
    """A citation that can't stand, and where in its file."""

    steps: Steps
    detail: str


def source_id(source: str) -> str:
    """The id of the bibliography's entry in `id` or `id#section`."""
    return source.partition("#")[0]


def with_grades(
    tables: Mapping[str, object], sources: Mapping[str, Source]
) -> Mapping[str, object]:
    """The same tables with `evidence` beside every known `source` that came without."""
    graded = {key: _graded(value, sources) for key, value in tables.items()}
    source = _cited_source(tables, sources)
    if source is not None:
        graded.setdefault("evidence", source.evidence.value)
    return graded


def bad_citations(
    value: object, sources: Mapping[str, Source], steps: Steps = ()
) -> Iterator[BadCitation]:
    """Every source nobody knows, and every grade better than its source's."""
    if isinstance(value, Mapping):
        yield from _bad_citation(value, sources, steps)
        for key, inner in value.items():
            yield from bad_citations(inner, sources, (*steps, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from bad_citations(inner, sources, (*steps, index))


def _bad_citation(
    table: Mapping[str, object], sources: Mapping[str, Source], steps: Steps
) -> Iterator[BadCitation]:
    named = table.get("source")
    if not isinstance(named, str):
        return
    source = _cited_source(table, sources)
    if source is None:
        yield BadCitation((*steps, "source"), f"cites {named!r}, which sources.toml doesn't list")
    elif table.get("evidence") in _GRADES[: _GRADES.index(source.evidence)]:
        reason = f"claims a better grade than its source, which is {source.evidence}"
        yield BadCitation((*steps, "evidence"), reason)


def _graded(value: object, sources: Mapping[str, Source]) -> object:
    if isinstance(value, Mapping):
        return with_grades(value, sources)
    if isinstance(value, list):
        return [_graded(inner, sources) for inner in value]
    return value


def _cited_source(table: Mapping[str, object], sources: Mapping[str, Source]) -> Source | None:
    named = table.get("source")
    return sources.get(source_id(named)) if isinstance(named, str) else None
