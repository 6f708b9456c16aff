"""Validate values that pages give: options of directives, attributes and addresses.

A validator returns the fault of a value, or None. It looks at the value alone, unlike those in ``linked_files.py``.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import unquote

from sphinx.environment import BuildEnvironment
from sphinx.util.tags import Tags

from cvtools.reading.characters import CONTROLS
from cvtools.reading.fields import SHOW
from cvtools.terminal import shorten

#: Allowed classes; those of the theme are not, since they could cover the page with a link.
_CLASSES = re.compile(
    r"external|fact|noprint|run-in|only-[a-z][a-z0-9-]*"
    # MyST-Parser's own
    r"|field-list|contains-task-list|task-list-item|myst-(?:target|line-comment|block)"
)
#: Characters that cannot be shown, or that reorder others.
_UNSHOWN = re.compile(f"[{CONTROLS}\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffd-\uffff]")
#: A mark of a variant or an output. Text with one is neither converted to Markdown nor shown as source.
MARK = re.compile(rf"(?<![\w-])only-[\w-]|:only:|{SHOW}")
#: Remedy for what was probably meant as a mark.
_WRITE_MARK = "write .only-NAME for a variant, or the directive only for an output"
#: Schemes that a link may have; the last three are MyST-Parser's, for locations in the website.
_SCHEMES = re.compile(r"(?:https?|ftp)://(?![/\\])|(?:mailto|tel|project|path|inv):")


@dataclass(frozen=True)
class Fault:
    """A fault of what a page gives, such as a value or a file."""

    #: The thing at fault, for a message; the whole message if there is no remedy.
    what: str
    remedy: str
    #: Words of the line, and those that were probably meant instead.
    replacement: tuple[str, str] | None = None
    #: Kind of fault of which only the first on a page is reported; empty if each is.
    kind: str = ""


@dataclass
class Page:
    """A page that is being checked."""

    env: BuildEnvironment
    #: Names that ``conf.py`` allows beside the allowlist (``cv_allow``).
    allowed: Collection[str] = ()
    #: Number of directives, footnotes, cells and others on the page so far, by name.
    counts: dict[str, int] = field(default_factory=dict)
    #: Kinds of faults that have been reported.
    reported: set[str] = field(default_factory=set)

    def forbidden_classes(self, names: Iterable[str]) -> str:
        """Return the classes that are not allowed, separated by spaces."""
        return " ".join(name for name in names if not _CLASSES.fullmatch(name) and name not in self.allowed)


#: Function that returns the fault of a value, or None; its ``what`` is the shortened value, or names what is in it.
Validator = Callable[[str, Page], Fault | None]


def _accepting(is_valid: Callable[[str], object], remedy: str) -> Validator:
    return lambda value, page: None if is_valid(value) else Fault(shorten(value), remedy)


def _matching(pattern: str, remedy: str) -> Validator:
    return _accepting(re.compile(pattern).fullmatch, remedy)


def integer(low: int, high: int) -> Validator:
    """Return a validator of whole numbers from ``low`` to ``high``."""
    return _accepting(
        lambda value: re.fullmatch("-?[0-9]{1,9}", value) and low <= int(value) <= high,
        f"write a whole number from {low} to {high}",
    )


def choice(*words: str) -> Validator:
    """Return a validator that accepts some words, in upper or lower case."""
    *first, last = filter(None, words)
    choices = f"{', '.join(first)} or {last}" if first else last
    return _accepting(lambda value: value.strip().lower() in words, f"write {choices}")


def optional(validator: Validator) -> Validator:
    """Return a validator that accepts an empty value as well."""
    return lambda value, page: validator(value, page) if value else None


def text(value: str, page: Page) -> Fault | None:
    """Accept words without control characters; pages show them only as Markdown, which is checked when it is parsed."""
    # An option in quotation marks may have escapes of control characters.
    return Fault("a character that cannot be shown", "delete it") if _UNSHOWN.search(value) else None


def filled(value: str, page: Page) -> Fault | None:
    """Accept any words that do not begin with a blank line, on which MyST-Parser would fail."""
    return None if value.partition("\n")[0].strip() else Fault("a blank line at the beginning", "begin with words")


def count_marks(text: str) -> Counter[str]:
    """Count the marks of variants in a text, such as ``only-short``: in braces alone, since words are no marks."""
    braces = "".join(re.findall(r"\{[^{}]*\}", text))
    return Counter(re.findall(r"(?<![\w-])only-[\w-]+", braces))


def plain(value: str, page: Page) -> Fault | None:
    """Accept words that are not parsed as Markdown; refuse a mark in them, which would do nothing."""
    is_marked = count_marks(value) or re.search(rf"\{{\s*{SHOW}", value)
    return Fault(shorten(value), "delete the mark, since every output has this") if is_marked else text(value, page)


def unmarked(value: str, page: Page) -> Fault | None:
    """Accept rows or terms without a mark of a variant, which would remove a cell or a term and keep the rest."""
    rule = "write a table with bars, or a list of definitions, where marks hold"
    return Fault("a mark in rows or terms", rule) if count_marks(value) else text(value, page)


def index_entry(value: str, page: Page) -> Fault | None:
    """Accept an entry of the index, except of kinds that Sphinx no longer has, on which it would fail."""
    if re.search(r"(?m)^\s*!?\s*(module|keyword|operator|object|exception|statement|builtin):", value):
        return Fault(shorten(value), "begin it with single:, or with no kind")
    return plain(value, page)


def classes(value: str, page: Page) -> Fault | None:
    """Accept allowed classes."""
    if forbidden := page.forbidden_classes(value.split()):
        # "read-only" is another word.
        is_mark = re.search(r"(?<![\w-])(only|not-)|only-", forbidden, re.IGNORECASE)
        remedy = _WRITE_MARK if is_mark else "delete it, or name it in cv_allow in conf.py"
        return Fault(f'the class "{forbidden}"', remedy)
    return None


def refuse_mark(value: str, page: Page) -> Fault:
    """Refuse an attribute that was probably meant as a mark."""
    return Fault(shorten(value), _WRITE_MARK)


def identifier(value: str, page: Page) -> Fault | None:
    """Accept the name of a target, unless it was probably meant as a mark."""
    return refuse_mark(value, page) if value.startswith("only-") else _name(value, page)


def lexer(value: str, page: Page) -> Fault | None:
    """Accept a possible name of a programming language."""
    is_name = re.fullmatch(r"[\w+#./-]{0,40}", value, re.ASCII)
    return None if is_name else Fault(f'the language "{shorten(value)}"', "write a name, such as python")


flag = text
_name = _matching(r"[\w .:'/-]{1,100}", "write a name of letters, digits and hyphens")
#: Sphinx fails unless a caption is a paragraph, as any text that begins with a word is.
caption = _matching(r"(?s)(?!.*\.only-)([^\W_]|[\"'“„]).*", "begin it with a word, and mark none of it with a variant")
#: docutils writes a fraction of more than four decimals with an exponent, which its writers cannot read.
length = _matching(
    r"(?i)(?=\.?[0-9])(?!0*\.0{4})[0-9]{0,4}(\.[0-9]{1,6})? ?(|%|px|em|ex|rem|ch|vw|vh|vmin|vmax|pt|pc|cm|mm|q|in)",
    "write a length, such as 40% or 120px",
)
percentage = _matching(r"[0-9]{1,3} ?%?", "write a percentage, such as 50%")
#: Lines of a code block.
lines = _matching(r"[0-9]{1,4}(-[0-9]{0,4})?(,\s*[0-9]{1,4}(-[0-9]{0,4})?){0,50}", "write lines, such as 1,3-5")
widths = _matching(r"auto|grid|[0-9]{1,3}([ ,]+[0-9]{1,3}){0,30}", "write numbers, such as 30 70")
#: Names of pages with few stars, since the time of a match grows with each.
pages = _matching(r"[\w .,+()'&/-]*(\*[\w .,+()'&/-]*){0,3}", "write the name of a folder and a star, such as /talks/*")


def condition(value: str, page: Page) -> Fault | None:
    """Accept names of outputs with "and", "or", "not" between them (Sphinx's tags)."""
    # Constants are no tags, and whether Sphinx fails on one depends on the tags before it.
    if re.fullmatch(r"(?i)(?!.*\b(?:true|false|none)\b)[\w ()]{1,80}", value):
        # jinja2 raises errors of many types.
        with suppress(Exception):
            Tags().eval_condition(value)
            return None
    return Fault(shorten(value), "write the name of an output, such as html")


def address(value: str, page: Page) -> Fault | None:
    """Accept an address with a scheme that no browser executes, or a location in the website.

    Whatever comes before a colon counts as a scheme, since browsers skip spaces and control characters in one.
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
        return Fault("a file name of more than 255 bytes", "shorten it")
    return None


def toctree(value: str, page: Page) -> Fault | None:
    """Accept lines that name pages or addresses, with or without a title."""
    for line in value.splitlines():
        entry = re.fullmatch(r"(?s)(?:.*[^\\]|)<(.*)>\s*", line)
        target = entry[1] if entry else line.strip()
        is_address = "://" in target
        if fault := plain(line, page) or address(target, page) or (None if is_address else pages(target, page)):
            return fault
    return None
