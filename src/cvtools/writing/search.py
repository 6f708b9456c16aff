"""The book's search finds a word without its accents: "Gdansk" leads to Gdańsk."""

import unicodedata
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.search import IndexBuilder, SearchLanguage

#: Letters that Unicode does not take apart into a plain one and a mark.
_LETTERS = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ß": "ss", "æ": "ae"})


def plain(word: str) -> str:
    """A word as one writes it on a keyboard without its letters: ``Gdansk`` for ``Gdańsk``."""
    apart = unicodedata.normalize("NFKD", word.translate(_LETTERS))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


class _Plain(SearchLanguage):
    """A language in whose index each word stands both ways."""

    def split(self, input: str) -> list[str]:  # noqa: A002 - Sphinx's name
        words = super().split(input)
        return words + [other for word in words if (other := plain(word)) != word]


def find_without_accents(app: Sphinx, builder: Builder) -> None:
    """Let the language of the book's search be such a one."""
    if builder.name not in {"html", "dirhtml"}:
        return
    config: Any = app.config
    name = config.html_search_language or config.language
    language = type(IndexBuilder(app.env, name, config.html_search_options, config.html_search_scorer).lang)
    # Sphinx keeps one list of them for all builds of a process.
    if not issubclass(language, _Plain):
        app.add_search_language(type(language.__name__, (_Plain, language), {"lang": name}))


def forget_words(app: Sphinx) -> list[Any]:
    """Take from the index the words that no page has any more; Sphinx would keep what a page withholds by now."""
    if indexer := getattr(app.builder, "indexer", None):
        for words in (indexer._mapping, indexer._title_mapping):  # noqa: SLF001 - Sphinx has no public way
            for word in [word for word, pages in words.items() if not pages]:
                del words[word]
    return []
