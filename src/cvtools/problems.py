"""Warn of problems, and put what Sphinx and MyST warn of into a writer's words."""

import errno
import os
import re
from enum import Enum
from logging import WARNING, Filter, Handler, LogRecord, getLogger
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import SphinxError
from sphinx.util import logging
from sphinx.util.console import bold  # type: ignore[attr-defined]

from cvtools import limits
from cvtools.reporters import Problem, Report
from cvtools.terminal import printable, printable_in_colour, say

_logger = logging.getLogger(__name__)


class Code(Enum):
    """Names of the rules that a warning may be about; ``suppress_warnings = ["cv.field"]`` silences one."""

    #: A field list whose kind cannot be told, or that stands where it does not count.
    ENTRY = "entry"
    #: A field that its entry does not have, or has twice.
    FIELD = "field"
    #: A value that breaks its field's rule.
    VALUE = "value"
    #: A period that has not begun.
    FUTURE = "future"
    #: A required field that is missing.
    MISSING = "missing"
    #: A listing that has nothing to list.
    LISTING = "listing"
    #: Something that a page may not do; it is shown as it was written.
    GUARD = "guard"
    #: A character that deceives readers, or that none can see.
    CHARACTER = "character"
    #: A variant that nothing, or only a misspelt mark, belongs to.
    VARIANT = "variant"
    #: A technology that no entry names, or that seems to have two names.
    TECHNOLOGY = "technology"
    #: A character that no installed font has.
    FONT = "font"
    #: Something that the PDF cannot hold.
    LATEX = "latex"
    #: Code in a language that is not coloured, or that takes long to colour.
    CODE = "code"
    #: A word that no dictionary has.
    SPELLING = "spelling"


#: Patterns of what Sphinx and MyST say, each with the same in a writer's words.
FRIENDLY = (
    (
        r"'myst' (?:cross-)?reference target not found: '?(.*?)'?(?: in doctree .*?)?",
        r'nothing is called "\1": check the name of the page or the heading that this leads to',
    ),
    (r"image file not readable: (.*?)", r"the picture \1 cannot be read: check its name, and that it is there"),
    (
        r"document isn't included in any toctree",
        "no page leads here: list talks with {talks}, and name other pages in a {toctree}",
    ),
)


class SourceError(SphinxError):
    """A file cannot be read, or would take too long to.

    :param path: the file
    :param line: from 1; 0 for the whole file
    :param text: the rule that was broken and a suggestion
    """

    category = "Source"

    def __init__(self, path: str | Path, line: int, text: str) -> None:
        location = f"{path}:{line}" if line else str(path)
        super().__init__(printable(f"{location}: {text}"))
        self.problem = Problem.at(location, text, level="fatal")


class FriendlyWords(Filter):
    """Put log records into a writer's words."""

    def filter(self, record: LogRecord) -> bool:
        # The record's own method would put the location before the message.
        said = LogRecord.getMessage(record)
        for theirs, ours in FRIENDLY:
            # Sphinx appends the type.
            plain, found = re.subn(rf"^{theirs}(?= \[[\w.]+\]$|$)", ours, said)
            if found:
                record.msg, record.args = plain, ()
        return True


class FirstWarnings(Filter):
    """Let the first warnings pass, and count the others."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def filter(self, record: LogRecord) -> bool:
        self.count += record.levelno >= WARNING
        return record.levelno < WARNING or self.count <= limits.WARNINGS

    def report_rest(self, app: Sphinx, exception: Exception | None) -> None:
        """Print at the end of a build how many warnings were not printed."""
        if (more := self.count - limits.WARNINGS) > 0:
            say(f"{more} more warnings are not shown: mend these first")


class Printable(Filter):
    """Make log records printable, and not too long, before Sphinx colours them."""

    def filter(self, record: LogRecord) -> bool:
        # Sphinx colours parts of its own notes beforehand, unless colours are off.
        clean = printable_in_colour if record.levelno < WARNING and bold("") else printable
        said = LogRecord.getMessage(record)
        if len(said) > limits.WARNING_LENGTH:
            # Its type is at its end.
            said = f"{said[: limits.WARNING_LENGTH]} … {said[-40:]}"
        record.msg, record.args = clean(said), ()
        if location := getattr(record, "location", None):
            # Sphinx takes the path that MyST gives for a page's name.
            record.location = printable(str(location)).replace(".md.rst:", ".md:")
        return True


class _Reporting:
    """A log handler that reports problems.

    :param report: called with each problem; its path begins in the project's folder, or is absolute
    """

    def __init__(self, report: Report, project: Path) -> None:
        super().__init__()
        self.report, self.prefix = report, f"{project}{os.sep}"

    def emit(self, record: LogRecord) -> None:
        code = ".".join(filter(None, (getattr(record, "type", ""), getattr(record, "subtype", ""))))
        text = LogRecord.getMessage(record).removesuffix(f" [{code}]")
        location = str(getattr(record, "location", None) or "")
        replacement = getattr(record, "replacement", None)
        level: Any = record.levelname.lower()
        if record.levelno < WARNING:
            level, text = "note", text.removeprefix("note: ")
        if not location and os.strerror(errno.ENOSPC) in text:
            # Sphinx merely warns of a page that it cannot write.
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        location, text = location.removeprefix(self.prefix), text.replace(self.prefix, "")
        self.report(Problem.at(location, text, code=code, level=level, replacement=replacement))


class _WarningHandler(_Reporting, logging.WarningStreamHandler):
    """Report warnings; Sphinx puts off those of a handler of this type."""


class _NoteHandler(_Reporting, Handler):
    """Report notes, and nothing of Sphinx's progress."""

    def emit(self, record: LogRecord) -> None:
        if getattr(record, "type", "") == "cv":
            super().emit(record)


def report_to(report: Report, project: Path) -> None:
    """Report Sphinx's log records from now on instead of printing them.

    :param report: see :class:`_Reporting`
    """
    logger = getLogger(logging.NAMESPACE)
    info, warning, *_ = logger.handlers
    handlers: list[Handler] = [_NoteHandler(report, project), _WarningHandler(report, project)]
    for ours, theirs in zip(handlers, (info, warning), strict=True):
        ours.filters = theirs.filters
        ours.setLevel(theirs.level)
    logger.handlers[:] = handlers


def warn(
    node: nodes.Node | str | tuple[str, int] | None, code: Code, text: str, replacement: tuple[str, str] | None = None
) -> None:
    """Warn of a problem in the source.

    :param node: what is wrong, or its location: a docname, or a docname or path with a line
    :param text: the rule that was broken and a suggestion
    :param replacement: words of the line, and those that are probably meant instead
    """
    if isinstance(node, nodes.Node):
        # Not every node has a line, and MyST's pictures have 0, but something around it has.
        while not node.line and node.parent is not None:
            node = node.parent
    extra = {"replacement": replacement}
    _logger.warning("%s", text, location=node, type="cv", subtype=code.value, extra=extra)


def note(location: tuple[str, int], topic: str, text: str, config: Config) -> None:
    """Report something to look at, which fails no build."""
    if not logging.is_suppressed_warning("cv", topic, config.suppress_warnings):
        _logger.info("note: %s [cv.%s]", printable(text), topic, location=location, type="cv", subtype=topic)


def setup(app: Sphinx) -> None:
    """Make what is logged friendly, printable, and not too much."""
    first = FirstWarnings()
    app.connect("build-finished", first.report_rest)
    for handler in getLogger(logging.NAMESPACE).handlers:
        handler.addFilter(FriendlyWords())
        handler.addFilter(Printable())
        if handler.level >= WARNING:
            handler.addFilter(first)
