"""Find pictures whose names have spaces, accents or percent signs, which Markdown and docutils change."""

import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.parsers.rst.directives.images import Image as DocutilsImage
from sphinx.directives.patches import Figure as SphinxFigure
from sphinx.transforms import SphinxTransform

from cvtools.reading.files import misplaced, path_of
from cvtools.sphinx_warnings import Code, warn


class _WithSpaces(Directive):
    """A directive whose argument is a file's name, from which docutils would delete the spaces."""

    def run(self) -> list[Any]:
        self.arguments[0] = "%20".join(self.arguments[0].split())
        return [*super().run()]


class Image(_WithSpaces, DocutilsImage):
    """``{image}``: accept a name with spaces."""


class Figure(_WithSpaces, SphinxFigure):
    """``{figure}``: accept a name with spaces."""


class NamePictures(SphinxTransform):
    """Replace the encoded names of pictures, such as ``my%20photo.png``, by those of their files.

    A name in other letters of the same look, as some systems write "ü", finds its file; one in another case, too, but
    with a warning, since other programs would not find it.
    """

    # Before CheckNodes (1), which judges the files.
    default_priority = 0

    def apply(self, **kwargs: object) -> None:
        folders: dict[Path, dict[str, str]] = {}
        for image in self.document.findall(nodes.image):
            # Sphinx deletes the line of a picture that has no source, such as one without an alternative text.
            image.rawsource = image.rawsource or image["uri"]
            if "://" in image["uri"] or not self._is_missing(image["uri"]):
                continue
            image["uri"] = unquote(image["uri"])
            path = path_of(image["uri"], self.env)
            if not self._is_missing(image["uri"]) or not path.parent.is_dir():
                continue
            if path.parent not in folders:
                folders[path.parent] = {_alike(other.name): other.name for other in sorted(path.parent.iterdir())}
            name = folders[path.parent].get(_alike(path.name))
            if name:
                image["uri"] = image["uri"].removesuffix(path.name) + name
                if unicodedata.normalize("NFC", name) != unicodedata.normalize("NFC", path.name):
                    rule = f'there is no picture "{path.name}": did you mean {name}?'
                    warn(image, Code.VALUE, rule, (path.name, name))

    def _is_missing(self, uri: str) -> bool:
        path = path_of(uri, self.env)
        return not misplaced(path, self.env) and not path.exists()


def _alike(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
