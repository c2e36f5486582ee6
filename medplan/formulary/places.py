"""Where a fault stands: from a row's id back to its file and line.

A check sees medicines whole, wherever their rows were written. It names the row by its id, or by
its place in the merged list, and this module finds the file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from medplan.errors import Problem
from medplan.formulary.files import Document, Steps

_NAMING_KEYS = ("id", "name", "medicine")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row.

    `owner` is a medicine's id, or the name of another file or of a folder of files (`rules`).
    `steps` name at least a table.
    """

    owner: str
    steps: Steps
    detail: str


def owner_of(document: Document) -> str:
    """Who a file speaks of: a medicine's id, the folder of rules or checks, or its own name."""
    folder = document.folder
    return folder if folder in {"rules", "checks"} else document.stem


@dataclass(frozen=True, slots=True)
class Places:
    """The files of each owner, shared ones first."""

    documents: Mapping[str, Sequence[Document]]

    def problem(self, fault: Fault) -> Problem:
        """The fault as a problem that names file, line and place."""
        document, steps = self._find(fault)
        return document.problem(steps, fault.detail)

    def _find(self, fault: Fault) -> tuple[Document, Steps]:
        documents = self.documents[fault.owner]
        place = documents[-1], fault.steps
        before = 0
        for document in documents:
            found = document.tables.get(str(fault.steps[0]))
            if isinstance(found, list) and len(fault.steps) > 1:
                index = _index(found, fault.steps[1], before)
                if index is not None:
                    return document, (fault.steps[0], index, *fault.steps[2:])
                before += len(found)
            elif found is not None:
                place = document, fault.steps
        return place


def by_owner(documents: Sequence[Document]) -> Mapping[str, Sequence[Document]]:
    """The files of each owner; a medicine's shared file comes before its jurisdiction's."""
    owners: dict[str, list[Document]] = {}
    for document in sorted(documents, key=lambda d: (not d.is_shared, d.path)):
        owners.setdefault(owner_of(document), []).append(document)
    return owners


def _index(rows: Sequence[object], name: str | int, before: int) -> int | None:
    """The place in this file of a row known by its name or by its place in the merged list."""
    if isinstance(name, int):
        return name - before if 0 <= name - before < len(rows) else None
    return next((i for i, row in enumerate(rows) if _is_named(row, name)), None)


def _is_named(row: object, name: str) -> bool:
    return isinstance(row, Mapping) and any(row.get(key) == name for key in _NAMING_KEYS)
