"""The warnings that a build gives."""

import re
from enum import Enum
from logging import WARNING, Filter, LogRecord, getLogger
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import SphinxError
from sphinx.util import logging
from sphinx.util.console import bold  # type: ignore[attr-defined]

from cvtools import limits
from cvtools.terminal import printable, printable_in_colour, say

_logger = logging.getLogger(__name__)


class Code(Enum):
    """What a warning is about. Each can be silenced: ``suppress_warnings = ["cv.field"]``."""

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
    #: A note: months without work between two positions.
    GAP = "gap"
    #: A note: two positions at once.
    OVERLAP = "overlap"
    #: A note: a name that the preview picture cannot show.
    CARD = "card"
    #: A note: a newer position below an older one.
    ORDER = "order"
    #: A character that no installed font has.
    FONT = "font"
    #: Something that the PDF cannot hold.
    LATEX = "latex"
    #: A line that TeX could not set within the margins.
    OVERFULL = "overfull"
    #: Code in a language that is not coloured, or that takes long to colour.
    CODE = "code"
    #: A word that no dictionary has.
    SPELLING = "spelling"


class SourceError(SphinxError):
    """A file that cannot be read, or would take too long to.

    :param path: the file
    :param line: from 1; 0 where it is about the whole file
    :param text: the rule that was broken and a suggestion
    """

    category = "Source"

    def __init__(self, path: str | Path, line: int, text: str) -> None:
        super().__init__(printable(f"{path}:{line}: {text}" if line else f"{path}: {text}"))


class FriendlyWords(Filter):
    """Says in a writer's words what Sphinx and MyST say in their own."""

    _WORDS = (
        (
            r"'myst' (?:cross-)?reference target not found: '?(.*?)'?(?: in doctree .*?)?",
            r'nothing is called "\1": check the name of the page or the heading that this leads to',
        ),
        (r"image file not readable: (.*?)", r"the picture \1 cannot be read: check its name, and that it is there"),
        (
            r"document isn't included in any toctree",
            "no page leads here: list talks with {talks}, and name other pages in a {toctree}",
        ),
        (
            r"Document headings start at H(\d), not H1",
            r'the page begins with a heading of level \1: its title comes first, with one "#"',
        ),
        (
            r"Non-consecutive header level increase; H(\d) to H(\d)",
            r"a heading of level \2 stands under one of level \1: take away a #",
        ),
    )

    def filter(self, record: LogRecord) -> bool:
        # The record's own way would put the place before it.
        said = LogRecord.getMessage(record)
        for theirs, ours in self._WORDS:
            # Sphinx has put the type behind it.
            plain, found = re.subn(rf"^{theirs}(?= \[[\w.]+\]$|$)", ours, said)
            if found:
                record.msg, record.args = plain, ()
        return True


class FirstWarnings(Filter):
    """Lets the first warnings pass, and counts the others."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def filter(self, record: LogRecord) -> bool:
        self.count += record.levelno >= WARNING
        return record.levelno < WARNING or self.count <= limits.WARNINGS

    def report_rest(self, app: Sphinx, exception: Exception | None) -> None:
        """Say at the end of a build how many warnings were not printed."""
        if (more := self.count - limits.WARNINGS) > 0:
            say(f"{more} more warnings are not shown: mend these first")


class Printable(Filter):
    """Makes log records printable, and not too long, before Sphinx colours them."""

    def filter(self, record: LogRecord) -> bool:
        # Sphinx colours parts of its own notes beforehand, unless colours are off.
        clean = printable_in_colour if record.levelno < WARNING and bold("") else printable
        said = LogRecord.getMessage(record)
        if len(said) > limits.WARNING_LENGTH:
            # At its end stands its type.
            said = f"{said[: limits.WARNING_LENGTH]} … {said[-40:]}"
        record.msg, record.args = clean(said), ()
        if location := getattr(record, "location", None):
            # Sphinx takes the path that MyST gives for a page's name.
            record.location = printable(str(location)).replace(".md.rst:", ".md:")
        return True


def warn(node: nodes.Node | str | tuple[str, int] | None, code: Code, text: str) -> None:
    """Warn about a place in the source.

    :param node: what is wrong, or its location: a docname, or a docname or path with a line
    :param text: the rule that was broken and a suggestion
    """
    if isinstance(node, nodes.Node):
        # Not every node has a line, and MyST's pictures have 0, but something around it has.
        while not node.line and node.parent is not None:
            node = node.parent
    _logger.warning("%s", text, location=node, type="cv", subtype=code.value)


def note(location: tuple[str, int], topic: str, text: str, config: Config) -> None:
    """Tell of something to look at, which fails no build."""
    if not logging.is_suppressed_warning("cv", topic, config.suppress_warnings):
        _logger.info("note: %s [cv.%s]", printable(text), topic, location=location)


def setup(app: Sphinx) -> None:
    """Put what others say into plain words, make all that is said printable, and print not too much of it."""
    first = FirstWarnings()
    app.connect("build-finished", first.report_rest)
    for handler in getLogger(logging.NAMESPACE).handlers:
        handler.addFilter(FriendlyWords())
        handler.addFilter(Printable())
        if handler.level >= WARNING:
            handler.addFilter(first)
