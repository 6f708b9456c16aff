"""Replace tokens that a page may not use by code, before MyST renders them; then check the doctree again."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.parsers.rst.languages import get_language
from docutils.parsers.rst.states import MarkupError
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from myst_parser.parsers.directives import DirectiveParsingResult
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

from cvtools import limits
from cvtools.private_api import parse_directive
from cvtools.problems import Code, SourceError, warn
from cvtools.reading import validators
from cvtools.reading.allowlist import ATTRIBUTES, DIRECTIVES, ROLES, TOKENS
from cvtools.reading.validators import DOWNLOADS, PICTURES, Fault, Page, file_fault
from cvtools.terminal import shorten

#: What a page may say in front matter: Sphinx's words for itself, one a line.
_FRONT_MATTER = re.compile(r"(?:(?:orphan|nosearch|tocdepth):[ \t]*(?:true|false|\d)?[ \t]*\n|[ \t]*\n|#.*\n)*")
#: A mark of a variant, see cvtools.reading.variants.
_MARK = re.compile(r"(?<![\w-])only-[\w-]|:only:")
_COMMENT = re.compile(r"\s*(?:<!--(?:(?!-->).)*-->\s*)+", re.DOTALL)
#: What to write for a tag.
_INSTEAD = {
    "a": "[text](address)",
    "b": "**text**",
    "br": "a backslash at the line's end",
    "code": "`text`",
    "em": "*text*",
    "hr": "---",
    "i": "*text*",
    "img": "![text](file)",
    "kbd": "{kbd}`text`",
    "strong": "**text**",
    "sub": "{sub}`text`",
    "sup": "{sup}`text`",
}
#: The raw HTML and LaTeX that MyST itself writes: ends of lines, struck words, boxes of a task list.
_RAW = re.compile(
    r'<br />|\\\\|</?s>|<input class="task-list-item-checkbox" (checked="checked" )?(disabled="disabled" )?'
    r'type="checkbox">'
)


def judge(parser: MarkdownIt, page: Page) -> None:
    """Have a parser judge all that it reads; a plugin of markdown-it.

    What is refused becomes a code token with the words as they were written, and a warning.

    The parser's environment says where text stands that a directive has it parse in turn: ``line``, the number of
    lines before it, and ``depth``, the number of things around it.
    """
    parser.core.ruler.push("cv_judge", lambda state: _Judge(page, state).run())


#: What keeps a token from standing on a page, if anything does, and the token as it was written.
Judgement = tuple[Fault | None, str]


class _Judge:
    """Judges the tokens of one text: a page's, or what a directive has parsed in turn.

    A token of type ``x`` is judged by the method ``judge_x``; one without a method by its type alone.
    """

    def __init__(self, page: Page, state: StateCore) -> None:
        self.page, self.state = page, state
        #: The lines before the text, and the line of the token.
        self.offset: int = state.env.get("line", 0)
        self.line = self.offset + 1
        self.depth: int = state.env.get("depth", 0)
        #: How many fields, and how many footnotes, the token stands in.
        self.fields = self.notes = 0

    def run(self) -> None:
        self.state.tokens = list(self._blocks(self.state.tokens))

    def _blocks(self, tokens: Iterable[Token]) -> Iterator[Token]:
        for token in tokens:
            if token.map:
                self.line = self.offset + token.map[0] + 1
            if self.depth + max([token.level, *(child.level for child in token.children or ())]) > limits.DEPTH:
                raise self._error(f"more than {limits.DEPTH} things stand in each other here")
            if token.type.startswith("fieldlist_body"):
                self.fields += token.nesting
            if token.type.startswith("footnote_reference"):
                self.notes += token.nesting
            if token.type == "inline":
                token.children = list(self._inlines(token.children or []))
            yield from self._judged(token, _code_block)

    def _inlines(self, tokens: list[Token]) -> Iterator[Token]:
        #: The address of each link that is open, if it was refused.
        refused: list[str] = []
        for token in tokens:
            if token.type == "link_open":
                address = self.state.md.normalizeLinkText(str(token.attrs.get("href", "")))
                fault = validators.link(address, self.page)
                refused.append(address if fault else "")
                if fault:
                    self._count_attributes(token)
                    self._refuse(fault)
                    continue
            elif token.type == "link_close" and (address := refused.pop()):
                yield Token("text", "", 0, content=f" ({address})")
                continue
            yield from self._judged(token, _code)

    def _judged(self, token: Token, as_code: Callable[[str], Token]) -> Iterator[Token]:
        """Yield what takes the place of a token: itself, or a code token that shows it."""
        self._count_attributes(token)
        name = token.type.removesuffix("_open").removesuffix("_close")
        if token.nesting < 0:
            fault, written = (None, "") if name in TOKENS else (Fault("", ""), "")
        else:
            fault, written = getattr(self, f"judge_{name}", self._judge_type)(token)
        if not fault:
            self._judge_attributes(token)
            yield token
            return
        if token.nesting >= 0:
            self._refuse(fault)
        # What was not read may hold what the variant leaves out.
        if not token.nesting and not _MARK.search(written):
            shown = as_code(written)
            shown.map, shown.level, shown.block = token.map, token.level, token.block
            yield shown

    def _judge_type(self, token: Token) -> Judgement:
        name = token.type.removesuffix("_open")
        return None if name in TOKENS else Fault(f"the Markdown of {name}", "write it in words"), token.content

    # What tokens say

    def judge_front_matter(self, token: Token) -> Judgement:
        is_right = _FRONT_MATTER.fullmatch(f"{token.content}\n")
        fault = (
            None if is_right else Fault("front matter", 'write fields under a heading, such as ":event: Example Conf"')
        )
        return fault, f"---\n{token.content}\n---"

    def judge_html_block(self, token: Token) -> Judgement:
        if _COMMENT.fullmatch(token.content):
            token.type, token.content = "myst_line_comment", re.sub("<!--|-->", "", token.content).strip()
            return None, ""
        tag = "".join(re.findall(r"<([A-Za-z][\w-]*)", token.content)[:1]).lower() or "!"
        remedy = f"write {_INSTEAD.get(tag, 'Markdown, or a backslash before <')}"
        return Fault(f"HTML's <{tag}>", remedy), token.content

    def judge_html_inline(self, token: Token) -> Judgement:
        if token.content.startswith("</"):
            # The tag that it closes was warned of.
            token.type = "text"
            return None, ""
        return self.judge_html_block(token)

    def judge_substitution_block(self, token: Token) -> Judgement:
        return Fault("a substitution", "write the words themselves"), f"{{{{{token.content}}}}}"

    judge_substitution_inline = judge_substitution_block

    def judge_math_inline(self, token: Token) -> Judgement:
        return validators.formula(token.content, self.page), token.content

    judge_math_inline_double = judge_math_single = judge_math_inline

    def judge_math_block(self, token: Token) -> Judgement:
        return validators.display_formula(token.content, self.page), token.content

    judge_math_block_label = judge_amsmath = judge_math_block

    def judge_image(self, token: Token) -> Judgement:
        for child in token.children or ():
            if child.type == "html_inline":
                self._ignore(child.content, "write words")
        token.children = [child for child in token.children or () if child.type != "html_inline"]
        source = str(token.attrs.get("src", ""))
        return file_fault(source, PICTURES, self.page), f"![{token.content}]({source})"

    def judge_footnote_ref(self, token: Token) -> Judgement:
        label = str(token.meta["label"])
        # Python takes more for digits than TeX does.
        is_right = not label.isdigit() or re.fullmatch("[0-9]{1,4}", label)
        return None if is_right else Fault(f"the footnote [^{shorten(label, 20)}]", "write 1 or a word"), f"[^{label}]"

    def judge_footnote_reference(self, token: Token) -> Judgement:
        self._count("footnotes", 1, limits.FOOTNOTES)
        return None, ""

    def judge_td(self, token: Token) -> Judgement:
        self._count("cells of tables", 1, limits.CELLS)
        return None, ""

    def judge_myst_role(self, token: Token) -> Judgement:
        name = token.meta["name"]
        written = f"{{{name}}}`{token.content}`"
        if name in ROLES:
            return ROLES[name](token.content, self.page), written
        return None if name in self.page.allowed else _unknown(f'the role "{name}"', name, ROLES), written

    def judge_myst_target(self, token: Token) -> Judgement:
        return self._fault_in_footnote("a target"), f"({token.content})="

    def _fault_in_footnote(self, what: str) -> Fault | None:
        # A variant may leave the footnote out when Sphinx knows already of what stands in it.
        return Fault(f"{what} in a footnote", "put it outside") if self.notes else None

    def judge_fence(self, token: Token) -> Judgement:
        name, argument = [*token.info.split(maxsplit=1), "", ""][:2]
        written = f"{token.markup}{token.info}\n{token.content}{token.markup}"
        if name.startswith("{") and (fault := self._fault_in_footnote("a directive")):
            return fault, written
        if name == "{eval-rst}" and "eval-rst" not in self.page.allowed:
            return Fault("reStructuredText", "write Markdown"), written
        if name == "{only}" and re.search(r"^\s*(#|[=-]+\s*$)", token.content, re.MULTILINE):
            # Sphinx publishes headings that it is to hide, so what is to be hidden is not shown as written either.
            fault = Fault("a heading in {only}", "write :only: under it instead")
            return fault, f"{token.markup}{token.info}"
        if name.startswith("{") and name.endswith("}"):
            try:
                return self._directive_fault(name[1:-1], argument, token.content), written
            except ValueError:
                # A character by a number that is none's
                return Fault(f"an option of {name}", "write words"), written
        return validators.lexer(name, self.page), written

    def judge_colon_fence(self, token: Token) -> Judgement:
        name = token.info.strip()
        if not name.startswith("{") and self.page.strange_classes(name.split()):
            written = f"{token.markup}{token.info}\n{token.content}{token.markup}"
            return Fault(f'the class "{name}"', "write {note} or another directive"), written
        return self.judge_fence(token)

    def _directive_fault(self, name: str, argument: str, text: str) -> Fault | None:
        known = DIRECTIVES.get(name)
        if not known:
            return None if name in self.page.allowed else _unknown(f'the directive "{name}"', name, DIRECTIVES)
        if not (parsed := self._parse_directive(name, argument, text)):
            return None
        found, read = parsed
        self.page.counts[name] = self.page.counts.get(name, 0) + 1
        if known.times and self.page.counts[name] > known.times:
            enough = "one is" if known.times == 1 else f"{known.times} are"
            return Fault(f"another {{{name}}}", f"{enough} enough for a page")
        for option, value in read.options.items():
            # Of options that the directive does not have, MyST says so.
            is_right = known.options.get(option, _refused)
            fault = validators.text(value, self.page) or is_right(value, self.page)
            if fault and option in (found.option_spec or {}):
                is_plain = fault.what == shorten(value)
                return replace(fault, what=f":{option}: {fault.what} in {{{name}}}") if is_plain else fault
        for value, is_right in ((" ".join(read.arguments), known.argument), ("\n".join(read.body), known.content)):
            if fault := is_right(value, self.page):
                return replace(fault, what=f"{fault.what} in {{{name}}}") if fault.what == shorten(value) else fault
        return None

    def _parse_directive(
        self, name: str, argument: str, text: str
    ) -> tuple[type[Directive], DirectiveParsingResult] | None:
        """Return a directive and what is written of it; None where MyST says what is wrong, and runs nothing."""
        document: Any = self.state.md.options["document"]
        language: Any = get_language(document.settings.language_code)
        found, _ = directives.directive(name, language, document)
        try:
            return (found, parse_directive(found, argument, text)) if found else None
        except MarkupError:
            return None

    def _judge_attributes(self, token: Token) -> None:
        """Take away the attributes that have no meaning here, or not a right value."""
        for name, value in list(token.attrs.items()):
            # {show=…} behind a link is for the field that it ends; a cell's style is Markdown's own.
            if name in {"href", "src"} or (name == "show" and self.fields) or token.type in {"th_open", "td_open"}:
                continue
            fault = ATTRIBUTES.get(name, _refused)(str(value), self.page)
            if name == "class" and fault:
                self._ignore(fault.what, fault.remedy)
                kept = [one for one in str(value).split() if not self.page.strange_classes([one])]
                token.attrs[name] = " ".join(kept)
            elif fault:
                self._ignore(f'the attribute {name}="{shorten(str(value))}"', fault.remedy)
                del token.attrs[name]
            elif name == "start":
                token.attrs[name] = int(value)

    # What is said

    def _refuse(self, fault: Fault) -> None:
        self._count("things that are not for a page", 1, limits.REFUSED)
        refuse(self._place, fault)

    def _ignore(self, what: str, remedy: str) -> None:
        self._count("things that are not for a page", 1, limits.REFUSED)
        warn(self._place, Code.GUARD, f"{what} is not for a page and ignored: {remedy}")

    def _count(self, name: str, number: int, limit: int) -> None:
        """Add to how much a page has of something.

        :raises SourceError: that is more than it may have
        """
        self.page.counts[name] = self.page.counts.get(name, 0) + number
        if self.page.counts[name] > limit:
            raise self._error(f"a page may have {limit} {name}: part it in several")

    def _count_attributes(self, token: Token) -> None:
        # An address or a title that is defined once may be used often.
        self._count("characters of addresses", sum(len(str(value)) for value in token.attrs.values()), limits.ADDRESSES)

    def _error(self, text: str) -> SourceError:
        return SourceError(self.page.env.doc2path(self.page.env.docname), self.line, text)

    @property
    def _place(self) -> tuple[str, int]:
        return self.page.env.docname, self.line


def _code_block(text: str) -> Token:
    return Token("fence", "code", 0, info="text", content=text.rstrip("\n") + "\n")


def _code(text: str) -> Token:
    return Token("code_inline", "code", 0, content=text)


def _refused(value: str, page: Page) -> Fault:
    return Fault(shorten(value), "delete it")


def _unknown(what: str, name: str, known: Iterable[str]) -> Fault:
    for near in difflib.get_close_matches(name[:40], known, 1, 0.75):
        return Fault(what, f"did you mean {{{near}}}?", (name, near))
    return Fault(what, "write Markdown, or name it in cv_allow in conf.py")


def refuse(location: nodes.Node | tuple[str, int], fault: Fault) -> None:
    """Warn of what is shown as it was written."""
    text = f"{fault.what} is not for a page and shown as written: {fault.remedy}"
    text = text if fault.remedy else f"{fault.what}; it is shown as written"
    warn(location, Code.GUARD, text, fault.replacement)


class CheckNodes(SphinxTransform):
    """Shows as text what a page may not do, whichever way it came into the doctree.

    Tokens were judged before; this is for what ``cv_allow`` lets in, and for what MyST makes of the rest.
    """

    # Before anything else looks at the tree.
    default_priority = 1

    def apply(self, **kwargs: Any) -> None:
        self.page = Page(self.env, self.config.cv_allow)
        for node in list(self.document.findall(nodes.Element)):
            if isinstance(node, nodes.system_message):
                # It was said; its words would be the entry's, with a path of this machine.
                around = node.parent
                around.remove(node)
                if isinstance(around, nodes.paragraph) and not around.children:
                    around.parent.remove(around)
            elif fault := self._fault(node):
                refuse(node, fault)
                _show(node)

    def _fault(self, node: nodes.Element) -> Fault | None:
        if isinstance(node, (nodes.math, nodes.math_block)):
            judge_formula = validators.display_formula if isinstance(node, nodes.math_block) else validators.formula
            return judge_formula(node.astext(), self.page)
        if isinstance(node, nodes.image):
            return file_fault(node["uri"], PICTURES, self.page)
        if isinstance(node, addnodes.download_reference):
            return file_fault(node["reftarget"], DOWNLOADS, self.page)
        if isinstance(node, addnodes.toctree):
            return next(filter(None, (validators.address(entry, self.page) for _, entry in node["entries"])), None)
        if isinstance(node, nodes.meta) or (isinstance(node, nodes.raw) and not _RAW.fullmatch(node.astext().strip())):
            return Fault(f"raw {node.get('format', 'metadata')}", "write Markdown")
        return validators.address(node.get("refuri", ""), self.page)


class PlainTitles(SphinxTransform):
    """Replaces files to which a title leads by their words: Sphinx's table of contents breaks on them."""

    # After Locale (20), which brings translated titles.
    default_priority = 21

    def apply(self, **kwargs: Any) -> None:
        for title in self.document.findall(nodes.title):
            for link in list(title.findall(addnodes.download_reference)):
                refuse(title, Fault(f"the file {link['reftarget']} in a heading", "lead to it from the text below"))
                link.replace_self(link.children)


def _show(node: nodes.Element) -> None:
    """Put the words of a node in its place, as text."""
    inline = isinstance(node.parent, nodes.TextElement)
    if isinstance(node, (nodes.reference, addnodes.download_reference)):
        address = node.get("refuri") or node["reftarget"]
        shown = [*node.children, *([nodes.Text(f" ({address})")] if inline else [])]
    else:
        if isinstance(node, nodes.image):
            written = f"![{node.get('alt', '')}]({node['uri']})"
        elif isinstance(node, addnodes.toctree):
            written = "\n".join(f"{title} <{entry}>" if title else entry for title, entry in node["entries"])
        else:
            written = node.astext() or node.get("content", "")
        shown = [nodes.literal(written, written) if inline else nodes.literal_block(written, written, language="text")]
        shown[0].source, shown[0].line = node.source, node.line
    node.parent.replace(node, shown)
