"""The spelling check, by sphinxcontrib-spelling, which Sphinx loads for its builder and no other."""

from pathlib import Path
from types import MappingProxyType
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from cvtools.config import is_chosen
from cvtools.nodes import cv_field
from cvtools.problems import SourceError

_DEFAULTS = MappingProxyType(
    {
        "spelling_show_suggestions": True,
        "spelling_suggestion_limit": 3,
        # It would import modules that the prose names.
        "spelling_ignore_importable_modules": False,
        # The names of a CV are in its word list; those of its commits' authors are not asked for.
        "spelling_ignore_contributor_names": False,
        # Beside conf.py, where no page can put a link in its place; the checker makes a list that is missing.
        "spelling_word_list_filename": "../wordlist.txt",
    }
)


class ChooseProse(SphinxPostTransform):
    """Remove passages in other languages, and turn fields of prose into paragraphs, which the checker reads."""

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


class WordList(SphinxDirective):
    """Words that the checker ignores on a page; its own directive replaces this one where spelling is checked."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        return []


def _prepare(app: Sphinx, config: Config) -> None:
    if "spelling" not in app.registry.builders:
        return
    # Only now: its dictionaries take time to load.
    from cvtools.checks.speller import Speller

    app.add_builder(Speller, override=True)
    app.add_post_transform(ChooseProse)
    for name, value in _DEFAULTS.items():
        if not is_chosen(config, name):
            config[name] = value
    lists = config.spelling_word_list_filename
    for name in lists.split(",") if isinstance(lists, str) else lists or ():
        path = Path(app.srcdir, name)
        if path.is_symlink() and path.parent.resolve().is_relative_to(app.srcdir):
            raise SourceError(path, 0, "a link: put the word list itself there")


def setup(app: Sphinx) -> None:
    """Register the spelling check, which is loaded only for its builder."""
    app.add_directive("spelling:word-list", WordList)
    app.connect("config-inited", _prepare)
