"""Read DOCX by way of HTML, which mammoth makes of the body; convert headers and footers, which mammoth ignores."""

import io
import re
import zipfile
from collections.abc import Iterator
from html import escape, unescape
from xml.etree import ElementTree

from bs4 import BeautifulSoup, Tag

from cvtools import limits
from cvtools.importers import markdown, vocabulary
from cvtools.importers.docx_headings import SECTION, WORD, heading_styles, is_on, mark_sections
from cvtools.importers.imported_objects import NO_PICTURE, ImportedObject
from cvtools.terminal import shorten
from cvtools.writing.html_to_markdown import from_html
from cvtools.writing.myst import Heading, escape_inline, escape_start, with_hyphen_bullets, without_invisible

#: mammoth's map of styles, for headings that mammoth does not convert, and for page breaks, which become nothing.
_STYLES = (
    f"p[style-name='Title'] => h1:fresh\np[style-name='Name'] => h1:fresh\np.{SECTION} => h2:fresh\nbr[type='page'] =>"
)
#: Word's styles for items, whose numbering has no level.
_STYLES += "".join(
    f"\np[style-name='List {name}{number}'] => {'ul|ol > li > ' * level}{tag} > li:fresh"
    for name, tag in (("Bullet", "ul"), ("Number", "ol"))
    for level, number in enumerate(("", " 2", " 3"))
)
#: Pattern of the names of inline tags.
_INLINE = "(?:strong|em|a|u)"

_HEADING = re.compile("h[1-6]$")
#: A bullet at the beginning of a paragraph (group 1), and the white space after it.
_BULLET = re.compile("\\s*([-–*•∙·▪◦●◆◇►▶➢➤✓✔・‣\uf0b7\uf0a7\uf0d8])(\\s*)(?=[^\\W_]|\\S)")


def read(archive: zipfile.ZipFile, unread: list[str]) -> Heading:
    """Return the CV as a tree of headings."""
    body, headers, footers = _html_of(archive, unread)
    body = _without_layout_tables(_tidied(body))
    title = re.match(r"(?s)\s*<h1>.*?</h1>", body)
    start = title.end() if title else 0
    html = f"{body[:start]}{headers}{body[start:]}{footers}"
    text = without_invisible(from_html(with_escaped_words(_with_separators(html))))
    return markdown.read_plain(with_hyphen_bullets(text), ImportedObject({}, unread=unread), has_table_heads=False)


def _html_of(archive: zipfile.ZipFile, unread: list[str]) -> tuple[str, str, str]:
    """Return the body, the headers and the footers of a document as HTML; add lines about omissions to `unread`."""
    import mammoth

    parts = {part.filename: part for part in archive.infolist() if part.filename.endswith((".xml", ".rels"))}
    if sum(part.file_size for part in parts.values()) > limits.IMPORT_SIZE:
        raise ValueError(f"it has more than {limits.IMPORT_SIZE // 1_000_000} MB of text: shorten it")
    file = io.BytesIO()
    try:
        styles = heading_styles(archive.read("word/styles.xml")) if "word/styles.xml" in parts else set()
        # Copy only the counted parts: relationships may lead mammoth to a part of any name.
        with zipfile.ZipFile(file, "w") as counted:
            for name, part in parts.items():
                counted.writestr(name, _prepared(name, archive.read(part), styles, unread))
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
    ignored = {*re.findall(r"(?m)element was ignored: (\S+)$", messages)}
    if names := sorted(name for name in ignored if _has_words(archive, name)):
        unread.append(f"what is in {', '.join(names)} is left out: look for it in the document, and copy its words")
    if any(name.startswith("word/media/") for name in archive.namelist()):
        unread.append(NO_PICTURE)
    return converted.value, headers, footers


def _has_words(archive: zipfile.ZipFile, name: str) -> bool:
    """Return whether an element of the document has words, as a drawing has none.

    :param name: the element's name as mammoth writes it, with a prefix or an address
    """
    # This is safe, since Expat limits the growth of entities; mammoth parses the same file.
    document = ElementTree.fromstring(archive.read("word/document.xml"))  # noqa: S314
    elements = document.iterfind(f".//{{*}}{re.split('[:}]', name)[-1]}")
    return any((text.text or "").strip() for element in elements for text in element.iter(f"{WORD}t"))


def _prepared(name: str, part: bytes, heading_styles: set[str], unread: list[str]) -> bytes:
    """Return a part of the document without hidden text, which is reported, and with styles of section headings."""
    is_body = name == "word/document.xml"
    if not is_body and b":vanish" not in part:
        return part
    tree = ElementTree.fromstring(part)  # noqa: S314 - as above
    marks = ((run, run.find(f"{WORD}rPr/{WORD}vanish")) for run in tree.iter(f"{WORD}r"))
    hidden = dict.fromkeys(run for run, mark in marks if mark is not None and is_on(mark))
    if hidden:
        for parent in tree.iter():
            parent[:] = [child for child in parent if child not in hidden]
    if words := "".join(text for run in hidden for text in run.itertext()):
        unread.append(f'hidden text is left out: "{shorten(words, 40)}"')
    if is_body:
        mark_sections(tree, heading_styles)
    return ElementTree.tostring(tree)


def _tidied(html: str) -> str:
    """Return HTML without bookmarks, and with emphasis only where Markdown can have it."""
    html = re.sub(r'<a id="[^"<>]*"></a>|\u00ad', "", html)
    opened, closed = "((?:<(?:strong|em)>)+)", "((?:</(?:strong|em)>)+)"
    html = re.sub(rf"{opened}(\s+)", r"\2\1", re.sub(rf"(?<!\s)(\s+){closed}", r"\2\1", html))
    # Beside a letter, emphasised words may neither begin nor end with a sign.
    sign = r"((?:&\w{1,9};|[^\w\s<>&;]){1,9})"
    html = re.sub(rf"(?<![^\w\s<>;]){sign}{closed}(?=\w|<{_INLINE}\b)", r"\2\1", html)
    html = re.sub(rf"(\w|</{_INLINE}>){opened}{sign}", r"\1\3\2", html)
    html = re.sub(r"</(strong|em)>(\s*)<\1>", r"\2", html)
    html = re.sub(r"<(strong|em)>(\s*)</\1>", r"\2", html)
    return re.sub(r"<h([1-6])>(.*?)</h\1>", _plain_heading, html)


def _plain_heading(heading: re.Match[str]) -> str:
    """Return a heading without emphasis, leading signs and a final colon; nothing for a heading without words."""
    words = re.sub(r"^[^\w<(&]+|\s*[:\uff1a]\s*$", "", re.sub(r"</?(?:strong|em)>", "", heading[2]))
    return f"<h{heading[1]}>{words}</h{heading[1]}>" if re.search(r"\w", re.sub("<[^<>]*>", "", words)) else ""


def with_escaped_words(html: str) -> str:
    """Return HTML whose words are escaped, so that Markdown takes none of them for markup."""

    def escaped(piece: re.Match[str]) -> str:
        tags, words = piece[1], escape_inline(unescape(piece[2]).replace("\n", " "))
        if re.search(r"</?(?:p|div|li|[uo]l|h[1-6]|br|table|t[rdh])\b", tags):
            # At the beginning of a line, words may look like markup of a block.
            tags, words = re.sub(r">\s+", ">", tags), escape_start(words) + words[len(words.rstrip()) :]
        return tags + words

    return re.sub(r"((?:<[^<>]*>\s*)+)([^<>]*)", escaped, html)


def _with_separators(html: str) -> str:
    """Return HTML with bars in place of tabs and of spaces in a row, which separate names and dates."""
    # Spaces before a lower-case letter are in a sentence.
    gap = r"(?:[ \xa0\u3000]*+\t\s*+|[ \xa0\u3000]{4,}+(?![a-zß-ÿа-я]))"
    # Between a label and its value, write a space instead.
    html = re.sub(rf"([:\uff1a](?:</{_INLINE}>)*+){gap}", r"\1 ", html)
    html = re.sub(rf"([^\s>]|</{_INLINE}>){gap}(?=(?:<{_INLINE}\b[^<>]*>)*+[^\s<])", r"\1 | ", html)
    # Join spaces, for many of which the converter takes quadratic time.
    return re.sub(r"[ \t]+", " ", html)


def _without_layout_tables(html: str) -> str:
    """Return HTML with layout tables replaced by their content, and paragraphs with typed bullets by lists."""
    soup = BeautifulSoup(html, "html.parser")
    for table in soup.find_all("table"):
        if not table.find("table"):
            _split_table(table, soup)
    above_sections = _tables_above_sections(soup)
    for table in soup.find_all("table"):
        is_above = id(table) in above_sections
        if not (table.find(_HEADING) or (is_above and not _has_labels(table))):
            continue
        for row in table.find_all("tr"):
            # Above the first section, move cells that begin with a heading to the end: other cells have the name.
            sections = [cell for cell in row.find_all("td") if re.match(r"<td[^>]*>\s*<h[2-6]", str(cell))]
            row.extend(sections if is_above else [])
        for part in table.find_all(["thead", "tbody", "tr", "td", "th"]):
            if part.find_parent("table") is table:
                part.unwrap()
        table.unwrap()
    _make_lists(soup)
    return str(soup)


def _split_table(table: Tag, soup: BeautifulSoup) -> None:
    """Replace a table by the contents of its rows with a single cell, and by a table for each group of other rows."""
    parts: list[Tag] = []
    rows = [(row, row.find_all(["td", "th"])) for row in table.find_all("tr")]
    filled_cells = [[cell for cell in cells if cell.get_text(strip=True)] for _, cells in rows]
    if max(map(len, filled_cells), default=0) < 3:
        # A label and its value may each go over several columns.
        for cell in table.find_all(colspan=True):
            del cell["colspan"]
    for (row, cells), filled in zip(rows, filled_cells, strict=True):
        if len(cells) < 2 or (len(filled) == 1 and filled[0].find(_HEADING)):
            parts += [cell.extract() for cell in filled]
        elif filled:
            if not parts or parts[-1].name != "table":
                parts.append(soup.new_tag("table"))
            parts[-1].append(row.extract())
    table.replace_with(*parts)
    for part in parts:
        if part.name != "table":
            part.unwrap()
        elif len(part.contents) == 1:
            _make_line(part)


def _make_line(table: Tag) -> None:
    """Turn a table of one row into a paragraph with tabs, unless a cell has several lines."""
    cells = table.find_all(["td", "th"])
    if any(len(cell.find_all(["p", "li"])) > 1 for cell in cells):
        return
    for cell in cells:
        cell.insert(0, "\t")
    for element in table.find_all(["tr", "td", "th", "p", "ul", "ol", "li"]):
        element.unwrap()
    table.name = "p"


def _has_labels(table: Tag) -> bool:
    """Return whether each row of a table has a label and a value."""
    rows = [row.find_all(["td", "th"]) for row in table.find_all("tr")]
    return all(len(row) == 2 and len(row[0].get_text()) < 40 and "@" not in row[0].get_text() for row in rows)


def _tables_above_sections(soup: BeautifulSoup) -> set[int]:
    """Return the identities of the tables above the first heading of a section; none without such a heading."""
    elements = soup.find_all(["table", *(f"h{level}" for level in range(1, 7))])
    headings = [number for number, element in enumerate(elements) if element.name != "table"]
    # The first heading is the title if it is of level 1.
    first = next((number for number in headings if elements[number].name != "h1" or number != headings[0]), 0)
    return {id(element) for element in elements[:first]}


def _make_lists(soup: BeautifulSoup) -> None:
    """Turn paragraphs that begin with a typed bullet into items of lists, but not in tables."""
    last_list: Tag | None = None
    for paragraph in soup.find_all("p"):
        words = paragraph.find(string=re.compile(r"\S"))
        bullet = _BULLET.match(words) if words else None
        if not (words and bullet) or paragraph.find_parent(["table", "li"]):
            continue
        following = paragraph.find_next_sibling()
        has_list_above = last_list is not None and paragraph.find_previous_sibling() is last_list
        has_bullet_below = following is not None and following.name == "p" and following.get_text().lstrip()[:1] in "-*"
        # A hyphen or an asterisk without a space after it is a bullet only in a list of several.
        if bullet[1] in "-*" and not (bullet[2] or has_list_above or has_bullet_below):
            continue
        words.replace_with(words[bullet.end() :])
        paragraph.name = "li"
        if last_list is not None and has_list_above:
            last_list.append(paragraph)
        else:
            last_list = paragraph.wrap(soup.new_tag("ul"))


def _paragraphs(archive: zipfile.ZipFile, part: str) -> Iterator[str]:
    """Yield the paragraphs of headers or footers as HTML, without repeated ones and page numbers."""
    seen = {""}
    for name in sorted(archive.namelist()):
        if re.fullmatch(rf"word/{part}\d*\.xml", name):
            tree = ElementTree.fromstring(archive.read(name))  # noqa: S314 - as above
            for paragraph in tree.iter(f"{WORD}p"):
                runs = (node.text or "\t" for node in paragraph.iter() if node.tag in {f"{WORD}t", f"{WORD}tab"})
                words = "".join(runs).strip()
                if words not in seen and not vocabulary.PAGE.fullmatch(words):
                    seen.add(words)
                    yield f"<p>{escape(words)}</p>"
