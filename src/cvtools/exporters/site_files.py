"""Write the files for programs beside the pages, such as the feed, unless they would be empty."""

import os
import posixpath
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from sphinx.application import Sphinx

from cvtools.config import CvConfig
from cvtools.editions import current, editions
from cvtools.exporters import feeds, json_ld, json_resume
from cvtools.exporters.dates_and_urls import base_url, photo_url
from cvtools.exporters.vcard import vcard
from cvtools.files import UNREADABLE, read_json, write_atomically, write_json
from cvtools.model.dates import PartialDate
from cvtools.model.entries import Entry, Resume
from cvtools.reading.domain import CvDomain
from cvtools.sphinx_warnings import note

#: Names of the builders that write the website.
HTML_BUILDERS = ("html", "dirhtml")
FEED, CARD, VCARD = "talks.atom", "card.png", "cv.vcf"


class Site:
    """The values that the website may show, and the addresses of its pages and entries."""

    def __init__(self, app: Sphinx) -> None:
        self.app = app
        self.domain = CvDomain.of(app.env)
        self.resume: Resume = self.domain.for_output("html")
        #: Talks with a page of their own, by docname, newest first.
        self.talks: Mapping[str, Entry] = self.domain.talk_pages("html")
        self.options = CvConfig.of(app.config)
        #: The address of the root page; empty if the address of the site is unknown.
        self.base_url = base_url(app.config)
        person = self.resume.person
        #: The person's name and headline; empty if the CV has none.
        self.name, self.headline = (person.title, person.headline or "") if person else ("", "")

    def page_url(self, docname: str) -> str:
        """Return the address of a page; empty if the address of the site is unknown."""
        if not self.base_url or docname == self.app.config.root_doc:
            return self.base_url
        return self.base_url + self.app.builder.get_target_uri(docname)

    def entry_url(self, entry: Entry) -> str:
        """Return the address of an entry, or that of its page if the page is about this entry alone."""
        page = self.page_url(entry.origin.docname)
        is_page = entry is self.resume.person or entry is self.talks.get(entry.origin.docname)
        return page if is_page or not page else f"{page}#{entry.origin.anchor}"

    def json_ld(self, docname: str) -> str:
        """Return JSON-LD about the person or the talk of a page as a script element; empty for other pages."""
        if talk := self.talks.get(docname):
            return json_ld.script(json_ld.talk_page(self.resume, talk, self.entry_url))
        if docname == self.app.config.root_doc and (person := self.resume.person):
            names = [technology.name for technology in self.domain.technologies("html")]
            return json_ld.script(json_ld.profile_page(person, self.resume, names, self.options.month, self.entry_url))
        return ""

    def talks_in_feed(self) -> list[tuple[PartialDate, Entry]]:
        """Return the talks with pages and dates, newest first; none if the site has no address, which a feed needs."""
        dated = [(talk.date, talk) for talk in self.talks.values() if isinstance(talk.date, PartialDate)]
        return dated if self.base_url else []

    def has_card(self) -> bool:
        """Return whether there is a social card: the site has an address and a name, in letters of the card's font."""
        if not self.base_url or not self.name:
            return False
        from cvtools.exporters.social_card import can_show

        return can_show(self.name, self.headline, self.base_url)


def _feed(site: Site) -> bytes:
    talks = [(site.entry_url(talk), date, talk) for date, talk in site.talks_in_feed()]
    author = site.name or site.app.config.html_title
    title = f"{author}: {site.options.i18n.label('talks')}"
    return feeds.atom(talks, title, author, site.base_url) if talks else b""


def _card(site: Site) -> bytes:
    if site.has_card():
        from cvtools.exporters.social_card import card

        foot = site.base_url.partition("://")[2].rstrip("/")
        return card(site.name, site.headline, foot, site.options.accent)
    if site.base_url and (person := site.resume.person):
        lacking = f"{CARD} is not made: its typeface, Lato, lacks letters of the name or the headline"
        note((person.origin.docname, person.origin.line), "card", lacking, site.app.config)
    return b""


def _vcard(site: Site) -> bytes:
    photo = photo_url(site.app.env, site.resume.person)
    return vcard(site.resume, site.options.month, site.base_url, photo).encode()


def _sitemap(site: Site) -> bytes:
    return feeds.sitemap(map(site.page_url, sorted(site.app.env.found_docs))) if site.base_url else b""


def _robots(site: Site) -> bytes:
    """Return robots.txt (RFC 9309) with the sitemaps of all editions; empty for an edition in a folder of the site."""
    if current(site.app.config).folder:
        return b""
    folders = [edition.folder for edition in editions(CvConfig.declared(site.app.config))] if site.base_url else []
    sitemaps = (f"Sitemap: {posixpath.join(site.base_url, folder, 'sitemap.xml')}\n" for folder in folders)
    return "".join(["User-agent: *\nAllow: /\n", *sitemaps]).encode()


def _llms(site: Site) -> bytes:
    options, config = site.options, site.app.config
    if "llms" not in options.formats:
        return b""
    root, titles = config.root_doc, site.app.env.titles
    pages = [root, *(page for page in site.talks if page != root)]
    pages += sorted(titles.keys() - {*pages})
    links = ((titles[page].astext(), site.base_url + site.app.builder.get_target_uri(page)) for page in pages)
    vcards = [VCARD] if site.resume.person else []
    names = [*options.pdfs, *options.offered_documents, json_resume.FILE, *vcards]
    files = ((file, site.base_url + file) for file in names)
    return feeds.llms(site.name or config.html_title, site.headline, links, files).encode()


#: Functions that return the content of the files beside the pages; files without content are not written.
_EXPORTERS: Mapping[str, Callable[[Site], bytes]] = {
    "robots.txt": _robots,
    json_resume.FILE: lambda site: json_resume.json_resume(site.app.env, "html"),
    VCARD: _vcard,
    "sitemap.xml": _sitemap,
    "llms.txt": _llms,
    FEED: _feed,
    CARD: _card,
}


def write_files(app: Sphinx, exception: Exception | None) -> None:
    """Write the files beside the pages, and remove those of the last build that would be empty now.

    Keep files from ``html_extra_path``, and files of other extensions unless cvtools writes one of that name.
    """
    if exception or app.builder.name not in HTML_BUILDERS:
        return
    site = Site(app)
    extra = [Path(app.confdir, name) for name in app.config.html_extra_path]
    provided = {path.name for top in extra for path in (top.iterdir() if top.is_dir() else [top])}
    record = record_path(app, "exports")
    old: list[str] = []
    # Before the first build, there is no record.
    with suppress(*UNREADABLE):
        old = [*map(str, read_json(record))]
    contents = {name: _EXPORTERS[name](site) for name in sorted(_EXPORTERS.keys() - provided)}
    new = [name for name, content in contents.items() if content]
    for name in contents.keys() & {*old} - {*new}:
        Path(app.outdir, name).unlink(missing_ok=True)
    # Write the record before the files, since a build may stop between them.
    if new != old:
        write_json(record, new)
    for name in new:
        path = Path(app.outdir, name)
        if not path.exists() or path.read_bytes() != contents[name]:
            write_atomically(path, contents[name])


def record_path(app: Sphinx, name: str) -> Path:
    """Return the path, beside the doctrees, of the record `name`, such as "copies", about a builder's output folder."""
    return Path(app.doctreedir, f"{quote(os.path.relpath(app.outdir, app.doctreedir), safe='')}.{name}")
