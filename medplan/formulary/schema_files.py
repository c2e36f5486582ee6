"""Which schema reads which file, and what it says of one that doesn't fit.

This is the only door to the schemas: outside the `schema_…` modules nobody sees marshmallow.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from marshmallow import ValidationError

from medplan.formulary.files import MEDICINES, Steps
from medplan.formulary.schema_commons import (
    AdviceFile,
    CoMedicinesFile,
    GastroprotectionFile,
    JurisdictionFile,
    LaxativeFile,
    OpioidLoadFile,
    SourcesFile,
    VocabularyFile,
)
from medplan.formulary.schema_medicine import MedicineFile
from medplan.formulary.schema_rules import ChecksFile, MissingFactsFile, RulesFile
from medplan.formulary.schema_shared import FileHead, FileRow

_FILES: Mapping[str, type[FileRow]] = {
    MEDICINES: MedicineFile,
    "sources": SourcesFile,
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


def read_part(name: str, tables: Mapping[str, object]) -> FileHead | list[tuple[Steps, str]]:
    """What a file of that name says, or every fault of its shape with its place."""
    schema = _schema(name)
    if schema is None:
        return [((), "is a file that no formulary has")]
    try:
        part: FileHead = schema.load(tables)
    except ValidationError as error:
        return list(_flat(error.messages))
    return part


@cache
def _schema(name: str) -> FileRow | None:
    file = _FILES.get(name)
    return file() if file else None


def _flat(messages: object, steps: Steps = ()) -> Iterator[tuple[Steps, str]]:
    """Marshmallow's nested messages, each with the way to its value."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from _flat(inner, steps if key == "_schema" else (*steps, key))
    else:
        said = messages if isinstance(messages, list) else [messages]
        yield from ((steps, str(message)) for message in said)
