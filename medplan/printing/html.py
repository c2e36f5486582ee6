"""A sheet as one HTML page that needs nothing else: no script, no file beside it, no network.

The same blocks as on paper, in the same order; every text is escaped, pictures are our own SVG.
"""

from functools import lru_cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from medplan.printing.blocks import Sheet


def write_html(sheet: Sheet) -> str:
    """Write a sheet: the same page for the same sheet, on every machine."""
    return _page().render(sheet=sheet)


@lru_cache(maxsize=1)
def _page() -> Template:
    source = files(__package__).joinpath("sheet.html").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.from_string(source)
