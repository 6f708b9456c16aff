"""Define the builder that checks spelling; importing it needs sphinxcontrib-spelling."""

import os
from collections import Counter
from pathlib import Path

from docutils import nodes
from docutils.utils import get_source_line
from sphinx.util.matching import Matcher
from sphinxcontrib.spelling.builder import SpellingBuilder

from cvtools.problems import line_of
from cvtools.sphinx_warnings import Code, warn


class Speller(SpellingBuilder):  # type: ignore[misc] # no types published
    """Builder that warns about each word that is not in the dictionary, at the line of the word."""

    TEXT_NODES = frozenset({*SpellingBuilder.TEXT_NODES, "emphasis", "strong"})

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        if Matcher(self.config.spelling_exclude_patterns)(str(self.env.doc2path(docname, False))):
            return
        # Sphinx records only the first line of a block: count the line breaks in its text so far.
        passed: Counter[tuple[str | None, int | None]] = Counter()
        for text in doctree.findall(nodes.Text):
            block = source, start = get_source_line(text)
            if text.parent.tagname in self.TEXT_NODES and not hasattr(text, "spellingIgnore"):
                for word, suggestions, *_ in self.checker.check(text.astext()):
                    line = line_of(word, Path(source), (start or 1) + passed[block]) if source else 0
                    location = f"{source}:{line}" if source else docname
                    warn(location, Code.SPELLING, self._advise(word, suggestions))
            # A hard line break is a raw node for each format; count one of them.
            if text.parent.get("format") != "latex":
                passed[block] += text.count("\n")

    def _advise(self, word: str, suggestions: list[str]) -> str:
        near = " or ".join(f'"{suggestion}"' for suggestion in self.get_suggestions_to_show(suggestions))
        hint = f"did you mean {near}? If" if near else "if"
        words = os.path.relpath(self.get_configured_wordlist_filenames()[0], self._app.confdir)
        return f'"{word}" is not in the dictionary: {hint} it is right, add it to {words}'
