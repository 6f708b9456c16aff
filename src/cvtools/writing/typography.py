"""Put no-break spaces between words that must stay on one line, and marks of direction around Latin text."""

import re
import unicodedata
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from cvtools.config import CvConfig
from cvtools.nodes import cv_field, cv_tag

_SPACE = "\N{NO-BREAK SPACE}"
#: Letters that are words and must not be the last word of a line, by language.
_LETTER_WORDS = {"cs": "aikosuvz", "pl": "aiouwz", "sk": "aikosuvz"}
#: A compound such as "back-end" that is not broken across lines; a longer one may be.
COMPOUND = re.compile(r"(?<![\w-])(?=[\w-]{3,24}(?![\w-]))\w+(?:-\w+)+")


def bind(text: str, language: str) -> str:
    """Return text with no-break spaces after numbers, before dashes, and as in :func:`bind_dots_and_letters`."""
    return bind_dots_and_letters(re.sub(r"(?<=[0-9]) (?=\w)|(?<=\S)[ \n](?=[–—] )", _SPACE, text), language)


def bind_dots_and_letters(text: str, language: str) -> str:
    """Return text with no-break spaces before dots between names, and after words of one letter in some languages."""
    text = re.sub(r"(?<=\S)[ \n](?=· )", _SPACE, text)
    if letters := _LETTER_WORDS.get(re.split("[-_]", language)[0]):
        # A word may follow in the next node, for example in italics.
        text = re.sub(rf"\b([{letters}])[ \n](?=\S|\Z)", rf"\1{_SPACE}", text, flags=re.IGNORECASE)
    return text


class MarkLatin(SphinxPostTransform):
    """Post-transform that marks Latin text as such in a language that is written from right to left.

    Otherwise, the full stop of "Example Ltd." would be set before the name.
    """

    # After ReferencesResolver (10)
    default_priority = 20
    formats = ("html", "pdf")

    def run(self, **kwargs: Any) -> None:
        if CvConfig.of(self.config).i18n.locale.text_direction == "rtl":
            for node in self.document.findall(nodes.TextElement):
                if isinstance(node, (cv_field, cv_tag)) or not isinstance(node.parent, nodes.TextElement):
                    mark_latin(node)


def mark_latin(node: nodes.TextElement) -> None:
    """Put marks of direction around text with letters from left to right alone, except for code and lists of tags."""
    directions = set(map(unicodedata.bidirectional, node.astext()))
    is_latin = "L" in directions and {"R", "AL"}.isdisjoint(directions)
    is_code_or_list = isinstance(node, nodes.FixedTextElement) or any(isinstance(child, cv_tag) for child in node)
    if is_latin and not is_code_or_list:
        node.insert(0, nodes.Text("\N{LEFT-TO-RIGHT MARK}"))
        node.append(nodes.Text("\N{LEFT-TO-RIGHT MARK}"))
