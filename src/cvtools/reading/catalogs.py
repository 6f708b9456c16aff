"""Check the catalogs of translations, and let Sphinx compile copies of them in the build's folder.

Warn of missing translations, and of those that state other facts than their source.
"""

import io
import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import extract_messages

from cvtools import limits
from cvtools.files import digest, write_atomically
from cvtools.project import LETTERS
from cvtools.reading.characters import without_controls
from cvtools.reading.domain import CvDomain
from cvtools.reading.page_files import decode
from cvtools.reading.validators import count_marks
from cvtools.sphinx_warnings import Code, SourceError, warn
from cvtools.terminal import shorten
from cvtools.watchdog import WATCHDOG

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog


#: The header of a catalog with its comments. No line matches two alternatives, which would make the search slow.
HEADER = re.compile(r'(?:#.*\n|\r?\n)*msgid ""\r?\nmsgstr ".*"\r?\n(?:".*"\r?\n)*(?:\r?\n|\Z)')
#: The beginning of a line of a message before its words, and the words between quotation marks.
_BEFORE_WORDS = re.compile(r'(?:(?:msgid|msgstr|msgctxt)(?:\[\d+\])?(?!\[)\s*|(?="))')
_QUOTED_WORDS = re.compile(r'"(?:[^"\\]|\\.)*"')
#: Signs between the digits of one number, which languages write differently.
_SEPARATORS = re.compile(r"(?<=\d)[.,\s'’](?=\d)")
_ADDRESS = re.compile(r"(?<![a-z])[a-z]+://[^\s()<>\[\]]+|(?<![\w.+-])[\w.+-]+@[\w.-]+\w")


def use_copies(app: Sphinx, config: Config) -> None:
    """Let Sphinx read copies of the catalogs, since it writes a compiled one beside each, even through links."""
    top = Path(app.srcdir)
    copied_folders = []
    config.cv_catalogs = [os.path.normpath(top / name) for name in config.locale_dirs]
    for number, folder in enumerate(map(Path, config.cv_catalogs)):
        copies = Path(app.doctreedir, "catalogs", str(number))
        _copy(folder, copies, config.language)
        copied_folders.append(os.path.relpath(copies, top))
    config.locale_dirs = copied_folders


def _copy(folder: Path, copies: Path, language: str) -> None:
    """Bring copies of the catalogs of a language up to date."""
    messages = Path(language, "LC_MESSAGES")
    wanted = {copies / path.relative_to(folder): path for path in find_catalogs(folder / messages)}
    size = 0
    for copy, path in wanted.items():
        size += path.lstat().st_size
        if size > limits.CATALOGS_SIZE:
            rule = f"all catalogs may have at most {limits.CATALOGS_SIZE // 1_000_000} MB: shorten them"
            raise SourceError(path, 0, rule)
        # Compare contents, since moving a file or its folder may set its times back.
        origin = f"# {digest(path)}\n".encode()
        if copy.is_file() and copy.read_bytes().startswith(origin):
            continue
        WATCHDOG.start_timer(path, "reading", limits.PAGE_TIME)
        data = _checked_messages(path, language)
        copy.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(copy, origin + data)
    for path in copies.rglob("*.[mp]o"):
        if path.with_suffix(".po") not in wanted:
            path.unlink()


def find_catalogs(folder: Path) -> Iterator[Path]:
    """Yield the paths of the catalogs in a folder, without compiled ones; refuse links and files that are too large."""
    if folder.resolve() != folder:
        raise SourceError(folder, 0, "a link leads here: put the catalogs themselves there")
    for parent, folders, names in os.walk(folder):
        for path in (Path(parent, name) for name in sorted([*folders, *names]) if name.endswith(".po")):
            if not str(path).isprintable():
                raise SourceError(ascii(str(path))[1:-1], 0, "a name with characters that are not seen: rename it")
            state = path.lstat()
            if not stat.S_ISREG(state.st_mode):
                raise SourceError(path, 0, "a link, a folder or a device: put the catalog itself there")
            if len(os.fsencode(path.name)) > limits.NAME_SIZE:
                raise SourceError(path, 0, "the name of a catalog is too long for a file: shorten it")
            if state.st_size > limits.CATALOG_SIZE:
                raise SourceError(path, 0, f"a catalog may have at most {limits.CATALOG_SIZE // 1000} kB: shorten it")
            yield path


def _checked_messages(path: Path, language: str) -> bytes:
    """Return a catalog without its header, which could set an encoding or plural forms, and without unsafe messages.

    A translation whose marks differ from those of its source, or that refers to other footnotes, could show what the
    variant leaves out.
    """
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    clean = Catalog(language)
    for message in read_catalog(path, language):
        source, translated = str(message.id), str(message.string)
        if len(translated) > limits.LINE_LENGTH:
            rule = f"a translated message may have at most {limits.LINE_LENGTH} characters: split it into several"
            raise SourceError(path, message.lineno or 0, rule)
        has_same_marks = count_marks(source) == count_marks(translated)
        if source and has_same_marks and _count_footnotes(source) >= _count_footnotes(translated):
            # Sphinx inserts alternative texts and captions without the parser, which deletes control characters.
            words, flags = without_controls(translated), {"fuzzy"} & set(message.flags)
            clean.add(message.id, words, flags=flags, context=message.context)
    written = io.BytesIO()
    write_po(written, clean, width=0, omit_header=True, ignore_obsolete=True)
    return written.getvalue()


def read_catalog(path: Path, language: str, *, with_comments: bool = False) -> "Catalog":
    """Return the messages of a catalog, with or without translators' comments; refuse a damaged one, and plurals."""
    from babel.messages.pofile import read_po

    text = decode(path)
    _check_lines(path, text)
    try:
        # Drop the header, of which Babel refuses what editors write, such as an empty date.
        if header := HEADER.match(text):
            text = "\n" * header[0].count("\n") + text[header.end() :]
        # Drop locations and comments, which no page shows, and which Babel reads slowly.
        kept_signs = ",~ " if with_comments else ",~"
        bare = re.sub(f"(?m)^#(?![{kept_signs}]).*", "", text)
        catalog = read_po(io.StringIO(bare), language, abort_invalid=True)
    except Exception as error:  # noqa: BLE001 - Babel raises errors of many types
        raise SourceError(path, getattr(error, "lineno", -1) + 1, f"this is no catalog: {error}") from None
    # A header in any other place must not decide in what encoding the catalog is written.
    catalog.charset = "utf-8"
    return catalog


def _check_lines(path: Path, text: str) -> None:
    """Refuse plurals, and words that are not between quotation marks."""
    for number, line in enumerate(text.split("\n"), 1):
        # Babel reads obsolete messages ("#~") as well.
        words = line.strip().removeprefix("#~").lstrip()
        if words.startswith("msgid_plural"):
            raise SourceError(path, number, "a message of a page has no plural: translate it as one")
        # Babel takes the first and the last character of a line for quotation marks.
        if (before := _BEFORE_WORDS.match(words)) and not _QUOTED_WORDS.fullmatch(words, before.end()):
            raise SourceError(path, number, 'write this between quotation marks, and \\" for one within')


def report_missing(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of texts of a page without translation; raise SourceError for more than ``conf.py`` accepts."""
    docname = app.env.current_document.docname
    # A letter is written in its own language.
    if not is_translation(app) or docname.startswith(f"{LETTERS}/"):
        return
    progress = doctree["translation_progress"]
    # Sphinx counts nothing on a page that has no catalog.
    total = progress["total"] or sum(1 for _ in extract_messages(doctree))
    # Sphinx translates captions of toctrees, but does not count them.
    captions = [node for node in doctree.findall(addnodes.toctree) if node.get("caption") != node.get("rawcaption")]
    translated = progress["translated"] + len(captions)
    if not (missing := total - translated):
        return
    language, variant = app.config.language, app.config.cv_variant
    # Editions that warn in the same words are reported once: name the variant only if it lacks parts of the page.
    is_whole = variant not in [*app.config.cv_editions][1:] or not CvDomain.of(app.env).removed.get(docname)
    edition = language if is_whole else f"{variant}-{language}"
    remedy = f"run cvtools translate, and fill in locales/{language}"
    text = f"{missing} of {total} texts are not translated ({edition}): {remedy}"
    if 100 * translated < app.config.cv_translated * total:
        raise SourceError(app.env.doc2path(docname), 0, f"{text}; conf.py requires {app.config.cv_translated} %")
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
            rule = f"uncertain translations (fuzzy) are not shown ({fuzzy}): check them, and delete the mark"
            warn(f"{path}:1", Code.TRANSLATION, rule)
        if catalog.obsolete:
            rule = f"the pages lack the texts of some translations (#~, {len(catalog.obsolete)}): delete these"
            warn(f"{path}:1", Code.TRANSLATION, rule)
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
    signs_and_addresses = count_marks(text) + _count_footnotes(text) + Counter(_ADDRESS.findall(text))
    rest = _ADDRESS.sub("", re.sub(r"\[\^\w+\]", "", text))
    return signs_and_addresses + Counter(re.findall(r"\d+", _SEPARATORS.sub("", rest)))


def _count_footnotes(text: str) -> Counter[str]:
    """Count the references to footnotes in a text, such as ``[^1]``."""
    # A regular expression would take a time that grows with the square of the text.
    words = [word for part in text.split("]")[:-1] for word in part.split()[-1:]]
    return Counter(f"[^{word.partition('[^')[2]}]" for word in words if "[^" in word)
