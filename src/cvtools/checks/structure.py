"""Define rules for the structure of a PDF: tags, metadata, fonts, attachments."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pikepdf

from cvtools.checks.open_pdf import OpenPdf, dictionary, first
from cvtools.problems import Problem
from cvtools.terminal import shorten

#: Maximum size of a CV without its pictures, in bytes; enough for mail and print, and for a long CV in Chinese.
MAX_SIZE = 400_000

#: Rules that the validator adds to ISO 19005-3, by which a font's list of characters is optional (6.2.11.4.2), and data
#: may end with a carriage return before the end of the line (6.1.7.1).
_FALSE_ALARMS = {"PDFA3A-TYPE1-SUBSET-CHARSET-001", "PDFA3A-STREAM-LENGTH-001"}


def accessible(pdf: OpenPdf) -> Iterator[Problem]:
    """Find faults by PDF/UA-1."""
    return _faults(pdf, "PDF_UA_1", "accessible")


def archivable(pdf: OpenPdf) -> Iterator[Problem]:
    """Find faults by PDF/A-3a, if the PDF declares it."""
    if pdf.declarations["pdfaid:part"] == "3":
        yield from _faults(pdf, "PDF_A_3A", "fit for archives")


def _faults(pdf: OpenPdf, profile: str, meaning: str) -> Iterator[Problem]:
    """Find violations of PDF/UA-1 or PDF/A-3a with the validator of the extra ``check``; none without it."""
    try:
        import page
    except ImportError:
        return
    if pdf.file.pdf_version.startswith("2"):
        return
    try:
        report = page.validate_pdf(str(pdf.path), profile=getattr(page.ValidationProfile, profile))
    except page.PageError as error:
        yield Problem(f"the validator of {profile} cannot read it: {error}: make it again")
        return
    for failure in report.failures:
        if failure.rule_id not in _FALSE_ALARMS:
            yield Problem(f"not {meaning}: {failure.message}: fix it where the PDF is made ({failure.rule_id})")


def declared(pdf: OpenPdf) -> Iterator[Problem]:
    """Find missing tags, metadata, language or outline."""
    if "/StructTreeRoot" not in pdf.file.Root:
        yield Problem("it has no tags, so screen readers and the rules for headings must guess: make a tagged PDF")
    elif pdf.declarations["pdfuaid:part"] not in {"1", "2"}:
        yield Problem("it does not declare PDF/UA, so screen readers cannot rely on its tags: set pdfuaid:part")
    for name, meaning in (("dc:title", "title"), ("dc:creator", "author")):
        if not pdf.declarations[name]:
            yield Problem(f"it does not say its {meaning}: set {name} in its metadata")
    if not pdf.file.Root.get("/Lang"):
        yield Problem("it does not say its language, so that it may be spoken in another: set /Lang")
    if "/Outlines" not in pdf.file.Root:
        yield Problem("it has no outline for navigation: make bookmarks of its headings")


def fonts(pdf: OpenPdf) -> Iterator[Problem]:
    """Find fonts that are not embedded, or embedded with more than the characters that are used."""
    seen: set[tuple[int, int]] = set()
    named = set()
    for number, page in enumerate(pdf.file.pages, 1):
        for font in _fonts(page.obj.get("/Resources"), seen):
            name = shorten(str(font.get("/BaseFont", "/without a name"))[1:])
            # The glyphs of a Type 3 font are drawings in the PDF itself.
            if name in named or font.get("/Subtype") == "/Type3":
                continue
            named.add(name)
            simple = dictionary(first(font.get("/DescendantFonts"))) if "/DescendantFonts" in font else font
            descriptor = dictionary(simple.get("/FontDescriptor"))
            if not any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")):
                fault = "is not embedded, and may look different elsewhere: embed it"
            elif not re.match(r"[A-Z]{6}\+", name):
                fault = "is embedded whole: embed the characters that are used"
            else:
                continue
            yield Problem(f"the font {name} {fault}", page=number)


def _fonts(resources: Any, seen: set[tuple[int, int]]) -> Iterator[pikepdf.Dictionary]:
    """Yield the fonts of a page and of its form XObjects, except for forms in `seen`; add the forms to `seen`."""
    waiting = [resources]
    while waiting:
        resource = dictionary(waiting.pop())
        yield from map(dictionary, dictionary(resource.get("/Font")).values())
        for form in dictionary(resource.get("/XObject")).values():
            if form.objgen not in seen:
                seen.add(form.objgen)
                waiting.append(dictionary(form).get("/Resources"))


def size(pdf: OpenPdf) -> Iterator[Problem]:
    """Find a CV that is large without its pictures."""
    objects: Any = pdf.file.objects
    pictures = [obj for obj in objects if isinstance(obj, pikepdf.Stream) and obj.get("/Subtype") == "/Image"]
    bytes_ = pdf.path.stat().st_size - sum(len(picture.read_raw_bytes()) for picture in pictures)
    if bytes_ > MAX_SIZE and pdf.expected.form != "book":
        kilobytes = f"{bytes_ / 1000:.0f} kB{' beside its pictures' if pictures else ''}"
        rule = f"more than {MAX_SIZE / 1000:.0f}: leave out fonts and attachments"
        yield Problem(f"it has {kilobytes}, {rule}")


def attached(pdf: OpenPdf) -> Iterator[Problem]:
    """Find a missing or damaged attachment ``resume.json``."""
    if not pdf.expected.attached:
        return
    if (attachment := pdf.file.attachments.get("resume.json")) is None:
        yield Problem("the CV is not embedded as data (resume.json): build it again")
        return
    try:
        json.loads(attachment.get_file().read_bytes())
    except ValueError as error:
        yield Problem(f"the embedded resume.json cannot be read: {error}: build it again")
