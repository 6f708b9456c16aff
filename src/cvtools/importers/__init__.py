"""Import a CV of another format as pages of cvtools: values become fields, or text if there is no field for them.

:func:`read` recognises the format of a file, and calls ``read()`` of the module for that format. That function returns
the CV as a tree of headings, adds a line to ``unread`` for each value that has no field or is left out, and raises
ValueError for a file that is damaged or too large, or names nobody. :func:`write_project` writes the headings as pages.

There are two ways from a file to headings:

- JSON Resume, LinkedIn's tables and BibTeX name the kind of each entry and its values: their modules take these from an
  ``ImportedObject``.
- Markdown, DOCX (by way of HTML and :mod:`markdown`; :mod:`docx_headings` knows headings by their look), LaTeX and
  RenderCV have headings and text: their modules make an :mod:`outline` of these, in which :mod:`outline_reader` finds
  contacts and entries with :mod:`contacts`, :mod:`unheaded_entries`, :mod:`tables` and :mod:`entry_headings`. All of
  these take lines apart with :mod:`line_syntax`.

Both end in an ``ImportedEntry``, which decides what an entry can hold.
"""

import json
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from lzma import LZMAError
from pathlib import Path
from typing import Any

from cvtools import limits
from cvtools.config import language_named
from cvtools.errors import ProjectError
from cvtools.files import write_atomically
from cvtools.i18n import languages
from cvtools.importers import linkedin
from cvtools.importers.encoding_and_language import decode, language_of, language_of_values
from cvtools.importers.json_yaml import parse_object
from cvtools.project import site_title
from cvtools.writing.myst import Heading, pages, without_invisible

#: Sphinx's names of languages, by the names of their tables in ``languages/``, where they differ.
_SPHINX_NAMES = {"pt": "pt_PT", "nb": "nb_NO", "zh-Hans": "zh_CN", "zh-Hant": "zh_TW"}
#: The number of an object in a file: the index of an item, the line of a CSV file, or the line and key of BibTeX.
_NUMBER = re.compile(r"\[\d+\]|(?<=\.csv):\d+|^line \d+: \S+(?=[.:])")


@dataclass
class Import:
    """A CV that was read from a file."""

    #: Name of the format, such as "JSON Resume".
    format: str
    page: Heading | None = None
    #: Content of a file that is a page of cvtools itself, to copy unchanged; empty for other formats.
    text: str = ""
    #: A line about each value without a field, with its path in the file, such as "work[0].size"; values whose paths
    #: differ in numbers alone have one line.
    unread: list[str] = field(default_factory=list)
    #: Sphinx's name of the language that the file names or its headings imply; by default, "en".
    language: str = "en"

    @property
    def name(self) -> str:
        """Return the first heading, which is the person's name; empty if there is none."""
        if self.page:
            return without_invisible(self.page.title)
        heading = re.search(r"(?m)^# +(.+)$", self.text)
        return without_invisible(heading[1].strip()) if heading else ""


def read(path: Path) -> Import:
    """Recognise the format of a file by its content, and read the CV.

    :raises ValueError: the file is of no supported format, damaged or too large; the message says so
    """
    state = path.stat()
    size = state.st_size
    if not stat.S_ISREG(state.st_mode):
        raise ValueError("it is a folder, a pipe or a device: name a file")
    with path.open("rb") as file:
        start = file.read(512)
    if zipfile.is_zipfile(path) and size <= limits.IMPORT_ARCHIVE:
        return _read_archive(path)
    if size > limits.IMPORT_SIZE:
        raise ValueError(f"it has more than {limits.IMPORT_SIZE // 1_000_000} MB: shorten it")
    if start.startswith(b"%PDF"):
        from cvtools.checks.pdf_process import PdfProcess

        with PdfProcess([path]) as process:
            text, language = process.attachment(path, "resume.json")
            is_tag = re.fullmatch("[a-z]{2,3}(-[A-Za-z]{2,4})?", language)
            return _read_data(parse_object(text, is_json=True), language if is_tag else "")
    for pattern, name in _UNSUPPORTED.items():
        if re.match(pattern, start, re.IGNORECASE):
            raise ValueError(f"it is {name}: {_REMEDY}")
    return _read_text(decode(path.read_bytes()), path)


def _read_text(text: str, path: Path) -> Import:
    """Recognise a text format by the file's name or by typical lines, and read the CV."""
    start = text.lstrip("\ufeff \t\r\n")
    is_markdown = path.suffix.lower() in {".md", ".markdown", ".mdown", ".mkd"}
    # Markdown, too, may begin with a bracket: that of a link, a badge or a role.
    if start.startswith(("{", "[")) and not is_markdown:
        return _read_data(parse_object(text, is_json=True))
    if re.search(r"(?m)^[ \t]*\\(documentclass|begin\{document\}|cventry|cvsection|section)\b", text):
        from cvtools.importers.latex_parser import with_inputs

        return _convert("LaTeX", with_inputs(text, path))
    if re.search(r"(?m)^[ \t]*@\w+[ \t]*[{(][^\s{},]+,", text):
        return _convert("BibTeX", text)
    is_yaml = path.suffix.lower() in {".yaml", ".yml"}
    if is_yaml or (re.search(r"(?m)^(basics|cv):\s*(#.*)?$", text) and not start.startswith("#")):
        return _read_data(parse_object(text, is_json=False))
    if is_markdown or re.search(r"(?m)^#{1,3} \S", text):
        from cvtools.importers import markdown

        return Import("cvtools", text=text) if markdown.is_own(text) else _convert("Markdown", text)
    raise ValueError(f"it is no CV of a known format: {_REMEDY}")


_REMEDY = (
    "import JSON Resume (JSON or YAML), RenderCV (YAML), LaTeX, Markdown, BibTeX, DOCX, the ZIP that LinkedIn makes, "
    "or a PDF made by cvtools"
)
#: Names of formats that cannot be imported, by patterns of their first bytes.
_UNSUPPORTED = {
    rb"\x89PNG|\xff\xd8\xff|GIF8": "a picture",
    rb"\xd0\xcf\x11\xe0": "a document of old Word",
    rb"\{\\rtf": "RTF",
    rb"\s*(\xef\xbb\xbf)?<(!doctype html|html)": "a web page",
    rb"\s*(\xef\xbb\xbf)?<\?xml": "XML",
    rb"\x1f\x8b|Rar!|7z\xbc\xaf|BZh|\xfd7zXZ": "an archive of another kind than ZIP",
    rb"begin:vcard": "a vCard",
    rb"%!ps": "PostScript",
}


def write_project(imported: Import, folder: Path) -> list[Path]:
    """Write ``docs/`` and, if there is none, ``conf.py``, and return the files.

    :raises ProjectError: there are pages already
    """
    docs = folder / "docs"
    if docs.exists() and any(docs.iterdir()):
        raise ProjectError(f"{docs} has files already: name another folder with -o")
    texts = pages(imported.page) if imported.page else {"index": imported.text}
    files = {docs / f"{name}.md": text for name, text in texts.items()}
    if not (folder / "conf.py").exists():
        title = json.dumps(site_title(imported.name, imported.language), ensure_ascii=False)
        setting = f'language = "{imported.language}"\n' if imported.language != "en" else ""
        files[folder / "conf.py"] = f'project = {title}\nextensions = ["cvtools"]\n{setting}'
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, text)
    return list(files)


def _convert(name: str, data: object, language: str = "") -> Import:
    """Convert a CV with the module of a format, imported only now; `language` is empty if the file names none."""
    unread: list[str] = []
    module = import_module(f"cvtools.importers.{name.lower().replace(' ', '_')}")
    options = {"language": language} if language else {}
    try:
        page = module.read(data, unread, **options)
    except RecursionError:
        raise ValueError("it is nested too deeply: use fewer levels") from None
    language = language or language_of(child.title for child in page.children)
    return Import(
        name, page, unread=_without_repetition(unread), language=_SPHINX_NAMES.get(language, language.replace("-", "_"))
    )


def _without_repetition(lines: Iterable[str]) -> list[str]:
    """Join lines that differ only in the number of an object into the first of them and the count of the others."""
    similar: dict[str, list[str]] = {}
    for line in lines:
        similar.setdefault(_NUMBER.sub("", line), []).append(line)
    return [f"{first} ({len(others)} more like this)" if others else first for first, *others in similar.values()]


def _read_data(data: dict[str, Any], language: str = "") -> Import:
    """Read a CV in JSON or YAML; `language` is that of the PDF from which it comes, if any."""
    language = language or _named_language(data)
    if isinstance(data.get("cv"), dict):
        return _convert("RenderCV", data, language)
    if isinstance(data.get("basics"), dict) or {"work", "education"} & data.keys():
        return _convert("JSON Resume", data, language or language_of_values(data))
    names = ", ".join(map(str, list(data)[:5])) or "nothing"
    raise ValueError(f"it is no CV: JSON Resume has basics, RenderCV has cv; this has {names}")


def _named_language(data: Mapping[str, Any]) -> str:
    """Return the tag of the language that a file names, as in ``meta.language``; empty if cvtools lacks it."""
    tags = {name.partition("-")[0] for name in languages()}
    for part in (data, *map(data.get, ("meta", "basics", "i18n", "locale", "locale_catalog"))):
        word = part.get("language") if isinstance(part, dict) else part
        if isinstance(word, str) and (tag := language_named(word)) in tags:
            return tag
    return ""


def _read_archive(path: Path) -> Import:
    """Read a CV in a ZIP, without unpacking it to files."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if linkedin.is_export(names):
                return _convert("LinkedIn", archive)
            if "word/document.xml" in names:
                return _convert("DOCX", archive)
    except (zipfile.BadZipFile, NotImplementedError, zlib.error, LZMAError, EOFError) as error:
        raise ValueError(f"it is a damaged archive: {error}") from None
    if "content.xml" in names:
        raise ValueError("it is a document of LibreOffice: save it as DOCX, and import that")
    files = ", ".join(sorted(names)[:3]) or "nothing"
    raise ValueError(f"it is an archive that holds {files}: unpack it, or {_REMEDY}")
