"""Replace forbidden tokens by code before MyST renders them, with a warning; then check the doctree again."""

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.parsers.rst.languages import get_language
from docutils.parsers.rst.states import MarkupError
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform

from cvtools import limits
from cvtools.nodes import ancestors
from cvtools.private_api import parse_directive
from cvtools.project import FILES, renamed
from cvtools.reading import validators
from cvtools.reading.allowlist import ATTRIBUTES, DIRECTIVES, ROLES, TOKENS
from cvtools.reading.fields import SHOW
from cvtools.reading.sources import deceptive, without_controls
from cvtools.reading.validators import DOWNLOADS, PICTURES, Fault, Page, file_fault, misplaced, unpublished
from cvtools.sphinx_warnings import Code, SourceError, warn
from cvtools.terminal import shorten

#: Sphinx's metadata of a page, which front matter may set, one on a line.
_FRONT_MATTER = re.compile(r"(?:(?:orphan|nosearch|tocdepth):[ \t]*(?:true|false|\d)?[ \t]*\n|[ \t]*\n|#.*\n)*")
#: A mark of a variant, see :mod:`cvtools.reading.marks.variants`, or of an output.
_MARK = re.compile(rf"(?<![\w-])only-[\w-]|:only:|\{{\s*only\s*\}}|{SHOW}")
_COMMENT = re.compile(r"\s*(?:<!--(?:(?!-->).)*-->\s*)+", re.DOTALL)
#: Markdown to suggest instead of an HTML tag.
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
#: Options that name the result of a directive.
_NAMES = frozenset({"name", "figname", "label"})
#: Raw HTML and LaTeX of MyST's own: hard line breaks, struck-out text.
_RAW = re.compile(r"<br />|\\\\|</?s>")

#: Types of tokens of which a page may have a number, with their names in the error.
_COUNTED = {
    "footnote_reference": ("footnotes", limits.FOOTNOTES),
    "heading": ("headings", limits.HEADINGS),
    "myst_target": ("headings", limits.HEADINGS),
    "td": ("cells of tables", limits.CELLS),
}

#: The fault of a token, None if it has none, and the token's source.
CheckResult = tuple[Fault | None, str]


def check_tokens(parser: MarkdownIt, page: Page) -> None:
    """Register the check of tokens with a parser; a plugin of markdown-it.

    The parser's environment locates text that a directive has parsed in turn: ``line`` is the number of lines before
    it, ``depth`` the number of elements around it; ``only`` says that it is in ``{only}``, and ``hidden`` that pages do
    not show it.
    """
    parser.core.ruler.push("cv_check", lambda state: _TokenChecker(page, state).run())


class _TokenChecker:
    """Checker of the tokens of a page, or of text that a directive has parsed in turn.

    A token of type ``x`` is checked by the method ``check_x``; one without such a method, by its type alone.
    """

    def __init__(self, page: Page, state: StateCore) -> None:
        self.page, self.state = page, state
        #: Number of lines before the text, and the line of the current token.
        self.offset: int = state.env.get("line", 0)
        self.line = self.offset + 1
        self.depth: int = state.env.get("depth", 0)
        self.hidden: bool = state.env.get("hidden", False)
        #: Number of fields, and of footnotes, around the current token.
        self.fields = self.footnotes = 0
        #: The address of each open link that was refused; empty for others.
        self.refused_links: list[str] = []

    def run(self) -> None:
        if self.state.env.get("only"):
            self._empty_only()
        self.state.tokens = list(self._blocks(self.state.tokens))

    def _empty_only(self) -> None:
        """Remove all text in {only} if it has a heading or a footnote, which Sphinx or MyST-Parser move out of it."""
        for token in self.state.tokens:
            is_heading = token.type == "heading_open" and not token.level
            if is_heading or token.type == "footnote_reference_open":
                self.line = self.offset + (token.map[0] if token.map else 0) + 1
                what = "a heading" if is_heading else "the text of a footnote"
                remedy = "write :only: under it instead" if is_heading else "put that outside"
                self._ignore(f"{{only}} with {what}", remedy)
                self.state.tokens = []
                return

    def _blocks(self, tokens: Iterable[Token]) -> Iterator[Token]:
        for token in tokens:
            if token.map:
                self.line = self.offset + token.map[0] + 1
            if self.depth + max([token.level, *(child.level for child in token.children or ())]) > limits.DEPTH:
                raise self._error(f"more than {limits.DEPTH} levels are nested here")
            if token.type.startswith("fieldlist_body"):
                self.fields += token.nesting
            if token.type.startswith("footnote_reference"):
                self.footnotes += token.nesting
            if token.type == "inline":
                self._clean([token])
                token.children = [kept for child in token.children or () for kept in self._checked(child, inline=True)]
            yield from self._checked(token)

    def _clean(self, tokens: Iterable[Token]) -> None:
        """Delete control characters in words, which entities or escapes may stand for, and warn of one that deceives.

        :mod:`cvtools.reading.sources` has warned of those in the source of a page, but not of those in translations.
        """
        is_page = not self.state.env.get("is_message")
        for token in tokens:
            for text in (token.content, *map(str, token.attrs.values())):
                sign = deceptive(text)
                if sign and "character" not in self.page.told and not (is_page and deceptive(self.state.src)):
                    self.page.told.add("character")
                    warn(self._location, Code.CHARACTER, f"{sign} is not seen by readers: delete it")
            token.content = without_controls(token.content)
            if token.type == "text":
                token.content = re.sub("[\r\n]", " ", token.content)
            for name, value in token.attrs.items():
                token.attrs[name] = without_controls(value) if isinstance(value, str) else value
            self._clean(token.children or [])

    def _checked(self, token: Token, *, inline: bool = False) -> Iterator[Token]:
        """Yield a token if it is allowed; else warn, and yield code that shows the token's source."""
        # An address or a title that is defined once may be used often.
        self._count("characters of addresses", sum(len(str(value)) for value in token.attrs.values()), limits.ADDRESSES)
        name = token.type.removesuffix("_open").removesuffix("_close")
        if name == "link" and token.nesting < 0 and (address := self.refused_links.pop()):
            yield Token("text", "", 0, content=f" ({address})")
            return
        if token.nesting < 0:
            fault, source = None if name in TOKENS else Fault("", ""), ""
        else:
            if name in _COUNTED:
                noun, limit = _COUNTED[name]
                self._count(noun, 1, limit)
            fault, source = getattr(self, f"check_{name}", self._check_type)(token)
        if not fault:
            self._check_attributes(token)
            yield token
            if name == "hardbreak":
                # MyST-Parser renders it for HTML and LaTeX only; other writers would join the words.
                yield Token("softbreak", "br", 0, level=token.level)
        elif token.nesting >= 0:
            self._count_refused()
            # Do not show source with a mark: it was not parsed, and may have words for another variant or output. The
            # remedy of a misspelt directive may name {only}.
            has_mark = bool(_MARK.search(source + fault.remedy))
            if fault.kind not in self.page.told:
                refuse(self._location, fault, "left out" if has_mark else "shown as written")
            self.page.told |= {fault.kind} - {""}
            if not token.nesting and not has_mark:
                # The alternative text of a picture of another site, such as a badge, replaces it.
                is_badge = fault.kind == "picture elsewhere" and token.content
                shown = Token("text", "", 0, content=token.content) if is_badge else _code(token, source, inline=inline)
                # In front matter, escapes may stand for control characters.
                self._clean([shown])
                yield shown

    def _check_type(self, token: Token) -> CheckResult:
        name = token.type.removesuffix("_open")
        return None if name in TOKENS else Fault(f"the Markdown of {name}", "write it in words"), token.content

    # Methods for types of tokens

    def check_link(self, token: Token) -> CheckResult:
        address = self.state.md.normalizeLinkText(str(token.attrs.get("href", "")))
        fault = validators.link(address, self.page)
        if validators.is_elsewhere(address, self.page.env):
            # MyST-Parser takes any other link without a scheme for one within the book.
            token.info = "auto"
            if address in FILES:
                config = self.page.env.config
                token.attrs["href"] = renamed(address, config.cv_file, config.cv_suffix)
        self.refused_links.append(address if fault else "")
        return fault, ""

    def check_front_matter(self, token: Token) -> CheckResult:
        fault = Fault("front matter", 'write fields, such as ":event: Example Conf", under a heading')
        is_valid = _FRONT_MATTER.fullmatch(f"{token.content}\n")
        return None if is_valid else fault, f"---\n{token.content}\n---"

    def check_html_block(self, token: Token) -> CheckResult:
        if _COMMENT.fullmatch(token.content):
            token.type, token.content = "myst_line_comment", re.sub("<!--|-->", "", token.content).strip()
            return None, ""
        tag = "".join(re.findall(r"<([A-Za-z][\w-]*)", token.content)[:1]).lower() or "!"
        remedy = f"write {_INSTEAD.get(tag, 'Markdown, or a backslash before <')}"
        return Fault(f"HTML such as <{tag}>", remedy, kind="HTML"), token.content

    def check_html_inline(self, token: Token) -> CheckResult:
        if token.content.startswith("</"):
            # A warning about the opening tag has been given.
            token.type = "text"
            return None, ""
        return self.check_html_block(token)

    def check_substitution_block(self, token: Token) -> CheckResult:
        return Fault("a substitution", "write the words themselves"), f"{{{{{token.content}}}}}"

    check_substitution_inline = check_substitution_block

    def check_math_inline(self, token: Token) -> CheckResult:
        return validators.formula(token.content, self.page), token.content

    check_math_inline_double = check_math_single = check_math_inline

    def check_math_block(self, token: Token) -> CheckResult:
        return validators.display_formula(token.content, self.page), token.content

    check_math_block_label = check_amsmath = check_math_block

    def check_image(self, token: Token) -> CheckResult:
        for child in token.children or ():
            if child.type == "html_inline":
                self._ignore(child.content, "write words")
        token.children = [child for child in token.children or () if child.type != "html_inline"]
        source = str(token.attrs.get("src", ""))
        fault = file_fault(source, PICTURES, self.page)
        if fault and "://" in source:
            fault = replace(fault, kind="picture elsewhere")
        return fault, f"![{token.content}]({source})"

    def check_footnote_ref(self, token: Token) -> CheckResult:
        label = str(token.meta["label"])
        # Python's digits include characters that are none to TeX.
        is_valid = not label.isdigit() or re.fullmatch("[0-9]{1,4}", label)
        return None if is_valid else Fault(f"the footnote [^{shorten(label, 20)}]", "write 1 or a word"), f"[^{label}]"

    def check_myst_role(self, token: Token) -> CheckResult:
        name = token.meta["name"]
        source = f"{{{name}}}`{token.content}`"
        if name not in ROLES:
            if name not in self.page.allowed:
                return _unknown(f'the role "{name}"', name, ROLES), source
            return validators.plain(token.content, self.page), source
        return ROLES[name](token.content, self.page), source

    def check_myst_target(self, token: Token) -> CheckResult:
        return self._fault_in_footnote("a target") or self._fault_in_only("a target"), f"({token.content})="

    def _fault_in_footnote(self, what: str) -> Fault | None:
        # Sphinx would record a target or the content of a directive even if the variant omits the footnote.
        return Fault(f"{what} in a footnote", "put it outside") if self.footnotes else None

    def _fault_in_only(self, what: str) -> Fault | None:
        # Sphinx publishes all names in the inventory of the pages.
        return Fault(f"{what} in {{only}} that pages do not show", "put it outside") if self.hidden else None

    def check_fence(self, token: Token) -> CheckResult:
        name, argument = [*token.info.split(maxsplit=1), "", ""][:2]
        source = f"{token.markup}{token.info}\n{token.content}{token.markup}"
        if name.startswith("{") and (fault := self._fault_in_footnote("a directive")):
            return fault, source
        if name == "{eval-rst}" and "eval-rst" not in self.page.allowed:
            return Fault("reStructuredText", "write Markdown"), source
        if name.startswith("{") and name.endswith("}"):
            try:
                return self._directive_fault(name[1:-1], argument, token.content), source
            except ValueError:
                # An option names a character by a number that no character has.
                return Fault(f"an option of {name}", "write words"), source
        return validators.lexer(name, self.page), source

    def check_colon_fence(self, token: Token) -> CheckResult:
        name = token.info.strip()
        if not name.startswith("{") and self.page.strange_classes(name.split()):
            source = f"{token.markup}{token.info}\n{token.content}{token.markup}"
            return Fault(f'the class "{name}"', "write {note} or another directive"), source
        return self.check_fence(token)

    def _directive_fault(self, name: str, argument: str, content: str) -> Fault | None:
        allowed = DIRECTIVES.get(name)
        if not allowed:
            return self._fault_of_unlisted(name, content)
        document: Any = self.state.md.options["document"]
        language: Any = get_language(document.settings.language_code)
        directive, _ = directives.directive(name, language, document)
        try:
            parsed = parse_directive(directive, argument, content) if directive else None
        except MarkupError:
            parsed = None
        if not directive or not parsed:
            # MyST-Parser warns of it, and does not run it.
            return None
        self.page.counts[name] = self.page.counts.get(name, 0) + 1
        if allowed.times and self.page.counts[name] > allowed.times:
            enough = "one is" if allowed.times == 1 else f"{allowed.times} are"
            return Fault(f"another {{{name}}}", f"{enough} enough for a page")
        # Sphinx lists their words elsewhere: in the inventory, and in the navigation of all pages.
        is_listed = name in {"glossary", "toctree"} or _NAMES & parsed.options.keys()
        if is_listed and (fault := self._fault_in_only("a name")):
            return fault
        # On both names of a figure, docutils fails.
        validators_of = {**allowed.options, **({"figname": _refused} if "name" in parsed.options else {})}
        # MyST-Parser warns of options that the directive does not have.
        known = [option for option in parsed.options if option in (directive.option_spec or {})]
        values = [
            *((f":{option}: ", parsed.options[option], validators_of.get(option, _refused)) for option in known),
            ("", " ".join(parsed.arguments), allowed.argument),
            ("", "\n".join(parsed.body), allowed.content),
        ]
        for prefix, value, validator in values:
            if fault := validators.text(value, self.page) or validator(value, self.page):
                is_value = fault.what == shorten(value)
                return replace(fault, what=f"{prefix}{fault.what} in {{{name}}}") if is_value else fault
        return None

    def _fault_of_unlisted(self, name: str, content: str) -> Fault | None:
        if name not in self.page.allowed:
            return _unknown(f'the directive "{name}"', name, DIRECTIVES)
        return validators.unmarked(content, self.page) if name == "csv-table" else None

    def _check_attributes(self, token: Token) -> None:
        """Delete the attributes that are unknown or have an invalid value."""
        for name, value in list(token.attrs.items()):
            # {show=…} after a link belongs to the field that the link ends; Markdown itself sets the style of a cell.
            if name in {"href", "src"} or (name == "show" and self.fields) or token.type in {"th_open", "td_open"}:
                continue
            fault = ATTRIBUTES.get(name, _refused)(str(value), self.page)
            if name == "id":
                fault = fault or self._fault_in_only("an id")
            if name == "class" and fault:
                self._ignore(fault.what, fault.remedy)
                kept = [one for one in str(value).split() if not self.page.strange_classes([one])]
                token.attrs[name] = " ".join(kept)
            elif fault:
                self._ignore(f'the attribute {name}="{shorten(str(value))}"', fault.remedy)
                del token.attrs[name]
            elif name == "start":
                token.attrs[name] = int(value)

    def _count(self, name: str, number: int, limit: int) -> None:
        """Add to the number of something on the page, and refuse more than the limit."""
        self.page.counts[name] = self.page.counts.get(name, 0) + number
        if self.page.counts[name] > limit:
            raise self._error(f"a page may have {limit} {name}: split it into several")

    def _count_refused(self) -> None:
        self._count("things that are not for a page", 1, limits.REFUSED)

    def _ignore(self, what: str, remedy: str) -> None:
        self._count_refused()
        warn(self._location, Code.GUARD, f"{what} is not for a page and ignored: {remedy}")

    def _error(self, text: str) -> SourceError:
        return SourceError(self.page.env.doc2path(self.page.env.docname), self.line, text)

    @property
    def _location(self) -> tuple[str, int]:
        return self.page.env.docname, self.line


def _code(token: Token, source: str, *, inline: bool) -> Token:
    """Return a token that shows source as code, at the position of another token."""
    if inline:
        code = Token("code_inline", "code", 0, content=source)
    else:
        code = Token("fence", "code", 0, info="text", content=source.rstrip("\n") + "\n")
    code.map, code.level, code.block = token.map, token.level, token.block
    return code


def _refused(value: str, page: Page) -> Fault:
    return Fault(shorten(value), "delete it")


def _unknown(what: str, name: str, known: Iterable[str]) -> Fault:
    for near in difflib.get_close_matches(name[:40], known, 1, 0.75):
        return Fault(what, f"did you mean {{{near}}}?", (name, near))
    return Fault(what, "write Markdown, or name it in cv_allow in conf.py")


def refuse(location: nodes.Node | tuple[str, int], fault: Fault, done: str = "shown as written") -> None:
    """Warn of a fault in something that is `done` instead: shown as its source, or left out."""
    rule = f" is not for a page and {done}: {fault.remedy}" if fault.remedy else f"; it is {done}"
    warn(location, Code.GUARD, fault.what + rule, fault.replacement)


class CheckNodes(SphinxTransform):
    """Transform that shows forbidden nodes as text, wherever they come from.

    Tokens have been checked before; what ``cv_allow`` permits, and what MyST makes of other tokens, has not.
    """

    # Before all other transforms.
    default_priority = 1

    def apply(self, **kwargs: Any) -> None:
        self.page = Page(self.env, self.config.cv_allow)
        for node in list(self.document.findall(nodes.Element)):
            is_empty = isinstance(node, nodes.block_quote) and not node.children
            # The text of a comment would be among the words of titles and values. The log has messages; on the page,
            # they would be the entry's text, with a path of this machine.
            if is_empty or isinstance(node, (nodes.comment, nodes.system_message)):
                _remove(node)
            elif fault := self._fault(node):
                refuse(node, fault)
                _show(node)

    def _fault(self, node: nodes.Element) -> Fault | None:
        if isinstance(node, (nodes.math, nodes.math_block)):
            validator = validators.formula if isinstance(node, nodes.math) else validators.display_formula
            return validator(node.astext(), self.page)
        if isinstance(node, nodes.image):
            return file_fault(node["uri"], PICTURES, self.page)
        if isinstance(node, addnodes.download_reference):
            # Sphinx's table of contents fails on files.
            in_title = any(isinstance(around, nodes.title) for around in ancestors(node))
            fault = Fault(f"the file {node['reftarget']} in a heading", "link to it from the text below")
            return fault if in_title else file_fault(node["reftarget"], DOWNLOADS, self.page)
        if isinstance(node, addnodes.toctree):
            return next(filter(None, (validators.address(entry, self.page) for _, entry in node["entries"])), None)
        if isinstance(node, nodes.meta) or (isinstance(node, nodes.raw) and not _RAW.fullmatch(node.astext().strip())):
            return Fault(f"raw {node.get('format', 'metadata')}", "write Markdown")
        return validators.address(node.get("refuri", ""), self.page)


class CheckTranslatedNodes(CheckNodes):
    """Transform that checks translations like :class:`CheckNodes`, which Sphinx does not run on them."""

    # After Locale (20), which brings them.
    default_priority = 21

    def apply(self, **kwargs: Any) -> None:
        if any(node.get("translated") for node in self.document.findall(nodes.Element)):
            super().apply()


def check_files(app: Sphinx, env: BuildEnvironment) -> None:
    """Refuse a file that may not be in the book by the path to which Sphinx has resolved its name on a page."""
    for kinds, files in ((PICTURES, env.images), (DOWNLOADS, env.dlfiles)):
        for name, (docnames, _) in files.items():
            path = Path(env.srcdir, name)
            if remedy := misplaced(path, env) or unpublished(path, kinds, env):
                raise SourceError(env.doc2path(min(docnames)), 0, f"the file {name}: {remedy}")


def _remove(node: nodes.Element) -> None:
    """Remove a node, and each paragraph and quotation that this leaves empty, on which Sphinx would fail."""
    parent = node.parent
    parent.remove(node)
    if isinstance(parent, (nodes.paragraph, nodes.block_quote)) and not parent.children:
        _remove(parent)


def _show(node: nodes.Element) -> None:
    """Replace a node by its source, as text."""
    inline = isinstance(node.parent, nodes.TextElement)
    if isinstance(node, (nodes.reference, addnodes.download_reference)):
        address = node.get("refuri") or node["reftarget"]
        node.parent.replace(node, [*node.children, *([nodes.Text(f" ({address})")] if inline else [])])
        return
    if isinstance(node, nodes.image):
        source = f"![{node.get('alt', '')}]({node['uri']})"
    elif isinstance(node, addnodes.toctree):
        source = "\n".join(f"{title} <{entry}>" if title else entry for title, entry in node["entries"])
    else:
        source = node.astext() or node.get("content", "")
    shown = nodes.literal(source, source) if inline else nodes.literal_block(source, source, language="text")
    shown.source, shown.line = node.source, node.line
    node.parent.replace(node, shown)
