"""What the book tells machines: in the head of each page, and in files beside them."""

import hashlib
import json
import textwrap
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any, cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from cvtools.config import CvConfig
from cvtools.exporters import feeds, json_ld
from cvtools.exporters.json_resume import json_resume, serialise
from cvtools.exporters.vcard import vcard
from cvtools.model.dates import PartialDate
from cvtools.model.entries import Entry, Talk
from cvtools.model.resume import Resume
from cvtools.problems import note
from cvtools.project import atomic_write
from cvtools.reading.domain import CvDomain

#: Builders of books that stand on the web.
_BOOKS = ("html", "dirhtml")
_FEED, _CARD, _VCARD, _RESUME = "talks.atom", "card.png", "cv.vcf", "resume.json"
_FILES = {"robots.txt", "sitemap.xml", _FEED, _CARD, _VCARD, _RESUME}


class Site:
    """A book and the address at which it is published."""

    def __init__(self, app: Sphinx) -> None:
        self.app = app
        self.domain = cast(CvDomain, app.env.domains["cv"])
        self.resume: Resume = self.domain.for_output("html")
        #: Talks that have a page, newest first, by its name.
        self.talks = self.domain.talk_pages("html")
        #: Where the root page stands; empty where that is not known.
        self.home: str = app.config.html_baseurl
        if self.home and not self.home.endswith("/"):
            self.home += "/"

    def page(self, docname: str) -> str:
        """The address of a page; empty where that of the book is not known."""
        if not self.home or docname == self.app.config.root_doc:
            return self.home
        return self.home + self.app.builder.get_target_uri(docname)

    def address(self, entry: Entry) -> str:
        """The address of an entry: its page's where this is about it."""
        page = self.page(entry.origin.docname)
        is_its = entry is self.resume.person or entry is self.talks.get(entry.origin.docname)
        return page if is_its or not page else f"{page}#{entry.origin.anchor}"

    def feed(self) -> list[tuple[str, PartialDate, Talk]]:
        """The talks on pages of their own whose date is known, each with its address and date."""
        return [(self.address(talk), talk.date, talk) for talk in self.talks.values() if talk.date]

    def data(self, docname: str) -> str:
        """What a page is about, as JSON-LD; empty where it is no entry."""
        if talk := self.talks.get(docname):
            return json_ld.script(json_ld.talk_page(self.resume, talk, self.address))
        if docname == self.app.config.root_doc and (person := self.resume.person):
            known = [technology.name for technology in self.domain.technologies("html")]
            return json_ld.script(json_ld.profile_page(person, self.resume, known, self.address))
        return ""

    def words(self) -> tuple[str, str]:
        """Who it is, and what the web may say of it in a line; empty where nobody is named."""
        person = self.resume.person
        return (person.title, person.headline or "") if person else ("", "")

    def has_card(self) -> bool:
        """Whether there is a picture to show beside links; it is of use only where its address is known."""
        if not self.home or not self.words()[0]:
            return False
        from cvtools.exporters.social_card import can_show

        return can_show(*self.words(), self.home)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """The files beside the pages."""
        yield "robots.txt", feeds.robots(self.home)
        yield _RESUME, serialise(json_resume(self.resume, self.home)).encode()
        if self.resume.person:
            yield _VCARD, vcard(self.resume, self.home).encode()
        if not self.home:
            return
        yield "sitemap.xml", feeds.sitemap(self.page(name) for name in sorted(self.app.env.found_docs))
        config = CvConfig.of(self.app.config)
        if talks := self.feed():
            author = self.words()[0] or self.app.config.html_title
            title = f"{author}: {config.i18n.label('talks')}"
            yield _FEED, feeds.atom(talks, title, author, self.home)
        if self.has_card():
            from cvtools.exporters.social_card import card

            foot = self.home.partition("://")[2].rstrip("/")
            yield _CARD, card(*self.words(), foot, config.accent)
        elif person := self.resume.person:
            lacking = f"{_CARD} is not made: its typeface, Lato, lacks letters of the name or the headline"
            note((person.origin.docname, person.origin.line), "card", lacking, self.app.config)


def write_files(app: Sphinx, exception: Exception | None) -> None:
    """Write the files beside the pages; those that ``html_extra_path`` brings are left alone.

    Remove those that the last build wrote and this one does not.
    """
    if exception or app.builder.name not in _BOOKS:
        return
    own = {path.name for extra in app.config.html_extra_path for path in _brought(Path(app.confdir, extra))}
    files = {Path(app.outdir, name): content for name, content in Site(app).files() if name not in own}
    written = Path(app.doctreedir, f"{app.builder.name}-files.json")
    before = json.loads(written.read_text("utf-8")) if written.is_file() else {}
    for path in (Path(app.outdir, name) for name in _FILES - own):
        if path not in files and before.get(str(path)) == _digest(path):
            path.unlink()
    for path, content in files.items():
        if not path.is_file() or path.read_bytes() != content:
            with atomic_write(path) as temporary:
                temporary.write_bytes(content)
    written.write_text(json.dumps({str(path): _digest(path) for path in files}), "utf-8")


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file; "missing" if there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "missing"


def outdated(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Pages whose data has changed though they have not: a talk's says who gave it."""
    if app.builder.name not in _BOOKS:
        return []
    site = Site(app)
    written = {name: Path(app.outdir, app.builder.get_output_path(name)) for name in env.found_docs}  # type: ignore[attr-defined]
    return [
        name
        for name, page in written.items()
        if page.is_file() and site.data(name) not in page.read_text("utf-8", "replace")
    ]


def describe(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Say in a page's head what it is: its address, a description, a preview for social networks, and its data."""
    if app.builder.name not in _BOOKS or doctree is None:
        return
    site = Site(app)
    if pagename == app.config.root_doc:
        name, headline = site.words()
        if headline and name == app.config.html_title:
            # The theme puts the site's title behind it: the name once is enough.
            context["title"] = escape(headline)
        if site.home:
            context["pageurl"] = site.home
    tags = [*_meta(site, pagename, doctree), *_links(site, pagename, context["pathto"])]
    context["metatags"] = "\n    ".join([context.get("metatags", ""), *tags, site.data(pagename)])


def _meta(site: Site, pagename: str, doctree: nodes.document) -> Iterator[str]:
    name, headline = site.words()
    is_root = pagename == site.app.config.root_doc
    title = ", ".join(filter(None, [name, headline])) if is_root and name else site.app.env.titles[pagename].astext()
    paragraphs = (words for node in doctree.findall(nodes.paragraph) if (words := node.astext().strip()))
    description = textwrap.shorten(next(paragraphs, headline or title), 200, placeholder="…")
    yield _tag("name", "description", description)
    yield _tag("property", "og:title", title)
    yield _tag("property", "og:description", description)
    yield _tag(
        "property", "og:type", "profile" if is_root and name else "article" if pagename in site.talks else "website"
    )
    yield _tag("property", "og:site_name", site.app.config.html_title)
    if site.home:
        yield _tag("property", "og:url", site.page(pagename))
    if site.has_card():
        yield _tag("property", "og:image", site.home + _CARD)
        yield _tag("property", "og:image:width", "1200")
        yield _tag("property", "og:image:height", "630")
        yield _tag("property", "og:image:alt", ", ".join(filter(None, [name, headline])))
        yield _tag("name", "twitter:card", "summary_large_image")


def _links(site: Site, pagename: str, pathto: Any) -> Iterator[str]:
    link = '<link rel="alternate" type="{}" title="{}" href="{}" />'
    if site.home and any(talk.date for talk in site.talks.values()):
        label = CvConfig.of(site.app.config).i18n.label("talks")
        yield link.format("application/atom+xml", escape(label), pathto(_FEED, 1))
    if pagename == site.app.config.root_doc and site.resume.person:
        yield link.format("text/vcard", "vCard", pathto(_VCARD, 1))
        yield link.format("application/json", "JSON Resume", pathto(_RESUME, 1))


def _tag(kind: str, name: str, content: str) -> str:
    return f'<meta {kind}="{name}" content="{escape(content)}" />'


def _brought(path: Path) -> list[Path]:
    return list(path.iterdir()) if path.is_dir() else [path]
