"""Wrap private names of Sphinx and Markdown's parsers: each has a test, and the reason why no public name will do."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.rules_block import StateBlock
from mdit_py_plugins.attrs.index import _attr_block_rule
from myst_parser.mdit_to_docutils import base
from myst_parser.mdit_to_docutils.base import make_document
from myst_parser.parsers.directives import DirectiveParsingResult, parse_directive_text
from myst_parser.parsers.mdit import create_md_parser
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.search import IndexBuilder
from sphinx.util.tags import Tags

from cvtools import limits

#: Sphinx's own extensions that cvtools does not use: they take long to import, and no option of Sphinx leaves them out.
UNUSED_EXTENSIONS = frozenset(
    [f"sphinx.builders.{name}" for name in ("changes", "epub3", "linkcheck", "manpage", "singlehtml", "texinfo", "xml")]
    + [f"sphinxcontrib.{name}" for name in ("applehelp", "devhelp", "htmlhelp", "serializinghtml", "qthelp")]
)


class EarlySphinx(Sphinx):
    """A Sphinx application that calls a function after it reads ``conf.py`` and before it loads extensions.

    The first public hook, the event ``config-inited``, comes after extensions are loaded and catalogs compiled.
    """

    def __init__(self, before_setup: Callable[[Sphinx], None], *arguments: Any, **options: Any) -> None:
        self._before_setup = before_setup
        super().__init__(*arguments, **options)

    def _init_i18n(self) -> None:
        self._before_setup(self)
        super()._init_i18n()

    def setup_extension(self, extname: str) -> None:
        """Set up an extension, but an unused one only if ``conf.py`` has ``setup()`` or extensions besides cvtools."""
        has_others = bool(self.config.setup or {*self.config.extensions} - {"cvtools", "myst_parser"})
        if has_others or extname not in UNUSED_EXTENSIONS:
            super().setup_extension(extname)


def builder_of(env: BuildEnvironment) -> type[Builder]:
    """Return the builder for which a post-transform runs.

    ``SphinxPostTransform.formats`` can only skip a transform; its ``app`` is deprecated.
    """
    return env._builder_cls  # noqa: SLF001


def tags_of(env: BuildEnvironment) -> Tags:
    """Return the tags by which Sphinx evaluates the directive ``only`` in a post-transform."""
    return env._tags  # noqa: SLF001


def forget_doctrees(env: BuildEnvironment) -> None:
    """Make an environment read its doctrees from disk again.

    It caches them, since Sphinx expects an application to build only once; no public method clears the cache.
    """
    env._pickled_doctree_cache.clear()  # noqa: SLF001
    env.__dict__.pop("master_doctree", None)


@contextmanager
def other_builder(app: Sphinx, name: str, out: Path) -> Iterator[Builder]:
    """Yield a builder that writes what the application's own builder has read; then restore the latter.

    Sphinx has one builder for an application, and no public name for the class that chooses the post-transforms. The
    yielded builder reads doctrees from disk, since builders change those in memory, which the first one still needs.
    """
    env, own = app.env, app.builder
    kept = own, app.outdir, app.tags, env._builder_cls, env._write_doc_doctree_cache  # noqa: SLF001
    # Builders of cvtools themselves add "latex" and "has_pdf".
    of_own = {own.format, own.name, f"format_{own.format}", f"builder_{own.name}", "latex", "has_pdf"}
    app.outdir, app.tags = out, Tags(set(app.tags) - of_own)
    try:
        app.builder = app.registry.create_builder(app, name, env)
        env._builder_cls, env._write_doc_doctree_cache = type(app.builder), {}  # noqa: SLF001
        app.builder.init()
        yield app.builder
    finally:
        app.builder, app.outdir, app.tags, env._builder_cls, env._write_doc_doctree_cache = kept  # noqa: SLF001


def values_in_conf_py(config: Config) -> Mapping[str, Any]:
    """Return the values that ``conf.py`` assigns, by their names.

    The public values include defaults and changes, and exclude names that Sphinx does not know.
    """
    return config._raw_config  # noqa: SLF001


def pages_of_words(index: IndexBuilder) -> Sequence[dict[str, set[str]]]:
    """Return the pages in the search index by word: by words in their text, and by words in their titles.

    The public ``prune`` removes pages, but keeps words that are left without a page.
    """
    return index._mapping, index._title_mapping  # noqa: SLF001


def markdown_parser(
    env: BuildEnvironment, renderer: Callable[[MarkdownIt], RendererProtocol], *, is_message: bool = False
) -> MarkdownIt:
    """Return MyST-Parser's parser with deeper nesting and without its check of links, which cvtools does itself.

    The public ``MystParser`` takes settings from the text itself, and makes a new parser for each text.

    :param is_message: whether the text is a translated message. Then the parser is a copy of one that is made once,
        since making one takes longer than parsing most messages. Only the latest copy renders, and plugins may add
        only rules of the kind "core".
    """
    if not is_message:
        return _new_parser(env, renderer)
    parser = copy(made := _message_parser(env, renderer))
    parser.core = copy(made.core)
    parser.core.ruler = copy(made.core.ruler)
    parser.core.ruler.__rules__ = [*made.core.ruler.__rules__]
    parser.renderer.md = parser  # type: ignore[attr-defined]
    return parser


def _new_parser(env: BuildEnvironment, renderer: Callable[[MarkdownIt], RendererProtocol]) -> MarkdownIt:
    # The renderer first makes a document that it does not use, which takes longer than parsing most messages.
    base.make_document = _unused_document
    parser = create_md_parser(env.myst_config, renderer)  # type: ignore[attr-defined]
    parser.options["maxNesting"] = 3 * limits.DEPTH
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.block.ruler.at("attr", _attributes)
    return parser


_message_parser = lru_cache(1)(_new_parser)


def _attributes(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a line of attributes, but no other line between braces, whose words the plugin would drop."""
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    return bool(re.fullmatch(r"\{[^{}]*\}[ \t]*", line)) and _attr_block_rule(state, start, end, silent)


@cache
def _unused_document() -> nodes.document:
    return make_document()


@cache
def wrap_link_check(make: Callable[[Config, Any], Any]) -> None:
    """Replace Sphinx's trial of a link by the method ``try_link`` of an object, of which each thread has one.

    Sphinx has no option for this, and private names for the class of threads, its session, and the trial.

    :param make: returns the object for a configuration and a thread's session; its ``try_link`` is called with an
        address and with a function that runs Sphinx's trial and returns the result
    """
    from sphinx.builders import linkcheck

    class Worker(linkcheck.HyperlinkAvailabilityCheckWorker):
        def __init__(self, config: Config, *arguments: Any) -> None:
            super().__init__(config, *arguments)
            self.guard = make(config, self._session)

        def _check(self, docname: str, uri: str, hyperlink: Any) -> Any:
            return self.guard.try_link(uri, partial(super()._check, docname, uri, hyperlink))

    linkcheck.HyperlinkAvailabilityCheckWorker = Worker  # type: ignore[assignment,misc]


def parse_directive(directive: type[Directive], argument: str, content: str) -> DirectiveParsingResult:
    """Return a directive's arguments, options and content; any option is accepted, and none is converted.

    MyST-Parser has no public function that parses a directive without running it.

    :raises MarkupError: a required argument is missing, or the options cannot be read
    """
    # MyST-Parser parses options only if ``option_spec`` is not empty.
    options = defaultdict(lambda: directives.unchanged, {"": directives.unchanged}) if directive.option_spec else None
    unconverted = type(directive.__name__, (directive,), {"option_spec": options})
    return parse_directive_text(unconverted, argument, content)
