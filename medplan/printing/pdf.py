"""A sheet as tagged PDF (PDF/UA-1): the same bytes for the same sheet, on every machine.

Only the typefaces that come with the typesetter are used, and nothing is read from the machine.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from medplan.printing.blocks import Sheet
from medplan.printing.letters import settable

_PROGRAM: Final = Path(__file__).with_name("typesetting.py")
_PATIENCE_S: Final = 25  # less than a server waits for an answer


def write_pdf(sheet: Sheet) -> bytes:
    """Set a sheet in a process of its own, which is told nothing else.

    Its text is handed over as data, so that none of it can be markup.
    """
    data = json.dumps(_settable(asdict(sheet)), ensure_ascii=False)
    done = subprocess.run(  # noqa: S603 - our own program, and nothing of the sheet in its arguments
        [sys.executable, "-I", str(_PROGRAM)],
        input=data.encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        check=True,
        timeout=_PATIENCE_S,
    )
    return done.stdout


def _settable(value: object) -> object:
    """A value with every text in it, however deep, such as can be set."""
    if isinstance(value, str):
        return settable(value)
    if isinstance(value, Mapping):
        return {key: _settable(inner) for key, inner in value.items()}
    if isinstance(value, Sequence):
        return [_settable(inner) for inner in value]
    return value
