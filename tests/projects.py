"""Build tiny Sphinx projects in the test's own process."""

import io
import re
import shutil
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docutils import nodes
from pypdfium2 import PdfDocument
from sphinx import locale
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.console import strip_colors
from sphinx.util.docutils import docutils_namespace, patch_docutils

from cvtools.reading.domain import CvDomain

ROOTS = Path(__file__).parent / "roots"

#: The ``conf.py`` of a project that copies no root.
CONF = 'project = "Test"\nextensions = ["cvtools"]\nhtml_theme = "basic"\ncv_today = "2024-06"\ncv_variant = ""\n'


@dataclass(frozen=True)
class Built:
    """The result of a build."""

    app: Sphinx
    out: Path
    #: Warnings as printed, each on a line, with paths relative to ``docs``.
    warnings: str
    #: Notes, in the same form.
    notes: str

    @property
    def env(self) -> BuildEnvironment:
        return self.app.env

    @property
    def domain(self) -> CvDomain:
        return CvDomain.of(self.env)

    def doctree(self, docname: str = "index") -> nodes.document:
        """Return the doctree of a page, without post-transforms."""
        return self.env.get_doctree(docname)

    def resolved(self, docname: str = "index") -> nodes.document:
        """Return the doctree of a page as the writer gets it."""
        return self.env.get_and_resolve_doctree(docname, self.app.builder, tags=self.app.tags)

    def read(self, name: str) -> str:
        return (self.out / name).read_text("utf-8")

    def files(self) -> dict[str, bytes]:
        """Return the content of each file of the output that a build publishes, by its path in the output."""
        found = (path for path in sorted(self.out.rglob("*")) if path.is_file() and path.name != ".buildinfo")
        return {path.relative_to(self.out).as_posix(): path.read_bytes() for path in found}

    def files_with(self, word: str) -> list[str]:
        """Return the paths of the files of the output that contain a word."""
        return [name for name, data in self.files().items() if word.encode() in data]


class Project:
    """A folder with ``conf.py`` and ``docs/``.

    :param root: the name of a folder in ``tests/roots`` to start from
    """

    def __init__(self, folder: Path, root: str = "") -> None:
        self.folder = folder
        self.docs = folder / "docs"
        if root:
            shutil.copytree(ROOTS / root, folder, dirs_exist_ok=True)
        else:
            self.docs.mkdir()
            (folder / "conf.py").write_text(CONF, "utf-8")

    def write(self, pages: dict[str, str]) -> "Project":
        """Write pages, by their path in ``docs``."""
        for name, text in pages.items():
            path = self.docs / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return self

    def build(self, builder: str = "dummy", *, warns: bool = False, jobs: int = 1, **config: Any) -> Built:
        """Build the outdated pages.

        :param warns: whether the build may give warnings; if not, a warning fails the test
        :param jobs: number of processes that read and write
        :param config: values that replace those of ``conf.py``
        """
        warning, status = io.StringIO(), io.StringIO()
        out = self.folder / "out" / builder
        # Sphinx keeps the catalogs of one application for the next.
        locale.translators.clear()
        with patch_docutils(self.folder), docutils_namespace():
            app = Sphinx(
                self.docs,
                self.folder,
                out,
                self.folder / "doctrees",
                builder,
                confoverrides=config,
                status=status,
                warning=warning,
                parallel=jobs,
            )
            app.build()
        warnings = strip_colors(warning.getvalue()).replace(f"{self.docs}/", "")
        assert warns or not warnings, warnings
        messages = strip_colors(status.getvalue()).replace(f"{self.docs}/", "")
        return Built(app, out, warnings, "\n".join(re.findall(r"\S+: note: .*", messages)))


def pages_of(pdf: Path) -> list[str]:
    """Return the text of each page of a PDF, as browsers extract it."""
    with PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def png(width: int, height: int) -> bytes:
    """Return a grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
