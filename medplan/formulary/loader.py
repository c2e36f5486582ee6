"""A jurisdiction's formulary, read once in a process; only the composition roots call this.

What they get never changes under a running server.
"""

from functools import cache
from pathlib import Path

from medplan.errors import InvalidFormularyError
from medplan.formulary.model import Formulary
from medplan.formulary.reading import PACKAGE_FOLDER, read_formulary


def load_formulary(jurisdiction: str, folder: Path | None = None) -> Formulary:
    """The formulary of "NZ" or "GB", from `folder` or from the files that come with medplan.

    Raises:
        InvalidFormularyError: with every fault of the files, each with file, line and place. The
            files' authors are at fault.
    """
    return _load(jurisdiction, (folder or PACKAGE_FOLDER).resolve())


@cache
def _load(jurisdiction: str, folder: Path) -> Formulary:
    reading = read_formulary(jurisdiction, folder)
    if reading.formulary is None:
        raise InvalidFormularyError(reading.problems)
    return reading.formulary
