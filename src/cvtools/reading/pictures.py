"""Find pictures by names with spaces, letters and percent signs, which Markdown and docutils change."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.parsers.rst.directives.images import Image as DocutilsImage
from sphinx.transforms import SphinxTransform

from cvtools.reading import variants


class _WithSpaces(Directive):
    """A directive whose argument is a file's name, from which docutils would delete the spaces."""

    def run(self) -> list[Any]:
        self.arguments[0] = "%20".join(self.arguments[0].split())
        return [*super().run()]


class Image(_WithSpaces, DocutilsImage):
    """``{image}``: accept a name with spaces."""


class Figure(_WithSpaces, variants.Figure):
    """``{figure}``: accept a name with spaces."""


class NamePictures(SphinxTransform):
    """Replace the encoded names of pictures, such as ``my%20photo.png``, by those of their files."""

    # After CheckNodes (1), which refuses files outside the folder of the pages.
    default_priority = 2

    def apply(self, **kwargs: object) -> None:
        for image in self.document.findall(nodes.image):
            path = Path(self.env.srcdir, self.env.relfn2path(image["uri"])[0])
            if "://" not in image["uri"] and not path.exists():
                image["uri"] = unquote(image["uri"])
