"""What machines read in a PDF: one function for each of the programs that people use."""

import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

#: The text of each page.
Pages = list[str]


def pdfium(pdf: Path) -> Pages:
    """As browsers read it."""
    from pypdfium2 import PdfDocument

    with PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def _program(*command: str) -> Callable[[Path], Pages]:
    def read(pdf: Path) -> Pages:
        arguments = [str(pdf) if part == "PDF" else part for part in command]
        text = subprocess.run(arguments, capture_output=True, check=True).stdout.decode("utf-8", "replace")
        return text.split("\f")[:-1]

    return read


_PROGRAMS: Mapping[str, Callable[[Path], Pages]] = {
    "pdftotext": _program("pdftotext", "PDF", "-"),
    "pdftotext -layout": _program("pdftotext", "-layout", "PDF", "-"),
    "mutool": _program("mutool", "draw", "-q", "-F", "txt", "PDF"),
}


def readers() -> dict[str, Callable[[Path], Pages]]:
    """The readers that there are here, by name."""
    installed = {name: read for name, read in _PROGRAMS.items() if shutil.which(name.split()[0])}
    return {"PDFium": pdfium, **installed}
