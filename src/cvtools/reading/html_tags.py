"""Convert simple HTML on a page to the tokens of the Markdown that says the same.

HTML in an imported CV becomes text of Markdown, see :mod:`cvtools.writing.html_to_markdown`.
"""

import re
from collections.abc import Iterator, Mapping
from html import unescape

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from cvtools.reading.validators import MARK

#: A tag without attributes, or with one that only aligns.
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)(?:\s+align=[\"']?\w+[\"']?)?\s*/?>", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^<>]*>?")
#: An attribute: its name and its value.
_ATTRIBUTE = re.compile(r"\b([a-z]+)\s*=\s*\"([^\"<>]*)\"")
_LINK = re.compile(r"<a\s+href=\"([^\"<>]*)\"(?:\s+(?:target|rel)=\"[^\"<>]*\")*\s*>", re.IGNORECASE)
#: Tags around words for which Markdown has tokens or roles, and tags that only change the look of words.
_EMPHASIS: Mapping[str, str] = {"b": "strong", "strong": "strong", "i": "em", "em": "em"}
_ROLES = frozenset({"sub", "sup", "kbd"})
_LOOK = frozenset({"u", "span", "small", "big", "font", "ins", "nobr"})
#: Maximum number of nested tags that are read.
_MAX_NESTING = 8
#: Tags that begin or end a block, and the Markdown that begins the same block, by tag.
_BLOCK_TAG = re.compile(
    r"<(/?(?:div|p|center|section|header|main|article|details|summary|h[1-6]|ul|ol|li|hr))\b(?:\s+align=[\"']?\w+[\"']?)?\s*/?>",
    re.IGNORECASE,
)
_BLOCK_SIGNS: Mapping[str, str] = {f"h{level}": "#" * level + " " for level in range(1, 7)} | {"li": "- "}
#: Tags of tables, whose rows become lines, and the tags between two cells of a row.
_TABLE_TAG = re.compile(r"</?(?:table|thead|tbody|tfoot|tr|t[dh])\b[^<>]*>", re.IGNORECASE)
_BETWEEN_CELLS = re.compile(r"</t[dh]>\s*<t[dh]\b[^<>]*>", re.IGNORECASE)
#: Line breaks at the ends of a text.
_OUTER_BREAKS = re.compile(r"^(?:\s*<br\s*/?>)+|(?:<br\s*/?>\s*)+$", re.IGNORECASE)
#: The place for a backslash in words that begin like a list, a comment, a target or the like in Markdown.
_BLOCK_BEGINNING = re.compile(
    r"^(?:\d+(?=[.)](?:\s|$))|(?=[-+>#~|=:%]|\*(?:\s|[*\s]*$)|(?:_\s*){3,}$|```|\[[^\[\]]*\]:|\([^()]*\)=|\{[^{}]*\}$))"
)
#: A line that begins or ends code or a directive.
_FENCE = re.compile(r"^[ \t]*(?:```|~~~|:::)", re.MULTILINE)


def block_tokens(state: StateCore, token: Token) -> Iterator[Token]:
    """Yield the tokens of the words in a block of HTML; the block itself if it is more than words or has a mark.

    Converted, a mark might apply to another part of the block than its author meant.
    """
    html = token.content
    tags_in_lines = _ANY_TAG.findall(_TABLE_TAG.sub("", _BLOCK_TAG.sub("", html)))
    if MARK.search(html) or _FENCE.search(html) or not all(map(_is_inline, tags_in_lines)):
        yield token
        return
    tokens: list[Token] = []
    state.md.block.parse(_markdown_of(html), state.md, state.env, tokens)
    for new in tokens:
        new.map = token.map if new.map else None
        if new.type == "html_block":
            # An inline tag that is alone on its line, which Markdown takes for a block.
            yield Token("paragraph_open", "p", 1, map=token.map, block=True)
            yield Token("inline", "", 0, content=new.content.strip(), children=[], map=token.map, level=1, block=True)
            yield Token("paragraph_close", "p", -1, block=True)
        else:
            yield new


def _markdown_of(html: str) -> str:
    """Return Markdown with a block for each block of HTML, and the other tags as they are."""
    # Tags and the words after them in turn, beginning with an empty tag.
    tags_and_words = ["", *_BLOCK_TAG.split(_TABLE_TAG.sub("<p>", _BETWEEN_CELLS.sub(" | ", html)))]
    markdown = ""
    for tag, words in zip(tags_and_words[::2], tags_and_words[1::2], strict=True):
        if line := " ".join(_OUTER_BREAKS.sub("", words).split()):
            sign = _BLOCK_SIGNS.get(tag.lower(), "")
            markdown += ("\n" if sign == "- " else "\n\n") + sign + as_words(line)
    return markdown


def _is_inline(tag: str) -> bool:
    """Return whether a tag may be in a line of Markdown."""
    match = _TAG.fullmatch(tag)
    is_known = match and match[2].lower() in {*_EMPHASIS, *_ROLES, *_LOOK, "a", "br", "code"}
    return bool(is_known or _LINK.fullmatch(tag) or _picture(tag))


def inline_tokens(parser: MarkdownIt, tokens: list[Token]) -> list[Token]:
    """Return the tokens of a line with HTML tags replaced by Markdown's tokens."""
    result: list[Token] = []
    # The name of each open tag and its index in `result`, the innermost last.
    opened: list[tuple[str, int]] = []
    for token in tokens:
        result.append(token)
        if token.type != "html_inline":
            continue
        tag = _TAG.fullmatch(token.content)
        is_closing = bool(tag and tag[1])
        name = tag[2].lower() if tag else ("a" if _LINK.fullmatch(token.content) else "")
        if name == "br":
            result[-1] = Token("hardbreak", "br", 0, level=token.level)
        elif picture := _picture(token.content):
            result[-1] = picture
        elif is_closing and opened and opened[-1][0] == name:
            _replace_pair(parser, name, result, opened.pop()[1])
        elif name and not is_closing and len(opened) < _MAX_NESTING:
            opened.append((name, len(result) - 1))
    return result


def _replace_pair(parser: MarkdownIt, name: str, tokens: list[Token], start: int) -> None:
    """Replace the pair of tags at ``start`` and at the end, unless emphasis in Markdown begins or ends between them."""
    first, *inner, last = tokens[start:]
    if first.level != last.level or any(token.level < first.level for token in inner):
        return
    if name in _LOOK:
        tokens[start:] = inner
    elif [token.type for token in inner] == ["text"] and name in {*_ROLES, "code"}:
        content = inner[0].content
        verbatim = Token("code_inline", "code", 0, content=content)
        role = Token("myst_role", "", 0, content=content, meta={"name": name})
        tokens[start:] = [verbatim if name == "code" else role]
    elif name in _EMPHASIS or _LINK.fullmatch(first.content):
        kind = _EMPHASIS.get(name, "link")
        for token in inner:
            token.level += 1
        tokens[start] = Token(f"{kind}_open", name, 1, level=first.level)
        tokens[-1] = Token(f"{kind}_close", name, -1, level=first.level)
        if link := _LINK.fullmatch(first.content):
            tokens[start].attrs["href"] = parser.normalizeLink(unescape(link[1]))


def _picture(tag: str) -> Token | None:
    """Return the picture of a tag; None if the tag is another or has attributes that no picture of Markdown has."""
    if not re.match(r"<img\s", tag, re.IGNORECASE):
        return None
    attributes = dict(_ATTRIBUTE.findall(tag))
    rest = _ATTRIBUTE.sub("", tag[4:]).strip(" \n/>")
    if rest or "src" not in attributes or attributes.keys() - {"src", "alt", "width", "height", "align"}:
        return None
    values: dict[str, str | int | float] = {name: unescape(value) for name, value in attributes.items() if value}
    alt = str(values.pop("alt", ""))
    return Token("image", "img", 0, attrs=values, content=alt, children=[Token("text", "", 0, content=alt)])


def as_words(text: str) -> str:
    """Return a line of Markdown with a backslash that keeps it a paragraph, if it begins like another block."""
    return re.sub(_BLOCK_BEGINNING, r"\g<0>\\", text)
