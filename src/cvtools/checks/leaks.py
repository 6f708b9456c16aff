"""Search the files of an edition for phrases that it leaves out."""

import re
import zipfile
import zlib
from collections.abc import Container, Mapping
from contextlib import suppress
from pathlib import Path

from cvtools.word_ngrams import clauses, phrases

#: Tags that may be within a sentence, all tags, and elements without words: styles, and scripts other than JSON-LD.
_INLINE = re.compile(r"</?(?:a|abbr|b|code|em|i|q|span|strong|sub|sup)\b[^<>]*>")
_TAG = re.compile(r"<[^<>]*>")
_CODE = re.compile(r"<(script(?! type=\"application/ld)|style)\b.*?</\1>", re.DOTALL)
#: Files and folders without words of pages: pictures, the theme's files, downloads, and Sphinx's search page.
_NOT_SEARCHED = frozenset({"_downloads", "_images", "_static", "search.html"})
#: Attributes with words for readers, and characters that JSON escapes.
_ATTRIBUTE = re.compile(r'\b(?:alt|aria-label|content|title)="([^"]*)"')
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def find_phrases(files: Mapping[str, Path], left_out: Container[str]) -> dict[str, str]:
    """Return the name of the first file that contains each left-out phrase, see :func:`cvtools.word_ngrams.phrases`.

    PDFs are not searched: they are set anew whenever pages change.

    :param files: the paths of files by their names
    """
    first_files: dict[str, str] = {}
    # Search each clause once: most recur on all pages, such as titles in the navigation.
    seen: set[str] = set()
    for name, path in files.items():
        text = ""
        # A user may have added damaged files.
        with suppress(OSError, ValueError, zipfile.BadZipFile, zlib.error):
            text = "" if _NOT_SEARCHED & {*path.parts} else _text(path)
        new = [clause for clause in dict.fromkeys(clauses(text)) if clause not in seen]
        seen.update(new)
        for phrase in phrases("|".join(new)):
            if phrase in left_out:
                first_files.setdefault(phrase, name)
    return first_files


def _text(path: Path) -> str:
    """Return the words of a file, with a bar between blocks; empty for a binary file."""
    match path.suffix:
        case ".docx":
            with zipfile.ZipFile(path) as document:
                parts = [document.read(name).decode() for name in document.namelist() if name.endswith(".xml")]
            text = _TAG.sub("", "|".join(parts).replace("</w:p>", "|"))
        case ".html":
            page = _INLINE.sub("", _CODE.sub("", path.read_text("utf-8", errors="replace")))
            text = "|".join([_TAG.sub("|", page), *_ATTRIBUTE.findall(page)]).replace("\\n", " ")
        case ".inv":
            text = zlib.decompress(path.read_bytes().partition(b"using zlib.\n")[2]).decode()
        case _:
            with path.open("rb") as file:
                # A user's video may be too large to be read as a whole.
                if path.suffix == ".pdf" or b"\0" in file.read(4096):
                    return ""
            text = path.read_text("utf-8").replace("\\n", " ")
            text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return text
