"""Adapt sphinxcontrib-spelling, which is loaded only for the spelling builder, to CVs."""

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform

from cvtools.config import set_defaults
from cvtools.nodes import cv_field
from cvtools.sphinx_warnings import SourceError

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
    """Post-transform that removes sections in other languages, and turns fields of prose into paragraphs."""

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


def _prepare(app: Sphinx, config: Config) -> None:
    if "spelling" not in app.registry.builders:
        return
    # Imported late, since its dictionaries are slow to load.
    from cvtools.checks.spelling_builder import Speller

    app.add_builder(Speller, override=True)
    app.add_post_transform(ChooseProse)
    set_defaults(config, _DEFAULTS)
    lists = config.spelling_word_list_filename
    for name in lists.split(",") if isinstance(lists, str) else lists or ():
        path = Path(app.srcdir, name)
        if path.is_symlink() and path.parent.resolve().is_relative_to(app.srcdir):
            raise SourceError(path, 0, "a link: put the word list itself there")


def setup(app: Sphinx) -> None:
    """Register the spelling check."""
    app.connect("config-inited", _prepare)
