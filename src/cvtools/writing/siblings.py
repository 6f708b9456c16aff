"""Links from the pages of an edition to those of the others, and to their PDFs."""

from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from cvtools.config import CvConfig
from cvtools.editions import Edition, by_length, current, editions
from cvtools.exporters.common import home
from cvtools.project import suffix_of
from cvtools.reading.variants import is_left_out


def describe(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give the templates the editions, the shortest first, and name those of this page in its head."""
    # A draft has no other editions beside it.
    if doctree is None or app.config.cv_draft or len(found := editions(CvConfig.of(app.config))) == 1:
        return
    here = current(app.config)
    uri, root = map(app.builder.get_target_uri, (pagename, app.config.root_doc))
    # From this page to the top of the book
    top = "../" * (f"{here.folder}/{uri}".lstrip("/").count("/"))
    form = "talks" if context.get("cv_pdf", "").startswith("talks") else "cv"

    def has_page(edition: Edition) -> bool:
        return edition.variant == here.variant or not is_left_out(app.env, pagename, edition.variant)

    def path(edition: Edition) -> str:
        """Return the path of the page in an edition; of its root page if it has no such page."""
        return f"{edition.folder}/{uri if has_page(edition) else root}".lstrip("/")

    several = {edition.language for edition in found} - {here.language}
    context["cv_editions"] = [
        {
            "label": " · ".join(filter(None, [edition.title, edition.language_name if several else ""])),
            "language": edition.language.replace("_", "-"),
            "page": top + path(edition),
            "pdf": top + f"{edition.folder}/{form}{suffix_of(edition.folder)}.pdf".lstrip("/"),
            "is_current": edition == here,
        }
        for edition in by_length(found)
    ]
    if base := home(app.config).removesuffix(f"{here.folder}/" if here.folder else ""):

        def address(edition: Edition) -> str:
            return base + (path(edition).removesuffix(root) if pagename == app.config.root_doc else path(edition))

        # Search engines are to show the first of several variants.
        first = next(edition for edition in found if edition.language == here.language and has_page(edition))
        context["pageurl"] = address(first)
        translations = [edition for edition in found if edition.variant == here.variant]
        links = [_alternate(edition.language, address(edition)) for edition in translations]
        context["metatags"] = "\n    ".join([context.get("metatags", ""), *links[len(links) < 2 :]])


def _alternate(language: str, url: str) -> str:
    return f'<link rel="alternate" hreflang="{escape(language.replace("_", "-"))}" href="{escape(url)}" />'
