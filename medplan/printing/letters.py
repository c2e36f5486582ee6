"""Which letters the typesetter's own typefaces have.

A letter that they lack would vanish from paper, or stop it from being printed; its number stands in
its place instead, so that whoever reads it knows that something was there.
"""

import re
import unicodedata

_KNOWN = re.compile(
    "[\n -~\u00a0-\u00ac\u00ae-\u024f\u0386-\u03ce\u0400-\u045f\u05d0-\u05ea\u1e00-\u1eff"
    "\u2010-\u2027\u2030\u2032\u2033\u2039\u203a\u2070-\u2079\u20ac\u2190-\u2193\u2212\u2248"
    "\u2260\u2264\u2265\u25b2]"
)
_UNASSIGNED = "Cn"
# Controls and marks that reorder text, or join and part letters unseen, say nothing by themselves.
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})


def settable(text: str) -> str:
    """Text that can be set: foreign letters by their number, `[U+1F48A]`; what is unseen left out.

    Marks are joined with their letters first.
    """
    return "".join(map(_set, unicodedata.normalize("NFC", text)))


def _set(letter: str) -> str:
    kind = unicodedata.category(letter)
    if _KNOWN.fullmatch(letter) and kind != _UNASSIGNED:
        return letter
    return "" if kind in _UNSEEN else f"[U+{ord(letter):04X}]"
