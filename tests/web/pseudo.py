"""A language that nobody speaks: every sentence of the catalogue between brackets.

What a page says outside brackets was never looked up. Names and places of parts stay as they are.
"""

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from medplan.web.languages import SHIPPED

LANGUAGE = "de"  # its days and numbers are real, its sentences are not
OPEN, CLOSE = "⟦", "⟧"
_INSIDE = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")


def write_catalogue(folder: Path) -> None:
    """Compile the catalogue of the language that nobody speaks."""
    place = folder / LANGUAGE / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "messages.mo").open("wb") as compiled:
        write_mo(compiled, _translated())


def outside(text: str) -> str:
    """What of a text stands outside all brackets."""
    while True:
        left = _INSIDE.sub(" ", text)
        if left == text:
            return left
        text = left


def _translated() -> Catalog:
    with (SHIPPED / "messages.pot").open("rb") as file:
        template = read_po(file, locale=LANGUAGE)
    made = Catalog(LANGUAGE)
    for message in template:
        if message.id:
            said = message.id if isinstance(message.id, str) else message.id[-1]
            text = _pattern(said) if message.context == "date" else f"{OPEN}{said}{CLOSE}"
            forms = text if isinstance(message.id, str) else (text,) * made.num_plurals
            made.add(message.id, forms, context=message.context)
    return made


def _pattern(pattern: str) -> str:
    """A pattern of a day, with its brackets as letters that stand for themselves."""
    return f"'{OPEN}'{pattern}'{CLOSE}'"
