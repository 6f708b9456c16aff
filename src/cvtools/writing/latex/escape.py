"""Escape text and addresses for TeX."""

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from pylatexenc.latexencode import UnicodeToLatexEncoder

#: LaTeX for TeX's special characters, and for special spaces and hyphens; all other characters are kept.
ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "\N{NO-BREAK SPACE}": "~",
    "\N{NARROW NO-BREAK SPACE}": r"\,",
    "\N{THIN SPACE}": r"\,",
    "\N{HAIR SPACE}": r"\,",
    "\N{SOFT HYPHEN}": r"\-",
    "\N{NON-BREAKING HYPHEN}": r"\mbox{-}",
    # As glyphs, they would be extracted as spaces.
    "\N{ZERO WIDTH SPACE}": r"\allowbreak{}",
    "\N{ZERO WIDTH NON-JOINER}": "",
    "\N{WORD JOINER}": "",
    "\N{ZERO WIDTH NO-BREAK SPACE}": "",
}
_SPECIAL = frozenset(ESCAPES)
_SPACES = (
    "\r\v\f\x1c\x1d\x1e\x1f\x85\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2028\u2029\u205f\u3000"
)
#: Replacements before escaping. Control characters have no glyph, and at U+FFFD, Markdown's sign for one, LuaTeX fails.
_NORMAL: dict[int, str | None] = {
    **{code: None for code in [*range(0x20), *range(0x7F, 0xA0), 0xFFFD] if chr(code) not in "\n\t"},
    # Unicode's and terminals' separators of lines and paragraphs, and spaces that fonts lack.
    **dict.fromkeys(map(ord, _SPACES), " "),
}


@cache
def _encoder() -> "UnicodeToLatexEncoder":
    from pylatexenc.latexencode import RULE_DICT, UnicodeToLatexConversionRule, UnicodeToLatexEncoder

    rules = {ord(character): latex for character, latex in ESCAPES.items()}
    return UnicodeToLatexEncoder(
        conversion_rules=[UnicodeToLatexConversionRule(RULE_DICT, rules)],
        replacement_latex_protection="none",
        unknown_char_policy="keep",
        unknown_char_warning=False,
    )


def normalise(text: str) -> str:
    """Return text with composed accents, with spaces for rare separators, and without control characters."""
    return unicodedata.normalize("NFC", text).translate(_NORMAL)


@cache
def is_drawn(character: str) -> bool:
    """Return False for a space, a mark of direction, a joiner or a variation selector, which need no glyph."""
    selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return not (character.isspace() or selector or unicodedata.category(character) in {"Cf", "Cc"})


def visible(text: str) -> str:
    """Return text as it is extracted from a PDF: without characters that have no glyph."""
    return "".join(character for character in normalise(text) if character.isspace() or is_drawn(character))


def escape(text: str) -> str:
    """Return text as LaTeX, in which nothing is a command."""
    latex: str = normalise(text)
    # Most words have no special character, and need no encoder.
    return latex if _SPECIAL.isdisjoint(latex) else _encoder().unicode_to_latex(latex)


def escape_url(url: str) -> str:
    """Return an address as LaTeX: in ASCII, with TeX's special characters escaped."""
    return escape(quote(url, safe="%/:=&?#+!,;'@()*[]").replace("~", "%7E"))


def destination(docname: str, anchor: str) -> str:
    """Return the name of a destination in the PDF, in characters that are not special to TeX."""
    return re.sub(r"[^A-Za-z0-9.-]", lambda match: f".{ord(match[0]):x}.", f"{docname}.{anchor}".rstrip("."))
