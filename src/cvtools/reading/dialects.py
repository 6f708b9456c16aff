"""Convert simple HTML and other programs' Markdown to MyST's tokens, which are checked like all others.

Of what is not converted, and thus shown as text, the first of each kind on a page is warned of.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from itertools import zip_longest
from pathlib import Path
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from sphinx.environment import BuildEnvironment

from cvtools.reading.validators import Page
from cvtools.sphinx_warnings import Code, note, warn
from cvtools.terminal import shorten

#: A tag without attributes that matter.
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)(?:\s+align=[\"']?\w+[\"']?)?\s*/?>", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^<>]*>?")
_ATTRIBUTE = re.compile(r"\b([a-z]+)\s*=\s*\"([^\"<>]*)\"")
_LINK = re.compile(r"<a\s+href=\"([^\"<>]*)\"(?:\s+(?:target|rel)=\"[^\"<>]*\")*\s*>", re.IGNORECASE)
#: Tags for which Markdown has tokens or roles, and tags that only change the look of words.
_PAIRS: Mapping[str, str] = {"b": "strong", "strong": "strong", "i": "em", "em": "em"}
_ROLES = frozenset({"sub", "sup", "kbd"})
_LOOK = frozenset({"u", "span", "small", "big", "font", "ins", "nobr"})
#: Maximum nesting of tags that are read.
_DEPTH = 8
#: Tags that begin or end a block, and the Markdown that such a block begins with.
_BLOCK = re.compile(
    r"<(/?(?:div|p|center|section|header|main|article|details|summary|h[1-6]|ul|ol|li|hr))\b(?:\s+align=[\"']?\w+[\"']?)?\s*/?>",
    re.IGNORECASE,
)
_BEGIN: Mapping[str, str] = {f"h{level}": "#" * level + " " for level in range(1, 7)} | {"li": "- "}
#: Tags of tables, whose rows become lines, and the tags between two cells of a row.
_TABLE = re.compile(r"</?(?:table|thead|tbody|tfoot|tr|t[dh])\b[^<>]*>", re.IGNORECASE)
_CELLS = re.compile(r"</t[dh]>\s*<t[dh]\b[^<>]*>", re.IGNORECASE)
#: Text after the colons of a block that is no directive: a class, or nothing.
_DIV = re.compile(r"\s*(?:\{\s*[.#][^{}]*\}|[\w-]*)[\s:]*")
#: Marks of variants and outputs; a block with one was written for cvtools, and is not converted.
_WITHHELD = re.compile(r"\bonly-|:only:|\bshow\s*[=:]")
_BREAKS = re.compile(r"^(?:\s*<br\s*/?>)+|(?:<br\s*/?>\s*)+$", re.IGNORECASE)
#: A formula between dollar signs, unlike sums of money.
_DOLLARS = re.compile(r"(?<![\\$\w])(\$\$?)(?!\s)(?=[^$`\n]*[\\^_{}=]|[a-zA-Z]\1)([^$`\n]+)(?<!\s)\1(?!\w)")
#: Names of the field for a person's photo, and the bare file name that it may contain.
_PHOTO = frozenset({"photo", "image", "picture"})
_FILE = re.compile(r"[^<>()\[\]`*{}:\\]+\.(?:png|jpe?g|gif|svg|webp|pdf)", re.IGNORECASE)
_CODE = re.compile(r"(?<!`)(`+)[^`]+\1")
#: A link or a picture whose address has spaces.
_SPACES = re.compile(r"(!?)\[[^\[\]]*\]\(([^()<>\s\"]+(?: [^()<>\s\"]+)+\.\w+)\)")
#: The box of an item in a list of tasks.
_BOX = re.compile(r"\[([ xX])\](?=\s)")
#: Attributes in kramdown's syntax, without a size and without a mark that withholds words.
_KRAMDOWN = re.compile(r"[ \t]*\{:{1,2}(?![^{}\n]*\b(?:only|show|width|height)\b)[^{}\n]*\}")
#: Attributes of a heading, as pandoc writes them.
_OF_HEADING = re.compile(r"[ \t]+\{(?![^{}]*\b(?:only|show)\b)(?:-|[#.][^{}]*)\}$")
#: Attributes of links and pictures that Markdown itself sets.
_SOURCES = frozenset({"href", "src", "alt", "title"})
#: Types of tokens that readers do not see; they may come between a mark and what it marks, or a heading and its fields.
INVISIBLE = frozenset({"myst_target", "myst_line_comment", "myst_block_break", "html_block"})
#: Type of the tokens around those that a block was converted to, until these get the attributes of the block.
CONVERTED = "cv_converted"
#: Where words need a backslash that Markdown would take for a list, a comment, a target and the like.
_SIGN = re.compile(
    r"^(?:\d+(?=[.)](?:\s|$))|(?=[-+>#~|=:%]|\*(?:\s|[*\s]*$)|(?:_\s*){3,}$|```|\[[^\[\]]*\]:|\([^()]*\)=|\{[^{}]*\}$))"
)
#: A line that begins or ends code or a directive.
_FENCE = re.compile(r"^[ \t]*(?:```|~~~|:::)", re.MULTILINE)
#: Words that are struck out
_STRUCK = re.compile(r"(?<![\\~])~~(?=[^\s~])[^~\n]*(?<=\S)~~(?!~)")
#: The size of a picture in braces; MyST-Parser reads lengths in quotes only.
_SIZE = re.compile(r"\{:?\s*((?:(?:width|height)\s*=\s*[\"']?[\d.]+(?:%|[a-z]*)[\"']?\s*)+)\}")


class Dialects:
    """Converter of other programs' Markdown on a page; a plugin of markdown-it."""

    def __init__(self, env: BuildEnvironment) -> None:
        self.env = env
        self._warned: set[str] = set()

    def __call__(self, parser: MarkdownIt) -> None:
        parser.core.ruler.after("block", "cv_html_blocks", self._read_blocks)
        parser.core.ruler.after("attr", "cv_spread", _spread_attributes)
        # Later, text_join makes escaped braces text like any other.
        parser.core.ruler.before("text_join", "cv_attributes", self._read_attributes)
        parser.core.ruler.push("cv_dialects", self._read_inline)

    def _read_blocks(self, state: StateCore) -> None:
        """Convert blocks of HTML that hold words alone, blocks between colons, and code behind a fence's opening."""
        tokens: list[Token] = []
        for token in self._without_divs(state, state.tokens):
            if token.type == "fence" and _is_code(token.info):
                token.content, token.info = f"{token.info.strip()}\n{token.content}", ""
            tokens += _enclosed(_blocks(state, token)) if token.type == "html_block" and not token.level else [token]
        state.tokens = tokens

    def _without_divs(self, state: StateCore, tokens: list[Token], depth: int = 0) -> Iterator[Token]:
        """Yield tokens with pandoc's blocks between colons replaced by their content, and warn of the first."""
        page = Page(self.env, self.env.config.cv_allow)
        for token in tokens:
            is_div = token.type == "colon_fence" and not token.level and _DIV.fullmatch(token.info)
            is_class = token.info.strip() and not page.strange_classes(token.info.split())
            if not is_div or is_class or depth == _DEPTH or _WITHHELD.search(token.info + token.content):
                yield token
                continue
            rule = f'"{token.markup}{shorten(token.info, 30)}" makes no block here, and its words are shown: delete it'
            self._warn_once("div", state, token, Code.GUARD, rule)
            made: list[Token] = []
            state.md.block.parse(token.content, state.md, state.env, made)
            for one in made:
                if one.map and token.map:
                    one.map = [token.map[0] + 1 + line for line in one.map]
            yield from _enclosed(self._without_divs(state, made, depth + 1))

    def _read_attributes(self, state: StateCore) -> None:
        for number, token in enumerate(state.tokens):
            if token.type == "inline" and "{" in token.content:
                if number and state.tokens[number - 1].type == "heading_open":
                    token.children = self._without_attributes(state, token, token.children or [], _OF_HEADING)
                token.children = self._without_attributes(state, token, token.children or [], _KRAMDOWN)

    def _read_inline(self, state: StateCore) -> None:
        for number, token in enumerate(state.tokens):
            if token.type == "inline":
                children = list(self._linked(state, token, _sized(_tagged(state.md, token.children or []))))
                if number and state.tokens[number - 1].type == "heading_open":
                    # Ids are made of the words of a heading, and of comments in it.
                    children = [child for child in children if not child.content.startswith("<!--")]
                    for child in children:
                        child.type = "softbreak" if child.type == "hardbreak" else child.type
                if number > 1 and state.tokens[number - 2].type == "list_item_open":
                    _draw_box(children)
                token.children = _photo(state.tokens, number) or _file(self.env, state.tokens, number) or children
                self._hint(state, token)
        state.tokens = list(_without_empty_paragraphs(state.tokens))
        if "depth" not in state.env:
            self._check_sections(state)

    def _check_sections(self, state: StateCore) -> None:
        """Note the first section or subsection with nothing below its heading."""
        headings = [n for n, token in enumerate(state.tokens) if token.type == "heading_open" and not token.level]
        for number in headings[1:]:
            heading, inline, _, *below = state.tokens[number : number + 4]
            is_empty = not below or (below[0].type == "heading_open" and below[0].tag <= heading.tag)
            if is_empty and heading.tag <= "h2" and inline.content:
                rule = f'"{shorten(inline.content, 30)}" has nothing below it: write something, or delete the heading'
                line = heading.map[0] + 1 if heading.map else 0
                note((self.env.docname, line), "empty", rule, self.env.config)
                return

    def _without_attributes(
        self, state: StateCore, line: Token, tokens: list[Token], form: re.Pattern[str]
    ) -> list[Token]:
        """Return the tokens of a line without attributes that only another program uses."""
        kept: list[Token] = []
        for token in tokens:
            found = form.search(token.content) if token.type == "text" else None
            # MyST-Parser has read attributes after a link.
            own = next((name for name in token.attrs if name.startswith(":")), "")
            if found or own:
                rule = f"{shorten(found[0].strip() if found else f'{{{own}=…}}', 30)} is left out: delete it"
                self._warn_once("kramdown", state, line, Code.GUARD, rule)
            if found:
                token.content = form.sub("", token.content)
                if not token.content and kept and kept[-1].type == "softbreak":
                    kept.pop()
            if own:
                token.attrs = {name: value for name, value in token.attrs.items() if name in _SOURCES}
            if token.content or token.type != "text":
                kept.append(token)
        return kept[1:] if kept and kept[0].type == "softbreak" else kept

    def _linked(self, state: StateCore, line: Token, tokens: Iterable[Token]) -> Iterator[Token]:
        """Yield the tokens of a line, with the address of a link as its words if the link has none."""
        before, address = "", ""
        for token in tokens:
            if token.type == "link_open" and not (address := state.md.normalizeLinkText(str(token.attrs["href"]))):
                rule = "a link without an address: write one between ( and )"
                self._warn_once("nowhere", state, line, Code.GUARD, rule)
            # MyST-Parser finds words for links within the book.
            if token.type == "link_close" and before == "link_open" and re.match("(?:https?|ftp|mailto|tel):", address):
                rule = f'a link without words: write "[words]({shorten(address, 30)})"'
                self._warn_once("words", state, line, Code.GUARD, rule)
                yield Token("text", "", 0, content=address, level=token.level + 1)
            if address or token.type not in {"link_open", "link_close"}:
                yield token
            before = token.type

    def _hint(self, state: StateCore, token: Token) -> None:
        """Warn of formulas, addresses and signs that other programs read, and this one shows as text."""
        text = _CODE.sub("", token.content)
        if "math_inline" not in state.md.inline.ruler.get_all_rules() and (formula := _DOLLARS.search(text)):
            rule = (
                f'"{shorten(formula[0], 30)}" is no formula here: write {{math}}`{shorten(formula[2], 30)}`, or set '
                'myst_enable_extensions = ["dollarmath"] in conf.py'
            )
            self._warn_once("formula", state, token, Code.FORMULA, rule)
        if (struck := _STRUCK.search(text)) and "strikethrough" not in state.md.inline.ruler.get_active_rules():
            rule = f'"{shorten(struck[0], 30)}" strikes nothing out here: delete what it is to strike out, or its signs'
            self._warn_once("struck", state, token, Code.GUARD, rule)
        if name := _SPACES.search(text):
            what = "picture" if name[1] else "link"
            rule = f'"{shorten(name[2], 40)}" has spaces and makes no {what}: write <{shorten(name[2], 40)}>'
            self._warn_once("spaces", state, token, Code.GUARD, rule)

    def _warn_once(self, kind: str, state: StateCore, token: Token, code: Code, rule: str) -> None:
        """Warn of a fault unless a fault of the same kind on the page was warned of."""
        if kind not in self._warned:
            self._warned.add(kind)
            warn((self.env.docname, state.env.get("line", 0) + (token.map[0] if token.map else 0) + 1), code, rule)


def _field_of(tokens: list[Token], number: int) -> str:
    """Return the name of the field whose value begins with a line; empty for other lines."""
    name, _, body, paragraph = (tokens[max(number - back, 0)] for back in (4, 3, 2, 1))
    return name.content if body.type == "fieldlist_body_open" and paragraph.type == "paragraph_open" else ""


def _photo(tokens: list[Token], number: int) -> list[Token]:
    """Return a picture if the value of a photo's field is the bare name of a file; nothing for other lines."""
    name = tokens[number].content
    if _field_of(tokens, number) not in _PHOTO or not _FILE.fullmatch(name):
        return []
    # Its alternative text is the person's name, which is not known before marks are read.
    return [Token("image", "img", 0, attrs={"src": quote(name, safe="/%")}, children=[])]


def _file(env: BuildEnvironment, tokens: list[Token], number: int) -> list[Token]:
    """Return a link to a file beside the page if a field's value is its bare name; nothing for other lines."""
    name = tokens[number].content.removeprefix("<").removesuffix(">")
    if not (_field_of(tokens, number) and _FILE.fullmatch(name)) or {"", ".."} & {*name.split("/")}:
        return []
    # Unlike pathlib, this takes a name that is too long for none.
    if not os.path.isfile(Path(env.doc2path(env.docname)).parent / name):  # noqa: PTH113
        return []
    opened = Token("link_open", "a", 1, attrs={"href": quote(name, safe="/%")})
    return [opened, Token("text", "", 0, content=name, level=1), Token("link_close", "a", -1)]


def _draw_box(tokens: list[Token]) -> None:
    """Replace the brackets at the start of a task by a box."""
    if tokens and tokens[0].type == "text" and (box := _BOX.match(tokens[0].content)):
        tokens[0].content = ("☐" if box[1] == " " else "☑") + tokens[0].content[box.end() :]


def _without_empty_paragraphs(tokens: list[Token]) -> Iterator[Token]:
    """Yield the tokens without paragraphs in which nothing is left."""
    skipped = 0
    for token, inner in zip_longest(tokens, tokens[1:]):
        if token.type == "paragraph_open" and inner.content and not inner.children:
            skipped = 3
        if skipped:
            skipped -= 1
        else:
            yield token


def as_words(text: str) -> str:
    """Return a line of Markdown that is a paragraph, whatever it begins with."""
    return re.sub(_SIGN, r"\g<0>\\", text)


def _enclosed(tokens: Iterable[Token]) -> list[Token]:
    """Return the tokens that a block was converted to, between two that take its attributes; none for no tokens."""
    made = [*tokens]
    return [Token(f"{CONVERTED}_open", "", 1), *made, Token(f"{CONVERTED}_close", "", -1)] if made else []


def _spread_attributes(state: StateCore) -> None:
    """Give the attributes of a converted block to its tokens: classes, which may be marks, to all; others to the first.

    A mark before a target or a comment is for the block that follows.
    """
    kept: list[Token] = []
    around: list[Token] = []
    before: list[str] = []
    for token in state.tokens:
        if token.type == f"{CONVERTED}_close":
            around.pop()
        elif token.type == f"{CONVERTED}_open":
            token.attrs["class"] = " ".join([*before, str(token.attrs.get("class", ""))])
            around.append(token)
        else:
            kept.append(token)
        if token.level or token.nesting < 0 or token.type == f"{CONVERTED}_open":
            continue
        names = " ".join(str(one.attrs.get("class", "")) for one in [*around, token]).split()
        for block in around:
            token.attrs = block.attrs | token.attrs
            block.attrs = {"class": block.attrs["class"]}
        if names:
            token.attrs["class"] = " ".join(names)
        marks = (name for name in names if name.startswith("only-"))
        before = [*dict.fromkeys([*before, *marks])] if token.type in INVISIBLE else []
    state.tokens = kept


def _blocks(state: StateCore, token: Token) -> Iterator[Token]:
    """Yield the tokens of the words in a block of HTML; the block itself if it is more than words or has a mark.

    Converted, a mark might apply to another part of the block than its author meant.
    """
    is_more = _WITHHELD.search(token.content) or _FENCE.search(token.content)
    if is_more or not all(map(_is_inline, _ANY_TAG.findall(_TABLE.sub("", _BLOCK.sub("", token.content))))):
        yield token
        return
    text, *parts = _BLOCK.split(_TABLE.sub("<p>", _CELLS.sub(" | ", token.content)))
    tags = [_BEGIN.get(tag.lower(), "") for tag in parts[::2]]
    markdown = ""
    for begin, part in zip(["", *tags], [text, *parts[1::2]], strict=True):
        if words := " ".join(_BREAKS.sub("", part).split()):
            markdown += ("\n" if begin == "- " else "\n\n") + begin + as_words(words)
    made: list[Token] = []
    state.md.block.parse(markdown, state.md, state.env, made)
    for one in made:
        one.map = token.map if one.map else None
        # A tag that is alone on its line.
        if one.type == "html_block":
            yield Token("paragraph_open", "p", 1, map=token.map, block=True)
            yield Token("inline", "", 0, content=one.content.strip(), children=[], map=token.map, level=1, block=True)
            yield Token("paragraph_close", "p", -1, block=True)
        else:
            yield one


def _is_code(info: str) -> bool:
    """Return whether the text after a fence's opening is the first line of code instead of a language."""
    name, _, rest = info.strip().partition(" ")
    if not rest or name.startswith("{") or _WITHHELD.search(info):
        return False
    # Few CVs have code.
    from pygments.lexers import find_lexer_class_by_name
    from pygments.util import ClassNotFound

    try:
        find_lexer_class_by_name(name)
    except ClassNotFound:
        return True
    return False


def _is_inline(tag: str) -> bool:
    """Return whether a tag is one that is read within a line."""
    match = _TAG.fullmatch(tag)
    is_known = match and match[2].lower() in {*_PAIRS, *_ROLES, *_LOOK, "a", "br", "code"}
    return bool(is_known or _LINK.fullmatch(tag) or _picture(tag))


def _tagged(parser: MarkdownIt, tokens: list[Token]) -> list[Token]:
    """Return the tokens of a line with HTML tags replaced by Markdown's tokens."""
    made: list[Token] = []
    #: The name and the number of each tag that is open, the innermost last.
    opened: list[tuple[str, int]] = []
    for token in tokens:
        made.append(token)
        if token.type != "html_inline":
            continue
        tag = _TAG.fullmatch(token.content)
        name = tag[2].lower() if tag else "a" if _LINK.fullmatch(token.content) else ""
        if name == "br":
            made[-1] = Token("hardbreak", "br", 0, level=token.level)
        elif picture := _picture(token.content):
            made[-1] = picture
        elif tag and tag[1] and opened and opened[-1][0] == name:
            _close(parser, name, made, opened.pop()[1])
        elif name and not (tag and tag[1]) and len(opened) < _DEPTH:
            opened.append((name, len(made) - 1))
    return made


def _close(parser: MarkdownIt, name: str, made: list[Token], start: int) -> None:
    """Replace a pair of tags, the last of which closes the one at ``start``, unless emphasis begins or ends between."""
    first, *inner, last = made[start:]
    if first.level != last.level or any(token.level < first.level for token in inner):
        return
    if name in _LOOK:
        made[start:] = inner
    elif [token.type for token in inner] == ["text"] and name in {*_ROLES, "code"}:
        content = inner[0].content
        verbatim = Token("code_inline", "code", 0, content=content)
        role = Token("myst_role", "", 0, content=content, meta={"name": name})
        made[start:] = [verbatim if name == "code" else role]
    elif name in _PAIRS or _LINK.fullmatch(first.content):
        kind = _PAIRS.get(name, "link")
        for token in inner:
            token.level += 1
        made[start] = Token(f"{kind}_open", name, 1, level=first.level)
        made[-1] = Token(f"{kind}_close", name, -1, level=first.level)
        if link := _LINK.fullmatch(first.content):
            made[start].attrs["href"] = parser.normalizeLink(unescape(link[1]))


def _picture(tag: str) -> Token | None:
    """Return the picture of a tag that has no other attributes than a picture of Markdown."""
    if not re.match(r"<img\s", tag, re.IGNORECASE):
        return None
    attributes = dict(_ATTRIBUTE.findall(tag))
    rest = _ATTRIBUTE.sub("", tag[4:]).strip(" \n/>")
    if rest or "src" not in attributes or attributes.keys() - {"src", "alt", "width", "height", "align"}:
        return None
    values: dict[str, str | int | float] = {name: unescape(value) for name, value in attributes.items() if value}
    alt = str(values.pop("alt", ""))
    return Token("image", "img", 0, attrs=values, content=alt, children=[Token("text", "", 0, content=alt)])


def _sized(tokens: list[Token]) -> Iterator[Token]:
    """Yield tokens, with the size in braces behind a picture made attributes of the picture."""
    picture = None
    for token in tokens:
        if picture and token.type == "text" and (size := _SIZE.match(token.content)):
            picture.attrs.update(_ATTRIBUTE.findall(size[1]) or re.findall(r"(\w+)\s*=\s*([\w.%]+)", size[1]))
            token.content = token.content[size.end() :]
        picture = token if token.type == "image" else None
        yield token
