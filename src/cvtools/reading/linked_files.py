"""Validate the pictures, other files and links that pages name.

A page may name only files in the folder of the pages. Their names are looked up, and pictures' first bytes are read.
"""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from docutils.parsers.rst import directives
from sphinx.environment import BuildEnvironment
from sphinx.util.i18n import get_image_filename_for_language

from cvtools import limits
from cvtools.project import FILES, LETTERS
from cvtools.reading.validators import Fault, Page, address
from cvtools.terminal import shorten

#: Paths of folders and pages, and of the files that a build makes beside its pages.
_ON_THE_SITE = re.compile(
    rf"(?![a-z][\w+.-]*:)(?:.*/|.*\.html?|(?:.*/)?(?:{'|'.join(map(re.escape, FILES))}|cv\.vcf))", re.IGNORECASE
)
#: An address whose scheme was forgotten, such as "example.org/a", but no name of a file.
_WITHOUT_SCHEME = re.compile(
    r"(?!.*\.(?:md|html?|pdf|png|jpe?g|gif|webp|txt|json|vcf|docx?|odt|odp|pptx?|xlsx?|csv|ics|key|zip)$)"
    r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:[/?#]\S*)?",
    re.IGNORECASE,
)
#: First bytes of pictures by suffix, so that programs which read pictures get no other files.
_SIGNATURES = {
    ".jpeg": b"\xff\xd8\xff",
    ".jpg": b"\xff\xd8\xff",
    ".pdf": b"%PDF-",
    ".png": b"\x89PNG\r\n\x1a\n",
}
#: Suffixes of pictures that a page may show. SVG is not among them, since it can carry script; nor are GIF and WebP,
#: since no document can show them.
PICTURES = frozenset(_SIGNATURES)
#: Suffixes of files that a page may offer. HTML is not among them, since it can carry script.
DOWNLOADS = PICTURES | frozenset(".csv .docx .gif .ics .key .odp .odt .pptx .txt .vcf .webp .xlsx .zip".split())


def link(value: str, page: Page) -> Fault | None:
    """Accept the address of a link, which may be a file in the folder of the pages."""
    if fault := address(value, page):
        return fault
    scheme = re.match(r"(\w+):", value)
    if value.startswith("#") or (scheme and scheme[1] not in {"path", "project"}):
        return None
    if is_outside_sources(value, page.env):
        return None
    if fault := _fault_of_location(value.partition(":")[2] if scheme else value, page):
        return fault
    path = unquote(re.split("[?#]", value, maxsplit=1)[0])
    if not scheme and _WITHOUT_SCHEME.fullmatch(value) and not path_of(path, page.env).exists():
        meant = f"https://{value}"
        return Fault(f'a link to "{shorten(value, 40)}"', f"did you mean {shorten(meant, 50)}?", (value, meant))
    return None


def is_outside_sources(value: str, env: BuildEnvironment) -> bool:
    """Return whether a link leads to something on the site that is no file of the source: another CV, or cv.pdf."""
    path = re.split("[?#]", value, maxsplit=1)[0]
    if not _ON_THE_SITE.fullmatch(path):
        return False
    file = path_of(unquote(path), env)
    return bool(remedy_for_location(file, env)) or not file.exists()


def picture(value: str, page: Page) -> Fault | None:
    """Accept the name of a picture in the folder of the pages."""
    # Check the name as docutils reads it, without backslashes, but with its spaces.
    return file_fault(directives.uri("\\ ".join(value.split())), PICTURES, page)


def bibliography(value: str, page: Page) -> Fault | None:
    """Accept the name of a BibTeX file in the folder of the pages."""
    return file_fault(value, frozenset({".bib"}), page)


def file_fault(name: str, suffixes: frozenset[str], page: Page) -> Fault | None:
    """Return the fault of a file that a page shows or offers; its suffix must be one of `suffixes`."""
    if "://" in name or address(name, page):
        return Fault(f"the file {name}", "save it beside the page")
    if fault := _fault_of_location(name, page):
        return fault
    if remedy := remedy_to_publish(path_of(name, page.env), suffixes, page.env):
        return Fault(f"the file {name}", remedy)
    return _false_picture(name, page) if suffixes is PICTURES else None


def remedy_to_publish(path: Path, suffixes: frozenset[str], env: BuildEnvironment) -> str:
    """Return the remedy for a file that may not be copied into the website; empty if it may."""
    allowed = suffixes | {name for name in env.config.cv_allow if name.startswith(".")}
    if path.suffix.lower() not in allowed:
        return f"use one of {', '.join(sorted(allowed))}"
    if len(os.fsencode(path.name)) > limits.NAME_SIZE:
        return "shorten its name"
    if path.is_relative_to(Path(env.srcdir, LETTERS)) and not env.config.cv_letters:
        return f"move it out of {LETTERS}, which only letters show"
    return ""


def _false_picture(name: str, page: Page) -> Fault | None:
    """Return the fault of a picture whose content contradicts its suffix, or that cannot be read."""
    suffix = Path(name).suffix.lower()
    for path in (path for path in _paths(name, page.env) if path.suffix.lower() == suffix):
        try:
            with path.open("rb") as file:
                begin = file.read(8)
        except FileNotFoundError:
            # Sphinx warns of it.
            continue
        except OSError:
            return Fault(f"the file {name}", "use a picture that can be read")
        if not begin.startswith(_SIGNATURES.get(suffix, b"")):
            return Fault(f"the file {name}", f"it is no {suffix[1:].upper()}: save it as one, or name it as what it is")
    return None


def _fault_of_location(name: str, page: Page) -> Fault | None:
    """Return the fault of a name that leads to a path that no page may name."""
    remedy = next(filter(None, (remedy_for_location(path, page.env) for path in _paths(name, page.env))), "")
    return Fault(f"the file {name}", remedy) if remedy else None


def _paths(name: str, env: BuildEnvironment) -> Iterator[Path]:
    """Yield the paths at which Sphinx may look for a file, such as that of a picture for the language of the page."""
    # Sphinx reads "#" as part of a name, and MyST-Parser as the end of one.
    for part in dict.fromkeys([name, name.partition("#")[0], re.split("[?#]", name, maxsplit=1)[0]]):
        for written in dict.fromkeys([part, unquote(part)]):
            yield path_of(written, env)
            yield path_of(get_image_filename_for_language(written, env), env)


def path_of(name: str, env: BuildEnvironment) -> Path:
    """Return the path of a file that a page names, as ``relfn2path()`` does, but without following symbolic links."""
    first, *others = Path(name).parts or ("",)
    path = Path(env.srcdir, *others) if first in {"/", "\\"} else Path(env.doc2path(env.docname)).parent / name
    return Path(os.path.normpath(path))


def remedy_for_location(path: Path, env: BuildEnvironment) -> str:
    """Return the remedy for a path that no page may name; empty if a page may name it.

    A page may name a regular file, a folder, or a path where nothing is, in the folder of the pages. It may not name a
    symbolic link, since Sphinx would publish what that leads to under the link's name.
    """
    try:
        real = os.path.realpath(path)
        if not Path(real).is_relative_to(env.srcdir):
            return "move it into the folder of the pages"
        if real != str(path) or os.path.islink(real):  # noqa: PTH114
            return "it is a symbolic link: put the file itself there"
        mode = os.lstat(real).st_mode
    except FileNotFoundError:
        return ""
    except (OSError, RuntimeError, ValueError):
        mode = 0
    # Nothing is read from a folder.
    return "" if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else "use a regular file"
