"""Read DOCX, from the HTML that mammoth makes, and from the headers and footers, which mammoth ignores."""

import io
import re
import zipfile
from collections.abc import Iterator
from html import escape, unescape
from xml.etree import ElementTree

from bs4 import BeautifulSoup, Tag

from cvtools import limits
from cvtools.importers import markdown, vocabulary
from cvtools.importers.drafts import NO_PICTURE, Source
from cvtools.terminal import shorten
from cvtools.writing.html_to_markdown import from_html
from cvtools.writing.myst import Heading, escape_inline, escape_start, without_bullets, without_invisible

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: mammoth's map of styles: headings that it does not know, and page breaks, which become nothing.
_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Name'] => h1:fresh\nbr[type='page'] =>"

_HEADING = re.compile("h[1-6]$")
#: The content of a cell that is a heading, or a paragraph in bold letters.
_HEAD = re.compile(r"\s*(?:<h[2-6]>[^<>]*</h[2-6]>|<p><strong>[^<>]*</strong></p>)\s*")


def read(archive: zipfile.ZipFile, unread: list[str]) -> Heading:
    """Return the CV as a tree of headings."""
    body, headers, footers = _html_of(archive, unread)
    # Below a title without other headings, bold paragraphs may be headings.
    if not re.search("(?s)<h[2-6]|<h1.*<h1", body):
        body = re.sub(r"<p><strong>([^<>]{3,60})</strong></p>", _heading, body)
    body = _without_layout_tables(body)
    title = re.match(r"(?s)\s*<h1>.*?</h1>", body)
    start = title.end() if title else 0
    html = f"{body[:start]}{headers}{body[start:]}{footers}"
    # A tab separates two things, such as a role and its dates.
    html = re.sub(r"((?:[^\s>]|</(?:strong|em|a|u)>) *)\t+(?=\S)", r"\1 | ", html)
    text = without_invisible(from_html(with_escaped_words(html)))
    return markdown.read_plain(without_bullets(text), Source({}, unread=unread), has_table_heads=False)


def _html_of(archive: zipfile.ZipFile, unread: list[str]) -> tuple[str, str, str]:
    """Return the body, the headers and the footers of a document as HTML, and report what is left out."""
    import mammoth

    parts = {part.filename: part for part in archive.infolist() if part.filename.endswith((".xml", ".rels"))}
    if sum(part.file_size for part in parts.values()) > limits.IMPORT_SIZE:
        raise ValueError(f"it has more than {limits.IMPORT_SIZE // 1_000_000} MB of text: shorten it")
    file = io.BytesIO()
    try:
        # Copy only the counted parts: relationships may lead mammoth to a part of any name.
        with zipfile.ZipFile(file, "w") as counted:
            for name, part in parts.items():
                counted.writestr(name, _without_hidden(archive.read(part), unread))
            headers, footers = ("\n".join(_paragraphs(counted, name)) for name in ("header", "footer"))
        # The document's own map of styles could leave paragraphs out.
        converted = mammoth.convert_to_html(
            file, style_map=_STYLES, include_embedded_style_map=False, convert_image=lambda image: []
        )
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # noqa: BLE001 - mammoth raises whatever its readers of ZIP and XML do
        raise ValueError(f"it is a damaged document: {error}") from None
    messages = "\n".join(warning.message for warning in converted.messages)
    if names := sorted({*re.findall(r"(?m)element was ignored: (\S+)$", messages)}):
        unread.append(f"what is in {', '.join(names)} is left out: look for it in the document, and copy its words")
    if any(name.startswith("word/media/") for name in archive.namelist()):
        unread.append(NO_PICTURE)
    return converted.value, headers, footers


def _without_hidden(part: bytes, unread: list[str]) -> bytes:
    """Return a part of the document without hidden text, which is reported."""
    if b":vanish" not in part:
        return part
    # Safe, since Expat limits the growth of entities; mammoth uses it as well.
    tree = ElementTree.fromstring(part)  # noqa: S314
    marks = ((run, run.find(f"{_WORD}rPr/{_WORD}vanish")) for run in tree.iter(f"{_WORD}r"))
    off = {"0", "false", "off"}
    hidden = dict.fromkeys(run for run, mark in marks if mark is not None and mark.get(f"{_WORD}val") not in off)
    for parent in tree.iter():
        parent[:] = [child for child in parent if child not in hidden]
    if words := "".join(text for run in hidden for text in run.itertext()):
        unread.append(f'hidden text is left out: "{shorten(words, 40)}"')
    return ElementTree.tostring(tree)


def with_escaped_words(html: str) -> str:
    """Return HTML whose words are escaped, so that Markdown takes none of them for markup."""

    def escaped(piece: re.Match[str]) -> str:
        tags, words = piece[1], escape_inline(unescape(piece[2]).replace("\n", " "))
        if re.search(r"</?(?:p|div|li|[uo]l|h[1-6]|br|table|t[rdh])\b", tags):
            # These words begin a line, so that they might be markup of a block.
            tags, words = re.sub(r">\s+", ">", tags), escape_start(words) + words[len(words.rstrip()) :]
        return tags + words

    return re.sub(r"((?:<[^<>]*>\s*)+)([^<>]*)", escaped, html)


def _heading(paragraph: re.Match[str]) -> str:
    """Return a bold paragraph as a heading if any language has its words as the heading of a section."""
    return f"<h2>{paragraph[1]}</h2>" if markdown.is_section(unescape(paragraph[1])) else paragraph[0]


def _without_layout_tables(html: str) -> str:
    """Return HTML with the content of layout tables in place of these, and with other tables split at headings."""
    soup = BeautifulSoup(html, "html.parser")
    for table in soup.find_all("table"):
        _split_at_headings(table, soup)
    for table in filter(_is_layout, soup.find_all("table")):
        for row in table.find_all("tr"):
            # Put cells that begin with a section last, since the column beside them has the name.
            row.extend([cell for cell in row.find_all("td") if re.match(r"<td[^>]*>\s*<h[2-6]", str(cell))])
        for part in table.find_all(["thead", "tbody", "tr", "td", "th"]):
            if part.find_parent("table") is table:
                part.unwrap()
        table.unwrap()
    return str(soup)


def _split_at_headings(table: Tag, soup: BeautifulSoup) -> None:
    """Replace a table by headings, made of rows that have nothing else, and by tables of the rows between them."""
    rows = table.find_all("tr")
    heads = {id(row): cell for row in rows if (cell := _only_cell(row)) and _HEAD.fullmatch(cell.decode_contents())}
    is_inner = table.find_parent("table") or table.find("table")
    # A known heading shows that other rows of bold words are headings, too.
    if is_inner or not any(head.find(_HEADING) for head in heads.values()):
        return
    parts: list[Tag] = []
    for row in rows:
        if cell := heads.get(id(row)):
            parts.append(soup.new_tag("h2", string=cell.get_text()))
        else:
            if not parts or parts[-1].name != "table":
                parts.append(soup.new_tag("table"))
            parts[-1].append(row.extract())
    table.replace_with(*parts)


def _only_cell(row: Tag) -> Tag | None:
    """Return the cell of a row that has words, if only one has any."""
    cells = [cell for cell in row.find_all(["td", "th"]) if cell.get_text(strip=True)]
    return cells[0] if len(cells) == 1 else None


def _is_layout(table: Tag) -> bool:
    """Return whether a table has a heading or, above the first section, a cell with an e-mail address below a line."""
    if table.find(_HEADING):
        return True
    lines = (cell.get_text("\n", strip=True).split("\n", 1) for cell in table.find_all("td"))
    return not table.find_previous(re.compile("h[2-6]$")) and any("@" in "".join(rest) for _, *rest in lines)


def _paragraphs(archive: zipfile.ZipFile, part: str) -> Iterator[str]:
    """Yield the paragraphs of headers or footers as HTML, each once, without the numbers of pages."""
    seen = {""}
    for name in sorted(archive.namelist()):
        if re.fullmatch(rf"word/{part}\d*\.xml", name):
            tree = ElementTree.fromstring(archive.read(name))  # noqa: S314 - as above
            for paragraph in tree.iter(f"{_WORD}p"):
                runs = (node.text or "\t" for node in paragraph.iter() if node.tag in {f"{_WORD}t", f"{_WORD}tab"})
                words = "".join(runs).strip()
                if words not in seen and not vocabulary.PAGE.fullmatch(words):
                    seen.add(words)
                    yield f"<p>{escape(words)}</p>"
