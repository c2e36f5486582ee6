"""Each file of a formulary as what it says: from TOML tables to typed, cited parts.

A file whose shape is wrong gives problems instead of a part, so that the others can still be
checked. Whether the parts fit each other is not asked here.
"""

from collections.abc import Iterator, Mapping, Sequence

from medplan.errors import Problem
from medplan.formulary.citations import cite
from medplan.formulary.files import MEDICINES, Document, Steps
from medplan.formulary.model import Source
from medplan.formulary.places import owner_of
from medplan.formulary.schema_commons import SourcesPart
from medplan.formulary.schema_files import read_part
from medplan.formulary.schema_shared import FileHead, FileStatus

Read = tuple[list[tuple[Document, FileHead]], list[Problem]]
_SOURCES = "sources"


def read_parts(documents: Sequence[Document]) -> Read:
    """Every file as its part, and what is wrong with those that aren't one.

    The bibliography is read first: the grade of every other row may come from it.
    """
    bibliography = [d for d in documents if owner_of(d) == _SOURCES]
    rest = [d for d in documents if owner_of(d) != _SOURCES]
    parts, problems = _read(bibliography, None)
    lists = [part.source for _, part in parts if isinstance(part, SourcesPart)]
    sources = {source.id: source for rows in lists for source in rows} if lists else None
    more_parts, more_problems = _read(rest, sources)
    return parts + more_parts, problems + more_problems


def _read(documents: Sequence[Document], sources: Mapping[str, Source] | None) -> Read:
    """The parts; without sources, for want of their file, citations are left unchecked."""
    parts: list[tuple[Document, FileHead]] = []
    problems: list[Problem] = []
    for document in documents:
        tables, bad = (document.tables, []) if sources is None else cite(document.tables, sources)
        problems += [document.problem(*fault) for fault in bad]
        name = MEDICINES if document.folder == MEDICINES else owner_of(document)
        part = read_part(name, tables)
        if isinstance(part, FileHead):
            parts.append((document, part))
            part = list(_head_faults(document, part))
        problems += [document.problem(*fault) for fault in part]
    return parts, problems


def _head_faults(document: Document, part: FileHead) -> Iterator[tuple[Steps, str]]:
    is_signed = part.status is FileStatus.SIGNED
    if is_signed != (part.signed is not None):
        yield ("status",), "and signed disagree: a signed file says by whom, a draft doesn't"
    if part.signed and part.signed.due < part.signed.on:
        yield ("signed", "due"), "is before the day it was signed"
    named = document.tables.get("id")
    if document.folder == MEDICINES and named != document.stem:
        yield ("id",), f"is {named}, but the file is {document.stem}.toml"
