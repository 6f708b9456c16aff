"""Adapt the spelling check of sphinxcontrib-spelling to CVs."""

import os
from collections import Counter
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.utils import get_source_line
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.matching import Matcher
from sphinxcontrib.spelling.builder import SpellingBuilder

from cvtools.config import set_defaults
from cvtools.nodes import cv_field
from cvtools.problems import line_of
from cvtools.sphinx_warnings import Code, SourceError, warn

#: Defaults of the options of sphinxcontrib-spelling that suit a CV.
_DEFAULTS = {
    "spelling_show_suggestions": True,
    "spelling_suggestion_limit": 3,
    # Otherwise, the extension would import the modules that the text mentions.
    "spelling_ignore_importable_modules": False,
    # Names belong in the word list; authors of commits are not in the text.
    "spelling_ignore_contributor_names": False,
    # Beside conf.py, where no page can replace it by a symbolic link; the checker creates a missing list.
    "spelling_word_list_filename": "../wordlist.txt",
}


class ChooseProse(SphinxPostTransform):
    """Post-transform that removes sections in other languages, and makes paragraphs of fields with prose."""

    default_priority = 900
    builders = ("spelling",)

    def run(self, **kwargs: Any) -> None:
        for section in list(self.document.findall(nodes.section)):
            if "lang" in section and section.parent is not None:
                section.parent.remove(section)
        for field in list(self.document.findall(cv_field)):
            if field.get("translatable"):
                prose = nodes.paragraph("", "", *field.children)
                prose.source, prose.line = field.source, field.line
                field.replace_self(prose)


class Speller(SpellingBuilder):  # type: ignore[misc] # no types published
    """Builder that warns about each word that is not in the dictionary, at the line of the word."""

    TEXT_NODES = frozenset({*SpellingBuilder.TEXT_NODES, "emphasis", "strong"})

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        if Matcher(self.config.spelling_exclude_patterns)(str(self.env.doc2path(docname, False))):
            return
        # Sphinx records only the first line of a block: count the lines of its text so far.
        lines: Counter[tuple[str | None, int | None]] = Counter()
        for text in doctree.findall(nodes.Text):
            source, start = get_source_line(text)
            if text.parent.tagname in self.TEXT_NODES and not hasattr(text, "spellingIgnore"):
                for word, suggestions, *_ in self.checker.check(text.astext()):
                    line = line_of(word, Path(source), (start or 1) + lines[source, start]) if source else 0
                    location = f"{source}:{line}" if source else docname
                    warn(location, Code.SPELLING, self._advise(word, suggestions))
            # A hard line break is a raw node for each format; count one of them.
            if text.parent.get("format") != "latex":
                lines[source, start] += text.count("\n")

    def _advise(self, word: str, suggestions: list[str]) -> str:
        near = " or ".join(f'"{suggestion}"' for suggestion in self.get_suggestions_to_show(suggestions))
        hint = f"did you mean {near}? If" if near else "if"
        words = os.path.relpath(self.get_configured_wordlist_filenames()[0], self._app.confdir)
        return f'"{word}" is not in the dictionary: {hint} it is right, add it to {words}'


def setup(app: Sphinx, config: Config) -> None:
    """Set the options of the spelling check, and register the builder in place of the extension's."""
    app.add_builder(Speller, override=True)
    app.add_post_transform(ChooseProse)
    set_defaults(config, _DEFAULTS)
    lists = config.spelling_word_list_filename
    for name in lists.split(",") if isinstance(lists, str) else lists or ():
        path = Path(app.srcdir, name)
        if path.is_symlink() and path.parent.resolve().is_relative_to(app.srcdir):
            raise SourceError(path, 0, "a link: put the word list itself there")
