"""Explain errors of ``conf.py``, and of other code of the project, as problems with file and line."""

import os
import re
import traceback
from dataclasses import replace
from pathlib import Path

from sphinx.errors import ConfigError, ExtensionError, SphinxError, SphinxParallelError

from cvtools.problems import SourceError
from cvtools.reporters import Problem


def cause_of(error: Exception) -> Exception:
    """Return the error that a handler of an event raised, which Sphinx wraps, or else the error itself."""
    return (isinstance(error, ExtensionError) and error.orig_exc) or error


#: Patterns of Sphinx's messages, and what they mean in a project.
_FORESEEN = (
    ("master document", "docs/index.md, the CV's page, is missing"),
    (
        r"cvlatex not registered|import extension cv_?-?tools?\b",
        'conf.py does not load cvtools: write extensions = ["cvtools"]',
    ),
)


def explain(error: Exception, project: Path) -> Problem | None:
    """Return the problem for which Sphinx ended, with the line of the project's code where that is to blame.

    :returns: None if neither the project is to blame nor Sphinx foresees the error
    """
    if isinstance(error, SourceError):
        found, prefix = error.problem, f"{project}{os.sep}"
        return replace(found, path=found.path.removeprefix(prefix), text=found.text.replace(prefix, ""))
    for said, words in _FORESEEN:
        if re.search(said, str(error)):
            return Problem(words, level="fatal")
    cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
    if problem := _in_project_code(cause, project):
        return problem
    if isinstance(error, ConfigError) and cause is not error:
        return Problem(_reason(cause), "conf.py", level="fatal")
    is_foreseen = cause is error or str(error).startswith("Could not import")
    if is_foreseen and isinstance(error, SphinxError) and not isinstance(error, SphinxParallelError):
        return Problem(f"{error.category}: {error}", level="fatal")
    return None


def _in_project_code(error: Exception, project: Path) -> Problem | None:
    """Return an error as a problem of the last line of the project's own code that raised it; None if none did."""
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
            return Problem(reason, str(path.relative_to(project)), int(match[2]), level="fatal")
    return None


def _reason(error: BaseException) -> str:
    return " ".join(traceback.format_exception_only(error)[-1].split())
