"""Read Markdown or HTML for other programs: remove the syntax of these programs, and split the text at headings."""

import re
from collections.abc import Sequence
from html import unescape
from itertools import pairwise
from typing import Any

from markdown_it.token import Token

from cvtools import limits
from cvtools.i18n import all_headings
from cvtools.importers import vocabulary
from cvtools.importers.imported_objects import NO_PICTURE, PICTURE, ImportedObject
from cvtools.importers.outline import Part
from cvtools.importers.outline_reader import OutlineReader
from cvtools.model import kinds
from cvtools.model.dates import folded
from cvtools.reading import front_matter
from cvtools.terminal import shorten
from cvtools.writing import myst
from cvtools.writing.html_to_markdown import from_html, outside_code

#: A footnote, with indented further lines, and a reference to a footnote.
_NOTE = re.compile(r"(?m)^\[\^([^\s\[\]]+)\]:[ \t]*(.*(?:\n[ \t]+\S.*)*)\n?")
_REFERENCE = re.compile(r"\[\^([^\s\[\]]+)\](?!:)")
#: A title in quotes or parentheses.
_TITLE = r"[ \t]+(\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\))"
_LINK_WITH_TITLE = re.compile(rf"(\]\(\s*+(?:<[^<>\n]*>|[^()<>\s]++)){_TITLE}\s*\)")
#: A link reference definition: its label, address and title.
_DEFINITION = re.compile(rf"(?m)^ {{0,3}}\[(?!\^)([^\[\]\n]+)\]:[ \t]*(<[^<>\n]*>|[^\s<]\S*)(?:{_TITLE})?[ \t]*$")
#: A paragraph of bold words, or bold words above a list.
_BOLD_PARAGRAPH = re.compile(r"(?m)(?<!\S\n)^(?:\*\*|__)([^*_\n]{3,60})(?:\*\*|__):?[ \t]*(?=\n\s*\n|\n[-*+] )")
#: Attributes such as classes, but no marks of cvtools (show, only), so that authors see that these withhold nothing.
_ATTRIBUTES = r"\{(?![^{}\n]*(?:show|only)[-=])(?:[#.=:]|\w+=)[^{}\n`]*\}"
#: Lines of markup alone: fences of Pandoc's divs, tags of Liquid, and commands of LaTeX with at most a length.
_MARKUP_LINE = (
    r"^:{3,}.*$|^[ \t]*\{%.*%\}[ \t]*$|^\\(?:begin|end)\{\w+\}"
    r"|^\\[a-zA-Z]+\*?(?:\{-?[\d.]+[^{}\n]*\}|[ \t]*-?[\d.]+[ \t]*[a-z]{2})?[ \t]*$"
)


def is_own(text: str) -> bool:
    """Return whether Markdown is a page of cvtools: it has fields of cvtools below a heading."""
    fields = re.findall(r"(?m)^(?:#{1,6} .*|[=-]{3,})\n\s*((?::[\w-]+: .*\n)+)", f"{text}\n")
    names = {name for lines in fields for name in re.findall(r"(?m)^:([\w-]+):", lines)}
    return any(kinds.is_field(name) for name in names - {*kinds.CONTROLS})


def read(text: str, unread: list[str]) -> myst.Heading:
    """Return the CV as a tree of headings."""
    # Remove the bytes of pictures, which Google Docs writes into the text.
    text = re.sub(r"data:image/[\w.+-]+;base64,[\w+/=]*", "", text)
    data, text = front_matter.split(myst.with_hyphen_bullets(text))
    # Write a bar between adjacent spans, which only their styles set apart.
    text = re.sub(r"</span>\s*<span\b[^<>]*>", " | ", text)
    # In a template for Jekyll, the date is code on the line above the entry.
    text = re.sub(r"(?m)^`([^`\n]{,20}\d{4}\b[^`\n]*)`[ \t]*\n(?=\*\*|__|[^\W_])", r"\1 | ", text)
    if "<!--" in text:
        unread.append("comments (<!-- … -->) are left out")
    if text.count("%%") > 1:
        unread.append("comments (%% … %%) are left out")
    text = outside_code(lambda words: _without_titles(_without_syntax(words), unread), from_html(text))
    if not re.search(r"(?m)^##|^\S.*\n(?:==|--)", text):
        # Without other headings of sections, bold paragraphs may be headings.
        text = _BOLD_PARAGRAPH.sub(_heading, text)
    if PICTURE.search(text):
        unread.append(NO_PICTURE)
    return read_plain(text, ImportedObject(data, "front matter", unread))


def is_section(title: str) -> bool:
    """Return whether a title is a heading of a section in any language."""
    words = re.sub(r"^\W+|\W+$", "", folded(title))
    # In capitals, one word of such a heading is enough, as in "EXPERIENCIA LABORAL".
    names = {words, *(words.split() if title.isupper() else ())}
    return not names.isdisjoint(all_headings()) or bool(vocabulary.CONTACTS.search(words))


def _heading(paragraph: re.Match[str]) -> str:
    return f"## {paragraph[1]}\n" if is_section(paragraph[1]) else paragraph[0]


def _without_syntax(text: str) -> str:
    """Return Markdown with the text and links, but no syntax, of footnotes, attributes, LaTeX and linked pictures."""
    # Replace entities of letters and dashes, but not those of ASCII signs, which may be markup.
    text = re.sub(r"&\w+;", lambda entity: entity[0] if (sign := unescape(entity[0])).isascii() else sign, text)
    text = _with_footnotes_in_place(text)
    # Obsidian's comments, names of blocks, links between notes, and titles of callouts.
    text = re.sub(r"(?s)%%.*?%%|(?m:[ \t]\^[\w-]+$)", "", text)
    text = re.sub(r"(?<!!)\[\[(?:[^\[\]|\n]*\|)?([^\[\]|\n]+)\]\]", r"\1", text)
    text = re.sub(r"(?m)^(>[ \t]*)\[!\w+\][+-]?[ \t]+(\S.*)$", r"\1**\2**\n>", text)
    text = re.sub(rf"\[([^\[\]]*)\]{_ATTRIBUTES}", r"\1", text)
    text = re.sub(rf"(?<=[)\ufdd1]){_ATTRIBUTES}|(?m:(?:^|[ \t]){_ATTRIBUTES}[ \t]*$|{_MARKUP_LINE})", "", text)
    # Move punctuation out of bold words beside a letter, as in Chinese, where Markdown sees no bold words otherwise.
    bold = r"\*\*[^*\n]+\*\*"
    text = re.sub(rf"(?<=\w)\*\*([^\w\s*]+)([^*\n]+\*\*)|{bold}", lambda b: f"{b[1]}**{b[2]}" if b[1] else b[0], text)
    text = re.sub(rf"(\*\*[^*\n]+?)([^\w\s*]+)\*\*(?=\w)|{bold}", lambda b: f"{b[1]}**{b[2]}" if b[1] else b[0], text)
    text = re.sub(r"(?<!!)\[([^\[\]]*)\]\(\s*\)", r"\1", text)
    text = re.sub(r"(?<![ \t])[ \t]*\\hfill\b(?!\\)[ \t]*", " | ", text)
    text = re.sub(r"\\href\{([^{}]*)\}\{([^{}]*)\}", r"[\2](\1)", text)
    linked = rf"\[\s*{PICTURE.pattern}\s*\]\(([^()\s]*)\)"
    return re.sub(linked, lambda link: f"[{link[1] or link[2].removeprefix('mailto:')}]({link[2]})", text)


def _without_titles(text: str, unread: list[str]) -> str:
    """Return Markdown without the titles of links; report the titles, and definitions that no link refers to."""
    used = {_label(words) for words in re.findall(r"\[([^\[\]]+)\](?!:)", text)}
    titles = [link[2] for link in _LINK_WITH_TITLE.finditer(text)]
    unused = []
    for definition in _DEFINITION.finditer(text):
        if _label(definition[1]) in used:
            titles += filter(None, [definition[3]])
        elif re.search(r"\w", definition[1]):
            # Do not report a label without letters, such as "//", which begins a comment.
            unused.append(definition[0])
    if titles:
        unread.append(f"titles of links are left out: {', '.join(shorten(title, 60) for title in titles)}")
    if unused:
        left = ", ".join(shorten(" ".join(line.split()), 80) for line in unused)
        unread.append(f"addresses that no link refers to are left out: {left}")
    return _LINK_WITH_TITLE.sub(r"\1)", text)


def _label(words: str) -> str:
    """Return the label of a definition in the form in which Markdown compares labels."""
    return " ".join(words.split()).casefold()


def _with_footnotes_in_place(text: str) -> str:
    """Return Markdown with each footnote in parentheses at the first reference to it, and without later references."""
    used = {*_REFERENCE.findall(_NOTE.sub("", text))}
    notes: dict[str, str] = {}

    def taken(note: re.Match[str]) -> str:
        if note[1] not in used or note[1] in notes:
            # Escape a note without a reference, which otherwise would be the definition of a link.
            return f"\\{note[0]}"
        notes[note[1]] = f" ({' '.join(note[2].split())})"
        return ""

    text = _NOTE.sub(taken, text)
    labels = {*notes}
    return _REFERENCE.sub(lambda mark: notes.pop(mark[1], "") if mark[1] in labels else mark[0], text)


def read_plain(text: str, front_matter: ImportedObject, *, has_table_heads: bool = True) -> myst.Heading:
    """Return the CV in Markdown that has neither HTML nor front matter.

    :param front_matter: the data of the front matter
    :param has_table_heads: see :class:`~cvtools.importers.outline_reader.OutlineReader`
    """
    if len(text) > limits.IMPORT_MARKDOWN:
        raise ValueError(f"it has more than {limits.IMPORT_MARKDOWN // 1_000_000} million characters: shorten it")
    if max(map(len, text.split("\n"))) > limits.IMPORT_LINE:
        raise ValueError(f"it has a line of more than {limits.IMPORT_LINE} characters: break it")
    environment: dict[str, Any] = {}
    parts = _parts(myst.parser().parse(text, environment), text.split("\n"))
    references = environment.get("references", {})
    reader = OutlineReader(parts, front_matter.unread, references, has_table_heads=has_table_heads)
    return reader.read(front_matter)


def _parts(tokens: Sequence[Token], lines: list[str]) -> list[Part]:
    """Return the text above the first heading, as a part without a title, and each heading with the text below it.

    Text below a heading without words belongs to the heading above.
    """
    headings = [
        (opening.map or [0, 0], int(opening.tag[1]), words.content)
        for opening, words in pairwise(tokens)
        if opening.type == "heading_open" and not opening.level
    ]
    starts = [*(start for (start, _), _, _ in headings), len(lines)]
    parts = [Part(0, "", "\n".join(lines[: starts[0]]))]
    for ((_, below), level, title), end in zip(headings, starts[1:], strict=True):
        text = "\n".join(lines[below:end])
        if title:
            parts.append(Part(level, " ".join(title.split()), text))
        else:
            parts[-1].text += f"\n\n{text}"
    return parts
