"""Part texts into phrases, by which sentences of a page are found again in any product."""

import re
from collections.abc import Iterator
from html import unescape

#: Characters that only tell where a line may break, or in which direction words run.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069]")
_WORD = re.compile(r"[^\W_]+")
#: What parts a text into clauses, items of lists and markup.
_BETWEEN = re.compile(r"[^\w\s'’-]+")
#: The number of words in a phrase. Shorter ones, such as names, may stand anywhere for other reasons.
_LENGTH = 5


def clauses(text: str) -> list[str]:
    """Return the clauses of a text, of which some have no words."""
    return _BETWEEN.split(_UNSEEN.sub("", unescape(text)))


def phrases(text: str) -> Iterator[str]:
    """Yield each five words in a row of the clauses of a text, in small letters."""
    for clause in clauses(text):
        words = _WORD.findall(clause.casefold())
        yield from map(" ".join, zip(*(words[start:] for start in range(_LENGTH)), strict=False))
