"""Each file of a formulary as what it says: from TOML tables to typed parts.

A file whose shape is wrong gives problems instead of a part, so that the others can still be
checked. Whether the parts fit each other is not asked here.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from marshmallow import ValidationError

from medplan.errors import Problem
from medplan.formulary.citations import bad_citations, with_grades
from medplan.formulary.files import MEDICINES, Document, Steps
from medplan.formulary.model import Source
from medplan.formulary.places import owner_of
from medplan.formulary.schema_commons import (
    AdviceFile,
    CoMedicinesFile,
    GastroprotectionFile,
    JurisdictionFile,
    LaxativeFile,
    OpioidLoadFile,
    SourcesFile,
    SourcesPart,
    VocabularyFile,
)
from medplan.formulary.schema_medicine import MedicineFile
from medplan.formulary.schema_rules import ChecksFile, MissingFactsFile, RulesFile
from medplan.formulary.schema_shared import FileHead, FileRow, FileStatus

Read = tuple[list[tuple[Document, FileHead]], list[Problem]]

_SOURCES = "sources"
_FILES: Mapping[str, type[FileRow]] = {
    MEDICINES: MedicineFile,
    _SOURCES: SourcesFile,
    "rules": RulesFile,
    "checks": ChecksFile,
    "missing_facts": MissingFactsFile,
    "co_medicines": CoMedicinesFile,
    "vocabulary": VocabularyFile,
    "opioid_load": OpioidLoadFile,
    "gastroprotection": GastroprotectionFile,
    "laxative": LaxativeFile,
    "advice": AdviceFile,
    "jurisdiction": JurisdictionFile,
}


def read_parts(documents: Sequence[Document]) -> Read:
    """Every file as its part, and what is wrong with those that aren't one.

    The bibliography is read first: the grade of every other row may come from it.
    """
    bibliography = [d for d in documents if owner_of(d) == _SOURCES]
    rest = [d for d in documents if owner_of(d) != _SOURCES]
    parts, problems = _read(bibliography, {})
    sources = {
        source.id: source
        for _, part in parts
        if isinstance(part, SourcesPart)
        for source in part.source
    }
    for document in rest if sources else ():
        found = bad_citations(document.tables, sources)
        problems += [document.problem(bad.steps, bad.detail) for bad in found]
    more_parts, more_problems = _read(rest, sources)
    return parts + more_parts, problems + more_problems


def _read(documents: Sequence[Document], sources: Mapping[str, Source]) -> Read:
    parts: list[tuple[Document, FileHead]] = []
    problems: list[Problem] = []
    for document in documents:
        try:
            part = _part(document, sources)
        except ValidationError as error:
            problems += [document.problem(*fault) for fault in _flat(error.messages)]
        else:
            parts.append((document, part))
            problems += [document.problem(*fault) for fault in _head_faults(document, part)]
    return parts, problems


def _part(document: Document, sources: Mapping[str, Source]) -> FileHead:
    schema = _schema(document.folder if document.folder == MEDICINES else owner_of(document))
    if schema is None:
        raise ValidationError("is a file that no formulary has")
    part: FileHead = schema.load(with_grades(document.tables, sources))
    return part


@cache
def _schema(name: str) -> FileRow | None:
    file = _FILES.get(name)
    return file() if file else None


def _head_faults(document: Document, part: FileHead) -> Iterator[tuple[Steps, str]]:
    is_signed = part.status is FileStatus.SIGNED
    if is_signed != (part.signed is not None):
        yield ("status",), "and signed disagree: a signed file says by whom, a draft doesn't"
    if part.signed and part.signed.due < part.signed.on:
        yield ("signed", "due"), "is before the day it was signed"
    named = document.tables.get("id")
    if document.folder == MEDICINES and named != document.stem:
        yield ("id",), f"is {named}, but the file is {document.stem}.toml"


def _flat(messages: object, steps: Steps = ()) -> Iterator[tuple[Steps, str]]:
    """Marshmallow's nested messages, each with the way to its value."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from _flat(inner, steps if key in {"_schema", "key"} else (*steps, key))
    elif isinstance(messages, list):
        for message in messages:
            yield steps, str(message)
