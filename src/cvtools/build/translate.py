"""Renew the catalogs of translations in ``locales/``, so that they have every text of the pages."""

import io
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from cvtools import config, limits
from cvtools.build.edition_table import read_editions
from cvtools.errors import ProjectError
from cvtools.files import replacing
from cvtools.problems import Report
from cvtools.reading import catalogs
from cvtools.watchdog import WATCHDOG

#: Header of a catalog, which msgfmt and editors of catalogs require; the editors fill in names and dates.
_HEADER = """\
msgid ""
msgstr ""
"Project-Id-Version: CV\\n"
"PO-Revision-Date: \\n"
"Last-Translator: \\n"
"Language-Team: \\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def translate(project: Path, report: Report) -> Iterator[str]:
    """Write a catalog for each page or folder of pages and each further language, and yield a line about each.

    Translations are kept; where a text has changed, its translation is marked as uncertain ("fuzzy").
    """
    options = config.read(project)
    if not options.languages[1:]:
        remedy = 'write cv_languages = ["en", "pl"], for example'
        raise ProjectError(f"conf.py names no language to translate into: {remedy}")
    templates: dict[str, Catalog] = {}
    for _, paths, _ in read_editions(project, report, "gettext", options.language):
        for pot in sorted((paths.build / "gettext").glob("*.pot")):
            template = templates.setdefault(pot.stem, Catalog())
            for message in read_po(io.StringIO(pot.read_text("utf-8"))):
                template.add(message.id)
    # Sphinx's catalog of the texts in templates, which a page cannot translate
    templates.pop("sphinx", None)
    for language in options.languages[1:]:
        yield from _renew(project / "locales" / language / "LC_MESSAGES", language, templates)


def _renew(folder: Path, language: str, templates: Mapping[str, Catalog]) -> Iterator[str]:
    present = {*catalogs.find_catalogs(folder)}
    for name, template in templates.items():
        path = folder / f"{name}.po"
        # Limit the time, since Babel compares each new text with each old one.
        WATCHDOG.start_timer(path, "renewing", limits.PAGE_TIME)
        catalog = catalogs.read_catalog(path, language, with_comments=True) if path in present else Catalog(language)
        own = catalogs.HEADER.match(path.read_text("utf-8-sig")) if path in present else None
        catalog.update(template)
        _clean(catalog)
        path.parent.mkdir(parents=True, exist_ok=True)
        header = own[0] if own else _HEADER.format(language=language)
        with replacing(path) as temporary, temporary.open("wb") as file:
            file.write(re.sub(r'charset=[^\s";\\]*', "charset=UTF-8", header).encode())
            write_po(file, catalog, width=0, no_location=True, omit_header=True)
        yield _summary(path, catalog)


def _clean(catalog: Catalog) -> None:
    """Remove texts that no page has any more and that were never translated, and marks of formats."""
    for key in [key for key, message in catalog.obsolete.items() if not message.string]:
        del catalog.obsolete[key]
    for message in catalog:
        # Babel takes braces and percent signs for formats of Python, which editors of catalogs would check.
        message.flags -= {"python-format", "python-brace-format"}


def _summary(path: Path, catalog: Catalog) -> str:
    messages = [message for message in catalog if message.id]
    missing = sum(not message.string for message in messages)
    fuzzy = sum(message.fuzzy for message in messages)
    return (
        f"{os.path.relpath(path)}: {len(messages)} texts, {missing} not translated, {fuzzy} uncertain (fuzzy), "
        f"{len(catalog.obsolete)} of no text (#~)"
    )
