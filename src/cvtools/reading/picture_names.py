"""Find pictures whose names Markdown and docutils change, and name pages whose title is a picture.

Which pictures a page may show is decided in :mod:`cvtools.reading.linked_files`.
"""

import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.parsers.rst.directives.images import Image as DocutilsImage
from sphinx.application import Sphinx
from sphinx.directives.patches import Figure as SphinxFigure
from sphinx.transforms import SphinxTransform

from cvtools.nodes import text_of
from cvtools.reading.linked_files import path_of, remedy_for_location
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

    Accents may be encoded in another way than in the file's name. A name in other letter case finds its file as well,
    but with a warning, since other programs would not find it.
    """

    # Before CheckNodes (1), which judges the files.
    default_priority = 0

    def apply(self, **kwargs: object) -> None:
        #: The names of the files in a folder, by the name that :func:`_comparable` returns.
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
                folders[path.parent] = {_comparable(file.name): file.name for file in sorted(path.parent.iterdir())}
            if name := folders[path.parent].get(_comparable(path.name)):
                image["uri"] = image["uri"].removesuffix(path.name) + name
                if unicodedata.normalize("NFC", name) != unicodedata.normalize("NFC", path.name):
                    rule = f'there is no picture "{path.name}": did you mean {name}?'
                    warn(image, Code.VALUE, rule, (path.name, name))

    def _is_missing(self, uri: str) -> bool:
        path = path_of(uri, self.env)
        return not remedy_for_location(path, self.env) and not path.exists()


def name_page(app: Sphinx, doctree: nodes.document) -> None:
    """Name a page whose title is a picture by the alternative text, since Sphinx leaves pictures out of names.

    Sphinx's search index leaves out pages without a name, and fails if no other is left.
    """
    docname = app.env.current_document.docname
    title = next(doctree.findall(nodes.title), None)
    for names in (app.env.titles, app.env.longtitles):
        if title and not names[docname].astext():
            names[docname] += nodes.Text(text_of(title))


def _comparable(name: str) -> str:
    """Return a name with composed accents and without its letter case."""
    return unicodedata.normalize("NFC", name).casefold()
