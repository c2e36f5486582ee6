"""A sheet as tagged PDF (PDF/UA-1): the same bytes for the same sheet, on every machine.

Only the typefaces that come with the typesetter are used, and nothing is read from the machine.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from importlib.resources import files
from typing import Final

import typst

from medplan.printing.blocks import Sheet
from medplan.printing.letters import settable

_STANDARD: Final = "ua-1"


def write_pdf(sheet: Sheet) -> bytes:
    """Set a sheet. Its text is handed over as data, so that none of it can be markup."""
    source = files(__package__).joinpath("sheet.typ").read_bytes()
    pdf: bytes = typst.compile(
        source,
        format="pdf",
        sys_inputs={"data": json.dumps(_settable(asdict(sheet)), ensure_ascii=False)},
        pdf_standards=_STANDARD,
        font_paths=_typefaces(),
        ignore_system_fonts=True,
    )
    return pdf


@lru_cache(maxsize=1)
def _typefaces() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def _settable(value: object) -> object:
    """A value with every text in it, however deep, such as can be set."""
    if isinstance(value, str):
        return settable(value)
    if isinstance(value, Mapping):
        return {key: _settable(inner) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [_settable(inner) for inner in value]
    return value
