"""Check the files of pages before they are parsed, and the toctrees before Sphinx works on them."""

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Set
from functools import cache
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util.matching import Matcher

from cvtools import limits
from cvtools.config import CvConfig
from cvtools.editions import editions
from cvtools.project import LETTERS, digest
from cvtools.reading.domain import CvDomain
from cvtools.sphinx_warnings import Code, SourceError, warn

#: Invisible characters, and those that reorder others: readers do not see what is written.
#: Joiners are needed in emoji and in scripts that join letters, not among Latin letters.
_DECEPTIVE = re.compile(
    "[\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
    "|(?<![\U000e0020-\U000e007f\U0001f3f4])[\U000e0000-\U000e007f]"
    "|(?<=[\x00-\u024f])[\u200c\u200d]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]"
)
#: More than 30 characters in a row that may be accents on a letter; no language has so many (UAX 15, D3), and TeX takes
#: long over each.
_MARKS = re.compile(r"[^\w\s!-~]{31,}")
#: Names of pages and of their folders; files of the build have a suffix or begin otherwise.
_PAGE = re.compile(r"[^\W_][\w .,+()'&-]{0,99}")
_FOLDER = re.compile(r"[^\W_][\w ,+()'&-]{0,99}")
#: Invisible control characters and noncharacters, which are deleted, and old line separators, which become spaces.
_UNSEEN: dict[int, str | None] = {
    **dict.fromkeys([*range(9), *range(14, 28), *range(127, 160), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]),
    **dict.fromkeys([11, 12, 28, 29, 30, 31, 133, 0x2028, 0x2029], " "),
}


def separate_letters(app: Sphinx, config: Config) -> None:
    """Let an application read only the CV's page and the letters of ``cv_letters``; without any, all other pages."""
    if config.cv_letters:
        config.include_patterns = [f"{config.root_doc}.md", *(f"{LETTERS}/{name}.md" for name in config.cv_letters)]
    else:
        config.exclude_patterns = [*config.exclude_patterns, f"{LETTERS}/**"]


def check_folders(app: Sphinx, config: Config) -> None:
    """Refuse files that Sphinx would follow, overwrite or trust, such as links, pipes, and catalogs of the theme."""
    excluded = Matcher(config.exclude_patterns)
    top = Path(app.srcdir)
    # Sphinx has resolved the path of the folder.
    links = (path for path in Path(app.confdir).iterdir() if path.is_symlink())
    if link := next((path for path in links if os.path.realpath(path) == str(top)), None):
        raise SourceError(link, 0, "a link: put the pages themselves there")
    size = 0
    for folder, names, files in os.walk(top):
        # Sphinx does not enter excluded folders. Path.relative_to() would take seconds where folders are deep.
        names[:] = [name for name in names if not excluded(os.path.relpath(f"{folder}/{name}", top))]
        composed: dict[str, str] = {}
        for name in names + files:
            other = composed.setdefault(unicodedata.normalize("NFC", name), name)
            if other != name:
                both = f"{ascii(other)[1:-1]} and {ascii(name)[1:-1]}"
                raise SourceError(folder, 0, f"{both} are one name with its accents written in two ways: rename one")
            if not name.isprintable():
                written = ascii(f"{folder}/{name}")[1:-1]
                raise SourceError(written, 0, "a name with characters that are not seen: rename it")
            path = Path(folder, name)
            state = path.lstat()
            if problem := _problem(path, state, top, is_folder=name in names):
                raise SourceError(path, 0, problem)
            size += state.st_size
        if size > limits.FILES_SIZE:
            raise SourceError(folder, 0, f"all files may have {limits.FILES_SIZE // 1_000_000} MB: remove some")
    # Sphinx compiles translations of the theme where they are, and takes them for HTML.
    for catalogs in config.locale_dirs:
        for path in (top / catalogs).glob("*/LC_MESSAGES/sphinx.[mp]o"):
            raise SourceError(os.path.normpath(path), 0, "a page cannot translate the theme: delete it")


def _problem(path: Path, state: os.stat_result, top: Path, *, is_folder: bool) -> str:
    """Return what is wrong with a file or folder among the pages; empty if nothing is."""
    is_page = path.suffix == ".md"
    if path in {top / name for name in ("search.md", "genindex.md", "sphinx.md", "sphinx")}:
        return "the book has a page or a catalog of that name itself: rename it"
    if stat.S_ISLNK(state.st_mode) and (is_folder or is_page):
        return "a link: put the pages themselves there"
    if is_page and not is_folder and not stat.S_ISREG(state.st_mode):
        return "not a regular file: put the page itself there"
    if not is_folder and not is_page and path.suffix.lower() in {".md", ".markdown", ".mdown", ".mkd"}:
        return f'the name of a page ends in ".md": rename it to {path.with_suffix(".md").name}'
    if stat.S_ISREG(state.st_mode) and state.st_size > limits.FILE_SIZE:
        return f"a file may have {limits.FILE_SIZE // 1_000_000} MB: make it smaller"
    return ""


def check_toctrees(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Refuse toctrees that make the navigation, which every page shows, long or deep; each mention of a page counts."""
    root = env.config.root_doc
    # Number of entries in the navigation below each page, one level of toctrees deeper in each round.
    entries: dict[str, int] = {}
    for _ in range(limits.TOCTREES + 1):
        before = entries.get(root, 0)
        entries = {
            page: sum(1 + entries.get(named, 0) for named in names) for page, names in env.toctree_includes.items()
        }
    each, beside = limits.NAVIGATION
    count = entries.get(root, 0)
    if count > each * len(env.found_docs) + beside:
        raise SourceError(env.doc2path(root), 0, f"the navigation would have {count} entries: name each page once")
    if count != before:
        deep = f"more than {limits.TOCTREES} toctrees lead from here to some page, or they lead in a circle"
        raise SourceError(env.doc2path(root), 0, f"{deep}: name that page here")
    return ()


def without_controls(text: str) -> str:
    """Return text without control characters, which would drive a terminal or break XML, and floods of marks."""
    return text if text.isascii() and text.isprintable() else _MARKS.sub(_first_marks, text.translate(_UNSEEN))


def _first_marks(match: re.Match[str]) -> str:
    """Return characters of which each has at most 30 marks on it."""
    kept, marks = "", 0
    for character in match[0]:
        marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        kept += character if marks <= 30 else ""
    return kept


def deceptive(text: str) -> str:
    """Return the first character that deceives, with its name; empty if there is none."""
    if found := None if text.isprintable() else _DECEPTIVE.search(text):
        return f"U+{ord(found[0]):04X} ({unicodedata.name(found[0], 'a control character')})"
    is_flooded = any(_first_marks(run) != run[0] for run in _MARKS.finditer(text))
    return "whatever follows 30 accents on a letter" if is_flooded else ""


def check(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Refuse pages that take too long to read or lie in the folder of an edition; warn of deceptive characters."""
    folders = {part for edition in editions(CvConfig.declared(app.config)) for part in edition.folder.split("/")} - {""}
    for docname in docnames:
        path = env.doc2path(docname)
        if docname.lower().partition("/")[0] in folders and "/" in docname:
            raise SourceError(path, 0, "an edition has its pages in a folder of that name: rename this folder")
        text = _checked_text(Path(path), Path(env.srcdir))
        found = [(number, name) for number, line in enumerate(text.split("\n"), 1) if (name := deceptive(line))]
        for number, name in found[:1]:
            more = f", and those on other lines ({len(found) - 1})" if found[1:] else ""
            warn((docname, number), Code.CHARACTER, f"{name} is not seen by readers: delete it{more}")


def _checked_text(path: Path, top: Path) -> str:
    parts = path.relative_to(top).with_suffix("").parts
    if not (all(_FOLDER.fullmatch(part) for part in parts[:-1]) and _PAGE.fullmatch(parts[-1])):
        raise SourceError(path, 0, "name pages in letters, digits, spaces, hyphens and dots, and folders without dots")
    if len(os.fsencode(path.name)) > limits.NAME_SIZE:
        raise SourceError(path, 0, "the name of a page is too long for a file: shorten it")
    if path.suffix != ".md":
        raise SourceError(path, 0, "pages are Markdown: give it the ending .md")
    if path.stat().st_size > limits.PAGE_SIZE:
        raise SourceError(path, 0, f"a page may have {limits.PAGE_SIZE // 1000} kB: split it into several")
    text = _decode(path)
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > limits.LINE_LENGTH:
            raise SourceError(path, number, f"a line may have {limits.LINE_LENGTH} characters: break it")
    return text


def _decode(path: Path) -> str:
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SourceError(path, 1, "this is UTF-16: save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        rule = f"the byte {data[error.start]:#x} is not UTF-8: save the file as UTF-8"
        raise SourceError(path, line, rule) from None
    # XML or TeX would break on these; U+FFFD marks a place that another program could not read.
    if found := re.search("[\0\ufffd-\uffff]", text):
        line = text.count("\n", 0, found.start()) + 1
        raise SourceError(path, line, f"this is no text: it has the character U+{ord(found[0]):04X}")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def replaced_pages(app: Sphinx, env: BuildEnvironment, *pages: Set[str]) -> Set[str]:
    """Return the pages whose file, or a file that they read, has changed since Sphinx read it.

    Sphinx compares times, which moving, unpacking or exchanging a file or its folder sets back.
    """
    digests = CvDomain.of(env).digests
    return {name for name in env.all_docs if digests.get(name) != _digest(env, name)}


def record_pages(app: Sphinx, env: BuildEnvironment) -> None:
    """Record the bytes of the pages that were read, for :func:`replaced_pages`."""
    digests = CvDomain.of(env).digests
    for name in env.all_docs.keys() - digests.keys():
        digests[name] = _digest(env, name)


def _digest(env: BuildEnvironment, docname: str) -> str:
    """Return a digest of a page and the files that it reads."""
    # Sphinx adds compiled catalogs only after a page has been read, and they are compiled anew where they change.
    read = sorted(path for path in env.dependencies.get(docname, ()) if not str(path).endswith(".mo"))
    paths = [env.doc2path(docname), *(Path(env.srcdir, path) for path in read)]
    parts = [_digest_of(str(path), *state) for path in paths if (state := _state(path))]
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def _state(path: Path) -> tuple[int, ...] | None:
    """Return inode, size and times of a regular file; None for anything else."""
    try:
        state = path.lstat()
    except OSError:
        return None
    return (state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns) if stat.S_ISREG(state.st_mode) else None


@cache
def _digest_of(path: str, *state: int) -> str:
    """Return the digest of a file, cached by its state, since several applications ask for it."""
    return digest(Path(path))
