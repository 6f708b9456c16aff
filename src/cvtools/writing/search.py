"""Add words without diacritics to the search index, so that "Gdansk" finds Gdańsk."""

from typing import Any

from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.search import IndexBuilder, SearchLanguage

from cvtools.exporters.site_files import HTML_BUILDERS
from cvtools.model.values import without_accents
from cvtools.private_api import pages_of_words


class _PlainWords(SearchLanguage):
    """Mixin for a search language that indexes each word with and without diacritics."""

    def split(self, input: str) -> list[str]:  # noqa: A002 - Sphinx's name
        words = super().split(input)
        return words + [other for word in words if (other := without_accents(word)) != word]


def find_without_accents(app: Sphinx, builder: Builder) -> None:
    """Have the search index of the website also contain words without diacritics."""
    if builder.name not in HTML_BUILDERS:
        return
    config: Any = app.config
    name = config.html_search_language or config.language
    language = type(IndexBuilder(app.env, name, config.html_search_options, config.html_search_scorer).lang)
    # Sphinx has one registry of search languages for all builds of a process: an earlier one may have added the class.
    if not issubclass(language, _PlainWords):
        app.add_search_language(type(language.__name__, (_PlainWords, language), {"lang": name}))


def forget_words(app: Sphinx) -> list[Any]:
    """Remove words that no page has any longer from the index, since they may be withheld."""
    if indexer := getattr(app.builder, "indexer", None):
        for words in pages_of_words(indexer):
            for word in [word for word, pages in words.items() if not pages]:
                del words[word]
    return []
