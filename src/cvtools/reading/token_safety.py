"""Warn of forbidden tokens, and show their source as code, before MyST renders them."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.parsers.rst.languages import get_language
from docutils.parsers.rst.states import MarkupError
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from cvtools import limits
from cvtools.private_api import parse_directive
from cvtools.project import FILES, renamed
from cvtools.reading import linked_files, validators
from cvtools.reading.allowlist import ATTRIBUTES, DIRECTIVES, ROLES, TOKENS
from cvtools.reading.characters import deceptive, without_controls
from cvtools.reading.validators import MARK, Fault, Page
from cvtools.sphinx_warnings import Code, SourceError, warn
from cvtools.terminal import shorten

#: Sphinx's metadata of a page, which front matter may set, one on a line.
_FRONT_MATTER = re.compile(r"(?:(?:orphan|nosearch|tocdepth):[ \t]*(?:true|false|\d)?[ \t]*\n|[ \t]*\n|#.*\n)*")
_COMMENT = re.compile(r"\s*(?:<!--(?:(?!-->).)*-->\s*)+", re.DOTALL)
#: Markdown to suggest instead of HTML, by tag.
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
_NAMING_OPTIONS = frozenset({"name", "figname", "label"})
#: Types of tokens that are counted, with their name in the error and the maximum number on a page.
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

    The text of a directive is parsed in turn, with these keys in the parser's environment: ``line`` is the number of
    lines before the text, ``depth`` the number of elements around it, and four for each directive, ``only`` is set in
    ``{only}``, and ``hidden`` where pages do not show it.
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
        #: One entry for each open link: its address if it was refused, else None.
        self.refused_links: list[str | None] = []

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
                remedy = "write :only: under the heading, or put the footnote outside"
                self._ignore("{only} with a heading or a footnote's text", remedy)
                self.state.tokens = []
                return

    def _blocks(self, tokens: Iterable[Token]) -> Iterator[Token]:
        """Yield the tokens of blocks as the checks leave them."""
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
        """Delete control characters that entities or escapes put into words, and warn of deceptive characters."""
        for token in tokens:
            self._warn_of_deception(token)
            token.content = without_controls(token.content)
            if token.type == "text":
                token.content = re.sub("[\r\n]", " ", token.content)
            for name, value in token.attrs.items():
                token.attrs[name] = without_controls(value) if isinstance(value, str) else value
            self._clean(token.children or [])

    def _warn_of_deception(self, token: Token) -> None:
        """Warn of the first deceptive character of an entity or escape; ``page_files.py`` warns of those in a page."""
        is_page = not self.state.env.get("is_message")
        for text in (token.content, *map(str, token.attrs.values())):
            character = deceptive(text)
            if character and "character" not in self.page.reported and not (is_page and deceptive(self.state.src)):
                self.page.reported.add("character")
                warn(self._location, Code.CHARACTER, f"{character} is not seen by readers: delete it")

    def _checked(self, token: Token, *, inline: bool = False) -> Iterator[Token]:
        """Yield a token if it is allowed; else warn, and yield what is shown instead."""
        # Many links may repeat the address and the title of one link reference definition.
        self._count("characters of addresses", sum(len(str(value)) for value in token.attrs.values()), limits.ADDRESSES)
        name = token.type.removesuffix("_open").removesuffix("_close")
        if token.nesting < 0:
            if name == "link" and (address := self.refused_links.pop()) is not None:
                yield from [Token("text", "", 0, content=f" ({address})")] if address else []
            elif name in TOKENS:
                yield token
            return
        if name in _COUNTED:
            noun, limit = _COUNTED[name]
            self._count(noun, 1, limit)
        fault, source = getattr(self, f"check_{name}", self._check_type)(token)
        if fault:
            yield from self._refused(token, fault, source, inline=inline)
            return
        self._check_attributes(token)
        yield token
        if name == "hardbreak":
            # MyST-Parser renders it for HTML and LaTeX only; other writers would join the words.
            yield Token("softbreak", "br", 0, level=token.level)

    def _refused(self, token: Token, fault: Fault, source: str, *, inline: bool) -> Iterator[Token]:
        """Warn of a fault, and yield what is shown instead of the token: its source, unless that has a mark."""
        self._count_refused()
        # Source with a mark or in {only} was not parsed, and may have words for another variant or output; the remedy
        # for a misspelt directive shows that {only} was meant.
        has_mark = bool(MARK.search(source) or re.search(r"\{\s*only\s*\}", source + fault.remedy))
        if fault.kind not in self.page.reported:
            warn_of_fault(self._location, fault, "left out" if has_mark else "shown as written")
        if fault.kind:
            self.page.reported.add(fault.kind)
        # Tokens between an opening and a closing one are checked by themselves.
        if token.nesting or has_mark:
            return
        # The alternative text of a picture of another site, such as a badge, replaces it.
        is_described = fault.kind == "picture elsewhere" and token.content
        shown = Token("text", "", 0, content=token.content) if is_described else _code(token, source, inline=inline)
        # In front matter, escapes may stand for control characters.
        self._clean([shown])
        yield shown

    def _check_type(self, token: Token) -> CheckResult:
        name = token.type.removesuffix("_open")
        return None if name in TOKENS else Fault(f"the Markdown of {name}", "write it in words"), token.content

    # Methods for types of tokens

    def check_link(self, token: Token) -> CheckResult:
        address = self.state.md.normalizeLinkText(str(token.attrs.get("href", "")))
        fault = linked_files.link(address, self.page)
        if not address:
            fault = Fault("a link without an address", "write one between ( and )", kind="no address")
        if linked_files.is_outside_sources(address, self.page.env):
            # Otherwise, MyST-Parser would take a link without a scheme for one to a page or a file of the source.
            token.info = "auto"
            if address in FILES:
                config = self.page.env.config
                token.attrs["href"] = renamed(address, config.cv_file, config.cv_suffix)
        self.refused_links.append(address if fault else None)
        return fault, ""

    def check_front_matter(self, token: Token) -> CheckResult:
        fault = Fault("front matter", 'write fields, such as ":event: Example Conf", under a heading')
        is_valid = _FRONT_MATTER.fullmatch(f"{token.content}\n")
        return None if is_valid else fault, f"---\n{token.content}\n---"

    def check_html_block(self, token: Token) -> CheckResult:
        if _COMMENT.fullmatch(token.content):
            token.type, token.content = "myst_line_comment", re.sub("<!--|-->", "", token.content).strip()
            return None, ""
        match = re.search(r"<([A-Za-z][\w-]*)", token.content)
        tag = match[1].lower() if match else "!"
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

    def check_image(self, token: Token) -> CheckResult:
        for child in token.children or ():
            if child.type == "html_inline":
                self._ignore(child.content, "write words")
        token.children = [child for child in token.children or () if child.type != "html_inline"]
        source = str(token.attrs.get("src", ""))
        fault = linked_files.file_fault(source, linked_files.PICTURES, self.page)
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
        if name.startswith("{") and name[1:] in DIRECTIVES:
            return Fault(f'"{name}"', f"write {name}}}", (name, f"{name}}}")), source
        if argument and not MARK.search(argument):
            self._ignore(f'"{shorten(argument, 30)}" after the opening of code', "write it below")
        return validators.lexer(name, self.page), source

    def check_colon_fence(self, token: Token) -> CheckResult:
        name = token.info.strip()
        if not name.startswith("{") and self.page.forbidden_classes(name.split()):
            source = f"{token.markup}{token.info}\n{token.content}{token.markup}"
            return Fault(f'the class "{name}"', "write {note} or another directive"), source
        return self.check_fence(token)

    def _directive_fault(self, name: str, argument: str, content: str) -> Fault | None:
        if name not in DIRECTIVES:
            return self._fault_of_unlisted(name, content)
        document: Any = self.state.md.options["document"]
        language: Any = get_language(document.settings.language_code)
        directive, _ = directives.directive(name, language, document)
        if not directive:
            return None
        try:
            parsed = parse_directive(directive, argument, content)
        except MarkupError:
            # MyST-Parser warns of it, and does not run it.
            return None
        self.page.counts[name] = self.page.counts.get(name, 0) + 1
        limit = DIRECTIVES[name].max_uses
        if limit and self.page.counts[name] > limit:
            enough = "one is" if limit == 1 else f"{limit} are"
            return Fault(f"another {{{name}}}", f"{enough} enough for a page")
        # Sphinx lists names, terms and toctrees elsewhere: in inventory and index, and in the navigation of all pages.
        is_listed = name in {"glossary", "index", "toctree"} or _NAMING_OPTIONS & parsed.options.keys()
        if is_listed and (fault := self._fault_in_only("a name")):
            return fault
        # MyST-Parser warns of options that the directive does not have.
        known = {option: value for option, value in parsed.options.items() if option in (directive.option_spec or {})}
        return self._value_fault(name, known, " ".join(parsed.arguments), "\n".join(parsed.body))

    def _value_fault(self, name: str, options: Mapping[str, str], argument: str, content: str) -> Fault | None:
        """Return the first fault of the values that a directive has."""
        allowed = DIRECTIVES[name]
        # docutils fails on a figure with two names.
        known = {**allowed.options, **({"figname": _forbidden} if "name" in options else {})}
        values = [
            *((f":{option}: ", value, known.get(option, _forbidden)) for option, value in options.items()),
            ("", argument, allowed.argument),
            ("", content, allowed.content),
        ]
        for prefix, value, validator in values:
            if fault := validators.text(value, self.page) or validator(value, self.page):
                # A fault names the value itself (see :data:`~cvtools.reading.validators.Validator`), or what is in it.
                is_value = fault.what == shorten(value)
                return replace(fault, what=f"{prefix}{fault.what} in {{{name}}}") if is_value else fault
        return None

    def _fault_of_unlisted(self, name: str, content: str) -> Fault | None:
        """Return the fault of a directive that the allowlist lacks, but ``cv_allow`` may permit."""
        if name not in self.page.allowed:
            return _unknown(f'the directive "{name}"', name, DIRECTIVES)
        # Marks in other content are found when it is parsed, but rows are split into cells before that.
        return validators.unmarked(content, self.page) if name == "csv-table" else None

    def _check_attributes(self, token: Token) -> None:
        """Delete the attributes that are unknown or have an invalid value."""
        # Markdown's parser takes those that begin with "on", such as only=short, for scripts, and sets them apart.
        for name, value in [*token.attrs.items(), *token.meta.get("insecure_attrs", {}).items()]:
            # {show=…} after a link belongs to the field that the link ends; Markdown itself sets the style of a cell.
            if name in {"href", "src"} or (name == "show" and self.fields) or token.type in {"th_open", "td_open"}:
                continue
            fault = ATTRIBUTES.get(name, _forbidden)(str(value), self.page)
            if name == "id":
                fault = fault or self._fault_in_only("an id")
            if name == "class" and fault:
                self._ignore(fault.what, fault.remedy)
                allowed = [word for word in str(value).split() if not self.page.forbidden_classes([word])]
                token.attrs[name] = " ".join(allowed)
            elif fault:
                self._ignore(f'the attribute {name}="{shorten(str(value))}"', fault.remedy)
                token.attrs.pop(name, None)
            elif name == "start":
                token.attrs[name] = int(value)

    def _count(self, name: str, number: int, limit: int, rule: str = "") -> None:
        """Add to a count of the page, and refuse more than the limit, with `rule` as the message if there is one."""
        self.page.counts[name] = self.page.counts.get(name, 0) + number
        if self.page.counts[name] > limit:
            raise self._error(rule or f"a page may have at most {limit} {name}: split it into several")

    def _count_refused(self) -> None:
        rule = f"more than {limits.REFUSED} things here are not allowed on a page: correct the first ones"
        self._count("refused", 1, limits.REFUSED, rule)

    def _ignore(self, what: str, remedy: str) -> None:
        self._count_refused()
        warn_of_fault(self._location, Fault(what, remedy), "ignored")

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


def _forbidden(value: str, page: Page) -> Fault:
    return Fault(shorten(value), "delete it")


def _unknown(what: str, name: str, known: Iterable[str]) -> Fault:
    if near := difflib.get_close_matches(name[:40], known, 1, 0.75):
        return Fault(what, f"did you mean {{{near[0]}}}?", (name, near[0]))
    return Fault(what, "write Markdown, or name it in cv_allow in conf.py")


def warn_of_fault(location: nodes.Node | tuple[str, int], fault: Fault, done: str = "shown as written") -> None:
    """Warn of something forbidden.

    :param done: what is done with it: "shown as written", "left out" or "ignored"
    """
    rule = f" is not allowed on a page and is {done}: {fault.remedy}" if fault.remedy else f"; it is {done}"
    warn(location, Code.GUARD, fault.what + rule, fault.replacement)
