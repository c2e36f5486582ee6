"""From a folder to a formulary, or to every reason why there is none.

The files are read, each made a part, the parts put together and the whole checked against itself.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from medplan.errors import Problem
from medplan.formulary.assemble import as_formulary, put_together
from medplan.formulary.crosscheck import all_faults
from medplan.formulary.files import (
    FAULT,
    MEDICINES,
    SHARED,
    content_hash,
    medicine_names,
    read_jurisdiction,
)
from medplan.formulary.model import Formulary, Signature
from medplan.formulary.parts import read_parts
from medplan.formulary.places import Places, by_owner

PACKAGE_FOLDER = Path(__file__).parent
_NEEDED_SHARED = (
    "sources",
    "vocabulary",
    "co_medicines",
    "opioid_load",
    "gastroprotection",
    "laxative",
    "advice",
    "missing_facts",
)
_NEEDED_OWN = ("jurisdiction",)


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A file and who signed it."""

    path: str
    signature: Signature


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a jurisdiction's files: a formulary, or problems; `drafts` are their paths."""

    formulary: Formulary | None
    problems: tuple[Problem, ...]
    drafts: tuple[str, ...]
    signed: tuple[SignedFile, ...]


def read_formulary(jurisdiction: str, folder: Path) -> Reading:
    """Read and check everything that one jurisdiction's formulary is made of."""
    with _collecting_no_garbage():
        return _read(jurisdiction, folder)


def _read(jurisdiction: str, folder: Path) -> Reading:
    documents, problems = read_jurisdiction(folder, jurisdiction)
    problems += _missing_files(folder, jurisdiction)
    parts, shape_problems = read_parts(documents)
    whole, faults = put_together(
        jurisdiction,
        parts,
        present=medicine_names(folder, jurisdiction.lower()),
        shared=medicine_names(folder, SHARED),
        named=medicine_names(folder, "*"),
    )
    places = Places(by_owner(documents))
    problems += shape_problems
    problems += [places.problem(fault) for fault in (*faults, *all_faults(whole))]
    formulary = as_formulary(whole, content_hash(documents))
    signatures = [(document.path, part.signed) for document, part in parts]
    return Reading(
        formulary=None if problems else formulary,
        problems=tuple(problems),
        drafts=tuple(path for path, signature in signatures if signature is None),
        signed=tuple(SignedFile(path, signature) for path, signature in signatures if signature),
    )


@contextmanager
def _collecting_no_garbage() -> Iterator[None]:
    """Keep the garbage collector out: nearly all that is read stays, and looking costs half."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _missing_files(folder: Path, jurisdiction: str) -> Iterator[Problem]:
    """The files that every formulary needs and this one lacks."""
    own = jurisdiction.lower()
    needed = [*((SHARED, name) for name in _NEEDED_SHARED), *((own, name) for name in _NEEDED_OWN)]
    for room, name in needed:
        if not (folder / room / f"{name}.toml").is_file():
            yield Problem(f"{room}/{name}.toml:1#", FAULT, "is missing")
    if not any((folder / own / MEDICINES).glob("*.toml")):
        yield Problem(f"{own}/{MEDICINES}:1#", FAULT, f"has no medicine for {jurisdiction}")
