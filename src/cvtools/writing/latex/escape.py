"""Text and addresses, made safe for TeX."""

import re
import unicodedata
from functools import cache
from urllib.parse import quote

from pylatexenc.latexencode import RULE_DICT, UnicodeToLatexConversionRule, UnicodeToLatexEncoder

#: Characters that TeX would act upon, and spaces and hyphens that it has its own words for. All others pass.
_SPECIAL = {
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
    "\N{SOFT HYPHEN}": r"\-",
    "\N{NON-BREAKING HYPHEN}": r"\mbox{-}",
}


@cache
def _encoder() -> UnicodeToLatexEncoder:
    rules = {ord(character): latex for character, latex in _SPECIAL.items()}
    return UnicodeToLatexEncoder(
        conversion_rules=[UnicodeToLatexConversionRule(RULE_DICT, rules)],
        replacement_latex_protection="none",
        unknown_char_policy="keep",
        unknown_char_warning=False,
    )


def normalise(text: str) -> str:
    """Composed accents, and no control characters, which no page can show."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(c for c in composed if c in "\n\t" or unicodedata.category(c) != "Cc")


def escape(text: str) -> str:
    """Text that TeX sets just as it is written."""
    latex: str = _encoder().unicode_to_latex(normalise(text))
    return latex


def bind(text: str, language: str) -> str:
    """Text with no-break spaces where its language wants them.

    A number keeps to what it counts; in Polish, a word of one letter keeps to the next word.
    """
    text = re.sub(r"(?<=[0-9]) (?=\w)", "\N{NO-BREAK SPACE}", text)
    if language.startswith("pl"):
        text = re.sub(r"\b([aiouwz])[ \n](?=\S)", "\\1\N{NO-BREAK SPACE}", text, flags=re.IGNORECASE)
    return text


def escape_url(url: str) -> str:
    r"""An address as an argument of ``\href``: ASCII, with TeX's special characters escaped."""
    return escape(quote(url, safe="%/:=&?#+!,;'@()*[]").replace("~", "%7E"))
