"""Convert HTML in an imported CV to Markdown: headings, paragraphs, lists, tables, emphasis, links and words."""

import re
from collections.abc import Callable
from html import unescape

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from markdownify import ATX, MarkdownConverter

#: Elements that are converted; the tags of any other element stay as text.
_ELEMENTS = (
    "p|br|b|i|u|em|strong|a|ul|ol|li|span|div|h[1-6]|code|kbd|sub|sup|table|thead|tbody|tr|th|td|center|img|section|"
    "details|summary|del|ins|mark|abbr|picture|figure|figcaption|small|big|font|html|head|body|hr|blockquote|time|"
    "header|footer|main|article|aside|nav"
)
#: A tag without its opening bracket; an address, such as <a.example@example.org>, does not match.
_TAG = rf"/?(?:{_ELEMENTS})(?=[\s/>])[^<>]*>"
_TAGS = re.compile(f"<{_TAG}", re.IGNORECASE)
#: Separator of the lines in a cell of a table, for which Markdown has none; outside tables, it is white space.
LINE_IN_CELL = "\u2028"
#: Noncharacters, which no text holds and no entity makes: two enclose the number of a code span or block, in place of
#: its content, and two replace characters that the HTML parser must not read.
_CODE_BEGINS, _CODE_ENDS, _LESS_THAN, _AMPERSAND = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
#: A tag that breaks the line in a row of a Markdown table, where it separates the lines of a cell.
_BREAK_IN_ROW = re.compile(
    r"(?i)(?<=\S)[ \t]*</?(?:br|hr|p|div|h[1-6]|center|section|blockquote|header|footer|main|article|aside|nav)"
    r"(?=[\s/>])[^<>|]*>[ \t]*"
)
#: Unicode's superscript and subscript figures, by element.
_RAISED = {
    "sup": str.maketrans("0123456789+-()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ"),
    "sub": str.maketrans("0123456789+-()", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎"),
}
_CODE = re.compile(r"(?ms)^(`{3,}|~{3,}).*?(?:^\1|\Z)|(?<![`\\])(`+)(?!`)[^\n]*?(?<!`)\2(?!`)")


def from_html(text: str) -> str:
    """Return Markdown with the HTML elements in it, except those in code, converted to Markdown."""
    return outside_code(_converted, text).strip() if _TAGS.search(text) or "<!--" in text else text


def outside_code(convert: Callable[[str], str], text: str) -> str:
    """Apply a function to Markdown, and keep the code in it as it is."""
    codes: list[str] = []

    def stand_in(code: re.Match[str]) -> str:
        codes.append(code[0])
        return f"{_CODE_BEGINS}{len(codes) - 1}{_CODE_ENDS}"

    text = re.sub(f"[{_CODE_BEGINS}-{_AMPERSAND}]", "", text)
    converted = convert(_CODE.sub(stand_in, text))
    return re.sub(rf"{_CODE_BEGINS}(\d+){_CODE_ENDS}", lambda number: codes[int(number[1])], converted)


def _converted(text: str) -> str:
    text = re.sub(r"(?m)^[ \t]*\|.*\|[ \t]*$", lambda row: _BREAK_IN_ROW.sub(LINE_IN_CELL, row[0]), text)
    text = re.sub(r"<(su[bp])>([0-9+()n-]+)</\1>", lambda figures: figures[2].translate(_RAISED[figures[1]]), text)
    # Hide from the HTML parser what Markdown has to read: comments without an end, escaped characters, entities.
    comments, end, rest = text.rpartition("-->")
    text = comments + end + rest.replace("<!--", f"{_LESS_THAN}!--")
    no_tag = rf"(?i)\\[\\<]|<(?!{_TAG}|!--)"
    text = re.sub(no_tag, lambda sign: sign[0].replace("<", _LESS_THAN), text)
    soup = BeautifulSoup(text.replace("&", _AMPERSAND), "html.parser")
    for element in soup.find_all(["li", "p"]):
        if element.parent and element.parent.name == element.name:
            # If the end tag of an item or a paragraph is omitted, the parser puts the next one into it.
            element.parent.insert_after(element)
    converter = _Converter(bullets="-", heading_style=ATX, strip=["del", "kbd"], table_infer_header=True)
    return str(converter.convert_soup(soup)).replace(_LESS_THAN, "<").replace(_AMPERSAND, "&")


class _Converter(MarkdownConverter):
    """Converter of HTML that separates the lines of cells, and keeps text outside of elements, which is Markdown."""

    def process_text(self, el: NavigableString, parent_tags: set[str] | None = None) -> str:
        is_markdown = not (el.parent and el.parent.parent) or re.search(r"\n\s*\n", el)
        return str(el) if is_markdown else super().process_text(el, parent_tags)  # type: ignore[misc]

    def escape(self, text: str, parent_tags: set[str]) -> str:
        return text

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        url = unescape(str(el.get("href") or "").replace(_AMPERSAND, "&"))
        # Encode the characters that would end the address.
        url = re.sub(r"[\s()<>\\]", lambda sign: f"%{ord(sign[0]):02X}", url)
        return f"[{text}]({url})" if url else text

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        alt = unescape(str(el.get("alt") or "").replace(_AMPERSAND, "&"))
        # The file is not imported.
        return "![{}]()".format(re.sub(r"[][\s]+", " ", alt))

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return LINE_IN_CELL if {"td", "th"} & parent_tags else "  \n"

    def convert_p(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        around = LINE_IN_CELL if {"td", "th"} & parent_tags else "\n\n"
        return f"{around}{text.strip()}{around}"

    convert_center = convert_details = convert_div = convert_figure = convert_picture = convert_section = convert_p
    convert_article = convert_aside = convert_footer = convert_header = convert_main = convert_nav = convert_p
    convert_summary = convert_p

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        # Write the number 1 for all items: the library would count the items before each, in quadratic time.
        mark = "1. " if el.parent and el.parent.name == "ol" else "- "
        indent = " " * len(mark)
        return f"{mark}{text.strip()}".replace("\n", f"\n{indent}") + "\n"

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        lines = filter(None, map(str.strip, re.split(f"[\n{LINE_IN_CELL}]", text.replace("|", "\\|"))))
        return super().convert_td(el, LINE_IN_CELL.join(lines), parent_tags)  # type: ignore[misc,no-any-return]

    convert_th = convert_td
