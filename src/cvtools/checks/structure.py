"""Rules for what a PDF has beside its look: tags, metadata, fonts, data."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pikepdf

from cvtools.checks.findings import Findings
from cvtools.checks.objects import dictionary, first
from cvtools.checks.open_pdf import OpenPdf
from cvtools.terminal import shorten

#: Bytes; a CV that is sent by mail and printed needs no more, its pictures aside.
MAX_SIZE = 150_000


def accessible(pdf: OpenPdf) -> Findings:
    """PDF/UA-1, by the validator that the extra `check` installs."""
    try:
        import page
    except ImportError:
        return
    try:
        report = page.validate_pdf(str(pdf.path), profile=page.ValidationProfile.PDF_UA_1)
    except page.PageError as error:
        yield (f"the validator of PDF/UA cannot read it: {error}: make it anew",)
        return
    for failure in report.failures:
        yield (f"not accessible: {failure.message}: mend it where the PDF is made ({failure.rule_id})",)


def declared(pdf: OpenPdf) -> Findings:
    """Title, author, language, outline and the claim of being accessible are there."""
    with pdf.file.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        found = {name: metadata.get(name) for name in ("pdfuaid:part", "dc:title", "dc:creator")}
    if "/StructTreeRoot" not in pdf.file.Root:
        yield ("it has no tags, so that screen readers must guess, as must the rules for headings: make a tagged PDF",)
    elif found["pdfuaid:part"] != "1":
        yield ("it does not declare PDF/UA-1, so that screen readers cannot rely on its tags: set pdfuaid:part",)
    for name, meaning in (("dc:title", "title"), ("dc:creator", "author")):
        if not found[name]:
            yield (f"it does not say its {meaning}: set {name} in its metadata",)
    if not pdf.file.Root.get("/Lang"):
        yield ("it does not say its language, so that it may be spoken in another: set /Lang",)
    if "/Outlines" not in pdf.file.Root:
        yield ("it has no outline to find one's way by: make bookmarks of its headings",)


def fonts(pdf: OpenPdf) -> Findings:
    """Each font is embedded, as far as it is needed."""
    seen: set[tuple[int, int]] = set()
    named = set()
    for number, page in enumerate(pdf.file.pages, 1):
        for font in _fonts(page.obj.get("/Resources"), seen):
            name = shorten(str(font.get("/BaseFont", "/without a name"))[1:])
            # The glyphs of a font of type 3 are drawings in the PDF.
            if name in named or font.get("/Subtype") == "/Type3":
                continue
            named.add(name)
            described = dictionary(first(font.get("/DescendantFonts"))) if "/DescendantFonts" in font else font
            descriptor = dictionary(described.get("/FontDescriptor"))
            if not any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")):
                yield f"the font {name} is not embedded, and may look different elsewhere: embed it", number
            elif not re.match(r"[A-Z]{6}\+", name):
                yield f"the font {name} is embedded whole: embed the characters that are used", number


def _fonts(resources: Any, seen: set[tuple[int, int]]) -> Iterator[pikepdf.Dictionary]:
    """Yield the fonts of a page and of the forms on it, but for those in what was seen before."""
    waiting = [resources]
    while waiting:
        found = dictionary(waiting.pop())
        yield from map(dictionary, dictionary(found.get("/Font")).values())
        for form in dictionary(found.get("/XObject")).values():
            if form.objgen not in seen:
                seen.add(form.objgen)
                waiting.append(dictionary(form).get("/Resources"))


def size(pdf: OpenPdf) -> Findings:
    """It is small enough to be sent; how large pictures are is for others to judge."""
    things: Any = pdf.file.objects
    pictures = [thing for thing in things if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image"]
    bytes_ = pdf.path.stat().st_size - sum(len(picture.read_raw_bytes()) for picture in pictures)
    if bytes_ > MAX_SIZE and pdf.expected.form != "book":
        kilobytes = f"{bytes_ / 1000:.0f} kB{' beside its pictures' if pictures else ''}"
        yield (f"it has {kilobytes}, more than {MAX_SIZE / 1000:.0f}: look for fonts and attachments to do without",)


def attached(pdf: OpenPdf) -> Findings:
    """The CV is embedded as data."""
    if not pdf.expected.attached:
        return
    if (attachment := pdf.file.attachments.get("resume.json")) is None:
        yield ("the CV is not embedded as data (resume.json): build it anew",)
        return
    try:
        json.loads(attachment.get_file().read_bytes())
    except ValueError as error:
        yield (f"the embedded resume.json cannot be read: {error}: build it anew",)
