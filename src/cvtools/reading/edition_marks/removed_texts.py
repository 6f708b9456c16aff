"""Record the texts that an edition leaves out, so that its products can be searched for them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from docutils import nodes
from markdown_it.tree import SyntaxTreeNode
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from cvtools.reading.domain import CvDomain
from cvtools.word_ngrams import Phrases, phrases

#: Markup to delete in sentences, and signs at the beginning of blocks, where phrases end.
_MARKUP = re.compile(r"[*`\[]|\](?:\([^()\s]*\))?")
_START = re.compile(r"^[ \t>]*(?:\d+[.)]|[-*+#:]+)[ \t]", re.MULTILINE)
#: Number of phrases by which a removed text is searched for.
_SEARCHED = 100


def texts_of(siblings: Iterable[SyntaxTreeNode]) -> Iterator[list[str]]:
    """Yield a list of texts for each block below nodes, with a text for each part of it that a mark may remove."""
    for node in siblings:
        if node.children and node.type != "inline":
            yield from texts_of(node.children)
            continue
        texts = []
        for part in node.children or [node]:
            words = " ".join(f"{inner.info} {inner.content}" for inner in part.walk() if not inner.children)
            # Separators beside removed parts are removed, too.
            texts.append(" ".join(words.split()).strip(" ,;"))
        if any(texts):
            yield [*filter(None, texts)]


def removed_texts(before: Iterable[list[str]], after: Iterable[list[str]]) -> Iterator[str]:
    """Yield the texts that are in blocks before and in none after; those of a block that lost all are one text."""
    kept = {text for block in after for text in block}
    for block in before:
        removed = [text for text in block if text not in kept]
        yield from [" ".join(block)] if removed == block else removed


def phrases_left_out(env: BuildEnvironment) -> dict[str, str]:
    """Return the phrases of left-out texts, each with its page; shown texts may have the same phrases."""
    domain = CvDomain.of(env)
    sources = {name: env.doc2path(name).read_text("utf-8-sig", "replace") for name in domain.left_out}
    removed = domain.removed | {name: [_MARKUP.sub("", _START.sub("|", source))] for name, source in sources.items()}
    texts = ((name, text) for name, texts_of_page in removed.items() for text in texts_of_page)
    # The beginning of a text is enough to find it, and a thousand pages have a million phrases.
    return {phrase: name for name, text in texts for phrase in islice(phrases(text), _SEARCHED)}


def phrases_shown(app: Sphinx) -> Phrases:
    """Return the phrases that products of the edition may have: those of its pages, data and settings."""
    env = app.env
    entries = CvDomain.of(env).resume.entries
    pages = [env.get_doctree(name) for name in env.found_docs]
    # Links without words of their own get words when they are resolved.
    for name in env.found_docs:
        page = env.get_doctree(name)
        # The PDF or cv.docx may show what {only} keeps out of pages.
        for only in list(page.findall(addnodes.only)):
            only.replace_self(only.children)
        pages.append(env.get_and_resolve_doctree(name, app.builder, tags=app.tags, doctree=page))
    # pformat() writes attributes as well, such as alternative texts.
    texts = [text for page in pages for text in (page.astext(), page.pformat())]
    values = [repr(entry).replace("\\n", " ") for entry in entries]
    settings = (text for setting in app.config for text in _texts_in(setting.value))
    blocks = [block for page in pages for block in page.findall(nodes.TextElement)]
    labels = (block.get("label", "") for block in blocks)
    return Phrases([*texts, *values, *settings], [*labels, *(block.astext() for block in blocks)])


def _texts_in(value: Any) -> Iterator[str]:
    """Yield the texts in a value of ``conf.py``, also in lists and dictionaries."""
    if isinstance(value, str):
        # Some values are HTML, such as an announcement.
        yield re.sub(r"<[^<>]*>", "", value)
    elif isinstance(value, Mapping):
        yield from (text for part in value.items() for text in _texts_in(part))
    elif isinstance(value, list | tuple | set | frozenset):
        yield from (text for part in value for text in _texts_in(part))
