"""The code in the corner of a sheet, which a telephone reads."""

from io import BytesIO

import segno

from medplan.printing.blocks import Corner


def corner(address: str, words: str) -> Corner:
    """An address as a QR code, with words for what it leads to."""
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=4, light="#fff", xmldecl=False
    )
    return Corner(drawn.getvalue().decode(), words)
