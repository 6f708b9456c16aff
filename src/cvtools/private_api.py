"""Use private names of Sphinx and MyST-Parser: each function says why no public one will do, and has a test."""

from collections import defaultdict
from collections.abc import Callable, Sequence, Set

from docutils.parsers.rst import Directive, directives
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from myst_parser.parsers.directives import DirectiveParsingResult, parse_directive_text
from myst_parser.parsers.mdit import create_md_parser
from sphinx.builders import Builder
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.search import IndexBuilder

from cvtools import limits


def builder_of(env: BuildEnvironment) -> type[Builder]:
    """Return the builder for which a post-transform runs.

    ``SphinxPostTransform.formats`` can only skip a transform; its ``app`` is deprecated.
    """
    return env._builder_cls  # noqa: SLF001


def forget_doctrees(env: BuildEnvironment) -> None:
    """Make an environment read its doctrees from disk again.

    It keeps those that it has read, since Sphinx expects an application to build only once; no public method drops
    them.
    """
    env._pickled_doctree_cache.clear()  # noqa: SLF001
    env.__dict__.pop("master_doctree", None)


def names_in_conf_py(config: Config) -> Set[str]:
    """Return the names that ``conf.py`` assigns.

    The public values hold the defaults as well, and no names that Sphinx does not know.
    """
    return config._raw_config.keys()  # noqa: SLF001


def pages_of_words(index: IndexBuilder) -> Sequence[dict[str, set[str]]]:
    """Return the search index's pages by word: of words in their text, and of words in their titles.

    ``prune``, which is public, removes pages, but keeps words that are on no page any more.
    """
    return index._mapping, index._title_mapping  # noqa: SLF001


def markdown_parser(env: BuildEnvironment, renderer: Callable[[MarkdownIt], RendererProtocol]) -> MarkdownIt:
    """Return MyST-Parser's parser with deeper nesting and without its check of links, which cvtools makes itself.

    ``MystParser``, which is public, makes a new parser for each text, with settings from the text itself.
    """
    parser = create_md_parser(env.myst_config, renderer)  # type: ignore[attr-defined]
    parser.options["maxNesting"] = 3 * limits.DEPTH
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


def parse_directive(directive: type[Directive], argument: str, content: str) -> DirectiveParsingResult:
    """Return a directive's arguments, options and content; any option is accepted, and none is converted.

    MyST-Parser has no public function that parses a directive and does not run it.

    :raises MarkupError: a required argument is missing, or the options cannot be read
    """
    # MyST-Parser looks for options only where there are some.
    options = defaultdict(lambda: directives.unchanged, {"": directives.unchanged}) if directive.option_spec else None
    unconverted = type(directive.__name__, (directive,), {"option_spec": options})
    return parse_directive_text(unconverted, argument, content)
