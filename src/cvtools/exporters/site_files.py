"""Write metadata into the head of each page, and files for programs beside the pages."""

import os
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from cvtools.config import CvConfig
from cvtools.editions import current, editions
from cvtools.exporters import feeds, json_ld, json_resume
from cvtools.exporters.common import home, photo
from cvtools.exporters.vcard import vcard
from cvtools.model.dates import PartialDate
from cvtools.model.entries import Entry
from cvtools.model.resume import Resume
from cvtools.nodes import text_of
from cvtools.project import write_atomically
from cvtools.reading.domain import CvDomain
from cvtools.sphinx_warnings import note

#: Builders of the HTML book.
BOOKS = ("html", "dirhtml")
_FEED, _CARD, _VCARD = "talks.atom", "card.png", "cv.vcf"


class Site:
    """The CV as the HTML book may show it, and the addresses of the book's pages and entries."""

    def __init__(self, app: Sphinx) -> None:
        self.app = app
        self.domain = CvDomain.of(app.env)
        self.resume: Resume = self.domain.for_output("html")
        #: Talks with a page of their own, by docname, newest first.
        self.talks: Mapping[str, Entry] = self.domain.talk_pages("html")
        self.options = CvConfig.of(app.config)
        #: The month that "present" means.
        self.today = self.options.month
        #: The address of the root page; empty if unknown.
        self.home = home(app.config)
        person = self.resume.person
        #: The person's name and headline; empty if unknown.
        self.name, self.headline = (person.title, person.headline or "") if person else ("", "")

    def page(self, docname: str) -> str:
        """Return the address of a page; empty if the address of the book is unknown."""
        if not self.home or docname == self.app.config.root_doc:
            return self.home
        return self.home + self.app.builder.get_target_uri(docname)

    def address(self, entry: Entry) -> str:
        """Return the address of an entry: that of its page if the page is about the entry, else with its anchor."""
        page = self.page(entry.origin.docname)
        is_page = entry is self.resume.person or entry is self.talks.get(entry.origin.docname)
        return page if is_page or not page else f"{page}#{entry.origin.anchor}"

    def json_ld(self, docname: str) -> str:
        """Return JSON-LD about the person or the talk of a page as a script element; empty for other pages."""
        if talk := self.talks.get(docname):
            return json_ld.script(json_ld.talk_page(self.resume, talk, self.address))
        if docname == self.app.config.root_doc and (person := self.resume.person):
            known = [technology.name for technology in self.domain.technologies("html")]
            return json_ld.script(json_ld.profile_page(person, self.resume, known, self.today, self.address))
        return ""

    def has_card(self) -> bool:
        """Return True if there is a social card: with an address and a name, and with all their letters in its font."""
        if not self.home or not self.name:
            return False
        from cvtools.exporters.social_card import can_show

        return can_show(self.name, self.headline, self.home)


def _feed(site: Site) -> bytes:
    dated = [(talk.date, talk) for talk in site.talks.values() if isinstance(talk.date, PartialDate)]
    talks = [(site.address(talk), date, talk) for date, talk in dated]
    author = site.name or site.app.config.html_title
    title = f"{author}: {site.options.i18n.label('talks')}"
    return feeds.atom(talks, title, author, site.home) if site.home and talks else b""


def _card(site: Site) -> bytes:
    if site.has_card():
        from cvtools.exporters.social_card import card

        foot = site.home.partition("://")[2].rstrip("/")
        return card(site.name, site.headline, foot, site.options.accent)
    if site.home and (person := site.resume.person):
        lacking = f"{_CARD} is not made: its typeface, Lato, lacks letters of the name or the headline"
        note((person.origin.docname, person.origin.line), "card", lacking, site.app.config)
    return b""


def _robots(site: Site) -> bytes:
    """Return the robots.txt of all editions, which names their sitemaps; nothing for an edition in a folder."""
    if current(site.app.config).folder:
        return b""
    return feeds.robots(site.home, [edition.folder for edition in editions(CvConfig.declared(site.app.config))])


def _llms(site: Site) -> bytes:
    options, config = site.options, site.app.config
    if "llms" not in options.formats:
        return b""
    root, titles = config.root_doc, site.app.env.titles
    pages = [root, *(page for page in site.talks if page != root)]
    pages += sorted(titles.keys() - {*pages})
    links = ((titles[page].astext(), site.home + site.app.builder.get_target_uri(page)) for page in pages)
    vcards = [_VCARD] if site.resume.person else []
    made = [*options.pdfs, *options.offered_documents, json_resume.FILE, *vcards]
    files = ((file, site.home + file) for file in made)
    return feeds.llms(site.name or config.html_title, site.headline, links, files).encode()


#: The files beside the pages, each with the function that returns its content; empty files are not written.
_EXPORTERS: Mapping[str, Callable[[Site], bytes]] = {
    "robots.txt": _robots,
    json_resume.FILE: lambda site: json_resume.json_resume(site.app.env, "html"),
    _VCARD: lambda site: vcard(site.resume, site.today, site.home, photo(site.app.env, site.resume.person)).encode(),
    "sitemap.xml": lambda site: feeds.sitemap(map(site.page, sorted(site.app.env.found_docs))) if site.home else b"",
    "llms.txt": _llms,
    _FEED: _feed,
    _CARD: _card,
}


def write_files(app: Sphinx, exception: Exception | None) -> None:
    """Write the files beside the pages, and remove those that only an earlier build made.

    Files that ``html_extra_path`` provides are left alone.
    """
    if exception or app.builder.name not in BOOKS:
        return
    site, before, made = Site(app), _made(app), []
    for name in _EXPORTERS.keys() - _provided(app):
        path, content = Path(app.outdir, name), _EXPORTERS[name](site)
        if content:
            made.append(name)
            if not path.exists() or path.read_bytes() != content:
                write_atomically(path, content)
        elif name in before:
            path.unlink(missing_ok=True)
    record_path(app, "files").write_text("\n".join(made), "utf-8")


def files_not_made(app: Sphinx) -> list[Path]:
    """Return the files beside the pages that the last build did not make, since it had nothing for them."""
    return [Path(app.outdir, name) for name in _EXPORTERS.keys() - _provided(app) - _made(app)]


def _provided(app: Sphinx) -> set[str]:
    """Return the names of the files that ``html_extra_path`` provides."""
    extra = [Path(app.confdir, name) for name in app.config.html_extra_path]
    return {path.name for top in extra for path in (top.iterdir() if top.is_dir() else [top])}


def record_path(app: Sphinx, suffix: str) -> Path:
    """Return the path of a record about the output folder, beside the doctrees, which several output folders share."""
    return Path(app.doctreedir, f"{quote(os.path.relpath(app.outdir, app.doctreedir), safe='')}.{suffix}")


def _made(app: Sphinx) -> set[str]:
    """Return the names of the files that the last build made."""
    # The record may be missing or damaged.
    with suppress(OSError, ValueError):
        return {*record_path(app, "files").read_text("utf-8").split("\n")}
    return set()


def outdated(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return the pages of which the JSON-LD alone has changed, such as those of talks after a change of the name."""
    if app.builder.name not in BOOKS:
        return []
    site = Site(app)
    written = {name: Path(app.outdir, app.builder.get_output_path(name)) for name in env.found_docs}  # type: ignore[attr-defined]
    files = ((name, page) for name, page in written.items() if page.is_file())
    return [name for name, page in files if site.json_ld(name) not in page.read_text("utf-8", "replace")]


def add_metadata(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Add the address, description, Open Graph properties and JSON-LD to the head of a page."""
    if app.builder.name not in BOOKS or doctree is None:
        return
    site = Site(app)
    if pagename == app.config.root_doc:
        if site.headline and site.name == app.config.html_title:
            # The theme appends the title of the site, which is the person's name.
            context["title"] = escape(site.headline)
        if site.home:
            context["pageurl"] = site.home
    tags = [*_meta(site, pagename, doctree), *_links(site, pagename, context["pathto"])]
    context["metatags"] = "\n    ".join([context.get("metatags", ""), *tags, site.json_ld(pagename)])


def _meta(site: Site, pagename: str, doctree: nodes.document) -> Iterator[str]:
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
    if site.home:
        properties["og:url"] = site.page(pagename)
    if site.has_card():
        properties["og:image"] = site.home + _CARD
        properties |= {"og:image:width": "1200", "og:image:height": "630", "og:image:alt": person}
    yield _tag("name", "description", description)
    yield from (_tag("property", name, content) for name, content in properties.items())
    if site.has_card():
        yield _tag("name", "twitter:card", "summary_large_image")


def _links(site: Site, pagename: str, pathto: Callable[[str, int], str]) -> Iterator[str]:
    link = '<link rel="alternate" type="{}" title="{}" href="{}" />'
    if site.home and any(isinstance(talk.date, PartialDate) for talk in site.talks.values()):
        label = site.options.i18n.label("talks")
        yield link.format("application/atom+xml", escape(label), pathto(_FEED, 1))
    if pagename == site.app.config.root_doc and site.resume.person:
        yield link.format("text/vcard", "vCard", pathto(_VCARD, 1))
        yield link.format("application/json", "JSON Resume", pathto(json_resume.FILE, 1))


def _tag(kind: str, name: str, content: str) -> str:
    return f'<meta {kind}="{name}" content="{escape(content)}" />'
