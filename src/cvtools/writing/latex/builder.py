"""Build the .tex file of each PDF, and the record of its expected content."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, cast

from docutils import nodes
from sphinx.errors import ConfigError
from sphinx.util.display import status_iterator

from cvtools import limits
from cvtools.config import CvConfig
from cvtools.expected_pdf import ExpectedPdf, expected_path
from cvtools.exporters import json_resume
from cvtools.files import write_atomically
from cvtools.nodes import cv_fields
from cvtools.project import LETTERS
from cvtools.reading.characters import visible
from cvtools.reading.domain import CvDomain
from cvtools.sphinx_warnings import SourceError
from cvtools.writing.documents import DocumentBuilder
from cvtools.writing.latex import markup as tex
from cvtools.writing.latex.fonts import Coverage
from cvtools.writing.latex.preamble import copy_support, preamble
from cvtools.writing.latex.translator import LatexTranslator
from cvtools.writing.picture_metadata import without_metadata

#: Suffixes of the pictures that TeX can read.
_PICTURES = (".pdf", ".png", ".jpg", ".jpeg")


@dataclass(frozen=True)
class PdfSpec:
    """The name and the contents of a PDF."""

    #: The name of its file, without a suffix.
    name: str
    #: The docnames of its pages.
    pages: Sequence[str]
    #: The title of a book or a letter; empty for the CV, whose only page has a title.
    heading: str = ""
    #: "cv", "book" or "letter"; the class and the checks treat them differently.
    form: str = "cv"


class CvLatexBuilder(DocumentBuilder):
    """Builder that writes ``cv.tex`` and ``talks.tex`` or, in a build of letters, a file for each letter."""

    name = "cvlatex"
    # For "latex", Sphinx's transforms would change footnotes and tables for its own LaTeX.
    format = "pdf"
    epilog = "The LaTeX files are in %(outdir)s."
    allow_parallel = True
    default_translator_class = LatexTranslator
    supported_image_types: ClassVar = ["application/pdf", "image/png", "image/jpeg"]

    def pdf_specs(self) -> Iterator[PdfSpec]:
        """Yield the PDFs to write: the letters in a build of letters, otherwise the CV and the book of talks."""
        root = self.config.root_doc
        if self.options.letters:
            subjects = {entry.origin.docname: entry.title for entry in self.domain.for_output("pdf").of("letter")}
            for docname in sorted(self.env.found_docs - {root}):
                name = docname.removeprefix(f"{LETTERS}/")
                yield PdfSpec(name, [root, docname], subjects.get(docname, name), "letter")
            return
        yield PdfSpec(self.options.file, [root])
        if pages := list(self.domain.talk_pages("pdf")):
            titles = (page.talks_title for page in self.domain.pages.values() if page.talks_title)
            heading = next(titles, self.options.i18n.label("talks"))
            yield PdfSpec(f"talks{self.options.suffix}", pages, heading, "book")

    def write_documents(self, docnames: Set[str]) -> None:
        """Write the LaTeX of the PDFs with any of the pages: all pages in a build, changed ones in the preview."""
        outdir = Path(self.outdir)
        self.options, self.domain = CvConfig.of(self.config), CvDomain.of(self.env)
        self.person = self.domain.for_output("pdf").person
        #: The name of the person; if there is none, the title of the website.
        self.person_name = self.person.title if self.person else cast(str, self.config.html_title)
        specs = list(self.pdf_specs())
        #: The names of all PDFs.
        self.names = {spec.name for spec in specs}
        #: Characters without a font that have been reported.
        self.reported: set[str] = set()
        for stale in outdir.glob("*.tex"):
            # Letters in other languages are in the same folder.
            if stale.stem not in self.names and not self.options.letters:
                stale.unlink()
        copy_support(outdir)
        json_resume.export(self.env, outdir / json_resume.FILE, "pdf")
        specs = [spec for spec in specs if docnames & {*spec.pages}]
        for spec in status_iterator(specs, "writing LaTeX... ", length=len(specs)):
            self._write(spec, outdir / f"{spec.name}.tex")

    def _write(self, spec: PdfSpec, path: Path) -> None:
        """Write the .tex file of a PDF, and the record of its expected content beside it."""
        coverage = Coverage(self.options.font, self.config.language)
        expected = ExpectedPdf(footer=self.person_name, form=spec.form)
        if spec.form != "letter":
            expected.footer += f", {self.options.i18n.date(self.options.month)}"
        if not spec.heading:
            expected.attached, expected.max_pages = not self.options.draft, self.options.max_pages
        bodies, covered = [], set()
        for docname in spec.pages:
            doctree = self._doctree(docname, spec)
            top = 2 if spec.heading and docname != self.config.root_doc else 1
            translator = LatexTranslator(doctree, self, spec.pages, top)
            doctree.walkabout(translator)
            # An empty line would end a paragraph; only commands of the class may do so.
            bodies.append(tex.without_empty_lines(tex.joined(translator.body)))
            if len(bodies[-1]) > limits.LATEX + limits.LATEX_PER_TALK * len(self.domain.talk_pages("pdf")):
                reason = "the page is too long for a PDF: split it into several"
                raise SourceError(self.env.doc2path(docname), 0, reason)
            coverage.add(translator.characters)
            covered |= translator.characters["text"].keys() | translator.characters["code"].keys()
            expected.blocks += translator.blocks
        start = [tex.settings(self._setup(spec, expected)), *self._style(), tex.begin("document"), *self._front(spec)]
        document = tex.joined([*start, *bodies, tex.end("document"), tex.EMPTY], tex.NEWLINE)
        document = tex.joined([*_uses(document), document], tex.NEWLINE)
        # The footer, labels and the table of contents may have further characters.
        coverage.add({"text": dict.fromkeys(sorted(set(document) - covered), doctree)})
        above = preamble(self.options, spec.form, coverage.write_fallbacks(path.parent))
        document = tex.with_characters(document, coverage.replacements, coverage.pictured)
        replaced = str.maketrans({character: visible(text) for character, text in coverage.replacements.items()})
        expected.footer = expected.footer.translate(replaced)
        expected.blocks = [replace(block, text=block.text.translate(replaced)) for block in expected.blocks]
        expected.write(expected_path(path))
        # In the preview, TeX may be reading the last document.
        write_atomically(path, tex.joined([above, document], tex.NEWLINE))
        coverage.warn(self.reported)
        self.events.emit("cvlatex-written", path, [*coverage.class_fonts.values()])

    def _doctree(self, docname: str, spec: PdfSpec) -> nodes.document:
        """Return the doctree of a page, and copy its pictures.

        For a letter, reduce the root page to the person's name and fields, with their footnotes.
        """
        doctree = self.resolved(docname)
        if spec.form == "letter" and docname == self.config.root_doc:
            section = next(doctree.findall(nodes.section), nodes.section())
            head = (node for node in section if isinstance(node, nodes.title | cv_fields))
            footnotes = [*doctree.findall(nodes.footnote)]
            section.children = [node for node in head if isinstance(node, nodes.title) or node["kind"] == "person"]
            doctree[:] = [section, *footnotes]
        self._copy_images(doctree)
        return doctree

    def _style(self) -> Iterator[tex.Latex]:
        """Copy the user's own style beside the class, and yield the command that reads it."""
        if style := self.options.style:
            path = Path(self.confdir) / style
            if not path.is_file():
                raise ConfigError(f"conf.py: cv_style is {style}, and there is no such file: put it beside conf.py")
            write_atomically(Path(self.outdir, style), path.read_bytes())
            yield tex.command("cvstyle", tex.file(style))

    def _setup(self, spec: PdfSpec, expected: ExpectedPdf) -> Mapping[str, str]:
        """Return the metadata of a PDF; its keywords are the technologies of the CV, or the titles of the talks."""
        # Commas separate keywords.
        talks = [talk.title.replace(",", "") for talk in self.domain.talks("pdf")] if spec.form == "book" else []
        technologies = [technology.name for technology in self.domain.technologies("pdf")] if spec.form == "cv" else []
        return {
            "name": self.person_name,
            "title": f"{spec.heading} – {self.person_name}" if spec.heading else self.person_name,
            "subject": spec.heading or (self.person and self.person.headline) or "",
            "keywords": ", ".join(technologies or talks),
            "language": self.config.language.replace("_", "-"),
            "accent": self.options.accent,
            "attachment": json_resume.FILE if expected.attached else "",
            "footer": expected.footer,
        }

    def _front(self, spec: PdfSpec) -> Iterator[tex.Latex]:
        """Yield the title and the table of contents of a book."""
        if spec.form != "book":
            return
        yield tex.command("cvtitle", tex.text(spec.heading))
        yield tex.begin("cvcontents")
        i18n = self.options.i18n
        for docname, talk in self.domain.talk_pages("pdf").items():
            details = [talk.event.text if talk.event else "", i18n.date(talk.date) if talk.date else ""]
            words = tex.text(talk.title), tex.text(", ".join(filter(None, details)))
            yield tex.command("cvcontentsline", tex.destination(docname, talk.origin.anchor), *words)
        yield tex.end("cvcontents")

    def _copy_images(self, doctree: nodes.document) -> None:
        """Copy pictures of supported formats into the folder of the .tex file, under names that are safe for TeX."""
        self.post_process_images(doctree)
        for source, name in list(self.images.items()):
            suffix = Path(source).suffix.lower()
            if suffix not in _PICTURES:
                del self.images[source]
                continue
            # TeX would interpret some names, and a PDF would overwrite a picture with its name: one of this build,
            # or a letter in another language, which another application writes to this folder.
            may_be_taken = self.options.letters or Path(name).stem in self.names
            if may_be_taken or not re.fullmatch(r"(?a)(?!(?:cv|talks)[.-])\w[\w.-]*", name):
                self.images[source] = hashlib.sha256(source.encode()).hexdigest() + suffix
            data = without_metadata(Path(self.srcdir, source).read_bytes())
            write_atomically(Path(self.outdir, self.images[source]), data)


def _uses(document: tex.Latex) -> Iterator[tex.Latex]:
    """Yield the commands that load the optional parts of the class for a document."""
    characters = set(document)
    needs = {
        "pictures": "image{" in document,
        "math": "\\cvmath{" in document,
        "marks": any(unicodedata.category(character).startswith("M") for character in characters),
        "bidi": not {"R", "AL"}.isdisjoint(map(unicodedata.bidirectional, characters)),
    }
    for use, is_needed in needs.items():
        if is_needed:
            yield tex.command("cvuse", tex.identifier(use))
