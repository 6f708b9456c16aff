"""Make a patch that marks the pages of a project for a new edition, which has all but some entries of another one."""

import difflib
import re
import stat
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser
from sphinx.environment import BuildEnvironment

from cvtools import limits
from cvtools.config import SYNTAX
from cvtools.reading.catalogs import find_catalogs
from cvtools.sphinx_warnings import SourceError
from cvtools.watchdog import WATCHDOG

#: Kinds of tokens that may come between the beginning of a heading and its fields.
_BETWEEN = {"inline", "heading_close", "myst_target", "myst_line_comment", "myst_block_break", "html_block", "hr"}


def patch(project: Path, env: BuildEnvironment, base: str, name: str, hidden: Collection[int]) -> str:
    """Return a patch that marks pages and catalogs for an edition that is like another one; empty for no change.

    :param base: the variant of the edition to copy; empty if ``conf.py`` declares no editions
    :param hidden: lines of headings of the CV's own page that are to be left out
    """
    root = Path(env.doc2path(env.config.root_doc))
    patch_lines: list[str] = []
    folders = (project / "locales" / language / "LC_MESSAGES" for language in env.config.cv_languages)
    files = [*(project / "docs").rglob("*.md"), *(path for folder in folders for path in find_catalogs(folder))]
    # A link may lead to any file, and a name with line breaks be read as a part of the patch.
    for path in sorted(path for path in files if stat.S_ISREG(path.lstat().st_mode) and str(path).isprintable()):
        WATCHDOG.start_timer(path, "marking", limits.PAGE_TIME)
        lines = _lines(path)
        marked = _marked(lines, base, name, hidden if path.samefile(root) else ())
        inside = path.relative_to(project).as_posix()
        for line in difflib.unified_diff(lines, marked, f"a/{inside}", f"b/{inside}"):
            patch_lines += [line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"]
    return "".join(patch_lines)


def _lines(path: Path) -> list[str]:
    """Return the lines of a page or a catalog with their ends.

    :raises SourceError: no patch can hold such lines
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            lines = [*file]
    except UnicodeDecodeError:
        raise SourceError(path, 0, "this is not UTF-8: save the file as UTF-8") from None
    if any(line.endswith("\r") for line in lines):
        raise SourceError(path, 0, "lines end as on an old Mac, which no patch can hold: save it with Unix line ends")
    return lines


def _marked(lines: Sequence[str], base: str, name: str, hidden: Collection[int]) -> list[str]:
    """Return lines of a page in which each mark that names one edition names another one, too.

    :param hidden: lines of headings that are to be left out of the other edition
    """
    marked = [*_named(lines, base, name)] if base else [*lines]
    fields = _fields(lines) if hidden else {}
    # From the end, so that lines that are inserted move none of those above.
    for heading in sorted(hidden, reverse=True):
        first, end = fields.get(heading, (heading, heading))
        only = next((number for number in range(first, end) if lines[number].startswith(":only:")), None)
        if only is None:
            has_text = end == first < len(lines) and lines[first].strip()
            marked[first:first] = [f":only: not-{name}\n", *(["\n"] if has_text else [])]
        elif "not-" in lines[only]:
            marked[only] = f"{lines[only].rstrip()}, not-{name}\n"
        else:
            # Undo _named(): the mark lists the editions that have the entry, and the new one must not.
            marked[only] = lines[only]
    return marked


def _fields(lines: Sequence[str]) -> dict[int, tuple[int, int]]:
    """Return where the fields of each heading are: the number of their first line and of the line after them, from 0.

    Without fields, both are where fields would be.

    :returns: the numbers by the line of the heading, counted from 1
    """
    parser = create_md_parser(MdParserConfig(enable_extensions=SYNTAX), RendererHTML)
    spans: dict[int, tuple[int, int]] = {}
    heading = 0
    for token in parser.parse("".join(lines)):
        first, end = token.map or (0, 0)
        if token.type == "heading_open":
            heading = first + 1
            spans[heading] = end, end
        elif token.type not in _BETWEEN:
            if heading and token.type == "field_list_open":
                spans[heading] = first, end
            heading = 0
    return spans


def _named(lines: Iterable[str], base: str, name: str) -> Iterator[str]:
    """Yield lines in which a mark for `name` follows each mark for `base`, in any of the forms of marks.

    A value of :only: may go on in indented lines.
    """
    in_value = False
    for line in lines:
        # A heading may be in a quotation, a list or a message of a catalog.
        field = re.match(r"""(?:[\s>"*+-]|\d+[.)])*:only:""", line)
        in_value = bool(field) or (in_value and line[:1].isspace() and bool(line.strip()))
        start = field.end() if field else 0
        value = line[start:]
        if in_value:
            value = re.sub(rf"(?<![\w-])(not-)?{base}(?![\w-])", rf"\g<0>, \1{name}", value)
        # Skip targets and links to them; a class without quotes, as in class=only-x, needs another class.
        value = re.sub(rf"(?<==)only-(not-)?{base}(?![\w-])", rf"\g<0> .only-\1{name}", value)
        value = re.sub(rf"(\.|(?<![\w#(/=-]))only-(not-)?{base}(?![\w-])", rf"\g<0> \1only-\2{name}", value)
        yield line[:start] + value
