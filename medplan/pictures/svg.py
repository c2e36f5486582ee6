"""SVG elements, with every text escaped and every number exact.

A picture is one `svg` element of a given width that scales with its place; it uses presentation
attributes only, so that a page may forbid inline style, and draws in the colour of the text around.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from xml.etree import ElementTree as ET

from medplan.units import format_decimal

Number = int | Decimal
FONT = 11
LINE = 15
LETTER = Decimal("6.2")  # about how wide a letter of that size is; places labels, nothing else
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff"
    "\ud800-\udfff]"
)
_PLACES = Decimal("0.01")
_THIN = Decimal("0.7")


def element(name: str, *inside: ET.Element | str, **attributes: str | Number) -> ET.Element:
    """An element; `stroke_width=1` is the attribute `stroke-width`, `class_` is `class`."""
    made = ET.Element(name, {_name(key): _value(value) for key, value in attributes.items()})
    for part in inside:
        if isinstance(part, str):
            made.text = _clean(part)
        else:
            made.append(part)
    return made


def picture(
    width: int, height: Number, title: str, description: str, inside: Iterable[ET.Element]
) -> str:
    """A whole picture as text. Its title names it; its description says what it shows."""
    made = element(
        "svg",
        element("title", title),
        element("desc", description),
        *inside,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {_value(height)}",
        width=width,
        height=height,
        role="img",
        aria_label=title,
        fill="currentColor",
        font_size=FONT,
    )
    return ET.tostring(made, encoding="unicode")


def words(
    x: Number, y: Number, said: str, *, anchor: str = "start", weight: str = "normal"
) -> ET.Element:
    """A line of text whose foot stands on `y`."""
    return element("text", said, x=x, y=y, text_anchor=anchor, font_weight=weight)


def line(x1: Number, y1: Number, x2: Number, y2: Number, *, dashes: str = "none") -> ET.Element:
    """A thin straight line."""
    return element(
        "line",
        x1=x1,
        y1=y1,
        x2=x2,
        y2=y2,
        stroke="currentColor",
        stroke_width=_THIN,
        stroke_dasharray=dashes,
    )


def outline(points: Iterable[tuple[Number, Number]], *, dashes: str = "none") -> ET.Element:
    """A line through points."""
    through = " ".join(f"{_value(x)},{_value(y)}" for x, y in points)
    return element(
        "polyline", points=through, fill="none", stroke="currentColor", stroke_dasharray=dashes
    )


def wide(said: str) -> Decimal:
    """About how wide a text is."""
    return len(said) * LETTER


def _name(key: str) -> str:
    return "viewBox" if key == "viewBox" else key.rstrip("_").replace("_", "-")


def _value(value: str | Number) -> str:
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, Decimal):
        return format_decimal(value.quantize(_PLACES)) if value % _PLACES else format_decimal(value)
    return str(value)


def _clean(text: str) -> str:
    """Text without what XML can't hold and without marks that reorder what a reader sees."""
    return _UNSAFE.sub("", text)
