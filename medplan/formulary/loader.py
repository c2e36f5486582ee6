"""A jurisdiction's formulary from its files, or every reason why there is none.

Only the composition roots call this. What they get never changes under a running server: a folder
is read once in a process.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from medplan.errors import InvalidFormularyError, Problem
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
from medplan.formulary.model import Formulary
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
)
_NEEDED_OWN = ("jurisdiction",)


def load_formulary(jurisdiction: str, folder: Path | None = None) -> Formulary:
    """The formulary of "NZ" or "GB", from `folder` or from the files that come with medplan.

    Raises:
        InvalidFormularyError: with every fault of the files, each with file, line and place. The
            files' authors are at fault.
    """
    return _load(jurisdiction, (folder or PACKAGE_FOLDER).resolve())


@cache
def _load(jurisdiction: str, folder: Path) -> Formulary:
    with _collecting_no_garbage():
        return _read_and_check(jurisdiction, folder)


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


def _read_and_check(jurisdiction: str, folder: Path) -> Formulary:
    documents, problems = read_jurisdiction(folder, jurisdiction)
    problems += _missing_files(folder, jurisdiction)
    parts, shape_problems = read_parts(documents)
    whole, faults = put_together(
        jurisdiction,
        parts,
        present=medicine_names(folder, jurisdiction.lower()),
        named=medicine_names(folder, "*"),
    )
    places = Places(by_owner(documents))
    problems += shape_problems
    problems += [places.problem(fault) for fault in (*faults, *all_faults(whole))]
    formulary = None if problems else as_formulary(whole, content_hash(documents))
    if formulary is None:
        raise InvalidFormularyError(problems)
    return formulary


def _missing_files(folder: Path, jurisdiction: str) -> Iterator[Problem]:
    """The files that every formulary needs and this one lacks."""
    own = jurisdiction.lower()
    needed = [*((SHARED, name) for name in _NEEDED_SHARED), *((own, name) for name in _NEEDED_OWN)]
    for room, name in needed:
        if not (folder / room / f"{name}.toml").is_file():
            yield Problem(f"{room}/{name}.toml:1#", FAULT, "is missing")
    if not any((folder / own / MEDICINES).glob("*.toml")):
        yield Problem(f"{own}/{MEDICINES}:1#", FAULT, f"has no medicine for {jurisdiction}")
