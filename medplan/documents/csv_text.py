"""Rows as CSV (RFC 4180) that a spreadsheet opens as text: no cell can begin a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA_LEADS = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}")


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a header and rows with CRLF; a cell that a spreadsheet would run gets an apostrophe.

    Source: OWASP, CSV Injection.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA_LEADS) else cell
