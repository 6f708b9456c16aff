"""The spelling check, by sphinxcontrib-spelling where that is installed."""

from importlib.util import find_spec
from types import MappingProxyType
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform

from cvtools.config import is_chosen
from cvtools.nodes import cv_field

_DEFAULTS = MappingProxyType(
    {
        "spelling_show_suggestions": True,
        "spelling_suggestion_limit": 3,
        # It would import modules that the prose names.
        "spelling_ignore_importable_modules": False,
        # The names of a CV are in its word list; those of its commits' authors are not asked for.
        "spelling_ignore_contributor_names": False,
    }
)


class ChooseProse(SphinxPostTransform):
    """Leaves what the dictionary can judge: prose fields too, and no passage in another language."""

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


def _complete(app: Sphinx, config: Config) -> None:
    for name, value in _DEFAULTS.items():
        if not is_chosen(config, name):
            config[name] = value


def setup(app: Sphinx) -> None:
    """Prepare for the builder ``spelling``, if it can be had."""
    if find_spec("enchant") and find_spec("sphinxcontrib.spelling"):
        from cvtools.checks.speller import Speller

        app.setup_extension("sphinxcontrib.spelling")
        app.add_builder(Speller, override=True)
        app.connect("config-inited", _complete)
        app.add_post_transform(ChooseProse)
