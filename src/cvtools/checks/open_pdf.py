"""An open PDF, which all rules share: the file, the objects on its pages, and the text that readers extract."""

from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path

import pikepdf
from pypdfium2 import PdfDocument, PdfiumError

from cvtools.checks.contents import Element, PageObject, elements, page_objects
from cvtools.checks.readers import ReadingError, readers
from cvtools.expected import ExpectedPdf


class OpenPdf(AbstractContextManager["OpenPdf"]):
    """An open PDF, to be used as a context manager.

    :raises ValueError: the PDF cannot be read
    """

    def __init__(self, path: Path, expected: ExpectedPdf) -> None:
        self.path, self.expected = path, expected
        try:
            self.file = pikepdf.open(path)
            if not len(self.file.pages):
                raise ValueError("it has no pages")
            #: The text of each page, as browsers extract it.
            self.texts: list[str] = []
            self._objects: list[PageObject] = []
            # PDFium takes long over each page that it opens.
            with PdfDocument(path) as document:
                for number, page in enumerate(document, 1):
                    text = page.get_textpage()
                    self.texts.append(text.get_text_bounded())
                    self._objects += page_objects(page, text, number)
        except pikepdf.PasswordError as error:
            raise ValueError("it is encrypted: save it without a password") from error
        except (pikepdf.PdfError, PdfiumError) as error:
            raise ValueError(f"it is no PDF, or damaged: {str(error).removeprefix(f'{path}: ')}") from error

    def __exit__(self, *exception: object) -> None:
        self.file.close()

    @cached_property
    def readings(self) -> dict[str, list[str] | ReadingError]:
        """Return the text of each page, or the error, by the name of the reader."""
        readings: dict[str, list[str] | ReadingError] = {"PDFium": self.texts}
        for name, read in readers().items():
            try:
                readings[name] = read(self.path)
            except ReadingError as error:
                readings[name] = error
        return readings

    @cached_property
    def declarations(self) -> dict[str, str | None]:
        """Return the title, the author, and the parts of the standards that the metadata declare."""
        with self.file.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            return {name: metadata.get(name) for name in ("pdfuaid:part", "pdfaid:part", "dc:title", "dc:creator")}

    @cached_property
    def body(self) -> list[list[PageObject]]:
        """Return the objects of each page, without its header and footer if tags tell these."""
        pages: list[list[PageObject]] = [[] for _ in self.texts]
        is_tagged = any(obj.mark >= 0 for obj in self._objects)
        for obj in self._objects:
            if obj.mark >= 0 or not is_tagged:
                pages[obj.page - 1].append(obj)
        return pages

    @property
    def cut(self) -> list[PageObject]:
        """Return the text that reaches over an edge of its page."""
        return [obj for obj in self._objects if obj.is_cut]

    @cached_property
    def elements(self) -> list[Element]:
        """Return the structure elements in order, matched with the expected blocks; none without tags."""
        return elements(self.file, self._objects, self.expected.blocks)
