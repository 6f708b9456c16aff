"""Part texts into phrases, by which words of a page are found again in any product."""

import re
from collections.abc import Iterator
from html import unescape

#: Characters that only tell where a line may break, or in which direction words run.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069]")
_WORD = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"\w+://\S+")
#: What parts a text into clauses, items of lists and markup.
_BETWEEN = re.compile(r"[^\w\s&'’-]+")
#: The number of words in a phrase, if its clause has as many.
_LENGTH = 4


def phrases(text: str) -> Iterator[str]:
    """Yield what tells a text from others: each four words in a row, or a clause that has two or three words, or one.

    Words are in small letters. A phrase of several has two of letters at least, since dates and amounts are computed
    from other words, too; a single word has a capital letter and four other characters. Addresses have no phrases.
    """
    for clause, parts in _clauses(_ADDRESS.sub(" , ", text)):
        if len(parts) > 1:
            found = _runs(parts, min(len(parts), _LENGTH))
            yield from (run for run in found if sum(word.isalpha() for word in run.split()) > 1)
        elif len(parts[0]) > 4 and clause.strip() != parts[0]:
            yield parts[0]


def all_runs(text: str) -> Iterator[str]:
    """Yield all words in a row that may be a phrase of this text or of one around it."""
    for _, parts in _clauses(text):
        for size in range(1, _LENGTH + 1):
            yield from _runs(parts, size)


def clauses(text: str) -> list[str]:
    """Return the clauses of a text, of which some have no words."""
    return _BETWEEN.split(_UNSEEN.sub("", unescape(text)))


def _clauses(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each clause that has a word, with its words in small letters."""
    for clause in clauses(text):
        if parts := _WORD.findall(clause.casefold()):
            yield clause, parts


def _runs(parts: list[str], size: int) -> Iterator[str]:
    return map(" ".join, zip(*(parts[start:] for start in range(size)), strict=False))
