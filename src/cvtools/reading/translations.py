"""Warn of missing translations, and of translations that state other facts than their source."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import extract_messages

from cvtools import limits
from cvtools.project import LETTERS
from cvtools.reading.catalogs import find_catalogs, read_catalog
from cvtools.reading.domain import CvDomain
from cvtools.reading.validators import footnotes, marks
from cvtools.sphinx_warnings import Code, SourceError, warn
from cvtools.terminal import shorten
from cvtools.watchdog import WATCHDOG

#: Signs between the digits of one number, which languages write differently.
_SEPARATORS = re.compile(r"(?<=\d)[.,\s'’](?=\d)")
_ADDRESS = re.compile(r"(?<![a-z])[a-z]+://[^\s()<>\[\]]+|(?<![\w.+-])[\w.+-]+@[\w.-]+\w")


def report_missing(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of texts of a page without translation; raise SourceError for more than ``conf.py`` accepts."""
    docname = app.env.current_document.docname
    # A letter is written in its own language.
    if not is_translation(app) or docname.startswith(f"{LETTERS}/"):
        return
    progress = doctree["translation_progress"]
    # Sphinx counts nothing on a page that has no catalog.
    total = progress["total"] or sum(1 for _ in extract_messages(doctree))
    # Nor does it count captions of toctrees, which it translates.
    captions = [node for node in doctree.findall(addnodes.toctree) if node.get("caption") != node.get("rawcaption")]
    translated = progress["translated"] + len(captions)
    if not (missing := total - translated):
        return
    language, variant = app.config.language, app.config.cv_variant
    # A problem that editions share is told once: name those that lack parts of the page, whose counts differ.
    has_all = variant not in [*app.config.cv_editions][1:] or not CvDomain.of(app.env).removed.get(docname)
    edition = language if has_all else f"{variant}-{language}"
    remedy = f"run cvtools translate, and fill in locales/{language}"
    text = f"{missing} of {total} texts are not translated ({edition}): {remedy}"
    if 100 * translated < app.config.cv_translated * total:
        raise SourceError(app.env.doc2path(docname), 0, f"{text}; conf.py wants {app.config.cv_translated} %")
    warn(docname, Code.TRANSLATION, text)


def check_facts(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of translations that are uncertain, outdated, or state other facts than their source."""
    if not is_translation(app):
        return
    technologies = [technology.name for technology in CvDomain.of(env).technologies("html")]
    language = app.config.language
    folders = (Path(folder, language, "LC_MESSAGES") for folder in app.config.cv_catalogs)
    for path in (path for folder in folders for path in find_catalogs(folder)):
        WATCHDOG.start_timer(path, "comparing", limits.PAGE_TIME)
        catalog = read_catalog(path, language)
        if fuzzy := sum(message.fuzzy for message in catalog if message.id):
            rule = f"uncertain (fuzzy) and not shown: {fuzzy}: check them, and delete the mark"
            warn(f"{path}:1", Code.TRANSLATION, rule)
        if catalog.obsolete:
            warn(f"{path}:1", Code.TRANSLATION, f"of no text of the pages (#~): {len(catalog.obsolete)}: delete them")
        for message in catalog:
            if message.id and message.string and not message.fuzzy:
                for fault in _differences(str(message.id), str(message.string), technologies):
                    warn(f"{path}:{message.lineno or 1}", Code.TRANSLATION, f"{shorten(str(message.id), 40)}: {fault}")


def is_translation(app: Sphinx) -> bool:
    """Return whether the pages are built in another language than the one in which they are written."""
    languages = app.config.cv_languages
    return bool(languages) and app.config.language != languages[0] and app.builder.name != "gettext"


def _differences(source: str, translation: str, technologies: Iterable[str]) -> Iterator[str]:
    """Yield the facts that a translation lacks or adds."""
    stated, translated = _facts(source), _facts(translation)
    if lacking := stated - translated:
        yield f"the translation lacks {', '.join(lacking)}"
    if added := translated - stated:
        yield f"the translation adds {', '.join(added)}"
    words = _ADDRESS.sub("", translation).casefold()
    for name in technologies:
        # The ending of a name may change: Kafka, Kafce.
        stem = name[: max(3, len(name) - 2)].casefold()
        if name in source and stem not in words and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", source):
            yield f"the translation lacks {name}"


def _facts(text: str) -> Counter[str]:
    """Return the marks, footnotes, numbers and addresses of a text."""
    found = marks(text) + footnotes(text) + Counter(_ADDRESS.findall(text))
    rest = _ADDRESS.sub("", re.sub(r"\[\^\w+\]", "", text))
    return found + Counter(re.findall(r"\d+", _SEPARATORS.sub("", rest)))
