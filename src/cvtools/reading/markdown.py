"""Markdown as a CV may use it.

What could run code, read files or put script on a page is no part of it: it is shown as it was written, with a warning.
A page cannot change that, nor any other setting: unlike MyST's own parser, this one does not read them from it.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.parsers.rst.states import MarkupError
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from myst_parser.config.main import MdParserConfig
from myst_parser.mdit_to_docutils.base import token_line
from myst_parser.mdit_to_docutils.sphinx_ import SphinxRenderer
from myst_parser.parsers.directives import parse_directive_text
from myst_parser.parsers.mdit import create_md_parser
from myst_parser.parsers.sphinx_ import MystParser

from cvtools.diagnostics import SourceError, Subtype, warn
from cvtools.reading.guard import Fault, link_fault, refuse

#: Directives that a CV may use, beside those of cvtools.
DIRECTIVES = frozenset(
    """
    admonition attention caution danger error hint important note seealso tip warning versionadded versionchanged
    code code-block contents epigraph figure glossary highlights image index line-block list-table math only
    pull-quote rubric sidebar spelling:word-list table toctree topic
    """.split()
)
#: Roles that a CV may use.
ROLES = frozenset(
    """
    abbr command dfn doc emphasis eq file guilabel kbd literal math menuselection numref program ref samp strong
    sub subscript sup superscript tech term title-reference
    """.split()
)
#: Classes that have a meaning here, and MyST's own; others could borrow the theme's, and cover the page with a link.
_CLASSES = re.compile(r"external|noprint|run-in|only-[a-z][a-z0-9-]*|field-list|contains-task-list|task-list-item")
#: What a page may say in front matter: Sphinx's words for itself, one a line.
_FRONT_MATTER = re.compile(r"(?:(?:orphan|nosearch|tocdepth):[ \t]*(?:true|false|\d)?[ \t]*\n|[ \t]*\n|#.*\n)*")
#: Attributes that the page's author or Markdown itself gives.
_ATTRIBUTES = frozenset(
    """
    a align alt attribution class colspan emphasize-lines h height href id l language lexer lineno-start src start
    title w width
    """.split()
)
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
#: How deep things may stand in each other; more is dropped by parsers, or is too much for Python.
DEPTH = 40


def markdown_parser(config: MdParserConfig, renderer: Callable[[MarkdownIt], RendererProtocol]) -> MarkdownIt:
    """MyST's parser, which keeps what is deeply nested and leaves it to us to judge links."""
    parser = create_md_parser(config, renderer)
    parser.options["maxNesting"] = 3 * DEPTH
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


class CvParser(MystParser):
    """Reads a page."""

    def parse(self, inputstring: str, document: nodes.document) -> None:
        parser = markdown_parser(document.settings.env.myst_config, CvRenderer)
        parser.options["document"] = document
        parser.render(inputstring)


class CvRenderer(SphinxRenderer):
    """Makes the doctree of what a CV may use, and literal text of all else."""

    # Whole constructs

    #: How many texts are being parsed in each other, each by a directive.
    _nested = 0

    def nested_render_text(self, *arguments: Any, **options: Any) -> None:
        self._nested += 1
        super().nested_render_text(*arguments, **options)
        self._nested -= 1

    def _render_tokens(self, tokens: list[Token]) -> None:
        # A directive takes as many steps of Python's as four lists.
        within = sum(1 for _ in _ancestors(self.current_node)) + 4 * self._nested
        for token in tokens:
            if within + max([token.level, *(child.level for child in token.children or ())]) > DEPTH:
                line = token.map[0] + 1 if token.map else 1
                raise SourceError(self.document["source"], line, f"more than {DEPTH} things stand in each other here")
        super()._render_tokens(tokens)

    def render_front_matter(self, token: SyntaxTreeNode) -> None:
        if _FRONT_MATTER.fullmatch(f"{token.content}\n"):
            super().render_front_matter(token)
            return
        written = f"---\n{token.content}\n---"
        self._refuse(token, written, ("front matter", "settings stand in conf.py"))

    def render_html_block(self, token: SyntaxTreeNode) -> None:
        if _COMMENT.fullmatch(token.content):
            words = re.sub("<!--|-->", "", token.content).strip()
            self.current_node.append(nodes.comment(words, words))
            return
        tag = "".join(re.findall(r"<([A-Za-z][\w-]*)", token.content)[:1]).lower() or "!"
        self._refuse(
            token, token.content, (f"HTML's <{tag}>", f"write {_INSTEAD.get(tag, 'Markdown, or a backslash before <')}")
        )

    def render_html_inline(self, token: SyntaxTreeNode) -> None:
        if token.content.startswith("</"):
            # The tag that it closes was warned of.
            self.current_node.append(nodes.Text(token.content))
            return
        self.render_html_block(token)

    def render_substitution(self, token: SyntaxTreeNode, inline: bool) -> None:
        self._refuse(token, f"{{{{{token.content}}}}}", ("a substitution", "write the words themselves"))

    # Directives and roles

    def render_restructuredtext(self, token: SyntaxTreeNode) -> None:
        if "eval-rst" in self._allowed:
            super().render_restructuredtext(token)
        else:
            self._refuse(token, _block(token), ("reStructuredText", "write Markdown"))

    def render_directive(
        self,
        token: SyntaxTreeNode,
        name: str,
        arguments: str,
        *,
        additional_options: dict[str, str] | None = None,
    ) -> None:
        if name == "only" and re.search(r"^\s*(#|[=-]+\s*$)", token.content, re.MULTILINE):
            # Sphinx publishes headings that it is to hide, so what is to be hidden is not shown as written either.
            self._refuse(token, f"{token.markup}{token.info}", ("a heading in {only}", "write :only: under it instead"))
        elif fault := self._directive_fault(token, name, arguments):
            self._refuse(token, _block(token), fault)
        else:
            super().render_directive(token, name, arguments, additional_options=additional_options)

    def _directive_fault(self, token: SyntaxTreeNode, name: str, arguments: str) -> Fault | None:
        found, _ = directives.directive(name, self.language_module_rst, self.document)
        if not _is_ours(found) and name not in DIRECTIVES and name not in self._allowed:
            # docutils has no public list of them.
            ours = {known for known, directive in vars(directives)["_directives"].items() if _is_ours(directive)}
            return f'the directive "{name}"', self._hint(name, DIRECTIVES | ours)
        try:
            options = parse_directive_text(found, arguments, token.content).options if found else {}
        except MarkupError:
            # MyST itself says so.
            return None
        for key, value in options.items():
            if "class" in key and (strange := self._strange(value)):
                return f'the class "{strange}"', f"delete :{key}:"
            if _is_huge(value):
                return f"{value} for :{key}:", "write a smaller number"
        return None

    def render_myst_role(self, token: SyntaxTreeNode) -> None:
        name = token.meta["name"]
        if name in ROLES or name in self._allowed or name.startswith("cv:"):
            super().render_myst_role(token)
            return
        written = f"{{{name}}}`{token.content}`"
        self._refuse(token, written, (f'the role "{name}"', self._hint(name, ROLES)))

    def _hint(self, name: str, known: Iterable[str]) -> str:
        near = difflib.get_close_matches(name, known, 1, 0.75)
        return f"did you mean {{{near[0]}}}?" if near else "write Markdown, or name it in cv_allow in conf.py"

    # Attributes and links

    def copy_attributes(
        self, token: SyntaxTreeNode, node: nodes.Element, keys: Sequence[str] = ("class",), **options: Any
    ) -> None:
        classes = str(token.attrs.get("class", "")).split()
        if strange := self._strange(classes):
            self._drop(token, f'the class "{strange}"', "delete it, or name it in cv_allow in conf.py")
            token.attrs["class"] = " ".join(name for name in classes if not self._strange([name]))
        # {show=…} behind a link is for the field that it ends.
        in_field = any(isinstance(parent, nodes.field) for parent in _ancestors(self.current_node))
        for name in token.attrs.keys() - _ATTRIBUTES - ({"show"} if in_field else set()):
            self._drop(token, f'the attribute {name}="{token.attrs.pop(name)}"', "delete it")
        super().copy_attributes(token, node, keys, **options)

    def render_colon_fence(self, token: SyntaxTreeNode) -> None:
        name, *_ = token.info.split() or [""]
        if name and not name.startswith("{") and self._strange([name]):
            self._refuse(token, _block(token), (f'the class "{name}"', "write {note} or another directive"))
        else:
            super().render_colon_fence(token)

    def render_fence(self, token: SyntaxTreeNode) -> None:
        for name, value in list(token.attrs.items()):
            if _is_huge(value):
                self._drop(token, f"{value} for {name}", "write a smaller number")
                del token.attrs[name]
        super().render_fence(token)

    render_code_block = render_fence

    def render_image(self, token: SyntaxTreeNode) -> None:
        for child in token.children or ():
            if child.type == "html_inline":
                self._drop(token, child.content, "write words")
        super().render_image(token)
        self.current_node[-1].line = token_line(token, 0)

    def render_link(self, token: SyntaxTreeNode) -> None:
        address = cast(str, token.attrs.get("href", ""))
        if not (fault := link_fault(self.md.normalizeLinkText(address))):
            super().render_link(token)
            return
        refuse(self._place(token), fault)
        self.render_children(token)
        self.current_node.append(nodes.Text(f" ({self.md.normalizeLinkText(address)})"))

    # How it is refused

    @property
    def _allowed(self) -> Sequence[str]:
        return cast(Sequence[str], self.sphinx_env.config.cv_allow)

    def _strange(self, classes: Iterable[str]) -> str:
        """The classes that have no meaning here."""
        return " ".join(name for name in classes if not _CLASSES.fullmatch(name) and name not in self._allowed)

    def _refuse(self, token: SyntaxTreeNode, written: str, fault: Fault) -> None:
        """Show what was written, and warn."""
        refuse(self._place(token), fault)
        if isinstance(self.current_node, nodes.TextElement):
            shown: nodes.Node = nodes.literal(written, written)
        else:
            shown = nodes.literal_block(written, written.rstrip("\n"), language="text")
            self.add_line_and_source_path(shown, token)
        self.current_node.append(shown)

    def _drop(self, token: SyntaxTreeNode, what: str, remedy: str) -> None:
        """Warn of an attribute that is ignored."""
        warn(self._place(token), Subtype.GUARD, f"{what} is not for a page and ignored: {remedy}")

    def _place(self, token: SyntaxTreeNode) -> tuple[str, int]:
        return self.sphinx_env.docname, token_line(token, 0)


def _ancestors(node: nodes.Node) -> Iterable[nodes.Node]:
    while node.parent is not None:
        node = node.parent
        yield node


def _block(token: SyntaxTreeNode) -> str:
    """A fenced block as it was written."""
    return f"{token.markup}{token.info}\n{token.content}{token.markup}"


def _is_huge(value: object) -> bool:
    """Whether a number would make Python count for ever."""
    return re.search(r"\d{5}", str(value)) is not None


def _is_ours(directive: object) -> bool:
    return getattr(directive, "__module__", "").startswith("cvtools.")
