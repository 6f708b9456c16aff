"""Turn errors in ``conf.py`` and in other code of the project into problems with file and line."""

import os
import re
import traceback
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from sphinx.errors import ConfigError, ExtensionError, SphinxError, SphinxParallelError

from cvtools.errors import describe, reason_of
from cvtools.problems import Problem
from cvtools.sphinx_warnings import SourceError


def cause_of(error: Exception) -> Exception:
    """Return the error of an event handler that Sphinx wrapped in another one; any other error as it is."""
    if isinstance(error, ExtensionError) and error.orig_exc:
        return error.orig_exc
    return error


def name_options(error: Exception, names: Iterable[str], project: Path) -> None:
    """Add a note to an error that names the options of ``conf.py`` that may have caused it."""
    lines = ((name, _line_of(name, project)) for name in names)
    if places := [f"conf.py:{line}: {name}" if line else f"conf.py: {name}" for name, line in lines]:
        cause_of(error).add_note(f"{' or '.join(places)} ends the build: correct it, or delete it")


#: Patterns of Sphinx's messages, each with an explanation for the user.
_EXPLANATIONS = (
    (
        # Without cvtools, nothing reads Markdown.
        r"master document|(?:cvlatex|parser for markdown|'cv' is) not registered|import extension (?:c|cv_?-?tools?)\b",
        'conf.py: extensions must load cvtools: write extensions = ["cvtools"]',
    ),
    (
        r"import extension (\S+) \(exception: No module named '\1'\)",
        r'conf.py: extensions has "\1", which is not installed: install it, or delete the name',
    ),
    (r"called sys\.exit\(\)", "conf.py: it ends the command by sys.exit(): delete that call"),
    (r"no theme named '([^']+)' found", r'conf.py: html_theme "\1" is not installed: delete that line'),
    (r"style module 'pygments\.styles\.(\w+)'", r'conf.py: pygments_style "\1" is not installed: delete that line'),
)
#: Patterns of Python's messages about ``conf.py``, each with an explanation for the user.
_REASONS = (
    (
        r"SyntaxError: (\(unicode error\)|Non-UTF-8 code).*|\w+: source code .*null bytes.*",
        "this is not UTF-8: save the file as UTF-8",
    ),
    (r"SyntaxError: unterminated string literal.*", "a quotation mark is missing: write words between two of them"),
    (r"SyntaxError: invalid character '([“”„\u2018’\u201a«»])'.*", r'\1 is not a quotation mark of Python: write "'),
    (r"SyntaxError: '(.)' was never closed.*", r"\1 has no partner: write the bracket that closes it"),
    (r"SyntaxError: unmatched '(.)'.*", r"\1 has no partner: write the bracket that opens it, or delete this one"),
    (r"SyntaxError: invalid syntax\. Perhaps you forgot a comma\?.*", "a comma is missing between two values"),
    (r"SyntaxError: invalid syntax", 'Python cannot read this line: write name = "value"'),
    (r"SyntaxError: ':' expected after dictionary key.*", 'a colon is missing: write {"name": "value"}'),
    (r"IndentationError: unexpected indent.*", "spaces begin the line: delete them"),
    (r"NameError: name '(true|false|none)' is not defined.*", r"nothing is called \1: write it with a capital letter"),
    (r"NameError: name '(\w+)' is not defined.*", r'nothing is called \1: write "\1" if you mean these words'),
    (r"ModuleNotFoundError: No module named '([\w.]+)'.*", r"there is no module \1: install it, or delete this line"),
)


def problem_of(error: Exception, project: Path) -> Problem:
    """Return the problem for an error, see :func:`explain`; write the details of an unexpected one to a log file."""
    return explain(error, project) or Problem(describe(cause_of(error)), level="fatal")


def explain(error: Exception, project: Path) -> Problem | None:
    """Return the problem for an error of the project's code, with its line, or of Sphinx; None for any other error."""
    if isinstance(error, SourceError):
        problem, prefix = error.problem, f"{project}{os.sep}"
        return replace(problem, path=problem.path.removeprefix(prefix), text=problem.text.replace(prefix, ""))
    if explained := _explained(str(error), project):
        return explained
    cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
    if located := _in_project_code(cause, project):
        return located
    if isinstance(error, ConfigError):
        text = str(error) if cause is error else _reason(cause)
        return Problem(text, "conf.py", _line_of(text, project), level="fatal")
    # Where another exception is the cause, Sphinx's message says nothing, unless it names the extension.
    has_reason = cause is error or str(error).startswith("Could not import")
    if has_reason and isinstance(error, SphinxError) and not isinstance(error, SphinxParallelError):
        return Problem(f"{error.category}: {error}", level="fatal")
    return None


def _explained(text: str, project: Path) -> Problem | None:
    """Return the problem for a message about ``conf.py``, or for one with an explanation; None for any other."""
    if root := re.search(r"master document \((?:.*/docs/)?(.*)\.\w+\)", text):
        page = f"docs/{root[1]}.md"
        if not (project / page).is_file():
            return Problem("this is the CV's page, and it is missing: write it", page, level="fatal")
        conf = (project / "conf.py").read_text("utf-8", errors="replace")
        if re.search(r"(?m)^\s*(exclude|include)_patterns\b", conf):
            text = f"conf.py: exclude_patterns or include_patterns leaves out {page}, the CV's page: correct them"
    for pattern, explanation in _EXPLANATIONS:
        if match := re.search(pattern, text):
            text = match.expand(explanation)
            break
    if not text.startswith("conf.py: "):
        return None
    text = text.removeprefix("conf.py: ")
    return Problem(text, "conf.py", _line_of(text, project), level="fatal")


def _in_project_code(error: Exception, project: Path) -> Problem | None:
    """Return a problem at the innermost line of the project's code in an error's traceback; None if there is none."""
    is_parallel = isinstance(error, SphinxParallelError)
    # The traceback of another process arrives as text.
    text = getattr(error, "traceback", "") if is_parallel else "".join(traceback.format_exception(error, chain=False))
    for match in reversed([*re.finditer(r'^  File "(.+)", line (\d+)', text, re.MULTILINE)]):
        path = Path(match[1])
        is_of_package = "-packages" in match[1] or path.is_relative_to(Path(__file__).parents[1])
        if path.is_relative_to(project) and not is_of_package:
            message = re.search(r"\n(\S.*)", text[match.end() :])
            reason = message[1] if is_parallel and message else _reason(error)
            return Problem(reason, str(path.relative_to(project)), int(match[2]), level="fatal")
    return None


def _line_of(text: str, project: Path) -> int:
    """Return the line of ``conf.py`` that a message about an option means; 0 if no line assigns the option."""
    lines = (project / "conf.py").read_text("utf-8", errors="replace").split("\n")
    options = {match[1]: number for number, line in enumerate(lines) if (match := re.match(r"(\w+)\s*[=:]", line))}
    # An edition sets the options that have no line of their own.
    names = [*re.findall(r"\w+", text), "cv_editions" if "cv_" in text else ""]
    start = next((options[word] for word in names if word in options), None)
    if start is None:
        return 0
    end = next((number for number in range(start + 1, len(lines)) if re.match(r"\w", lines[number])), len(lines))
    # A value of several lines may have the words that the message quotes in any of them.
    quoted = re.findall("'[^']+'|\"[^\"]+\"", text)
    numbers = (number for word in quoted for number in range(start, end) if word[1:-1] in lines[number])
    return next(numbers, start) + 1


def _reason(error: BaseException) -> str:
    text = reason_of(error)
    for pattern, reason in _REASONS:
        if match := re.fullmatch(pattern, text):
            return match.expand(reason)
    return text
