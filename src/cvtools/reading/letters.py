"""Find the letters of a project, and the language of each."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sphinx.environment import BuildEnvironment

from cvtools import limits
from cvtools.model import values
from cvtools.model.values import Linked
from cvtools.project import LETTERS
from cvtools.reading.domain import CvDomain
from cvtools.sphinx_warnings import SourceError

#: The fields of a letter, up to its text, which may show fields as code.
_FIELDS = re.compile(r"^:.*?(?:(?<=\S)[ \t]*\n\s*\n(?=[^:\s]|::)|\Z)", re.MULTILINE | re.DOTALL)
_LANGUAGE = re.compile(r"^:language:[ \t]*([\w-]+)[ \t]*$", re.MULTILINE)


def by_language(folder: Path, default: str) -> dict[str, list[str]]:
    """Return the names of letters by language, `default` without one; refuse folders and names that TeX misreads."""
    letters: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.md")):
        if not re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9_-]*", path.stem):
            rule = "the name of a letter may have only letters without accents, digits and hyphens: rename it"
            raise SourceError(path, 0, rule)
        # TeX looks for this file in the folder of the letters first.
        if path.stem.lower() == "glyphtounicode":
            raise SourceError(path, 0, "TeX has a file of that name: rename the letter")
        language = default
        if not path.is_file() or path.is_symlink():
            raise SourceError(path, 0, "a link, a folder or a device: put the letter itself there")
        with path.open(encoding="utf-8-sig", errors="replace") as file, suppress(ValueError):
            fields = _FIELDS.search(file.read(limits.LINE_LENGTH))
            if match := fields and _LANGUAGE.search(fields[0]):
                language = values.language(Linked(match[1])).replace("-", "_")
        letters.setdefault(language, []).append(path.stem)
    return letters


def for_web(env: BuildEnvironment) -> Iterator[str]:
    """Yield the names of the letters with the field ``:web: yes``."""
    for entry in CvDomain.of(env).for_output("html").of("letter"):
        if entry.web:
            yield entry.origin.docname.removeprefix(f"{LETTERS}/")
