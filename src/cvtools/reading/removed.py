"""Record what an edition leaves out, so that a build can prove that none of its products has any of it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import cast

from markdown_it.tree import SyntaxTreeNode
from sphinx.environment import BuildEnvironment

from cvtools.config import CvConfig
from cvtools.i18n import label_names
from cvtools.phrases import all_runs, phrases
from cvtools.reading.catalogs import catalogs, read
from cvtools.reading.domain import CvDomain


def record(env: BuildEnvironment, removed: Iterable[str]) -> None:
    """Record texts that were removed from the page that is being read."""
    _removed(env).setdefault(env.docname, []).extend(removed)


def texts_of(node: SyntaxTreeNode) -> Iterator[str]:
    """Yield the texts of a node as they are written, one for each block in it."""
    if node.children and node.block and node.type != "inline":
        for child in node.children:
            yield from texts_of(child)
    elif node.children and not node.block:
        yield " ".join(inner.content for inner in node.walk() if not inner.children)
    else:
        yield f"{node.info} {node.content}"


def withheld(env: BuildEnvironment, project: Path) -> dict[str, str]:
    """Return the phrases that stand nowhere but in what the edition leaves out, each with its page.

    A phrase that ``conf.py`` has is none, nor is a label, or the name of a language or a region: products may have it.
    """
    left_out = cast(CvDomain, env.domains["cv"]).left_out
    removed = _removed(env) | {name: [_source(env, name)] for name in sorted(left_out)}
    found = {phrase: name for name, texts in removed.items() for text in texts for phrase in phrases(text)}
    if not found:
        return {}
    others = [(project / "conf.py").read_text("utf-8", errors="replace"), *_common(env)]
    for name, source, translated in _translations(env):
        wanted = {*phrases(source)}
        if wanted and wanted <= found.keys():
            found |= dict.fromkeys(phrases(translated), name)
        else:
            others.append(translated)

    def count(texts: Iterable[str]) -> Counter[str]:
        return Counter(run for text in texts for run in all_runs(text) if run in found)

    kept = count(_source(env, name) for name in env.found_docs)
    kept.subtract(count(chain.from_iterable(texts for name, texts in removed.items() if name not in left_out)))
    shown = {*+kept, *count(others)}
    return {phrase: f"docs/{name}.md" for phrase, name in found.items() if phrase not in shown}


def _removed(env: BuildEnvironment) -> dict[str, list[str]]:
    """Return the removed texts of each page, which the domain keeps until the page is read again."""
    return cast(dict[str, list[str]], env.domains["cv"].data["removed"])


def _source(env: BuildEnvironment, docname: str) -> str:
    """Return the text of a page and of the bibliographies that it shows."""
    bibliographies = (path for path in map(str, env.dependencies.get(docname, ())) if path.endswith(".bib"))
    paths = [env.doc2path(docname), *(Path(env.srcdir, path) for path in bibliographies)]
    return "\n".join(path.read_text("utf-8-sig", errors="replace") for path in paths)


def _translations(env: BuildEnvironment) -> Iterator[tuple[str, str, str]]:
    """Yield the name of a catalog of the language, and each of its messages with its translation."""
    language = env.config.language
    for folder in env.config.cv_catalogs:
        messages = Path(folder, language, "LC_MESSAGES")
        for path in catalogs(messages):
            name = str(path.relative_to(messages).with_suffix(""))
            yield from ((name, str(message.id), str(message.string)) for message in read(path, language) if message.id)


def _common(env: BuildEnvironment) -> Iterator[str]:
    """Yield words that products may have though no page has them."""
    i18n = CvConfig.of(env.config).i18n
    yield from map(i18n.label, label_names())
    yield from (*i18n.locale.languages.values(), *i18n.locale.territories.values())
