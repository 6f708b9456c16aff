"""Convert simple HTML and other programs' Markdown to MyST's tokens, which are checked like all others.

Of what is not converted, and thus shown as text, the first of each kind on a page is warned of.
"""

import os
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise, zip_longest
from pathlib import Path
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from sphinx.environment import BuildEnvironment

from cvtools.reading.html_tags import ATTRIBUTE, MARK, block_tokens, inline_tokens
from cvtools.reading.validators import Page
from cvtools.sphinx_warnings import Code, warn
from cvtools.terminal import shorten

#: Maximum number of nested blocks between colons that are read.
_MAX_DIVS = 8
#: Text after the colons of a block that is no directive: a class, or nothing.
_DIV = re.compile(r"\s*(?:\{\s*[.#][^{}]*\}|[\w-]*)[\s:]*")
#: Types of tokens that readers do not see; they may be between a mark and the block that it marks.
INVISIBLE = frozenset({"myst_target", "myst_line_comment", "myst_block_break", "html_block"})
#: A formula between dollar signs, unlike sums of money.
_DOLLARS = re.compile(r"(?<![\\$\w])(\$\$?)(?!\s)(?=[^$`\n]*[\\^_{}=]|[a-zA-Z]\1)([^$`\n]+)(?<!\s)\1(?!\w)")
#: Names of the field for a person's photo.
_PHOTO = frozenset({"photo", "image", "picture"})
#: The name of a file, without any markup.
_FILE = re.compile(r"[^<>()\[\]`*{}:\\]+\.(?:png|jpe?g|gif|svg|webp|pdf)", re.IGNORECASE)
#: Code in a line.
_CODE = re.compile(r"(?<!`)(`+)[^`]+\1")
#: A link or a picture whose address has spaces.
_SPACES = re.compile(r"(!?)\[[^\[\]]*\]\(([^()<>\s\"]+(?: [^()<>\s\"]+)+\.\w+)\)")
#: The box of an item in a list of tasks.
_BOX = re.compile(r"\[([ xX])\](?=\s)")
#: What may have braces of its own: code, formulas and escapes.
_KEPT = r"(?P<kept>(?<!`)(?P<ticks>`+)[^`]+(?P=ticks)|\$[^$\n]+\$|\\.)"
#: Attributes in kramdown's syntax, without a size and without a mark that withholds words.
_KRAMDOWN = re.compile(rf"{_KEPT}|\n?[ \t]*\{{:{{1,2}}(?![^{{}}\n]*\b(?:only|show|width|height)\b)[^{{}}\n]*\}}")
#: Attributes of a heading, as pandoc writes them.
_OF_HEADING = re.compile(rf"{_KEPT}|[ \t]+\{{(?![^{{}}]*\b(?:only|show)\b)(?:-|[#.][^{{}}]*)\}}$")
#: Words that are struck out.
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
        parser.core.ruler.before("inline", "cv_attributes", self._delete_attributes)
        parser.core.ruler.push("cv_dialects", self._read_inline)

    def _read_blocks(self, state: StateCore) -> None:
        """Convert blocks of HTML and blocks between colons, and give the classes above a block to all that it becomes.

        A mark above a target or a comment is for the block that follows.
        """
        tokens: list[Token] = []
        above: list[str] = []
        for token in state.tokens:
            first = len(tokens)
            for block in self._without_divs(state, token):
                is_html = block.type == "html_block" and not block.level
                for made in block_tokens(state, block) if is_html else [block]:
                    # The first gets those of the attributes themselves.
                    if above and len(tokens) > first and made.nesting >= 0 and not made.level:
                        tokens.append(Token("attrs_block", "", 0, attrs={"class": " ".join(above)}))
                    tokens.append(made)
            if token.type == "attrs_block":
                above = [*dict.fromkeys([*above, *str(token.attrs.get("class", "")).split()])]
            elif len(tokens) > first:
                above = [name for name in above if name.startswith("only-")] if token.type in INVISIBLE else []
        state.tokens = tokens

    def _without_divs(self, state: StateCore, token: Token, depth: int = 0) -> Iterator[Token]:
        """Yield a token, or the content of one of pandoc's blocks between colons, and warn of the first."""
        page = Page(self.env, self.env.config.cv_allow)
        is_div = token.type == "colon_fence" and not token.level and _DIV.fullmatch(token.info)
        is_class = token.info.strip() and not page.strange_classes(token.info.split())
        if not is_div or is_class or depth == _MAX_DIVS or MARK.search(token.info + token.content):
            yield token
            return
        rule = "makes no block here, and its words are shown: delete the lines of colons"
        opening = f'"{token.markup}{shorten(token.info, 30)}"'
        self._warn_once("div", state, token, Code.GUARD, f"{opening} {rule}")
        tokens: list[Token] = []
        state.md.block.parse(token.content, state.md, state.env, tokens)
        for made in tokens:
            if made.map and token.map:
                made.map = [token.map[0] + 1 + line for line in made.map]
            yield from self._without_divs(state, made, depth + 1)

    def _delete_attributes(self, state: StateCore) -> None:
        """Delete attributes that only another program uses, and warn of the first."""

        def delete(found: re.Match[str]) -> str:
            if not found["kept"]:
                rule = f"{shorten(found[0].strip(), 30)} is left out: delete it"
                self._warn_once("attributes", state, token, Code.GUARD, rule)
            return found["kept"] or ""

        for before, token in pairwise(state.tokens):
            if token.type == "inline" and "{" in token.content:
                token.content = _KRAMDOWN.sub(delete, token.content).strip("\n")
                if before.type == "heading_open":
                    token.content = _OF_HEADING.sub(delete, token.content)

    def _read_inline(self, state: StateCore) -> None:
        for number, token in enumerate(state.tokens):
            if token.type == "inline":
                children = list(
                    self._with_readable_links(state, token, _sized(inline_tokens(state.md, token.children or [])))
                )
                if number and state.tokens[number - 1].type == "heading_open":
                    # Ids are made of the words of a heading, and of comments in it.
                    children = [child for child in children if not child.content.startswith("<!--")]
                    for child in children:
                        child.type = "softbreak" if child.type == "hardbreak" else child.type
                if number > 1 and state.tokens[number - 2].type == "list_item_open":
                    _draw_box(children)
                token.children = _photo(state.tokens, number) or _file(self.env, state.tokens, number) or children
                self._warn_of_unread(state, token)
        state.tokens = list(_without_empty_paragraphs(state.tokens))

    def _with_readable_links(self, state: StateCore, line: Token, tokens: Iterable[Token]) -> Iterator[Token]:
        """Yield the tokens of a line; a link without words shows its address, and one without an address is no link."""
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

    def _warn_of_unread(self, state: StateCore, token: Token) -> None:
        """Warn of formulas, addresses and signs that other programs read, and that are shown as text here."""
        text = _CODE.sub("", token.content)
        if "math_inline" not in state.md.inline.ruler.get_all_rules() and (found := _DOLLARS.search(text)):
            whole, formula = (shorten(words, 30) for words in (found[0], found[2]))
            remedy = f'write {{math}}`{formula}`, or set myst_enable_extensions = ["dollarmath"] in conf.py'
            self._warn_once("formula", state, token, Code.FORMULA, f'"{whole}" is no formula here: {remedy}')
        if "strikethrough" not in state.md.inline.ruler.get_active_rules() and (found := _STRUCK.search(text)):
            rule = f'"{shorten(found[0], 30)}" strikes nothing out here: delete these words, or the tildes'
            self._warn_once("struck", state, token, Code.GUARD, rule)
        if found := _SPACES.search(text):
            name = shorten(found[2], 40)
            rule = f'"{name}" has spaces and makes no {"picture" if found[1] else "link"}: write <{name}>'
            self._warn_once("spaces", state, token, Code.GUARD, rule)

    def _warn_once(self, kind: str, state: StateCore, token: Token, code: Code, rule: str) -> None:
        """Warn of a fault unless a fault of the same kind on the page was warned of."""
        if kind not in self._warned:
            self._warned.add(kind)
            warn((self.env.docname, state.env.get("line", 0) + (token.map[0] if token.map else 0) + 1), code, rule)


def _field_of(tokens: list[Token], number: int) -> str:
    """Return the name of the field whose value begins with the token at an index; empty for other tokens."""
    name, _, body, paragraph = (tokens[max(number - back, 0)] for back in (4, 3, 2, 1))
    return name.content if body.type == "fieldlist_body_open" and paragraph.type == "paragraph_open" else ""


def _photo(tokens: list[Token], number: int) -> list[Token]:
    """Return the tokens of a picture for the bare name of a file in the field of a photo; none for other tokens."""
    name = tokens[number].content
    if _field_of(tokens, number) not in _PHOTO or not _FILE.fullmatch(name):
        return []
    # Its alternative text is the person's name, which is not known before marks are read.
    return [Token("image", "img", 0, attrs={"src": quote(name, safe="/%")}, children=[])]


def _file(env: BuildEnvironment, tokens: list[Token], number: int) -> list[Token]:
    """Return the tokens of a link for a field whose value is the bare name of a file; none for other tokens."""
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
        if token.type == "paragraph_open" and not inner.children:
            skipped = 3
        if skipped:
            skipped -= 1
        else:
            yield token


def _sized(tokens: list[Token]) -> Iterator[Token]:
    """Yield tokens, with the size in braces after a picture made attributes of the picture."""
    picture = None
    for token in tokens:
        if picture and token.type == "text" and (size := _SIZE.match(token.content)):
            picture.attrs.update(ATTRIBUTE.findall(size[1]) or re.findall(r"(\w+)\s*=\s*([\w.%]+)", size[1]))
            token.content = token.content[size.end() :]
        picture = token if token.type == "image" else None
        yield token
