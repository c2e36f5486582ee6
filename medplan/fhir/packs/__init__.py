"""What differs from country to country: systems of codes and names, units, extensions.

A pack is a file, `nz.toml` or `gb.toml`, that a deployment may put its own in place of. None holds
a licensed code: `[products]` is where whoever has a licence says which code is which product.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from medplan.errors import InvalidFormularyError, Problem
from medplan.formulary.model import FindingKind, Form

JURISDICTIONS = ("NZ", "GB")
_KEYS = {"jurisdiction", "time_zone", "patients", "units", "products", "extensions"}


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a system, and how it is shown."""

    system: str
    code: str
    display: str


@dataclass(frozen=True, slots=True)
class Pack:
    """One country's ways.

    `time_zone` is the usual one, where a prescription names none. `patients` gives the system of a
    patient reference's first part (`nhi:` …); `units` what one tablet or capsule is counted in;
    `products` the codes of our products, as far as a deployment has them. `unusual_dose` is the
    extension that marks a dose which was meant, and the kinds of acknowledged findings that ask
    for it.
    """

    jurisdiction: str
    time_zone: str
    patients: Mapping[str, str]
    units: Mapping[Form, Code]
    products: Mapping[str, tuple[Code, ...]]
    unusual_dose: str | None
    unusual_kinds: frozenset[FindingKind]


def load_packs(folder: Path | None = None) -> Mapping[str, Pack]:
    """The packs by jurisdiction; a file of the same name in `folder` stands in for ours.

    Raises:
        InvalidFormularyError: a file says something that no pack can say. The deployment's author
            is at fault.
    """
    return {name: _read(name, _text(f"{name.lower()}.toml", folder)) for name in JURISDICTIONS}


def _text(name: str, folder: Path | None) -> str:
    if folder is not None and (folder / name).is_file():
        return (folder / name).read_text(encoding="utf-8")
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _read(name: str, text: str) -> Pack:
    try:
        document = tomllib.loads(text)
        unusual = document.get("extensions", {}).get("unusual_dose", {})
        pack = Pack(
            jurisdiction=document["jurisdiction"],
            time_zone=document["time_zone"],
            patients=dict(document["patients"]),
            units={Form(form): Code(**code) for form, code in document["units"].items()},
            products={
                product: tuple(Code(**code) for code in codes)
                for product, codes in document.get("products", {}).items()
            },
            unusual_dose=unusual.get("url"),
            unusual_kinds=frozenset(map(FindingKind, unusual.get("kinds", ()))),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _invalid(name, str(error)) from error
    if unknown := document.keys() - _KEYS:
        raise _invalid(name, f"unknown: {', '.join(sorted(unknown))}")
    return pack


def _invalid(name: str, detail: str) -> InvalidFormularyError:
    return InvalidFormularyError([Problem(f"packs/{name.lower()}.toml", "invalid-pack", detail)])
