"""What a sheet of paper is made of. Every text in it is only text."""

from dataclasses import dataclass

from medplan.pictures.table import Table


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 begins a part, 2 a part of that. `new_page` begins a page, too."""

    text: str
    level: int = 1
    new_page: bool = False
    kind: str = "heading"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; in a frame, if it is one that nobody may overlook."""

    text: str
    framed: bool = False
    kind: str = "paragraph"


@dataclass(frozen=True, slots=True)
class Points:
    """Points of a list, each with a box to tick if so wished."""

    points: tuple[str, ...]
    boxes: bool = False
    kind: str = "points"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. `widths` are shares of the room, 0 for as wide as needed; a `whole` one is never
    parted by the end of a page."""

    table: Table
    widths: tuple[int, ...]
    whole: bool = False
    kind: str = "grid"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture as SVG, and in words for whoever can't see it."""

    svg: str
    words: str
    kind: str = "drawing"


Block = Heading | Paragraph | Points | Grid | Drawing


@dataclass(frozen=True, slots=True)
class Corner:
    """A code to be read by a telephone, at the top of the first page, and what it leads to."""

    svg: str
    words: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole document. `page_number` holds `{page}` and `{pages}`; `size` is its text's, in
    points."""

    title: str
    language: str
    region: str | None
    under_title: tuple[str, ...]
    corner: Corner | None
    blocks: tuple[Block, ...]
    footer: str
    page_number: str
    size: int
