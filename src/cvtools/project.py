"""Name the folders and files of a project and of its editions, and the title and address of its site."""

import datetime
import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cvtools import limits
from cvtools.errors import ProjectError

#: Folders at the top of a project that no build reads.
UNREAD = frozenset({"dist", "build", "node_modules"})
#: Folders of pages and catalogs at the top of a project.
CONTENT = ("docs", "locales")
#: The folder of letters, among the pages and among the products.
LETTERS = "letters"


def suffix_of(folder: str) -> str:
    """Return the suffix of the file names of an edition, such as "-short-pl" for the folder "short/pl"."""
    return f"-{folder.replace('/', '-')}" if folder else ""


def renamed(name: str, cv: str, suffix: str) -> str:
    """Return the name that an edition gives to one of :data:`FILES`.

    :param cv: the name of the CV's files, without ending
    :param suffix: the suffix of all other files' names, see :func:`suffix_of`
    """
    stem, ending = name.split(".")
    return f"{cv if stem == 'cv' else stem + suffix}.{ending}"


def latex_of(pdf: Path) -> Path:
    """Return the path of the LaTeX for a PDF in a project's ``dist``; there need not be such a file."""
    dist, inner = pdf.resolve().parent, "latex"
    if dist.name == LETTERS:
        dist, inner = dist.parent, f"{LETTERS}/latex"
    build = dist.parent / "build"
    # Skip the folder of the preview, whose name begins with an underscore.
    paths = [folder / inner / f"{pdf.stem}.tex" for folder in [build, *build.glob("[!_]*")]]
    # Builds of the past may have had other editions, and thus other folders.
    return max(filter(Path.exists, paths), key=lambda path: path.stat().st_mtime, default=paths[0])


#: The default names of the first edition's files beside the website.
FILES = ("cv.pdf", "talks.pdf", "cv.txt", "cv.md", "cv.docx", "resume.json")


@dataclass(frozen=True)
class ProjectPaths:
    """The folders and files that a build of one edition writes, before its products are published in ``dist/``."""

    #: The folder that contains all others; later builds reuse it.
    build: Path
    #: The folder of the edition's pages in the published website; empty for its top.
    folder: str = ""
    #: The name of the CV's files, without ending.
    cv: str = "cv"

    @property
    def dist(self) -> Path:
        return self.build / "dist"

    @property
    def html(self) -> Path:
        return self.dist / "html"

    def file(self, name: str) -> Path:
        """Return the path of a file beside the website, such as "cv.pdf"."""
        return self.dist / renamed(name, self.cv, suffix_of(self.folder))

    def products(self, offered: Iterable[str] = ()) -> dict[str, Path]:
        """Return the edition's products that exist, by their names in the project's ``dist``.

        :param offered: the files in ``dist`` that the website links to, and of which it gets a copy
        """
        pages = [Path(parent, name) for parent, _, names in os.walk(self.html) for name in names]
        letters = () if self.folder else self.letters.dist.glob("*.pdf")
        beside = {self.published_name(path): path for path in (*map(self.file, FILES), *letters)}
        copies = {str(Path("html", self.folder, name)): beside[name] for name in offered if name in beside}
        products = {self.published_name(page): page for page in pages} | beside | copies
        # Sphinx's record of the configuration, and what a build that was killed left at a temporary_path()
        others = (".buildinfo*", ".*.new")
        return {name: path for name, path in products.items() if path.is_file() and not any(map(path.match, others))}

    def published_name(self, product: Path) -> str:
        """Return the name of a product, or of the folder of the website, in the project's ``dist``."""
        if product.is_relative_to(self.html):
            return str(Path("html", self.folder, product.relative_to(self.html)))
        return f"{LETTERS}/{product.name}" if product.parent == self.letters.dist else product.name

    @property
    def letters(self) -> "ProjectPaths":
        """Return the paths of the letters, which the first edition makes."""
        return ProjectPaths(self.build / LETTERS)

    @property
    def latex(self) -> Path:
        return self.build / "latex"

    @property
    def doctrees(self) -> Path:
        return self.build / "doctrees"

    @property
    def state(self) -> Path:
        return self.build / "state.json"


def require_project(project: Path) -> None:
    """Refuse a folder that lacks ``conf.py`` or ``docs/`` or has too many files, and an invalid SOURCE_DATE_EPOCH."""
    remedy = "name a folder with conf.py and docs/, or make one by cvtools new or cvtools import"
    if not project.is_dir():
        raise ProjectError(f"{project} is no folder: {remedy}")
    for needed, is_there in (("conf.py", Path.is_file), ("docs", Path.is_dir)):
        if not is_there(project / needed):
            raise ProjectError(f"{project} has no {needed}: {remedy}")
    count = 0
    for folder in CONTENT:
        for parent, folders, files in os.walk(project / folder):
            count += len(folders) + len(files)
            if count > limits.FILES:
                rule = f"docs and locales have more than {limits.FILES} files: move others elsewhere"
                raise ProjectError(f"{project}: {rule}")
            # Opening a file takes longer with each folder in its path.
            if parent.count(os.sep) - str(project).count(os.sep) > limits.FOLDERS:
                raise ProjectError(f"{parent} is in more than {limits.FOLDERS} folders: move it up")
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "0")
    try:
        datetime.datetime.fromtimestamp(int(epoch), datetime.UTC)
    except (ValueError, OverflowError, OSError):
        raise ProjectError(f"SOURCE_DATE_EPOCH is {epoch!r}: write seconds since 1970, or unset it") from None


def site_title(name: str, language: str) -> str:
    """Return the title of the site of a person's CV."""
    return f"{name}’s CV" if name and language.startswith("en") else name or "CV"


def site_url() -> str:
    """Return the address of the published website, from CV_SITE_URL, which the workflow sets; empty if unknown."""
    url = os.environ.get("CV_SITE_URL", "")
    return url.rstrip("/") + "/" if url else ""


def walk(top: Path, unread: Collection[str] = ()) -> Iterator[tuple[Path, list[str]]]:
    """Yield folders with their files' names in order, without hidden and unread ones, caches and virtual environments.

    Nothing among the pages and catalogs is left out, since a page may name a picture in any folder.
    """
    for parent, folders, names in os.walk(top):
        is_top = Path(parent) == top
        if is_top or Path(parent).relative_to(top).parts[0] not in CONTENT:
            if "pyvenv.cfg" in names and not is_top:
                folders.clear()
                continue
            skipped = {"__pycache__", *(unread if is_top else ())}
            folders[:] = [name for name in folders if name not in skipped and not name.startswith(".")]
        folders.sort()
        yield Path(parent), sorted(names)
