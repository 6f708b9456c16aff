"""Write a small complete project: a CV to fill in, its settings, a Makefile and a workflow that publishes it."""

import json
from collections.abc import Iterator
from pathlib import Path
from string import Template

from cvtools.errors import ProjectError
from cvtools.files import write_atomically
from cvtools.i18n import I18n
from cvtools.project import site_title
from cvtools.writing.myst import escape_line, without_invisible

#: The templates of files, by path. On disk, each template ends with ".in", so that no tool takes it for such a file.
_FILES = {
    "docs/index.md": "index.md",
    "conf.py": "conf.py",
    "Makefile": "Makefile",
    "requirements.txt": "requirements.txt",
    "README.md": "README.md",
    ".gitignore": "gitignore",
    ".github/workflows/cv.yml": "cv.yml",
}


def require_empty(folder: Path) -> None:
    """Check that a folder is empty or missing, so that nothing is overwritten.

    :raises ProjectError: it is neither
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ProjectError(f"{folder} is not empty: name a new folder")


def write(folder: Path, name: str, language: str = "en", *, has_pages: bool = False) -> Iterator[Path]:
    """Write the files of a project, with headings in a language, and yield their paths.

    :param name: the name of the person
    :param has_pages: whether an import has written ``docs/``
    """
    # A name from a file or from the command line may have surrogates, which no file can hold.
    name = without_invisible(name).strip("\u200b")
    i18n = I18n(language)
    values = {
        "name": escape_line(name),
        "project": json.dumps(site_title(name, language), ensure_ascii=False),
        "language": json.dumps(language),
        "other": json.dumps("pl" if language.startswith("en") else "en"),
        "present": i18n.label("present"),
        **{section: i18n.heading(section) for section in ("work", "education", "skills", "languages")},
    }
    for path, template in _FILES.items():
        if has_pages and path.startswith("docs/"):
            continue
        text = Path(__file__).with_name("template").joinpath(f"{template}.in").read_text("utf-8")
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / path, Template(text).substitute(values))
        yield folder / path
