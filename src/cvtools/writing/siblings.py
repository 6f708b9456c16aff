"""Links from the pages of an edition to those of the others, and to their PDFs."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cache, partial
from html import escape
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from cvtools.config import CvConfig
from cvtools.editions import Edition, current, editions
from cvtools.exporters.common import home
from cvtools.project import write_atomically
from cvtools.reading.variants import left_out

#: The number of a PDF's pages in the menu of editions, hidden until it is known.
_PAGES = re.compile(r'(<span data-pdf="([\w.-]+)")(?: hidden)?>&#160;· \d+')


def connect(app: Sphinx) -> None:
    """Let pages lead to the other editions, if there are any; a draft has none beside it."""
    found = editions(CvConfig.declared(app.config))
    if found[1:] and not app.config.cv_draft:
        sections = {edition.variant: edition.config.sections for edition in found}
        lacks = cache(lambda variant: left_out(app.env, variant, sections[variant]))
        app.connect("html-page-context", partial(_describe, found, current(app.config), lacks))


def _describe(
    found: Sequence[Edition], here: Edition, lacks: Callable[[str], Set[str]], app: Sphinx, pagename: str, *values: Any
) -> None:
    """Pass the editions to the templates, the shortest first, and link the page's translations in its head."""
    _, context, doctree = values
    if doctree is None:
        return
    uri, root = map(app.builder.get_target_uri, (pagename, app.config.root_doc))
    # From this page to the top of the book
    top = "../" * (f"{here.folder}/{uri}".lstrip("/").count("/"))
    is_talk = context.get("cv_pdf") == here.config.name_of("talks.pdf")
    variants = {edition.variant for edition in found}
    having = {variant for variant in variants if variant == here.variant or pagename not in lacks(variant)}

    def path(edition: Edition) -> str:
        """Return the path of the page in an edition; of its root page if it has no such page."""
        return f"{edition.folder}/{uri if edition.variant in having else root}".lstrip("/")

    several = {edition.language for edition in found} - {here.language}
    context["cv_editions"] = [
        {
            "label": " · ".join(filter(None, [edition.title, edition.language_name if several else ""])),
            "language": edition.language.replace("_", "-"),
            "page": top + path(edition),
            "folder": top + f"{edition.folder}/".lstrip("/"),
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


def fill_in(pages: Iterable[Path], numbers: Mapping[str, int]) -> Iterator[Path]:
    """Write into the menus of pages how many pages each PDF has, and yield the pages that this changes.

    The book is written while TeX is at work, and thus before the numbers are known.
    """

    def filled(span: re.Match[str]) -> str:
        number = numbers.get(span[2])
        return f"{span[1]}>&#160;· {number}" if number else f"{span[1]} hidden>&#160;· 0"

    for page in pages:
        text = page.read_text("utf-8", "surrogateescape")
        if (new := _PAGES.sub(filled, text)) != text:
            write_atomically(page, new.encode("utf-8", "surrogateescape"))
            yield page
