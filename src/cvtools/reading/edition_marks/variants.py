"""Check the names of variants in marks and in ``{only}``, and leave out the pages that are for other variants."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial

from docutils.parsers.rst.states import MarkupError
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.tree import SyntaxTreeNode
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.directives.other import TocTree
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError
from sphinx.util import docname_join
from sphinx.util.matching import patfilter
from sphinx.util.tags import Tags

from cvtools import limits
from cvtools.config import suggestion
from cvtools.model.values import NOT
from cvtools.private_api import parse_directive, values_in_conf_py
from cvtools.reading.characters import without_controls
from cvtools.reading.domain import TAGS, CvDomain
from cvtools.reading.edition_marks.pruning import Selection, reachable
from cvtools.reading.edition_marks.syntax import FENCES, directive_line, has_marks, nodes_inside
from cvtools.reading.page_parser import nodes_of, page_parser
from cvtools.reading.validators import Page, pages
from cvtools.sphinx_warnings import Code, SourceError, warn
from cvtools.watchdog import WATCHDOG

#: A mark in the source, with the names of its variants. The narrowest of all patterns of marks, since a build fails if
#: what matches names no edition.
_MARK = re.compile(r"^:only:(.*)|(?:(?<!\\\{)\.|:::[ \t]*|=[\"']?|^:(?:fig)?class:(?:.*\s)?)only-([\w-]+)")
#: A directive that lists pages.
_LISTING = re.compile(r"\{(?:talks|toctree)\}")
#: Outputs that {only} may name, as tags of Sphinx.
_OUTPUTS = frozenset({"html", "pdf", "has_pdf"})


def check_names(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Refuse marks that name no edition of ``conf.py``; if it has none, warn of names that are probably mistyped."""
    locations = _marks(env) if docnames else {}
    names = {mark: mark.removeprefix(NOT) for mark in locations}
    variant = app.config.cv_variant
    if editions := app.config.cv_editions:
        if mark := next((mark for mark, name in names.items() if name not in editions), None):
            docname, line = locations[mark][0]
            rule = f'"{names[mark]}" is not one of cv_editions: {suggestion(names[mark], editions)}'
            raise SourceError(env.doc2path(docname), line, rule)
        return
    if docnames and variant and variant not in names.values():
        known = f"known are {', '.join(sorted({*names.values()}))}" if names else "there is none"
        warn(None, Code.VARIANT, f'conf.py: nothing is marked for cv_variant "{variant}": {known}')
    is_chosen = variant or "cv_variant" in values_in_conf_py(app.config)
    for mark, name in names.items():
        if name != variant and len(locations[mark]) == 1 and difflib.get_close_matches(name, [variant], 1, 0.75):
            text = f'"{name}" is named nowhere else: did you mean {variant}?'
            warn(locations[mark][0], Code.VARIANT, text, (name, variant))
        elif name == mark and not is_chosen and re.fullmatch(r"[\w-]+", name):
            rule = f'what is marked for "{name}" is shown nowhere, since conf.py declares no edition'
            declared = ", ".join(f'"{edition}": {{}}' for edition in dict.fromkeys(["full", name]))
            warn(locations[mark][0], Code.VARIANT, f"{rule}: write cv_editions = {{{declared}}} there")


def check_only(only: addnodes.only, config: Config, tags: Tags) -> None:
    """Warn of names in an ``only`` directive that are an edition, a misspelt output, or no tag of Sphinx."""
    known = {"and", "or", "not", *tags, *(name for output in TAGS.values() for name in output)}
    is_shown = any(output_tags.eval_condition(only["expr"]) for output_tags in (tags, *TAGS.values()))
    for word in dict.fromkeys(word for word in re.findall(r"\w+", only["expr"]) if word not in _OUTPUTS):
        near = difflib.get_close_matches(word, _OUTPUTS, 1, 0.65)
        if word in config.cv_editions:
            hint = f"write :only: {word} under a heading, or [words]{{.only-{word}}}"
            warn(only, Code.VARIANT, f'{{only}} takes outputs, such as html, and "{word}" is an edition: {hint}')
        elif near or (word not in known and not is_shown):
            remedy = f"did you mean {near[0]}?" if near else "write html or pdf"
            warn(only, Code.VARIANT, f'"{word}" is no output: {remedy}', (word, near[0]) if near else None)


def _marks(env: BuildEnvironment) -> dict[str, list[tuple[str, int]]]:
    """Return the locations (docname and line) of the marks of all pages, by their names, such as "not-short"."""
    marks: dict[str, list[tuple[str, int]]] = {}
    for docname in sorted(env.found_docs):
        for number, line in enumerate(_source_of(env, docname).split("\n"), 1):
            for match in _MARK.finditer(line):
                for mark in (match[1] or match[2] or "").split(","):
                    marks.setdefault(mark.strip()[: limits.NAME_LENGTH], []).append((docname, number))
                    if len(marks) > limits.VARIANTS:
                        rule = f"marks may name {limits.VARIANTS} variants: use fewer"
                        raise SourceError(env.doc2path(docname), number, rule)
    return marks


def leave_out_pages(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Remove pages before Sphinx reads them if all their headings, or all lists of them, are for other variants."""
    config = app.config
    # Sphinx takes left-out pages for new ones in each build: where there are any, it has pages to read.
    names = pages_left_out(env, config.cv_variant, config.cv_sections) if docnames else set()
    CvDomain.of(env).left_out = names
    docnames[:] = [docname for docname in docnames if docname not in names]
    going, coming = names & env.titles.keys(), {*docnames} - env.titles.keys()
    if going or coming:
        # Read the pages that list pages again: their lists still have those that go, and lack those that come.
        listing = env.toctree_includes.keys() | env.glob_toctrees
        docnames += sorted(listing & env.found_docs - {*docnames} - names)
    for docname in sorted(names):
        app.emit("env-purge-doc", env, docname)
        env.clear_doc(docname)
        env.found_docs.discard(docname)


def prune_toctrees(parser: MarkdownIt, env: BuildEnvironment) -> None:
    """Have a parser remove left-out pages from toctrees, since Sphinx would warn that they are missing."""
    names = CvDomain.of(env).left_out

    def is_left_out(line: str) -> bool:
        pattern = docname_join(env.docname, _named_page(line))
        return bool(patfilter(names, pattern) and not patfilter(env.found_docs, pattern))

    def prune(state: StateCore) -> None:
        for token in state.tokens if names else ():
            name, _, page = token.info.strip().partition(" ")
            if token.type in FENCES and name == "{toctree}":
                lines = token.content.splitlines(keepends=True)
                token.info = name if is_left_out(page) else token.info
                token.content = "".join(line for line in lines if not is_left_out(line))

    parser.core.ruler.push("cv_prune_toctrees", prune)


def pages_left_out(env: BuildEnvironment, variant: str, sections: Sequence[str]) -> set[str]:
    """Return the pages whose headings are all for other variants, and those that only left-out parts list."""
    root = env.config.root_doc
    # Most pages need no closer look, and most projects leave out nothing.
    texts = {name: text for name in env.found_docs if has_marks(text := _source_of(env, name)) or _LISTING.search(text)}
    if not (sections or any(map(has_marks, texts.values()))):
        return set()
    listed, listed_by_kept, without_heading = {}, {}, set()
    before = env.current_document
    try:
        for name, text in texts.items():
            WATCHDOG.start_timer(env.doc2path(name), "reading", limits.PAGE_TIME)
            env.prepare_settings(name)
            parser = page_parser(env)
            selection = Selection(partial(page_parser, env), variant, sections if name == root else ())
            # A missing section is reported when the page is read.
            with suppress(ConfigError):
                page = nodes_of(parser, text)
                listed[name] = listed_by_kept[name] = {*_listed(env, name, parser, page)}
                kept = selection.prune_page(page)
                listed_by_kept[name] = {*_listed(env, name, parser, kept, selection.prune)}
                had_heading, has_heading = ("heading" in {node.type for node in top} for top in (page, kept))
                if had_heading and not has_heading:
                    without_heading.add(name)
    finally:
        # Restore the data of the current document, which Sphinx copies for each page that it writes.
        env.current_document = before
    unlisted = reachable([root], listed) - reachable([root], listed_by_kept)
    return (without_heading | unlisted) - {root}


def _listed(
    env: BuildEnvironment,
    docname: str,
    parser: MarkdownIt,
    siblings: Iterable[SyntaxTreeNode],
    prune: Callable[[list[SyntaxTreeNode]], list[SyntaxTreeNode]] = list,
    depth: int = 1,
) -> Iterator[str]:
    """Yield the pages that directives list, also directives in others.

    :param prune: function that removes the nodes for other variants from the content of a directive
    :param depth: nesting of the text in these directives, 1 on the page itself
    """
    blocks = (node for sibling in siblings for node in sibling.walk() if node.type in FENCES | {"html_block"})
    for node in (node for node in blocks if _LISTING.search(node.info + node.content)):
        name, argument = directive_line(node)
        if name not in {"talks", "toctree"}:
            yield from _listed(env, docname, parser, prune(nodes_inside(node, parser, depth)), prune, depth + 1)
            continue
        with suppress(MarkupError, ValueError):
            # These directives have no argument: a page after the name is a line of the list.
            listing = parse_directive(TocTree, argument, node.content)
            lines = [_named_page(line) for line in listing.body]
            names = lines if name == "toctree" else [listing.options.get("pages", "/talks/*")]
            for pattern in (docname_join(docname, name) for name in names if not pages(name, Page(env))):
                yield from patfilter(env.found_docs, pattern) if "*" in pattern else {pattern} & env.found_docs


def _named_page(line: str) -> str:
    """Return the page that a line of a toctree names."""
    return re.sub(r".*<(.*)>\s*", r"\1", line).strip().removesuffix(".md")


def _source_of(env: BuildEnvironment, docname: str) -> str:
    return without_controls(env.doc2path(docname).read_text("utf-8-sig", errors="replace"))
