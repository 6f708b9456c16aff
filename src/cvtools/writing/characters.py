"""Normalise text for PDF and DOCX, and tell which characters need a glyph."""

import unicodedata
from functools import cache

from cvtools.reading.characters import CONTROLS

_SPACES = (
    "\r\v\f\x1c\x1d\x1e\x1f\x85\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2028\u2029\u205f\u3000"
)
#: Replacements of characters; None deletes one. LuaTeX fails at U+FFFD, which Markdown puts in place of U+0000.
_NORMAL: dict[int, str | None] = {
    **dict.fromkeys(map(ord, [*CONTROLS, "\ufffd"])),
    # Separators of lines and paragraphs, and spaces that fonts lack.
    **dict.fromkeys(map(ord, _SPACES), " "),
}


def normalise(text: str) -> str:
    """Return text with composed accents, with spaces for rare separators, and without control characters."""
    return unicodedata.normalize("NFC", text).translate(_NORMAL)


@cache
def is_drawn(character: str) -> bool:
    """Return whether a character needs a glyph: not spaces, marks of direction, joiners and variation selectors."""
    is_selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return not (character.isspace() or is_selector or unicodedata.category(character) in {"Cf", "Cc"})


def visible(text: str) -> str:
    """Return text as it is extracted from a PDF: without characters that have no glyph."""
    return "".join(character for character in normalise(text) if character.isspace() or is_drawn(character))
