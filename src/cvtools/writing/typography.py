"""Keep words together that the end of a line must not part, on the page and in the PDF."""

import re

_SPACE = "\N{NO-BREAK SPACE}"
#: Words of one letter that begin a line rather than end one, by language.
_LEADING = {"cs": "aikosuvz", "pl": "aiouwz", "sk": "aikosuvz"}
#: A compound such as "back-end", unless it is so long that it may have to be broken.
COMPOUND = re.compile(r"(?<![\w-])(?=[\w-]{3,24}(?![\w-]))\w+(?:-\w+)+")


def bind(text: str, language: str) -> str:
    """Return text with the no-break spaces that its language requires.

    A number is kept with the next word, and so is a leading letter. No line begins with a dash.
    """
    return bind_letters(re.sub(r"(?<=[0-9]) (?=\w)|(?<=\S)[ \n](?=[–—] )", _SPACE, text), language)


def bind_letters(text: str, language: str) -> str:
    """Return text with no-break spaces behind the words of one letter that its language has no line end with."""
    if letters := _LEADING.get(re.split("[-_]", language)[0]):
        # A word may follow in the next node, for example in italics.
        text = re.sub(rf"\b([{letters}])[ \n](?=\S|\Z)", rf"\1{_SPACE}", text, flags=re.IGNORECASE)
    return text
