"""What a page says of itself and of others: its title, the talks before and after it, its other language."""

from html import escape, unescape
from typing import Any, cast

from babel import Locale
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from cvtools.config import CvConfig
from cvtools.nodes import cv_field, cv_fields
from cvtools.reading.domain import CvDomain


def setup(app: Sphinx) -> None:
    """Register all of this with Sphinx."""
    app.add_post_transform(LinkLanguages)
    app.connect("html-page-context", name_page)
    app.connect("html-page-context", name_neighbours)
    # After the theme has set them.
    app.connect("html-page-context", escape_titles, priority=600)


def name_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Call the CV, in a browser's tab, by the project's name: the book's own, the person's, follows it."""
    if doctree is not None and unescape(context["title"]) == context.get("docstitle"):
        context["title"] = escape(app.config.project)


def escape_titles(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Keep titles words where the theme would take them for HTML."""
    for name in ("root_title", "pagetitle"):
        if name in context:
            context[name] = escape(context[name])


def name_neighbours(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Lead from a talk to those before and after it, by date, wherever they are listed."""
    talks = cast(CvDomain, app.env.domains["cv"]).talk_pages("html")
    if pagename not in talks:
        return
    pages = [*reversed(talks)]
    index = pages.index(pagename)
    for name, page in (("prev", pages[index - 1] if index else ""), ("next", [*pages, ""][index + 1])):
        title = escape(app.env.titles[page].astext()) if page else ""
        link = app.builder.get_relative_uri(pagename, page) if page else ""
        context[name] = {"title": title, "link": link} if page else None


class LinkLanguages(SphinxPostTransform):
    """Puts beside the language of each passage of a talk links to the passages in its other languages."""

    # After WithholdFields (2).
    default_priority = 12
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        heads = [head for head in self.document.findall(cv_fields) if head["kind"] in {"talk", "translation"}]
        if len(heads) < 2:
            return
        i18n = CvConfig.of(self.config).i18n
        fields = [_language(head) for head in heads]
        for head, field in zip(heads, fields, strict=True):
            if field is None:
                name = i18n.language_name(self.config.language.replace("_", "-"))
                label = i18n.label("language")
                head.append(cv_field(name, name, name="language", label=label))
        tags = [head.parent.get("lang", "") for head in heads]
        names = [cast(cv_field, _language(head)).astext() for head in heads]
        for here in heads:
            field = cast(cv_field, _language(here))
            for there, tag, name in zip(heads, tags, names, strict=True):
                if there is not here:
                    link = nodes.reference("", _native_name(tag, name), refid=there.parent["ids"][0], internal=True)
                    if tag:
                        link["classes"].append(f"language-{tag}")
                    field += [nodes.Text(" · "), link]


def _language(head: cv_fields) -> cv_field | None:
    return next((field for field in head.findall(cv_field) if field["name"] == "language"), None)


def _native_name(tag: str, name: str) -> str:
    """What a language calls itself; as the page calls it where that is not known."""
    return (Locale.parse(tag, sep="-").get_display_name() or name).capitalize() if tag else name
