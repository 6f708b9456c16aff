"""Convert simple HTML and other programs' Markdown to MyST's tokens, which are checked like all others.

Warn of the first use on a page of each syntax that is not converted, and so shown as text.
"""

import os
import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import pairwise, zip_longest
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from sphinx.environment import BuildEnvironment

from cvtools.reading.html_tags import block_tokens, inline_tokens
from cvtools.reading.validators import MARK, Page
from cvtools.sphinx_warnings import Code, warn
from cvtools.terminal import shorten

#: Maximum depth of nested blocks between colons.
_MAX_DIVS = 8
#: Text after the colons of a block that is no directive: a class, or nothing.
_DIV = re.compile(r"\s*(?:\{\s*[.#][^{}]*\}|[\w-]*)[\s:]*")
#: Types of tokens without visible text; they may be between a mark and the block that it marks.
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
_BOX = re.compile(r"^\[([ xX])\](?=\s)")
#: Code, formulas and escapes, which may have braces that hold no attributes.
_KEPT = r"(?P<kept>(?<!`)(?P<ticks>`+)[^`]+(?P=ticks)|\$(?!\s)[^$\n]+(?<!\s)\$|\\.)"
#: Attributes in kramdown's syntax, without a size and without a mark that withholds words.
_KRAMDOWN = re.compile(rf"{_KEPT}|\n?[ \t]*\{{:{{1,2}}(?![^{{}}\n]*\b(?:only|show|width|height)\b)[^{{}}\n]*\}}")
#: Attributes of a heading, as pandoc writes them.
_OF_HEADING = re.compile(rf"{_KEPT}|[ \t]+\{{(?![^{{}}]*\b(?:only|show)\b)(?:-|[#.][^{{}}]*)\}}$")
#: The size of a picture in braces; MyST-Parser reads lengths in quotes only.
_SIZE = re.compile(
    rf"{_KEPT}|(?<=[)\]])\{{:?\s*(?P<size>(?:(?:width|height)\s*=\s*[\"']?[\d.]+(?:%|[a-z]*)[\"']?\s*)+)\}}"
)
#: A line that would begin a block of code if no backtick followed the first ones.
_FENCE = re.compile(r"^(`{3,})[^`\n]+`[^`\n]", re.MULTILINE)
#: Words between tildes, which other programs strike out.
_STRUCK = re.compile(r"(?<![\\~])~~(?=[^\s~])[^~\n]*(?<=\S)~~(?!~)")
#: Words that other programs highlight, and the title of a note on GitHub.
_HIGHLIGHTED = re.compile(r"(?<![\w=\\])==(?=[^\s=])([^=\n]*[^\s=\\])==(?![\w=])")
_ALERT = re.compile(r"\[!(note|tip|important|warning|caution)\](?![(\[])", re.IGNORECASE)


class Dialects:
    """Converter of other programs' Markdown on a page; a plugin of markdown-it."""

    def __init__(self, env: BuildEnvironment) -> None:
        self.env, self.page = env, Page(env, env.config.cv_allow)

    def __call__(self, parser: MarkdownIt) -> None:
        parser.core.ruler.after("block", "cv_html_blocks", self._read_blocks)
        parser.core.ruler.before("inline", "cv_lines", self._rewrite_lines)
        parser.core.ruler.push("cv_dialects", self._read_inline)

    def _read_blocks(self, state: StateCore) -> None:
        """Convert blocks of HTML and blocks between colons, and repeat classes above them for each resulting block.

        A mark above a target or a comment is for the block below.
        """
        tokens: list[Token] = []
        above: list[str] = []
        for token in state.tokens:
            first = len(tokens)
            for block in self._without_divs(state, token):
                is_html = block.type == "html_block" and not block.level
                for new in block_tokens(state, block) if is_html else [block]:
                    # Repeat the token, since MyST gives its classes to the next block alone.
                    if above and len(tokens) > first and new.nesting >= 0 and not new.level:
                        tokens.append(Token("attrs_block", "", 0, attrs={"class": " ".join(above)}))
                    tokens.append(new)
            if token.type == "attrs_block":
                above = [*dict.fromkeys([*above, *str(token.attrs.get("class", "")).split()])]
            elif len(tokens) > first:
                above = [name for name in above if name.startswith("only-")] if token.type in INVISIBLE else []
        state.tokens = tokens

    def _without_divs(self, state: StateCore, token: Token, depth: int = 0) -> Iterator[Token]:
        """Yield a token, or the tokens in one of pandoc's blocks between colons; warn of the first such block."""
        is_div = token.type == "colon_fence" and not token.level and _DIV.fullmatch(token.info)
        has_allowed_class = token.info.strip() and not self.page.forbidden_classes(token.info.split())
        if not is_div or has_allowed_class or depth == _MAX_DIVS or MARK.search(token.info + token.content):
            yield token
            return
        rule = "makes no block here, and its words are shown: delete the lines of colons"
        opening = f'"{token.markup}{shorten(token.info, 30)}"'
        self._warn_once("div", state, token, Code.GUARD, f"{opening} {rule}")
        tokens: list[Token] = []
        state.md.block.parse(token.content, state.md, state.env, tokens)
        for inner in tokens:
            if inner.map and token.map:
                inner.map = [token.map[0] + 1 + line for line in inner.map]
            yield from self._without_divs(state, inner, depth + 1)

    def _rewrite_lines(self, state: StateCore) -> None:
        """Rewrite tasks, files in fields and sizes of pictures as Markdown, and delete attributes with a warning."""
        for number, token in enumerate(state.tokens):
            if token.type != "inline":
                continue
            above = [before.type for before in state.tokens[max(0, number - 2) : number]]
            if above[:1] == ["list_item_open"]:
                token.content = _BOX.sub(lambda box: "☐" if box[1] == " " else "☑", token.content)
            elif above == ["fieldlist_body_open", "paragraph_open"]:
                # The name of a field is an inline token, too, four tokens before its value.
                token.content = self._linked_file(state.tokens[number - 4].content, token.content)
            if "{" in token.content:
                delete = partial(self._delete_attributes, state, token)
                token.content = _SIZE.sub(_quoted, token.content)
                token.content = _KRAMDOWN.sub(delete, token.content).strip("\n")
                if above[1:] == ["heading_open"]:
                    token.content = _OF_HEADING.sub(delete, token.content)

    def _delete_attributes(self, state: StateCore, token: Token, match: re.Match[str]) -> str:
        if not match["kept"]:
            rule = f"{shorten(match[0].strip(), 30)} is left out: delete it"
            self._warn_once("attributes", state, token, Code.GUARD, rule)
        return match["kept"] or ""

    def _linked_file(self, field: str, value: str) -> str:
        """Return a field's value, but the bare name of a file as a link to that file, or as a picture for a photo."""
        name = value.removeprefix("<").removesuffix(">")
        if not _FILE.fullmatch(name):
            return value
        if field in _PHOTO:
            # Leave the alternative text empty: it will be the person's name.
            return f"![](<{name}>)"
        # For a name that is too long, pathlib raises an error, and os returns False.
        path = Path(self.env.doc2path(self.env.docname)).parent / name
        is_file = {"", ".."}.isdisjoint(name.split("/")) and os.path.isfile(path)  # noqa: PTH113
        words = re.sub("[_*~]", r"\\\g<0>", name)
        return f"[{words}](<{name}>)" if is_file else value

    def _read_inline(self, state: StateCore) -> None:
        """Convert HTML in lines, add words to links without any, and warn of other programs' signs."""
        for before, token in pairwise(state.tokens):
            if token.type == "inline":
                token.children = [*self._with_words(state, token, inline_tokens(state.md, token.children or []))]
                if before.type == "heading_open":
                    # Remove comments, whose words docutils would take for the heading's id.
                    token.children = [child for child in token.children if not child.content.startswith("<!--")]
                    for child in token.children:
                        child.type = "softbreak" if child.type == "hardbreak" else child.type
                self._warn_of_unread(state, token)
        state.tokens = list(_without_empty_paragraphs(state.tokens))

    def _with_words(self, state: StateCore, line: Token, tokens: Iterable[Token]) -> Iterator[Token]:
        """Yield the tokens of a line; in a link without words, show the address, and warn of it."""
        before = line
        for token in tokens:
            if token.type == "link_close" and before.type == "link_open":
                address = state.md.normalizeLinkText(str(before.attrs["href"]))
                # MyST-Parser finds words for links within the website.
                if re.match("(?:https?|ftp|mailto|tel):", address):
                    rule = f'a link without words: write "[words]({shorten(address, 30)})"'
                    self._warn_once("words", state, line, Code.GUARD, rule)
                    yield Token("text", "", 0, content=address, level=token.level + 1)
            yield token
            before = token

    def _warn_of_unread(self, state: StateCore, token: Token) -> None:
        """Warn of formulas, addresses and signs that other programs read, and that are shown as text here."""
        text = _CODE.sub("", token.content)
        if "math_inline" not in state.md.inline.ruler.get_all_rules() and (match := _DOLLARS.search(text)):
            whole, formula = (shorten(words, 30) for words in (match[0], match[2]))
            remedy = f'write {{math}}`{formula}`, or set myst_enable_extensions = ["dollarmath"] in conf.py'
            self._warn_once("formula", state, token, Code.FORMULA, f'"{whole}" is no formula here: {remedy}')
        if "strikethrough" not in state.md.inline.ruler.get_active_rules() and (match := _STRUCK.search(text)):
            rule = f'"{shorten(match[0], 30)}" strikes nothing out here: delete these words, or the tildes'
            self._warn_once("struck", state, token, Code.GUARD, rule)
        if match := _HIGHLIGHTED.search(text):
            rule = f'"{shorten(match[0], 30)}" highlights nothing here: write "**{shorten(match[1].strip("*"), 30)}**"'
            self._warn_once("highlighted", state, token, Code.GUARD, rule)
        if match := _ALERT.match(text):
            remedy = f"delete it, or write ```{{{match[1].lower()}}} above the words and ``` below"
            self._warn_once("alert", state, token, Code.GUARD, f'"{match[0]}" is shown as written: {remedy}')
        if (match := _FENCE.search(token.content)) and any(
            child.type == "text" and child.content.startswith(match[1]) for child in token.children or []
        ):
            rule = f'"{shorten(match[0], 30)}" begins no block, since its line has a backtick: write ~~~ for {match[1]}'
            self._warn_once("fence", state, token, Code.GUARD, rule)
        if match := _SPACES.search(text):
            name = shorten(match[2], 40)
            rule = f'"{name}" has spaces and makes no {"picture" if match[1] else "link"}: write <{name}>'
            self._warn_once("spaces", state, token, Code.GUARD, rule)

    def _warn_once(self, kind: str, state: StateCore, token: Token, code: Code, rule: str) -> None:
        """Warn of a fault if it is the first of its kind on the page."""
        if kind not in self.page.reported:
            self.page.reported.add(kind)
            warn((self.env.docname, state.env.get("line", 0) + (token.map[0] if token.map else 0) + 1), code, rule)


def _quoted(match: re.Match[str]) -> str:
    """Return the size of a picture with its lengths in quotes."""
    lengths = re.findall(r"(\w+)\s*=\s*[\"']?([\w.%]+)", match["size"] or "")
    return match["kept"] or "{" + " ".join(f'{name}="{value}"' for name, value in lengths) + "}"


def _without_empty_paragraphs(tokens: list[Token]) -> Iterator[Token]:
    """Yield the tokens without those of empty paragraphs."""
    skipped = 0
    for token, inner in zip_longest(tokens, tokens[1:]):
        if token.type == "paragraph_open" and not inner.children:
            skipped = 3
        if skipped:
            skipped -= 1
        else:
            yield token
