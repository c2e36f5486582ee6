"""What a picture shows, as a table for whoever can't see it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A caption, a heading for each column, and rows of as many cells."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
