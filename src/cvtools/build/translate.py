"""Renew the catalogs of translations in ``locales/``, so that they have every text of the pages."""

import os
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from cvtools import config
from cvtools.build import require_project
from cvtools.build.sphinx_app import SphinxApps
from cvtools.errors import ProjectError
from cvtools.project import ProjectPaths, atomic_write
from cvtools.reading import catalogs
from cvtools.reporters import Report


def translate(project: Path, report: Report) -> Iterator[str]:
    """Write a catalog for each page or folder of pages and each further language, and yield a line about each.

    Translations are kept; where a text has changed, its translation is marked as uncertain ("fuzzy").

    :param report: called with each problem of the pages
    :raises ProjectError: the folder is no project, or has one language
    :raises SphinxError: ``conf.py`` or a catalog is at fault
    """
    require_project(project := project.resolve())
    languages = config.read(project).languages[1:]
    if not languages:
        raise ProjectError(
            'conf.py names no language to translate into: write cv_languages = ["en", "pl"], for example'
        )
    work = ProjectPaths.of(project).build / "gettext"
    with SphinxApps(project, work / "doctrees", report, None, {}).open("gettext", work) as app:
        app.build(force_all=True)
    for language in languages:
        for pot in sorted(work.glob("*.pot")):
            path = project / "locales" / language / "LC_MESSAGES" / f"{pot.stem}.po"
            catalog = catalogs.read(path, language) if path.exists() else Catalog(language)
            with pot.open("rb") as file:
                catalog.update(read_po(file))
            catalog.header_comment = f"# {language}: {pot.stem}"
            path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(path) as temporary, temporary.open("wb") as file:
                write_po(file, catalog, width=0, no_location=True, omit_header=True)
            messages = [message for message in catalog if message.id]
            missing = sum(not message.string for message in messages)
            fuzzy = sum(message.fuzzy for message in messages)
            yield (
                f"{os.path.relpath(path)}: {len(messages)} texts, {missing} not translated, {fuzzy} uncertain (fuzzy), "
                f"{len(catalog.obsolete)} of no text (#~)"
            )
