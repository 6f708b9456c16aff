"""Write metadata into the head of each page: a description, Open Graph properties, JSON-LD and links to data."""

import textwrap
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from cvtools.exporters import json_resume
from cvtools.exporters.site_files import CARD, FEED, HTML_BUILDERS, VCARD, Site
from cvtools.nodes import text_of


def add_metadata(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Add the address, description, Open Graph properties and JSON-LD to the head of a page."""
    if app.builder.name not in HTML_BUILDERS or doctree is None:
        return
    site = Site(app)
    if pagename == app.config.root_doc:
        if site.headline and site.name == app.config.html_title:
            # The theme appends the title of the site, which here is the person's name.
            context["title"] = escape(site.headline)
        if site.base_url:
            context["pageurl"] = site.base_url
    tags = [*_meta(site, pagename, doctree), *_links(site, pagename, context["pathto"])]
    context["metatags"] = "\n    ".join([context.get("metatags", ""), *tags, site.json_ld(pagename)])


def _meta(site: Site, pagename: str, doctree: nodes.document) -> Iterator[str]:
    """Yield meta elements with the description, and with properties for social networks (Open Graph, Twitter)."""
    is_profile = pagename == site.app.config.root_doc and site.name
    person = ", ".join(filter(None, [site.name, site.headline]))
    title = person if is_profile else site.app.env.titles[pagename].astext()
    paragraphs = (text for node in doctree.findall(nodes.paragraph) if (text := text_of(node)))
    description = textwrap.shorten(next(paragraphs, site.headline or title), 200, placeholder="…")
    properties = {
        "og:title": title,
        "og:description": description,
        "og:type": "profile" if is_profile else "article" if pagename in site.talks else "website",
        "og:site_name": site.app.config.html_title,
    }
    if site.base_url:
        properties["og:url"] = site.page_url(pagename)
    if site.has_card():
        properties["og:image"] = site.base_url + CARD
        properties |= {"og:image:width": "1200", "og:image:height": "630", "og:image:alt": person}
    yield _tag("name", "description", description)
    yield from (_tag("property", name, content) for name, content in properties.items())
    if site.has_card():
        yield _tag("name", "twitter:card", "summary_large_image")


def _links(site: Site, pagename: str, pathto: Callable[[str, int], str]) -> Iterator[str]:
    """Yield link elements for the feed and, in the root page, for the vCard and JSON Resume."""
    link = '<link rel="alternate" type="{}" title="{}" href="{}" />'
    if site.talks_in_feed():
        label = site.options.i18n.label("talks")
        yield link.format("application/atom+xml", escape(label), pathto(FEED, 1))
    if pagename == site.app.config.root_doc and site.resume.person:
        yield link.format("text/vcard", "vCard", pathto(VCARD, 1))
        yield link.format("application/json", "JSON Resume", pathto(json_resume.FILE, 1))


def _tag(kind: str, name: str, content: str) -> str:
    return f'<meta {kind}="{name}" content="{escape(content)}" />'
