"""Search the files of an edition for phrases that it leaves out; a rule for PDFs does the same."""

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from cvtools.phrases import all_runs, clauses
from cvtools.reporters import Problem

#: The code of these problems.
WITHHELD = "withheld"
#: Tags within words, all tags, and elements without words of a page.
_INLINE = re.compile(r"</?(?:a|abbr|b|code|em|i|q|span|strong|sub|sup)\b[^<>]*>")
_TAG = re.compile(r"<[^<>]*>")
_CODE = re.compile(r"<(script(?! type=\"application/ld)|style)\b.*?</\1>", re.DOTALL)
#: The part of a page in which the theme has no words; that of the search is Sphinx's own.
_ARTICLE = re.compile(r"<article.*</article>", re.DOTALL)
#: Attributes with words.
_ATTRIBUTE = re.compile(r'\b(?:alt|aria-label|content|title)="([^"]*)"')
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
#: Names of values in JSON.
_NAME = re.compile(r'"[^"]*"\s*:')


def findings(paths: Iterable[Path], withheld: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    """Yield files of an edition that have a phrase which it leaves out, each with one; not those that repeat others.

    :param withheld: the page of each phrase, see :func:`cvtools.phrases.phrases`
    """
    # Pages have most of their clauses, such as titles of others, in common.
    seen: set[tuple[str, int]] = set()
    for path in paths:
        # The theme's own files have no words of pages.
        for text, least in () if "_static" in path.parts else _texts(path):
            new = {(clause, least) for clause in clauses(text)} - seen
            seen |= new
            if found := next(shown("|".join(clause for clause, _ in new), withheld, least), ""):
                yield path, found
                break


def problem_of(phrase: str, page: str, product: str) -> Problem:
    """Return the problem that a product has a phrase of a page."""
    rule = f'{product} would have "{phrase}", which this edition leaves out: build again'
    return Problem(f"{rule}, and if that does not mend it, please report it", page, code=WITHHELD, level="fatal")


def shown(text: str, withheld: Mapping[str, str], least: int = 1) -> Iterator[str]:
    """Yield the phrases that a text has though they are withheld.

    :param least: the number of words of the shortest phrases to look for
    """
    return (run for run in all_runs(text) if run in withheld and run.count(" ") >= least - 1)


def _texts(path: Path) -> Iterator[tuple[str, int]]:
    """Yield the texts of a file, each with the number of words from which it is no word of the theme or of the format.

    In text without markup, words of two blocks may follow each other.
    """
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as document:
            parts = (document.read(name).decode() for name in document.namelist() if name.endswith(".xml"))
            yield from ((_TAG.sub("", part.replace("</w:p>", "|")), 1) for part in parts)
    elif path.suffix == ".inv":
        yield zlib.decompress(path.read_bytes().partition(b"using zlib.\n")[2]).decode(), 2
    elif path.suffix == ".html":
        text = _INLINE.sub("", _CODE.sub("", path.read_text("utf-8")))
        article = "" if path.name == "search.html" else "".join(_ARTICLE.findall(text))
        yield _TAG.sub("|", article), 1
        yield _TAG.sub("|", _ARTICLE.sub("", text)), 2
        yield "|".join(_ATTRIBUTE.findall(text)), 2
    elif path.suffix in {".json", ".js", ".xml"}:
        text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), path.read_text("utf-8"))
        yield (_NAME.sub("|", text), 1) if path.suffix == ".json" else (text, 2)
    elif path.suffix in {".md", ".txt", ".vcf"}:
        yield path.read_text("utf-8"), 3
