"""Validate values that pages give: options of directives, attributes, addresses and files.

A validator returns the fault of a value, or None. It looks at the value alone; those of files look at names below the
folder of the pages, and at the first bytes of pictures.
"""

import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from docutils.parsers.rst import directives
from sphinx.environment import BuildEnvironment
from sphinx.util.i18n import get_image_filename_for_language
from sphinx.util.tags import Tags

from cvtools.project import LETTERS
from cvtools.reading.fields import SHOW
from cvtools.terminal import shorten

#: Classes that are allowed, MyST-Parser's among them; those of the theme could cover the page with a link.
_CLASSES = re.compile(
    r"external|fact|noprint|run-in|only-[a-z][a-z0-9-]*"
    # Markdown's own
    r"|field-list|contains-task-list|task-list-item|myst-(?:target|line-comment|block)"
)
_UNSHOWN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffd-\uffff]")
#: Schemes that a link may have; the last three are MyST-Parser's, for locations in the book.
_SCHEMES = re.compile(r"(?:https?|ftp)://(?![/\\])|(?:mailto|tel|project|path|inv):")
#: Paths of folders and pages, and of the files that a build makes beside its pages.
_ON_THE_SITE = re.compile(
    r"(?![a-z][\w+.-]*:)(?:.*/|.*\.html?|(?:.*/)?(?:cv\.(?:pdf|txt|vcf)|talks\.pdf|resume\.json))", re.IGNORECASE
)
#: An address without its scheme, unlike a file's name.
_SITE = re.compile(
    r"(?!.*\.(?:md|html?|pdf|png|jpe?g|gif|webp|txt|json|vcf|docx?|odt|odp|pptx?|xlsx?|csv|ics|key|zip)$)"
    r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:[/?#]\S*)?",
    re.IGNORECASE,
)
#: First bytes of pictures by suffix, so that programs which read pictures get no other files.
_SIGNATURES = {
    ".gif": b"GIF8",
    ".jpeg": b"\xff\xd8\xff",
    ".jpg": b"\xff\xd8\xff",
    ".pdf": b"%PDF-",
    ".png": b"\x89PNG\r\n\x1a\n",
    ".webp": b"RIFF",
}
#: Files that a page may show or offer. SVG and HTML are not among them, since they can carry script.
PICTURES = frozenset(_SIGNATURES)
DOWNLOADS = PICTURES | frozenset(".csv .docx .ics .key .odp .odt .pptx .txt .vcf .xlsx .zip".split())


@dataclass(frozen=True)
class Fault:
    """A refused value, and a remedy."""

    what: str
    remedy: str
    #: Words of the line, and those that are probably meant instead.
    replacement: tuple[str, str] | None = None
    #: The kind of fault if only the first of that kind on a page is warned of; empty if each is.
    kind: str = ""


@dataclass
class Page:
    """A page that is being checked."""

    env: BuildEnvironment
    #: What ``conf.py`` allows beside the tables (``cv_allow``).
    allowed: Collection[str] = ()
    #: Number of each directive, footnote, cell … on the page so far, by its name.
    counts: dict[str, int] = field(default_factory=dict)
    #: Kinds of faults that have been warned of.
    told: set[str] = field(default_factory=set)

    def strange_classes(self, names: Iterable[str]) -> str:
        """Return the classes that are not allowed, separated by spaces."""
        return " ".join(name for name in names if not _CLASSES.fullmatch(name) and name not in self.allowed)


#: Function that returns the fault of a value, whose ``what`` is the value itself unless a better name is known.
Validator = Callable[[str, Page], Fault | None]


def _type(is_right: Callable[[str], object], remedy: str) -> Validator:
    return lambda value, page: None if is_right(value) else Fault(shorten(value), remedy)


def _pattern(pattern: str, remedy: str) -> Validator:
    return _type(re.compile(pattern).fullmatch, remedy)


def integer(low: int, high: int) -> Validator:
    """Return a validator of whole numbers from ``low`` to ``high``."""
    return _type(
        lambda value: re.fullmatch("-?[0-9]{1,9}", value) and low <= int(value) <= high,
        f"write a whole number from {low} to {high}",
    )


def choice(*words: str) -> Validator:
    """Return a validator of some words, in upper or lower case."""
    *first, last = filter(None, words)
    said = f"{', '.join(first)} or {last}" if first else last
    return _type(lambda value: value.strip().lower() in words, f"write {said}")


def optional(one: Validator) -> Validator:
    """Return a validator that accepts no value as well."""
    return lambda value, page: one(value, page) if value else None


def text(value: str, page: Page) -> Fault | None:
    """Accept any words, but no control characters, which an option in quotes may have by their numbers.

    The words are either not shown, or parsed as Markdown and checked then.
    """
    return Fault("a character that cannot be shown", "delete it") if _UNSHOWN.search(value) else None


def filled(value: str, page: Page) -> Fault | None:
    """Accept any words, but no blank line at first, on which MyST-Parser fails."""
    return None if value.partition("\n")[0].strip() else Fault("a blank line at first", "begin with words")


def marks(text: str) -> Counter[str]:
    """Return the marks of variants in a text, such as ``only-short``."""
    braces = "".join(re.findall(r"\{[^{}]*\}", text))
    return Counter(re.findall(r"(?<![\w-])only-[\w-]+", braces))


def footnotes(text: str) -> Counter[str]:
    """Return the references to footnotes in a text, such as ``[^1]``."""
    runs = [run for part in text.split("]")[:-1] for run in part.split()[-1:]]
    return Counter(f"[^{run.partition('[^')[2]}]" for run in runs if "[^" in run)


def plain(value: str, page: Page) -> Fault | None:
    """Accept words that are no Markdown, in which a mark would hide nothing."""
    is_marked = marks(value) or re.search(rf"\{{\s*{SHOW}", value)
    return Fault(shorten(value), "delete the mark, since every output has this") if is_marked else text(value, page)


def index_entry(value: str, page: Page) -> Fault | None:
    """Accept an entry of the index, but for kinds that Sphinx no longer has, at which it fails."""
    if re.search(r"(?m)^\s*!?\s*(module|keyword|operator|object|exception|statement|builtin):", value):
        return Fault(shorten(value), "begin it with single:, or with no kind")
    return plain(value, page)


def classes(value: str, page: Page) -> Fault | None:
    """Accept classes that are allowed."""
    if strange := page.strange_classes(value.split()):
        return Fault(f'the class "{strange}"', "delete it, or name it in cv_allow in conf.py")
    return None


def lexer(value: str, page: Page) -> Fault | None:
    """Accept a possible name of a programming language."""
    is_name = re.fullmatch(r"[\w+#./-]{0,40}", value, re.ASCII)
    return None if is_name else Fault(f'the language "{shorten(value)}"', "write a name, such as python")


flag = text
identifier = _pattern(r"[\w .:'/-]{1,100}", "write a name of letters, digits and hyphens")
#: Sphinx needs a paragraph, which a text is that begins with a word.
caption = _pattern(r"(?s)(?!.*\.only-)([^\W_]|[\"'“„]).*", "begin it with a word, and mark none of it with a variant")
#: docutils writes a fraction of more than four decimals with an exponent, which its writers cannot read.
length = _pattern(
    r"(?i)(?=\.?[0-9])(?!0*\.0{4})[0-9]{0,4}(\.[0-9]{1,6})? ?(|%|px|em|ex|rem|ch|vw|vh|vmin|vmax|pt|pc|cm|mm|q|in)",
    "write a length, such as 40% or 120px",
)
percentage = _pattern(r"[0-9]{1,3} ?%?", "write a percentage, such as 50%")
#: Lines of a code block.
lines = _pattern(r"[0-9]{1,4}(-[0-9]{0,4})?(,\s*[0-9]{1,4}(-[0-9]{0,4})?){0,50}", "write lines, such as 1,3-5")
widths = _pattern(r"auto|grid|[0-9]{1,3}([ ,]+[0-9]{1,3}){0,30}", "write numbers, such as 30 70")
#: Pages; each star lets a match begin anew, so there are few.
pages = _pattern(r"[\w .,+()'&/-]*(\*[\w .,+()'&/-]*){0,3}", "write the name of a folder and a star, such as /talks/*")


def condition(value: str, page: Page) -> Fault | None:
    """Accept names of outputs with "and", "or", "not" between them (Sphinx's tags)."""
    try:
        # Constants are no tags; where Sphinx meets one depends on the tags before it.
        is_plain = re.fullmatch(r"(?i)(?!.*\b(?:true|false|none)\b)[\w ()]{1,80}", value)
        Tags().eval_condition(value if is_plain else "")
    except Exception:  # noqa: BLE001 - whatever jinja2 says of the syntax
        return Fault(shorten(value), "write the name of an output, such as html")
    return None


def formula(value: str, page: Page) -> Fault | None:
    """Accept a formula of known macros."""
    # Few CVs have any, and their parser takes a moment to import.
    from cvtools.reading import formulas

    return Fault(problem, "") if (problem := formulas.problem(value.strip())) else None


def display_formula(value: str, page: Page) -> Fault | None:
    """Accept a displayed formula of known macros."""
    from cvtools.reading import formulas

    return formula(formulas.display(value.strip()), page)


def address(value: str, page: Page) -> Fault | None:
    """Accept an address with a scheme that no browser executes, or a location in the book.

    Browsers skip spaces and control characters in a scheme, so whatever comes before a colon counts as one.
    """
    start = re.split("[/?#]", value, maxsplit=1)[0]
    if ":" in start and not _SCHEMES.match(value):
        scheme = "".join(start.partition(":")[0].split())
        return Fault(f'a link to "{scheme}:"', "write an address that begins with https://")
    if re.match(r"[\\/]\s*[\\/]|\s*\\", value):
        return Fault(f"the address {value}", "begin it with https://")
    if re.search(r"[\0-\x1f]", unquote(value)):
        return Fault("an address with a control character", "delete it")
    if any(len(part.encode()) > 255 for part in value.split("/")) and "://" not in value:
        return Fault("a file's name that is so long", "shorten it")
    return None


def link(value: str, page: Page) -> Fault | None:
    """Accept the address of a link, which may be a file below the folder of the pages."""
    if fault := address(value, page):
        return fault
    scheme = re.match(r"(\w+):", value)
    if value.startswith("#") or (scheme and scheme[1] not in {"path", "project"}):
        return None
    if is_elsewhere(value, page.env):
        return None
    if fault := _outside(value.partition(":")[2] if scheme else value, page):
        return fault
    path = unquote(re.split("[?#]", value, maxsplit=1)[0])
    if not scheme and _SITE.fullmatch(value) and not path_of(path, page.env).exists():
        meant = f"https://{value}"
        return Fault(f'a link to "{shorten(value, 40)}"', f"did you mean {shorten(meant, 50)}?", (value, meant))
    return None


def is_elsewhere(value: str, env: BuildEnvironment) -> bool:
    """Return whether a link leads to a part of the site that is not made of a file here, such as another CV."""
    path = re.split("[?#]", value, maxsplit=1)[0]
    if not _ON_THE_SITE.fullmatch(path):
        return False
    file = path_of(unquote(path), env)
    return bool(misplaced(file, env)) or not file.exists()


def picture(value: str, page: Page) -> Fault | None:
    """Accept the name of a picture below the folder of the pages; docutils drops backslashes from it."""
    return file_fault(directives.uri("\\ ".join(value.split())), PICTURES, page)


def bibliography(value: str, page: Page) -> Fault | None:
    """Accept the name of a BibTeX file below the folder of the pages."""
    return file_fault(value, frozenset({".bib"}), page)


def toctree(value: str, page: Page) -> Fault | None:
    """Accept lines that name pages or addresses, with or without a title."""
    for line in value.splitlines():
        entry = re.fullmatch(r"(?s)(?:.*[^\\]|)<(.*)>\s*", line)
        target = entry[1] if entry else line.strip()
        is_address = "://" in target
        if fault := plain(line, page) or address(target, page) or (None if is_address else pages(target, page)):
            return fault
    return None


def file_fault(name: str, kinds: frozenset[str], page: Page) -> Fault | None:
    """Return the fault of a file that a page shows or offers."""
    if "://" in name or address(name, page):
        return Fault(f"the file {name}", "save it beside the page")
    if fault := _outside(name, page):
        return fault
    if remedy := unpublished(path_of(name, page.env), kinds, page.env):
        return Fault(f"the file {name}", remedy)
    return _false_picture(name, page) if kinds is PICTURES else None


def unpublished(path: Path, kinds: frozenset[str], env: BuildEnvironment) -> str:
    """Return what to do about a file that may not be copied into the book; empty if it may."""
    allowed = kinds | {*env.config.cv_allow}
    if path.suffix.lower() not in allowed:
        return f"use one of {', '.join(sorted(allowed))}"
    if path.is_relative_to(Path(env.srcdir, LETTERS)) and not env.config.cv_letters:
        return f"move it out of {LETTERS}, which only letters show"
    return ""


def _false_picture(name: str, page: Page) -> Fault | None:
    """Return the fault of a picture whose content contradicts its suffix, or that cannot be read."""
    suffix = Path(name).suffix.lower()
    for written in _names(name, page.env):
        try:
            with path_of(written, page.env).open("rb") as file:
                begin = file.read(8)
        except FileNotFoundError:
            # Sphinx warns of it.
            continue
        except OSError:
            return Fault(f"the file {name}", "use a picture that can be read")
        if not begin.startswith(_SIGNATURES.get(suffix, b"")):
            return Fault(f"the file {name}", f"it is no {suffix[1:].upper()}: save it as one, or name it as what it is")
    return None


def _outside(name: str, page: Page) -> Fault | None:
    """Return the fault of a name that leads out of the pages, with "#" as a letter, as to Sphinx, or as a separator."""
    parts = (name, name.partition("#")[0], re.split("[?#]", name, maxsplit=1)[0])
    paths = [path_of(one, page.env) for part in parts for one in _names(part, page.env)]
    remedy = next(filter(None, (misplaced(path, page.env) for path in paths)), "")
    return Fault(f"the file {name}", remedy) if remedy else None


def _names(name: str, env: BuildEnvironment) -> set[str]:
    """Return the names by which a file may be found; a picture may have another for the language of the page."""
    names = {name, unquote(name)}
    return names | {get_image_filename_for_language(one, env) for one in names}


def path_of(name: str, env: BuildEnvironment) -> Path:
    """Return the path of a file that a page names, as ``relfn2path()`` does, but without following symbolic links."""
    first, *others = Path(name).parts or ("",)
    path = Path(env.srcdir, *others) if first in {"/", "\\"} else Path(env.doc2path(env.docname)).parent / name
    return Path(os.path.normpath(path))


def misplaced(path: Path, env: BuildEnvironment) -> str:
    """Return what to do about a path that no page may name; empty if a page may name it.

    A page may name a regular file or a folder among the pages, or nothing at all there. It may not name a symbolic
    link, since Sphinx would judge and publish the target by its own name. Outside, only links are read.
    """
    try:
        real = os.path.realpath(path)
        if not Path(real).is_relative_to(env.srcdir):
            return "move it into the folder of the pages"
        if real != str(path) or os.path.islink(real):  # noqa: PTH114
            return "it is a link: put the file itself there"
        mode = os.lstat(real).st_mode
    except FileNotFoundError:
        return ""
    except (OSError, RuntimeError, ValueError):
        mode = 0
    # Of folders, nothing is read.
    return "" if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else "use a regular file"
