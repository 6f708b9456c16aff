"""Warn about problems, and reword the warnings of Sphinx and MyST-Parser for writers."""

import errno
import os
import re
from collections.abc import Mapping
from enum import Enum
from logging import INFO, WARNING, Filter, Handler, LogRecord, getLogger
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.config import Config
from sphinx.errors import SphinxError
from sphinx.util import logging
from sphinx.util.console import bold  # type: ignore[attr-defined]

from cvtools import limits
from cvtools.nodes import ancestors
from cvtools.problems import Problem, Report
from cvtools.terminal import printable, printable_in_colour

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_logger = logging.getLogger(__name__)


class Code(Enum):
    """Names of the rules that warnings are about; ``suppress_warnings = ["cv.field"]`` silences one."""

    ENTRY = "entry"  #: A field list of unknown kind, or in a place where it does not count.
    FIELD = "field"  #: A field that its entry's kind lacks, or that occurs twice.
    VALUE = "value"  #: A value that is invalid for its field.
    FUTURE = "future"  #: A period that has not begun.
    MISSING = "missing"  #: A required field that is missing.
    LISTING = "listing"  #: A listing that has nothing to list.
    GUARD = "guard"  #: Something forbidden, which is shown as its source.
    CHARACTER = "character"  #: A character that is invisible or misleads readers.
    VARIANT = "variant"  #: A variant without entries, or a mark that seems misspelt.
    LANGUAGE = "language"  #: A language without labels of its own.
    TRANSLATION = "translation"  #: Text without a translation, or a translation with other facts.
    ACCENT = "accent"  #: An accent colour that is hard to read.
    TECHNOLOGY = "technology"  #: A technology that no entry names, or that seems to have two names.
    FONT = "font"  #: A character that no installed font has.
    LATEX = "latex"  #: Something that cannot be typeset.
    CODE = "code"  #: Code that is too long to be coloured, or in a language that is not.
    FORMULA = "formula"  #: A formula that a page cannot show, or that is not read as one.
    SPELLING = "spelling"  #: A word that no dictionary has.
    MORE = "more"  #: Warnings beyond the limit, which are only counted.


#: Characters at the end of a long message that are kept: a suggestion, and the type that Sphinx appends.
_END = 80
#: Patterns of messages of Sphinx and MyST-Parser, each with its replacement for writers.
_REWORDED: Mapping[str, str] = {
    r"'myst' (?:cross-)?reference target not found: '?(.*?)'?(?: in doctree .*?)?": (
        r'nothing is called "\1": check the name of the page, heading or file that this leads to'
    ),
    r"image file not readable: (.*?)": r"the picture \1 cannot be read: check its name, and that it is there",
    r"document isn't included in any toctree": (
        "no page leads here: list talks with {talks}, and name other pages in a {toctree}"
    ),
    r"toctree contains reference to nonexisting document '(.*?)'": (
        r"there is no page \1: check the name in the {toctree}"
    ),
    r'multiple files found for the document "(.*?)": (.*)\nUse (?s:.*)': (
        r"several of the files \2 are the page \1: rename all but one"
    ),
    r"'([\w-]+)': Unknown option key: '(.*?)' \(allowed: \[(.*?)\]\)": r"{\1} has no option '\2': known are \3",
    r'Unknown target name: "(.*?)"\.': r'nothing is called "\1": write [^\1]: and the text of the footnote',
    r"Footnote \[(.*?)\] is not referenced\.": r"nothing refers to this footnote: refer to it by [^\1], or delete it",
    r"Directive '([\w-]+)': 1 argument\(s\) required, 0 supplied": r"{\1} lacks a value: write one behind the }",
    r"'([\w-]+)': Has content, but none permitted": (
        r"{\1} takes no text: delete the lines in it, or put the ``` that ends it above them"
    ),
}


class SourceError(SphinxError):
    """A file cannot be read, or exceeds a limit.

    :param line: from 1; 0 for the whole file
    :param text: the rule that was broken and a suggestion
    """

    category = "Source"

    def __init__(self, path: str | Path, line: int, text: str) -> None:
        location = f"{path}:{line}" if line else str(path)
        super().__init__(printable(f"{location}: {text}"))
        self.problem = Problem.at(location, text, level="fatal")


class Rewording(Filter):
    """Filter that rewords log records for writers, printable and not too long, before Sphinx colours them."""

    def filter(self, record: LogRecord) -> bool:
        # The method of Sphinx's records would put the location before the message.
        text = LogRecord.getMessage(record)
        for pattern, reworded in _REWORDED.items():
            # Sphinx appends the type in brackets.
            text = re.sub(rf"^{pattern}(?= \[[\w.]+\]$|$)", reworded, text)
        if getattr(record, "type", "") == "docutils":
            # Delete the lines of the page that docutils quotes, which might look like warnings.
            text = re.sub(r"(?s)\n\n.*?(?= \[[\w.]+\]$|$)", "", text)
        if len(text) > limits.WARNING_LENGTH:
            # Keep the end, which has the suggestion: Problem would cut it off.
            text = f"{text[: limits.WARNING_LENGTH - _END - 3]} … {text[-_END:]}"
        # Sphinx has coloured parts of its own notes, unless colours are off.
        is_coloured = record.levelno < WARNING and bold("")
        if record.levelno >= WARNING:
            # A second line might look like the warning of another file.
            text = " ".join(text.splitlines())
        record.msg, record.args = (printable_in_colour if is_coloured else printable)(text), ()
        if location := getattr(record, "location", None):
            # Sphinx takes MyST's path for the name of a document, and adds a suffix to it.
            location = re.sub(r":<translated>(?::\d+)?", "", str(location).replace(".md.rst:", ".md:"))
            record.location = printable(location)
        return True


class FirstWarnings(Filter):
    """Filter that drops and counts all warnings beyond ``limits.WARNINGS``."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def filter(self, record: LogRecord) -> bool:
        self.count += record.levelno >= WARNING
        return record.levelno < WARNING or self.count <= limits.WARNINGS

    def report_rest(self, app: "Sphinx", exception: Exception | None) -> None:
        """Warn at the end of a build about the number of dropped warnings; another build begins to count anew."""
        more, self.count = self.count - limits.WARNINGS, 0
        if more > 0:
            warn(None, Code.MORE, f"{more} more warnings are not shown: fix these first")


class _ReportsProblems:
    """Mixin for log handlers that report problems, whose paths are absolute or relative to the project."""

    def __init__(self, report: Report, project: Path) -> None:
        super().__init__()
        self.report, self.prefix = report, f"{project}{os.sep}"

    def emit(self, record: LogRecord) -> None:
        code = ".".join(filter(None, (getattr(record, "type", ""), getattr(record, "subtype", ""))))
        text = LogRecord.getMessage(record).removesuffix(f" [{code}]").replace(self.prefix, "")
        location = str(getattr(record, "location", None) or "").removeprefix(self.prefix)
        replacement = getattr(record, "replacement", None)
        level: Any = record.levelname.lower()
        if record.levelno < WARNING:
            level, text = "note", text.removeprefix("note: ")
        if text.endswith("in override, ignoring"):
            # If conf.py does not load cvtools, Sphinx does not know the values that a build sets.
            return
        if not location and os.strerror(errno.ENOSPC) in text:
            # Sphinx merely warns about a page that it cannot write.
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.report(Problem.at(location, text, code=code, level=level, replacement=replacement))


class _WarningHandler(_ReportsProblems, logging.WarningStreamHandler):
    """Handler of warnings, with the base class by which Sphinx recognises handlers whose warnings it postpones."""


class _NoteHandler(_ReportsProblems, Handler):
    """Handler of notes, without Sphinx's progress."""

    def emit(self, record: LogRecord) -> None:
        if getattr(record, "type", "") == "cv":
            super().emit(record)


def report_to(report: Report, project: Path) -> None:
    """Report Sphinx's log records from now on instead of printing them, see :class:`_ReportsProblems`."""
    logger = getLogger(logging.NAMESPACE)
    # Nobody reads Sphinx's thousands of messages below this level, which take long to make.
    logger.setLevel(INFO)
    info, warning, *_ = logger.handlers
    handlers: list[Handler] = [_NoteHandler(report, project), _WarningHandler(report, project)]
    for ours, theirs in zip(handlers, (info, warning), strict=True):
        ours.filters = theirs.filters
        ours.setLevel(theirs.level)
    logger.handlers[:] = handlers


def warn(
    node: nodes.Node | str | tuple[str, int] | None, code: Code, text: str, replacement: tuple[str, str] | None = None
) -> None:
    """Warn about a problem in the source.

    :param node: the node at fault, or its location: a docname, a docname with a line, or a "path:line"
    :param text: the rule that was broken, and a suggestion
    :param replacement: words of the line, and those that are probably meant instead
    """
    if isinstance(node, nodes.Node):
        # Some nodes have no line, and MyST's pictures have 0; the nearest ancestor with a line counts.
        around = [node, *ancestors(node)]
        node = next((candidate for candidate in around if candidate.line), around[-1])
    extra = {"replacement": replacement}
    _logger.warning("%s", text, location=node, type="cv", subtype=code.value, extra=extra)


def note(location: tuple[str, int], topic: str, text: str, config: Config) -> None:
    """Report a problem that fails no build, unless ``suppress_warnings`` silences its topic."""
    if not logging.is_suppressed_warning("cv", topic, config.suppress_warnings):
        _logger.info("note: %s [cv.%s]", printable(text), topic, location=location, type="cv", subtype=topic)


def setup(app: "Sphinx") -> None:
    """Add the filters to Sphinx's log handlers."""
    first = FirstWarnings()
    app.connect("build-finished", first.report_rest)
    for handler in getLogger(logging.NAMESPACE).handlers:
        handler.addFilter(Rewording())
        if handler.level >= WARNING:
            handler.addFilter(first)
