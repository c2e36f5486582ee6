"""The formularies, loaded when one is asked for: one country's plan needs one country's files."""

import os
from collections.abc import Iterator, Mapping

from typing_extensions import override

from config import read_config
from medplan.formulary.loader import load_formulary
from medplan.formulary.model import Formulary
from medplan.formulary.schema_rules import JurisdictionName


class Formularies(Mapping[str, Formulary]):
    """Every jurisdiction's formulary, as shipped or from the deployment's own folder."""

    @override
    def __getitem__(self, jurisdiction: str) -> Formulary:
        if jurisdiction not in set(JurisdictionName):
            raise KeyError(jurisdiction)
        return load_formulary(jurisdiction, read_config(os.environ).formulary_path)

    @override
    def __iter__(self) -> Iterator[str]:
        return (name.value for name in JurisdictionName)

    @override
    def __len__(self) -> int:
        return len(JurisdictionName)
