"""Errors of ``conf.py``, and of other code of the project, in one line with its file and line."""

import os
import re
import traceback
from pathlib import Path

from sphinx.errors import ConfigError, ExtensionError, SphinxError, SphinxParallelError

from cvtools.problems import SourceError


def cause_of(error: Exception) -> Exception:
    """Return what Sphinx has met with, where its error merely wraps that."""
    return (isinstance(error, ExtensionError) and error.orig_exc) or error


#: What Sphinx says, and what it means here.
_FORESEEN = (
    ("master document", "docs/index.md, the CV's page, is missing"),
    (
        r"cvlatex not registered|import extension cv_?-?tools?\b",
        'conf.py does not load cvtools: write extensions = ["cvtools"]',
    ),
)


def explain(error: Exception, project: Path) -> str:
    """Return what is wrong, with the line of ``conf.py`` or of other code of the project where that is to blame.

    :returns: empty where neither the project is to blame nor Sphinx foresees the error
    """
    if isinstance(error, SourceError):
        return str(error).replace(f"{project}{os.sep}", "")
    for said, words in _FORESEEN:
        if re.search(said, str(error)):
            return words
    cause = error.__cause__ if isinstance(error, ConfigError) else cause_of(error)
    if isinstance(cause, Exception) and (words := _in_project_code(cause, project)):
        return words
    if isinstance(error, ConfigError) and isinstance(cause, Exception):
        return f"conf.py: {_reason(cause)}"
    is_foreseen = cause is error or not isinstance(cause, Exception) or str(error).startswith("Could not import")
    if is_foreseen and isinstance(error, SphinxError) and not isinstance(error, SphinxParallelError):
        return f"{error.category}: {error}"
    return ""


def _in_project_code(error: Exception, project: Path) -> str:
    """Return the last line of the project's own code that raised an error, and the error; empty if none did."""
    is_parallel = isinstance(error, SphinxParallelError)
    # Another process hands its traceback over as text.
    text = getattr(error, "traceback", "") if is_parallel else "".join(traceback.format_exception(error, chain=False))
    for match in reversed([*re.finditer(r'^  File "(.+)", line (\d+)', text, re.MULTILINE)]):
        path = Path(match[1])
        if (
            path.is_relative_to(project)
            and not path.is_relative_to(Path(__file__).parents[1])
            and "-packages" not in match[1]
        ):
            said = re.search(r"\n(\S.*)", text[match.end() :])
            reason = said[1] if is_parallel and said else _reason(error)
            return f"{path.relative_to(project)}:{match[2]}: {reason}"
    return ""


def _reason(error: BaseException) -> str:
    return " ".join(traceback.format_exception_only(error)[-1].split())
