"""The formularies, loaded when one is asked for: one country's plan needs one country's files."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from typing_extensions import override

from config import read_config
from medplan.formulary.loader import load_formulary
from medplan.formulary.model import Formulary

JURISDICTIONS = ("NZ", "GB")


class Formularies(Mapping[str, Formulary]):
    """Every jurisdiction's formulary, from `folder` or as shipped."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or read_config(os.environ).formulary_path

    @override
    def __getitem__(self, jurisdiction: str) -> Formulary:
        if jurisdiction not in JURISDICTIONS:
            raise KeyError(jurisdiction)
        return load_formulary(jurisdiction, self._folder)

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(JURISDICTIONS)

    @override
    def __len__(self) -> int:
        return len(JURISDICTIONS)
