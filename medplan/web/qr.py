"""An address as a QR code. Knows nothing of what it leads to."""

from io import BytesIO

import segno
from markupsafe import Markup

_SCALE = 4
_QUIET = 4  # modules left free around the code, as ISO/IEC 18004 asks


def qr_svg(address: str) -> bytes:
    """Draw an address as an SVG picture: black on white, with nothing but paths in it."""
    drawn = BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(drawn, kind="svg", scale=_SCALE, border=_QUIET, light="#fff")
    return drawn.getvalue()


def drawn_code(address: str) -> Markup:
    """Draw an address as a part of a page."""
    return Markup(qr_svg(address).decode().partition("?>")[2])  # noqa: S704 - drawn by us
