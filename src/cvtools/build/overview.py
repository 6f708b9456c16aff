"""A table of a project's entries by edition, with words and pages."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from cvtools import config
from cvtools.build import require_project
from cvtools.build.sphinx_app import SphinxApps
from cvtools.editions import editions, with_paths
from cvtools.model.entries import Entry
from cvtools.project import ProjectPaths
from cvtools.reading.domain import CvDomain
from cvtools.reporters import Report


def table(project: Path, report: Report) -> Iterator[str]:
    """Yield the lines of a table: for each entry the editions that have it, then their words and pages.

    Pages are those of the last build.

    :param report: called with each problem of the pages
    :raises ProjectError: the folder is no project
    :raises ConfigError: ``conf.py`` is at fault
    """
    require_project(project := project.resolve())
    titles: dict[tuple[str, int], str] = {}
    columns: dict[str, dict[tuple[str, int], Entry]] = {}
    pages: dict[str, str] = {}
    for edition, paths in with_paths(project, editions(config.read(project))):
        with SphinxApps(project, paths.build / "overview", report, None, edition.overrides).open(
            "dummy", paths.build / "overview"
        ) as app:
            app.build()
            domain: CvDomain = app.env.domains["cv"]  # type: ignore[assignment]
            entries = domain.for_output("pdf").entries
        columns[edition.label] = {(entry.origin.docname, entry.origin.line): entry for entry in entries}
        titles |= {place: _title(entry) for place, entry in columns[edition.label].items() if place not in titles}
        pages[edition.label] = _pages(paths)
    rows = [
        [titles[place], *("✓" if place in column else "–" for column in columns.values())] for place in sorted(titles)
    ]
    words = [str(sum(map(_words, column.values()))) for column in columns.values()]
    rows = [["", *columns], *rows, ["words", *words], ["pages", *pages.values()]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _title(entry: Entry) -> str:
    organization = entry.organization.text if entry.organization else ""
    return ", ".join(filter(None, [entry.title, organization]))


def _words(entry: Entry) -> int:
    """Return the number of words of an entry's heading and text."""
    return len(" ".join([entry.title, *entry.paragraphs, *entry.highlights]).split())


def _pages(paths: ProjectPaths) -> str:
    """Return the pages of the CV's PDF; "?" if it has not been built."""
    with suppress(OSError, ValueError, LookupError):
        stamp = paths.latex / f"{paths.file('cv.pdf').stem}.built"
        return str(json.loads(stamp.read_text("utf-8"))["pages"])
    return "?"
