"""Turn errors in ``conf.py`` and in other code of the project into problems with file and line."""

import os
import re
import traceback
from dataclasses import replace
from pathlib import Path

from sphinx.errors import ConfigError, ExtensionError, SphinxError, SphinxParallelError

from cvtools.problems import SourceError
from cvtools.reporters import Problem


def cause_of(error: Exception) -> Exception:
    """Return the error of an event handler that Sphinx wrapped in another one; any other error as it is."""
    return (isinstance(error, ExtensionError) and error.orig_exc) or error


#: Patterns of Sphinx's messages, each with an explanation for the user.
_EXPLANATIONS = (
    ("master document", "docs/index.md, the CV's page, is missing"),
    (
        r"cvlatex not registered|import extension cv_?-?tools?\b",
        'conf.py does not load cvtools: write extensions = ["cvtools"]',
    ),
)


def explain(error: Exception, project: Path) -> Problem | None:
    """Return an error of the project's code, with its line, or of Sphinx itself as a problem; None for any other."""
    if isinstance(error, SourceError):
        problem, prefix = error.problem, f"{project}{os.sep}"
        return replace(problem, path=problem.path.removeprefix(prefix), text=problem.text.replace(prefix, ""))
    for pattern, explanation in _EXPLANATIONS:
        if re.search(pattern, str(error)):
            return Problem(explanation, level="fatal")
    cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
    if located := _in_project_code(cause, project):
        return located
    if isinstance(error, ConfigError) and cause is not error:
        return Problem(_reason(cause), "conf.py", level="fatal")
    is_of_sphinx = cause is error or str(error).startswith("Could not import")
    if is_of_sphinx and isinstance(error, SphinxError) and not isinstance(error, SphinxParallelError):
        return Problem(f"{error.category}: {error}", level="fatal")
    return None


def _in_project_code(error: Exception, project: Path) -> Problem | None:
    """Return an error as a problem at the innermost line of the project's code in its traceback; None without one."""
    is_parallel = isinstance(error, SphinxParallelError)
    # The traceback of another process arrives as text.
    text = getattr(error, "traceback", "") if is_parallel else "".join(traceback.format_exception(error, chain=False))
    for match in reversed([*re.finditer(r'^  File "(.+)", line (\d+)', text, re.MULTILINE)]):
        path = Path(match[1])
        if (
            path.is_relative_to(project)
            and not path.is_relative_to(Path(__file__).parents[1])
            and "-packages" not in match[1]
        ):
            message = re.search(r"\n(\S.*)", text[match.end() :])
            reason = message[1] if is_parallel and message else _reason(error)
            return Problem(reason, str(path.relative_to(project)), int(match[2]), level="fatal")
    return None


def _reason(error: BaseException) -> str:
    return " ".join(traceback.format_exception_only(error)[-1].split())
