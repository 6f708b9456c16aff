"""Split texts into phrases of five words, by which sentences of a page are found in any product."""

import re
from collections.abc import Iterable, Iterator
from html import unescape

#: Characters that only tell where a line may break, or in which direction words run.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069]")
_WORD = re.compile(r"[^\W_]+")
#: Signs between clauses, items of lists and markup.
_BETWEEN = re.compile(r"[^\w\s'’-]+")
#: The number of words in a phrase. Shorter ones, such as names, may stand anywhere for other reasons.
_LENGTH = 5


def clauses(text: str) -> list[str]:
    """Return the clauses of a text, of which some have no words."""
    return _BETWEEN.split(_UNSEEN.sub("", unescape(text)))


def phrases(text: str) -> Iterator[str]:
    """Yield each five words in a row of the clauses of a text, in small letters."""
    for clause in clauses(text):
        words = _words(clause)
        yield from map(" ".join, zip(*(words[start:] for start in range(_LENGTH)), strict=False))


def _words(clause: str) -> list[str]:
    return _WORD.findall(clause.casefold())


class Phrases:
    """The phrases of texts, and phrases across the ends of blocks, which products may set in any order.

    :param blocks: texts such as paragraphs and fields
    """

    def __init__(self, texts: Iterable[str], blocks: Iterable[str]) -> None:
        self._phrases = {phrase for text in texts for phrase in phrases(text)}
        parts = [list(map(_words, clauses(block))) for block in blocks]
        self._whole = {" ".join(words) for words, *others in parts if not others}
        self._starts = {" ".join(words[:end]) for words, *_ in parts for end in range(1, _LENGTH)}
        self._ends = {" ".join(words[-end:]) for *_, words in parts for end in range(1, _LENGTH)}

    def __contains__(self, phrase: str) -> bool:
        return phrase in self._phrases or any(end in self._ends and self._begins(rest) for end, rest in _halves(phrase))

    def _begins(self, words: str) -> bool:
        """Return whether words begin a text, or are whole texts with the beginning of another one behind them."""
        return words in self._starts or any(
            start in self._whole and self._begins(rest) for start, rest in _halves(words)
        )


def _halves(phrase: str) -> Iterator[tuple[str, str]]:
    """Yield the beginnings of a phrase, and what is left of it behind each."""
    for space in re.finditer(" ", phrase):
        yield phrase[: space.start()], phrase[space.end() :]
