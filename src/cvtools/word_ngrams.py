"""Split texts into phrases (n-grams of five words), by which a product is searched for a page's sentences."""

import re
from collections.abc import Iterable, Iterator
from html import unescape

#: Characters that only tell where a line may break, or in which direction words run.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069]")
_WORD = re.compile(r"[^\W_]+")
#: Signs that separate clauses and items of lists, and signs of markup.
_SEPARATOR = re.compile(r"[^\w\s'’-]+")
#: The number of words in a phrase. Texts of fewer words, such as names, may be in a product for other reasons.
_LENGTH = 5


def clauses(text: str) -> list[str]:
    """Return the clauses of a text, some of which may have no words."""
    return _SEPARATOR.split(_UNSEEN.sub("", unescape(text)))


def phrases(text: str) -> Iterator[str]:
    """Yield each sequence of five words in the clauses of a text, in small letters."""
    for clause in clauses(text):
        words = _words(clause)
        yield from map(" ".join, zip(*(words[start:] for start in range(_LENGTH)), strict=False))


def _words(clause: str) -> list[str]:
    return _WORD.findall(clause.casefold())


class Phrases:
    """A set of the phrases in texts, and of those that begin in one block and end in another.

    :param texts: texts as they are in a product
    :param blocks: paragraphs, fields and the like, which a product may set in any order, without a sign between them
    """

    def __init__(self, texts: Iterable[str], blocks: Iterable[str]) -> None:
        self._phrases = {phrase for text in texts for phrase in phrases(text)}
        # The words of each clause of each block; a phrase goes on across blocks, but not across clauses.
        split_blocks = [list(map(_words, clauses(block))) for block in blocks]
        self._whole = {" ".join(block[0]) for block in split_blocks if len(block) == 1}
        self._starts = {" ".join(block[0][:end]) for block in split_blocks for end in range(1, _LENGTH)}
        self._ends = {" ".join(block[-1][-end:]) for block in split_blocks for end in range(1, _LENGTH)}

    def __contains__(self, phrase: str) -> bool:
        return phrase in self._phrases or any(end in self._ends and self._begins(rest) for end, rest in _halves(phrase))

    def _begins(self, words: str) -> bool:
        """Return whether words begin a block, or are whole blocks and the beginning of another one."""
        return words in self._starts or any(
            start in self._whole and self._begins(rest) for start, rest in _halves(words)
        )


def _halves(phrase: str) -> Iterator[tuple[str, str]]:
    """Yield the two parts of a phrase for each space at which it can be split."""
    for space in re.finditer(" ", phrase):
        yield phrase[: space.start()], phrase[space.end() :]
