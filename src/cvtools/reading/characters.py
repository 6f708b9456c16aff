"""Delete characters that a text may not have, name those that deceive readers, and tell which ones need a glyph."""

import re
import unicodedata
from functools import cache

#: The control characters of Unicode except the tab and the line feed. ``terminal.py`` lists those of terminals, which
#: it shows instead of deleting them.
CONTROLS = "".join(map(chr, [*range(9), *range(11, 32), *range(127, 160)]))
#: Invisible characters, and those that reorder others: readers do not see what is written.
#: Joiners are needed in emoji and in scripts that join letters, not among Latin letters.
_DECEPTIVE = re.compile(
    "[\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
    "|(?<![\U000e0020-\U000e007f\U0001f3f4])[\U000e0000-\U000e007f]"
    f"|(?<=[\x00-\u024f])[\u200c\u200d]|(?!\r)[{CONTROLS}\u2028\u2029]"
)
#: Maximum number of accents on a letter. No language has so many (UAX 15, D3), and TeX takes long over each.
_MAX_ACCENTS = 30
#: A run of characters that may be more accents than that.
_RUN_OF_ACCENTS = re.compile(rf"[^\w\s!-~]{{{_MAX_ACCENTS + 1},}}")
#: Invisible control characters and noncharacters, which are deleted, and old line separators, which become spaces.
_UNSEEN: dict[int, str | None] = {
    **dict.fromkeys([*(ord(sign) for sign in CONTROLS if sign != "\r"), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]),
    **dict.fromkeys([11, 12, 28, 29, 30, 31, 133, 0x2028, 0x2029], " "),
}
#: The same, and spaces that fonts lack, for documents. LuaTeX fails at U+FFFD, which Markdown puts in place of U+0000.
_NORMAL: dict[int, str | None] = {
    **_UNSEEN,
    0xFFFD: None,
    **dict.fromkeys(map(ord, "\r\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u205f\u3000"), " "),
}


def without_controls(text: str) -> str:
    """Return text without control characters, which drive terminals and break XML, and without floods of accents."""
    if text.isascii() and text.isprintable():
        return text
    return _RUN_OF_ACCENTS.sub(_without_flood, text.translate(_UNSEEN))


def _without_flood(run: re.Match[str]) -> str:
    """Return characters without the accents beyond the maximum on a letter."""
    kept, accents = "", 0
    for character in run[0]:
        accents = accents + 1 if unicodedata.category(character).startswith("M") else 0
        kept += character if accents <= _MAX_ACCENTS else ""
    return kept


def deceptive(text: str) -> str:
    """Name the first character that deceives readers, by its number and its name; "" if there is none."""
    if match := None if text.isprintable() else _DECEPTIVE.search(text):
        return f"U+{ord(match[0]):04X} ({unicodedata.name(match[0], 'a control character')})"
    is_flooded = any(_without_flood(run) != run[0] for run in _RUN_OF_ACCENTS.finditer(text))
    return f"whatever follows {_MAX_ACCENTS} accents on a letter" if is_flooded else ""


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
