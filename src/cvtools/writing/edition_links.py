"""Link the pages of an edition to the same pages of the other editions, and to their PDFs."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from cvtools.config import CvConfig
from cvtools.editions import Edition, current, editions
from cvtools.exporters.dates_and_urls import base_url
from cvtools.files import write_atomically
from cvtools.reading.edition_marks.variants import pages_left_out

#: The number of pages of a PDF in the menu of editions (edition-menu.html), which is hidden as long as it is 0.
_PAGE_COUNT = re.compile(r'(<span data-pdf="([\w.-]+)")(?: hidden)?>&#160;· \d+')


def connect(app: Sphinx) -> None:
    """Add links to the other editions, if there are any, to all pages; the preview has only one edition."""
    all_editions = editions(CvConfig.declared(app.config))
    if len(all_editions) > 1 and not app.config.cv_draft:
        app.connect("html-page-context", _EditionLinks(app, all_editions).add)


class _EditionLinks:
    """The links from the pages of one edition to the same pages of all editions."""

    def __init__(self, app: Sphinx, all_editions: Sequence[Edition]) -> None:
        self.app, self.editions, self.current = app, all_editions, current(app.config)
        sections = {edition.variant: edition.config.sections for edition in all_editions}
        #: Function that returns the pages that a variant leaves out.
        self.pages_left_out = cache(lambda variant: pages_left_out(app.env, variant, sections[variant]))

    def add(
        self, app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
    ) -> None:
        """Pass the editions to the template of a page, and link the page's translations in its head."""
        if doctree is None:
            return
        is_talk = context.get("cv_pdf") == self.current.config.name_of("talks.pdf")
        context["cv_editions"] = self._menu(pagename, is_talk=is_talk)
        if site := base_url(app.config):
            self._link_translations(pagename, site.removesuffix(f"{self.current.folder}/".lstrip("/")), context)

    def _has(self, edition: Edition, pagename: str) -> bool:
        return edition.variant == self.current.variant or pagename not in self.pages_left_out(edition.variant)

    def _path(self, edition: Edition, pagename: str) -> str:
        """Return the path of a page in an edition, or of the root page if the edition lacks the page."""
        page = pagename if self._has(edition, pagename) else self.app.config.root_doc
        return f"{edition.folder}/{self.app.builder.get_target_uri(page)}".lstrip("/")

    def _menu(self, pagename: str, *, is_talk: bool) -> list[dict[str, Any]]:
        """Return the menu's items for its template, one for each edition, the shortest by ``cv_max_pages`` first."""
        has_languages = len({edition.language for edition in self.editions}) > 1
        to_top = "../" * self._path(self.current, pagename).count("/")
        return [
            {
                "label": " · ".join(filter(None, [edition.title, edition.language_name if has_languages else ""])),
                "language": edition.language.replace("_", "-"),
                "page": to_top + self._path(edition, pagename),
                "folder": to_top + f"{edition.folder}/".lstrip("/"),
                "pdf": edition.config.name_of("talks.pdf" if is_talk and self._has(edition, pagename) else "cv.pdf"),
                "pages": edition.config.i18n.label("pdf_pages"),
                "is_current": edition == self.current,
            }
            for edition in sorted(self.editions, key=lambda edition: edition.config.max_pages or 1_000)
        ]

    def _link_translations(self, pagename: str, site: str, context: dict[str, Any]) -> None:
        """Link a page to its translations in this variant, and name its canonical address.

        :param site: the address of the site, which is that of the first edition
        """
        root = self.app.builder.get_target_uri(self.app.config.root_doc)

        def address(edition: Edition) -> str:
            path = self._path(edition, pagename)
            return site + (path.removesuffix(root) if pagename == self.app.config.root_doc else path)

        # Of several variants of the page, search engines are to show the first.
        variants = [edition for edition in self.editions if edition.language == self.current.language]
        context["pageurl"] = address(next(variant for variant in variants if self._has(variant, pagename)))
        translations = [edition for edition in self.editions if edition.variant == self.current.variant]
        if len(translations) > 1:
            urls = {edition.language.replace("_", "-"): address(edition) for edition in translations}
            link = '<link rel="alternate" hreflang="{}" href="{}" />'
            links = [link.format(escape(tag), escape(url)) for tag, url in urls.items()]
            context["metatags"] = "\n    ".join([context.get("metatags", ""), *links])


def write_page_counts(pages: Iterable[Path], numbers: Mapping[str, int]) -> None:
    """Write the number of pages of each PDF into the menus of editions.

    Pages are written while TeX runs, before these numbers are known.
    """

    def filled(span: re.Match[str]) -> str:
        number = numbers.get(span[2])
        return f"{span[1]}>&#160;· {number}" if number else f"{span[1]} hidden>&#160;· 0"

    for page in pages:
        text = page.read_text("utf-8", "surrogateescape")
        if (new := _PAGE_COUNT.sub(filled, text)) != text:
            write_atomically(page, new.encode("utf-8", "surrogateescape"))
