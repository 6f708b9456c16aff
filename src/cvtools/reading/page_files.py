"""Check the folder of the pages, the text of each, and their toctrees, and find the pages that have changed."""

import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Set
from contextlib import suppress
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util.matching import Matcher

from cvtools import limits
from cvtools.config import CvConfig
from cvtools.editions import editions
from cvtools.project import LETTERS
from cvtools.reading.characters import deceptive
from cvtools.reading.domain import CvDomain
from cvtools.sphinx_warnings import Code, SourceError, warn

#: Names of pages and of their folders; no folder is named like cv.pdf or _static, which a build makes.
_PAGE = re.compile(r"[^\W_][\w .,+()'&-]{0,99}")
_FOLDER = re.compile(r"[^\W_][\w ,+()'&-]{0,99}")
_LINK = "a symbolic link: put the pages themselves there"


def separate_letters(app: Sphinx, config: Config) -> None:
    """Let an application read the letters of ``cv_letters`` and the CV's page; without any, all pages but letters."""
    if config.cv_letters:
        config.include_patterns = [f"{config.root_doc}.md", *(f"{LETTERS}/{name}.md" for name in config.cv_letters)]
    else:
        config.exclude_patterns = [*config.exclude_patterns, f"{LETTERS}/**"]


def check_folders(app: Sphinx, config: Config) -> None:
    """Refuse files that Sphinx would follow, overwrite or trust, such as links, pipes, and catalogs of the theme."""
    top = Path(app.srcdir)
    # Look for a link to the folder beside conf.py, since Sphinx has resolved the path of the folder.
    links = (path for path in Path(app.confdir).iterdir() if path.is_symlink())
    if link := next((path for path in links if os.path.realpath(path) == str(top)), None):
        raise SourceError(link, 0, _LINK)
    excluded = Matcher(config.exclude_patterns)
    size = 0
    for folder, subfolders, files in os.walk(top):
        # Sphinx does not enter excluded folders. Path.relative_to() would take seconds where folders are deep.
        subfolders[:] = [name for name in subfolders if not excluded(os.path.relpath(f"{folder}/{name}", top))]
        _check_names(folder, subfolders + files)
        for name in subfolders + files:
            path = Path(folder, name)
            state = path.lstat()
            if fault := _fault_of_path(path, state, top, is_folder=name in subfolders):
                raise SourceError(path, 0, fault)
            size += state.st_size
        if size > limits.FILES_SIZE:
            raise SourceError(folder, 0, f"all files may have at most {limits.FILES_SIZE // 1_000_000} MB: remove some")
    # Sphinx compiles translations of the theme where they are, and takes them for HTML.
    for catalogs in config.locale_dirs:
        for path in (top / catalogs).glob("*/LC_MESSAGES/sphinx.[mp]o"):
            raise SourceError(os.path.normpath(path), 0, "a page cannot translate the theme: delete it")


def _check_names(folder: str, names: Iterable[str]) -> None:
    """Refuse names with invisible characters, and two names in a folder that differ only in how accents are encoded."""
    composed: dict[str, str] = {}
    for name in names:
        other = composed.setdefault(unicodedata.normalize("NFC", name), name)
        if other != name:
            both = f"{ascii(other)[1:-1]} and {ascii(name)[1:-1]}"
            raise SourceError(folder, 0, f"{both} are one name, whose accents are encoded in two ways: rename one")
        if not name.isprintable():
            written = ascii(f"{folder}/{name}")[1:-1]
            raise SourceError(written, 0, "a name with characters that are not seen: rename it")


def _fault_of_path(path: Path, state: os.stat_result, top: Path, *, is_folder: bool) -> str:
    """Return what is wrong with a file or folder among the pages; empty if nothing is."""
    is_page = path.suffix == ".md"
    is_regular = stat.S_ISREG(state.st_mode)
    if path in {top / name for name in ("search.md", "genindex.md", "sphinx.md", "sphinx")}:
        return "the website has a page or a catalog of that name itself: rename it"
    if stat.S_ISLNK(state.st_mode) and (is_folder or is_page):
        return _LINK
    if is_page and not is_folder and not is_regular:
        return "not a regular file: put the page itself there"
    if not is_folder and not is_page and path.suffix.lower() in {".md", ".markdown", ".mdown", ".mkd"}:
        return f'the name of a page ends in ".md": rename it to {path.with_suffix(".md").name}'
    if is_regular and state.st_size > limits.FILE_SIZE:
        return f"a file may have at most {limits.FILE_SIZE // 1_000_000} MB: make it smaller"
    return ""


def check_toctrees(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Refuse toctrees that make the navigation, which every page shows, too long or too deep."""
    root = env.config.root_doc
    # Count the entries below each page, one level of toctrees deeper in each round; each mention of a page counts.
    entries: dict[str, int] = {}
    count = before = 0
    for _ in range(limits.TOCTREES + 1):
        entries = {
            page: sum(1 + entries.get(named, 0) for named in names) for page, names in env.toctree_includes.items()
        }
        before, count = count, entries.get(root, 0)
    per_page, constant = limits.NAVIGATION
    if count > per_page * len(env.found_docs) + constant:
        raise SourceError(env.doc2path(root), 0, f"the navigation would have {count} entries: name each page once")
    if count != before:
        deep = f"more than {limits.TOCTREES} toctrees lead from here to some page, or they lead in a circle"
        raise SourceError(env.doc2path(root), 0, f"{deep}: name that page here")
    # Sphinx expects the names of further pages to write.
    return ()


def check_pages(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Refuse pages with an unfit name, size or text, or in the folder of an edition; warn of deceptive characters."""
    folders = {part for edition in editions(CvConfig.declared(app.config)) for part in edition.folder.split("/")} - {""}
    for docname in docnames:
        path = env.doc2path(docname)
        top, slash, _ = docname.partition("/")
        if slash and top.lower() in folders:
            remedy = "rename the edition, since letters have to be here" if top == LETTERS else "rename this folder"
            raise SourceError(path, 0, f"an edition has its pages in a folder of that name: {remedy}")
        text = _checked_text(Path(path), Path(env.srcdir))
        faults = [(number, name) for number, line in enumerate(text.split("\n"), 1) if (name := deceptive(line))]
        for number, name in faults[:1]:
            more = f", and those on other lines ({len(faults) - 1})" if faults[1:] else ""
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
        raise SourceError(path, 0, f"a page may have at most {limits.PAGE_SIZE // 1000} kB: split it into several")
    text = decode(path)
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > limits.LINE_LENGTH:
            raise SourceError(path, number, f"a line may have at most {limits.LINE_LENGTH} characters: break it")
    return text


def decode(path: Path) -> str:
    """Return the text of a page or a catalog, with line feeds at its line ends; refuse a file that is no UTF-8 text."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        rule = f"the byte {data[error.start]:#x} is not UTF-8: save the file as UTF-8"
        raise SourceError(path, line, rule) from None
    # XML or TeX would break on these; U+FFFD marks a place that another program could not read.
    if match := re.search("[\0\ufffd-\uffff]", text):
        line = text.count("\n", 0, match.start()) + 1
        raise SourceError(path, line, f"this is no text: it has the character U+{ord(match[0]):04X}")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def changed_pages(
    app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]
) -> Set[str]:
    """Return the pages whose file, or a file that they read, has changed since Sphinx read it.

    Sphinx compares times, and these may go back when a file or its folder is moved, unpacked or exchanged. Where a page
    was removed, all are returned: any may link to it, and how a link is read depends on what it leads to.
    """
    if removed:
        return env.all_docs.keys() - removed
    states = CvDomain.of(env).states
    return {name for name in env.all_docs if states.get(name) != _states(env, name)}


def record_pages(app: Sphinx, env: BuildEnvironment) -> None:
    """Record the states of the pages that were read, for :func:`changed_pages` in the next build."""
    states = CvDomain.of(env).states
    for name in env.all_docs.keys() - states.keys():
        states[name] = _states(env, name)


def _states(env: BuildEnvironment, docname: str) -> list[tuple[int, ...]]:
    """Return inode, size and times of the files of a page; no program can set the last of the times (ctime)."""
    # Sphinx adds compiled catalogs only after a page has been read, and they are compiled anew where they change.
    read = sorted(path for path in env.dependencies.get(docname, ()) if not str(path).endswith(".mo"))
    states: list[tuple[int, ...]] = []
    for path in [env.doc2path(docname), *(Path(env.srcdir, path) for path in read)]:
        with suppress(OSError):
            state = os.lstat(path)
            states.append((state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns))
    return states
