"""Write files for feed readers and crawlers: an Atom feed (RFC 4287), a sitemap and llms.txt."""

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from cvtools.model.dates import PartialDate
from cvtools.model.entries import Entry
from cvtools.reading.characters import without_controls


def atom(talks: Sequence[tuple[str, PartialDate, Entry]], title: str, author: str, base_url: str) -> bytes:
    """Return an Atom feed of talks; the id of a talk is the address of its page.

    :param talks: the talks with their addresses and dates, newest first; at least one
    :param base_url: the address of the site, with a slash at its end
    """
    feed = Element("feed", xmlns="http://www.w3.org/2005/Atom")
    _text(feed, "id", f"{base_url}talks.atom")
    _text(feed, "title", title)
    _text(feed, "updated", _moment(max((date for _, date, _ in talks), key=lambda date: date.begins)))
    _text(SubElement(feed, "author"), "name", author)
    SubElement(feed, "link", rel="self", type="application/atom+xml", href=f"{base_url}talks.atom")
    SubElement(feed, "link", rel="alternate", type="text/html", href=base_url)
    for url, date, talk in talks:
        entry = SubElement(feed, "entry")
        _text(entry, "id", url)
        _text(entry, "title", talk.title)
        _text(entry, "updated", _moment(date))
        SubElement(entry, "link", rel="alternate", type="text/html", href=url)
        _text(entry, "summary", "\n\n".join(talk.paragraphs))
    return _serialised(feed)


def sitemap(urls: Iterable[str]) -> bytes:
    """Return a sitemap (sitemaps.org) of pages."""
    urlset = Element("urlset", xmlns="http://www.sitemaps.org/schemas/sitemap/0.9")
    for url in urls:
        _text(SubElement(urlset, "url"), "loc", url)
    return _serialised(urlset)


def llms(name: str, summary: str, pages: Iterable[tuple[str, str]], files: Iterable[tuple[str, str]]) -> str:
    """Return an index of the site for language models, see https://llmstxt.org.

    :param summary: one sentence about the person; may be empty
    :param pages: titles and addresses
    :param files: names and addresses
    """
    parts = [f"# {_plain(name)}", f"> {_plain(summary)}" if summary else ""]
    for heading, links in (("Pages", pages), ("Files", files)):
        parts.append("\n".join([f"## {heading}", "", *(f"- [{_plain(text)}]({url})" for text, url in links)]))
    return "\n\n".join(filter(None, parts)) + "\n"


def _moment(date: PartialDate) -> str:
    """Return the beginning of a date as a time stamp (RFC 3339)."""
    year, month = divmod(int(date.begins), 12)
    return f"{year:04}-{month + 1:02}-{date.day or 1:02}T00:00:00Z"


def _text(parent: Element, tag: str, text: str) -> None:
    """Append an element with a text, without control characters, which XML cannot hold even as entities."""
    SubElement(parent, tag).text = without_controls(text)


def _plain(text: str) -> str:
    """Return text as a line of Markdown, with brackets escaped, so that none begins or ends a link."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace("<", "\\<")


def _serialised(root: Element) -> bytes:
    ElementTree.indent(root)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"
