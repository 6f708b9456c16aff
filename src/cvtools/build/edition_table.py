"""Read a project's editions, and show a table of their entries, with words and pages."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sphinx.environment import BuildEnvironment

from cvtools import config, limits
from cvtools.build.lualatex import page_counts
from cvtools.build.sphinx_app import SphinxApps
from cvtools.editions import Edition, editions, with_paths
from cvtools.model.entries import Entry
from cvtools.problems import Collector, Report
from cvtools.project import ProjectPaths
from cvtools.reading.domain import CvDomain
from cvtools.terminal import shorten
from cvtools.watchdog import WATCHDOG


def read_editions(
    project: Path, report: Report, builder: str = "dummy", language: str = ""
) -> Iterator[tuple[Edition, ProjectPaths, BuildEnvironment]]:
    """Read the pages for each edition of a project, and yield the editions with their paths and environments.

    :param report: called with each problem of the pages
    :param builder: the name of Sphinx's builder, and of its folder among those of the edition
    :param language: the language of the editions to read; empty for all
    """
    report = Collector(report)
    for edition, paths in with_paths(project, editions(config.read(project))):
        if language in {"", edition.language}:
            work = paths.build / builder
            # Remove what an earlier command has left, which may be of deleted pages.
            shutil.rmtree(work, ignore_errors=True)
            # Limit the time of each page anew, since each edition reads the same pages.
            WATCHDOG.page_times.clear()
            with SphinxApps(project, work / "doctrees", report, None, edition.overrides).open(builder, work) as app:
                app.build()
            yield edition, paths, app.env


def table(project: Path, report: Report) -> Iterator[str]:
    """Yield the lines of a table: for each entry the editions that have it, then their words and pages.

    Pages are those of the last build.
    """
    # A key is page and line, as anchors differ by language, and kind, as a publication's line is in its BibTeX file.
    titles: dict[tuple[str, int, str], str] = {}
    columns: dict[str, dict[tuple[str, int, str], Entry]] = {}
    pages: dict[str, str] = {}
    for edition, paths, env in read_editions(project, report):
        domain = CvDomain.of(env)
        entries = domain.for_output("pdf").entries
        columns[edition.label] = {(entry.origin.docname, entry.origin.line, entry.kind): entry for entry in entries}
        titles = {key: title_of(entry) for key, entry in columns[edition.label].items()} | titles
        pages[edition.label] = pages_of(paths)
    rows = [[titles[key], *("✓" if key in column else "–" for column in columns.values())] for key in sorted(titles)]
    words = [str(sum(map(word_count, column.values()))) for column in columns.values()]
    yield from aligned([["", *columns], *rows, ["words", *words], ["pages", *pages.values()]])


def aligned(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table with aligned columns."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def title_of(entry: Entry) -> str:
    """Return the heading of an entry, and its organization."""
    organization = entry.organization.text if entry.organization else ""
    return shorten(", ".join(filter(None, dict.fromkeys([entry.title, organization]))), limits.NAME_LENGTH)


def word_count(entry: Entry) -> int:
    """Return the number of words of an entry's heading and text."""
    return len(" ".join([entry.title, *entry.paragraphs, *entry.highlights]).split())


def pages_of(paths: ProjectPaths) -> str:
    """Return the number of pages of the CV's PDF; "?" if it has not been built."""
    return str(page_counts(paths.latex).get(paths.file("cv.pdf").name, "?"))
