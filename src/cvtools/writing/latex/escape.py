"""Escape text and addresses for TeX."""

import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from cvtools.writing.characters import normalise

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
