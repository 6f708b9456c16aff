"""Read Markdown or HTML that was written for other programs: leave their syntax out, and split it at headings."""

import re
from collections.abc import Sequence
from html import unescape
from itertools import pairwise
from typing import Any

from markdown_it.token import Token

from cvtools import limits
from cvtools.i18n import all_headings
from cvtools.importers import vocabulary
from cvtools.importers.drafts import NO_PICTURE, PICTURE, Source
from cvtools.importers.parts import Part
from cvtools.importers.recognition import Reader
from cvtools.model import kinds
from cvtools.model.dates import folded
from cvtools.reading import front_matter
from cvtools.terminal import shorten
from cvtools.writing import myst
from cvtools.writing.html_to_markdown import from_html, outside_code

#: A footnote, whose further lines are indented, and a reference to one.
_NOTE = re.compile(r"(?m)^\[\^([^\s\[\]]+)\]:[ \t]*(.*(?:\n[ \t]+\S.*)*)\n?")
_REFERENCE = re.compile(r"\[\^([^\s\[\]]+)\](?!:)")
#: A title in quotes or parentheses.
_TITLE = r"[ \t]+(\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\))"
_LINK_WITH_TITLE = re.compile(rf"(\]\(\s*+(?:<[^<>\n]*>|[^()<>\s]++)){_TITLE}\s*\)")
#: A definition of an address: its label, the address and a title.
_ADDRESS = re.compile(rf"(?m)^ {{0,3}}\[(?!\^)([^\[\]\n]+)\]:[ \t]*(<[^<>\n]*>|[^\s<]\S*)(?:{_TITLE})?[ \t]*$")
#: A paragraph of bold words, which a list may follow.
_BOLD_PARAGRAPH = re.compile(r"(?m)(?<!\S\n)^(?:\*\*|__)([^*_\n]{3,60})(?:\*\*|__):?[ \t]*(?=\n\s*\n|\n[-*+] )")
#: Attributes such as classes, but for the marks by which this program withholds words, which must stay visible.
_ATTRIBUTES = r"\{(?![^{}\n]*(?:show|only)[-=])(?:[#.=:]|\w+=)[^{}\n`]*\}"
#: Lines that hold markup alone: fences of Pandoc's divs, tags of Liquid, and LaTeX's commands with a length or nothing.
_MARKUP_LINE = (
    r"^:{3,}.*$|^[ \t]*\{%.*%\}[ \t]*$|^\\(?:begin|end)\{\w+\}"
    r"|^\\[a-zA-Z]+\*?(?:\{-?[\d.]+[^{}\n]*\}|[ \t]*-?[\d.]+[ \t]*[a-z]{2})?[ \t]*$"
)


def is_own(text: str) -> bool:
    """Return whether Markdown is a page of this project: it has known fields below a heading."""
    fields = re.findall(r"(?m)^(?:#{1,6} .*|[=-]{3,})\n\s*((?::[\w-]+: .*\n)+)", f"{text}\n")
    names = {name for lines in fields for name in re.findall(r"(?m)^:([\w-]+):", lines)}
    return any(kinds.is_known(name) for name in names - {*kinds.CONTROLS})


def read(text: str, unread: list[str]) -> myst.Heading:
    """Return the CV as a tree of headings."""
    # Remove the data of pictures, which Google Docs writes into the text.
    text = re.sub(r"data:image/[\w.+-]+;base64,[\w+/=]*", "", text)
    data, text = front_matter.take(myst.without_bullets(text))
    # Separate words that only a style sets apart.
    text = re.sub(r"</span>\s*<span\b[^<>]*>", " | ", text)
    # In a template for Jekyll, the date is code on the line above the entry.
    text = re.sub(r"(?m)^`([^`\n]{,20}\d{4}\b[^`\n]*)`[ \t]*\n(?=\*\*|__|[^\W_])", r"\1 | ", text)
    if "<!--" in text:
        unread.append("comments (<!-- … -->) are left out")
    text = outside_code(lambda words: _without_titles(_without_syntax(words), unread), from_html(text))
    if not re.search(r"(?m)^##|^\S.*\n(?:==|--)", text):
        # Without headings of sections, bold paragraphs may be these.
        text = _BOLD_PARAGRAPH.sub(_heading, text)
    if PICTURE.search(text):
        unread.append(NO_PICTURE)
    return read_plain(text, Source(data, "front matter", unread))


def is_section(title: str) -> bool:
    """Return whether any language has the words of a paragraph as the heading of a section."""
    words = re.sub(r"^\W+|\W+$", "", folded(title))
    # In capitals, one known word is enough, as in "EXPERIENCIA LABORAL".
    names = {words, *(words.split() if title.isupper() else ())}
    return not names.isdisjoint(all_headings()) or bool(vocabulary.CONTACTS.search(words))


def _heading(paragraph: re.Match[str]) -> str:
    return f"## {paragraph[1]}\n" if is_section(paragraph[1]) else paragraph[0]


def _without_syntax(text: str) -> str:
    """Return Markdown without the syntax of footnotes, attributes, LaTeX and linked pictures; their words stay."""
    # A dash or a letter may be written as an entity; one of Markdown's own signs stays an entity.
    text = re.sub(r"&\w+;", lambda entity: entity[0] if (sign := unescape(entity[0])).isascii() else sign, text)
    text = _with_footnotes_in_place(text)
    text = re.sub(rf"\[([^\[\]]*)\]{_ATTRIBUTES}", r"\1", text)
    text = re.sub(rf"(?<=[)\ufdd1]){_ATTRIBUTES}|(?m:(?:^|[ \t]){_ATTRIBUTES}[ \t]*$|{_MARKUP_LINE})", "", text)
    # Beside a letter, as in Chinese, bold words may neither begin nor end with punctuation.
    bold = r"\*\*[^*\n]+\*\*"
    text = re.sub(rf"(?<=\w)\*\*([^\w\s*]+)([^*\n]+\*\*)|{bold}", lambda b: f"{b[1]}**{b[2]}" if b[1] else b[0], text)
    text = re.sub(rf"(\*\*[^*\n]+?)([^\w\s*]+)\*\*(?=\w)|{bold}", lambda b: f"{b[1]}**{b[2]}" if b[1] else b[0], text)
    text = re.sub(r"(?<!!)\[([^\[\]]*)\]\(\s*\)", r"\1", text)
    text = re.sub(r"(?<![ \t])[ \t]*\\hfill\b(?!\\)[ \t]*", " | ", text)
    text = re.sub(r"\\href\{([^{}]*)\}\{([^{}]*)\}", r"[\2](\1)", text)
    linked = rf"\[\s*{PICTURE.pattern}\s*\]\(([^()\s]*)\)"
    return re.sub(linked, lambda link: f"[{link[1] or link[2].removeprefix('mailto:')}]({link[2]})", text)


def _without_titles(text: str, unread: list[str]) -> str:
    """Return Markdown without the titles of links; report these, and the addresses that no link refers to."""
    used = {_label(words) for words in re.findall(r"\[([^\[\]]+)\](?!:)", text)}
    titles = [link[2] for link in _LINK_WITH_TITLE.finditer(text)]
    unused = []
    for address in _ADDRESS.finditer(text):
        if _label(address[1]) in used:
            titles += filter(None, [address[3]])
        elif re.search(r"\w", address[1]):
            # A label without letters, such as "//", begins a comment.
            unused.append(address[0])
    if titles:
        unread.append(f"titles of links are left out: {', '.join(shorten(title, 60) for title in titles)}")
    if unused:
        left = ", ".join(shorten(" ".join(line.split()), 80) for line in unused)
        unread.append(f"addresses that no link refers to are left out: {left}")
    return _LINK_WITH_TITLE.sub(r"\1)", text)


def _label(words: str) -> str:
    """Return the label of an address as Markdown compares it."""
    return " ".join(words.split()).casefold()


def _with_footnotes_in_place(text: str) -> str:
    """Return Markdown with each footnote in parentheses at the first reference to it, and without later references."""
    used = {*_REFERENCE.findall(_NOTE.sub("", text))}
    notes: dict[str, str] = {}

    def taken(note: re.Match[str]) -> str:
        if note[1] not in used or note[1] in notes:
            # A note without a reference stays, though not as the definition of a link.
            return f"\\{note[0]}"
        notes[note[1]] = f" ({' '.join(note[2].split())})"
        return ""

    text = _NOTE.sub(taken, text)
    labels = {*notes}
    return _REFERENCE.sub(lambda mark: notes.pop(mark[1], "") if mark[1] in labels else mark[0], text)


def read_plain(text: str, front_matter: Source, *, has_table_heads: bool = True) -> myst.Heading:
    """Return the CV in Markdown without HTML and front matter.

    :param front_matter: the values of the front matter
    :param has_table_heads: see :class:`~cvtools.importers.recognition.Reader`
    """
    if len(text) > limits.IMPORT_MARKDOWN:
        raise ValueError(f"it has more than {limits.IMPORT_MARKDOWN // 1_000_000} million characters: shorten it")
    if max(map(len, text.split("\n"))) > limits.IMPORT_LINE:
        raise ValueError(f"it has a line of more than {limits.IMPORT_LINE} characters: break it")
    environment: dict[str, Any] = {}
    parts = _parts(myst.parser().parse(text, environment), text.split("\n"))
    reader = Reader(parts, front_matter.unread, environment.get("references", {}), has_table_heads=has_table_heads)
    return reader.read(front_matter)


def _parts(tokens: Sequence[Token], lines: list[str]) -> list[Part]:
    """Return the text above the first heading, as a part without a title, and each heading with the text below it.

    What is below a heading without words belongs to the one above.
    """
    heads = [
        (head.map or [0, 0], int(head.tag[1]), words.content)
        for head, words in pairwise(tokens)
        if head.type == "heading_open" and not head.level
    ]
    starts = [*(start for (start, _), _, _ in heads), len(lines)]
    parts = [Part(0, "", "\n".join(lines[: starts[0]]))]
    for ((_, below), level, title), end in zip(heads, starts[1:], strict=True):
        text = "\n".join(lines[below:end])
        if title:
            parts.append(Part(level, " ".join(title.split()), text))
        else:
            parts[-1].text += f"\n\n{text}"
    return parts
