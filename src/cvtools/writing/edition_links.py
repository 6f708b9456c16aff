"""Link the pages of an edition to the same pages of the other editions, and to their PDFs."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import cache, partial
from html import escape
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from cvtools.config import CvConfig
from cvtools.editions import Edition, current, editions
from cvtools.exporters.common import home
from cvtools.project import write_atomically
from cvtools.reading.marks.variants import left_out

#: The number of pages of a PDF in the menu of editions (edition-menu.html), hidden until it is known.
_PAGE_COUNT = re.compile(r'(<span data-pdf="([\w.-]+)")(?: hidden)?>&#160;· \d+')


def connect(app: Sphinx) -> None:
    """Add links to the other editions to each page, if there are any; the preview shows one edition alone."""
    found = editions(CvConfig.declared(app.config))
    if found[1:] and not app.config.cv_draft:
        sections = {edition.variant: edition.config.sections for edition in found}
        lacking = cache(lambda variant: left_out(app.env, variant, sections[variant]))
        app.connect("html-page-context", partial(_link_editions, found, current(app.config), lacking))


def _link_editions(
    found: Sequence[Edition], here: Edition, lacking: Callable[[str], Set[str]], app: Sphinx, pagename: str, *page: Any
) -> None:
    """Pass the editions to the templates, the shortest first, and link the page's translations in its head.

    :param lacking: returns the pages that a variant leaves out
    """
    _, context, doctree = page
    if doctree is None:
        return
    uri, root = map(app.builder.get_target_uri, (pagename, app.config.root_doc))
    to_top = "../" * (f"{here.folder}/{uri}".lstrip("/").count("/"))
    is_talk = context.get("cv_pdf") == here.config.name_of("talks.pdf")
    variants = {edition.variant for edition in found}
    having = {variant for variant in variants if variant == here.variant or pagename not in lacking(variant)}

    def path(edition: Edition) -> str:
        """Return the path of the page in an edition, or of its root page if it lacks the page."""
        return f"{edition.folder}/{uri if edition.variant in having else root}".lstrip("/")

    has_languages = len({edition.language for edition in found}) > 1
    context["cv_editions"] = [
        {
            "label": " · ".join(filter(None, [edition.title, edition.language_name if has_languages else ""])),
            "language": edition.language.replace("_", "-"),
            "page": to_top + path(edition),
            "folder": to_top + f"{edition.folder}/".lstrip("/"),
            "pdf": edition.config.name_of("talks.pdf" if is_talk and edition.variant in having else "cv.pdf"),
            "pages": edition.config.i18n.label("pdf_pages"),
            "is_current": edition == here,
        }
        for edition in sorted(found, key=lambda edition: edition.config.max_pages or 1_000)
    ]
    if base := home(app.config).removesuffix(f"{here.folder}/" if here.folder else ""):

        def address(edition: Edition) -> str:
            return base + (path(edition).removesuffix(root) if pagename == app.config.root_doc else path(edition))

        # Search engines are to show the first of several variants.
        first = next(edition for edition in found if edition.language == here.language and edition.variant in having)
        context["pageurl"] = address(first)
        translations = [
            (each.language.replace("_", "-"), address(each)) for each in found if each.variant == here.variant
        ]
        link = '<link rel="alternate" hreflang="{}" href="{}" />'
        links = [link.format(escape(language), escape(url)) for language, url in translations]
        context["metatags"] = "\n    ".join([context.get("metatags", ""), *links[len(links) < 2 :]])


def write_page_counts(pages: Iterable[Path], numbers: Mapping[str, int]) -> None:
    """Write the number of pages of each PDF into the menus of editions.

    The book is written while TeX runs, before these numbers are known.
    """

    def filled(span: re.Match[str]) -> str:
        number = numbers.get(span[2])
        return f"{span[1]}>&#160;· {number}" if number else f"{span[1]} hidden>&#160;· 0"

    for page in pages:
        text = page.read_text("utf-8", "surrogateescape")
        if (new := _PAGE_COUNT.sub(filled, text)) != text:
            write_atomically(page, new.encode("utf-8", "surrogateescape"))
