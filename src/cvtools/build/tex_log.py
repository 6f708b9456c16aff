"""Parse LuaLaTeX's log: turn errors and warnings into problems of the source."""

import re
from collections.abc import Iterator, Mapping
from functools import partial

from cvtools.problems import Problem

#: How many points a line may protrude from the text before it is worth a warning.
_TOLERATED = 1.0
#: How many points there are between the text and the edge of the page, which the class writes to the log.
_MARGIN = re.compile(r"^cvtools: ([\d.]+)pt beside the text$", re.MULTILINE)

#: An error in a log, with up to four more lines. Lua's errors have no exclamation mark; TeX's last one ("! ==>") gives
#: no reason, and is skipped.
_ERROR = re.compile(
    r"(?:^! *(?=[^ =])|(?=\b\w+\.lua:\d+: |\[\\directlua\]:\d+: |\?:-1: ))(.*(?:\n(?!l\.\d|!|\n).*){0,4})", re.MULTILINE
)

#: The line after an error that gives the number and the words of the document's line, up to where TeX stopped.
_LINE = re.compile(r"^l\.(\d+).*", re.MULTILINE)

#: Patterns of TeX's errors, each with its meaning and a remedy.
_REMEDIES: Mapping[str, str] = {
    r"(?i)fwrite|no space left|disk (?:is )?full|I can't write on file": "the disk is full: make room and try again",
    r'The font "([^"]+)" cannot be\s+found|Font [^\n]*?=\[?([\w-]+)[^\n]* not loadable': (
        "the font {} is not installed: install fonts-texgyre and fonts-lmodern"
    ),
    r"File `([^']+\.(?:sty|cls|def))' not\s+found": (
        "TeX lacks {}: install texlive-latex-recommended, or the package that has it"
    ),
    r"Undefined control sequence\.\n[^\n]*?(\\[A-Za-z@]+) *(?:\n|$)": (
        "TeX knows no command {}: check its name, and that its package is loaded"
    ),
    r"(?:File `|\(file )([^')\n]+\.(?:png|jpe?g|pdf))": (
        "the picture {} cannot be read: check that the file is a sound PNG, JPEG or PDF"
    ),
    r"(?i)dimensions? too large|invalid image dimensions": (
        "something, such as a picture, is too large for a page: use another picture, or give it a smaller size"
    ),
    r"attempt to call a nil value \(field '(\w+)'\)": (
        "a package uses Lua's {}, which is not allowed: do without the package, such as fontspec, "
        "and choose a typeface by cv_font"
    ),
    r"already written content discarded": "there is nothing to set: write something into its page",
    r"TeX capacity exceeded|not enough memory|\(nodes\)": (
        "TeX ran out of memory: look for something very long or deeply nested there"
    ),
}


def errors_in(log: str, latex: str) -> Iterator[Problem]:
    """Yield the errors in the log of a run; TeX stops at the first one unless it was told to go on.

    :param latex: the document
    """
    errors = [*_ERROR.finditer(log)]
    for error in errors:
        line = _LINE.search(log, error.start())
        location = _style_at(log[: error.start()], line[1] if line else "")
        yield _problem(error[1], line, location, latex)
    if not errors:
        yield _problem(log.strip().rpartition("\n")[2], None, "", latex)


def _problem(message: str, line: re.Match[str] | None, location: str, latex: str) -> Problem:
    """Return the problem that a message of TeX means.

    :param line: the line of the log with the number of the document's line, and its words
    :param location: the style file and line that TeX was reading; empty if it was reading the document
    """
    location = location or (_location_of_error(int(line[1]), message, latex) if line else "")
    # Delete the package's name at the beginning of each line, and add the line at fault, up to where TeX stopped.
    message = re.sub(r"\n\(\w+\) +", " ", message) + (f"\n{line[0]}" if line else "")
    for pattern, meaning in _REMEDIES.items():
        if match := re.search(pattern, message):
            name = next((group for group in match.groups() if group), "")
            if name and not location and name in latex:
                location = location_of(latex[: latex.index(name)].count("\n") + 1, latex)
            return Problem.at(location, meaning.format(name), level="fatal")
    reason = " ".join(message.split("\n")[0].split()) or "it stopped without a message"
    return Problem.at(location, f"TeX says: {reason}", level="fatal")


def _location_of_error(line: int, message: str, latex: str) -> str:
    """Return the source location of an error at a document's line, where TeX may set formulas of several fields."""
    above = "\n".join(["", *latex.split("\n")[:line]])
    # The last mark that begins a line is that of a heading or a block, and those behind it are of formulas in it.
    location, *parts = above.rpartition("\n%% ")[2].split("%% ")
    formulas = [part for part in parts if r"{\(" in part]
    # TeX ends the argument where it stopped, and adds spaces.
    stopped = re.search(r"<argument> (?:\.\.\.)?(.+)", message)
    at_fault = [part for part in formulas if stopped and stopped[1].replace(" ", "") in part.replace(" ", "")]
    return (at_fault or formulas or [location])[-1].partition("\n")[0]


def crash_in(latex: str) -> Problem:
    """Return the problem of a document that crashed TeX, most likely a picture that is a PDF; the log has no reason."""
    picture = re.search(r"\\cv(?:head|inline)?image[^%\n]*?\{([\w.-]+\.pdf)\}", latex)
    name = picture[1] if picture else "a picture"
    location = location_of(latex.count("\n", 0, picture.start()) + 1, latex) if picture else ""
    return Problem.at(location, f"TeX crashed, perhaps at {name}: save pictures that are PDFs as PNG", level="fatal")


def _style_at(log: str, line: str) -> str:
    """Return the project's style file that TeX was reading at the end of a log, with the line; empty if it was none."""
    _, _, rest = log.rpartition("(./")
    style = re.match(r"[\w-]+\.sty\b", rest)
    depth = rest.count("(") - rest.count(")")
    if not style or depth < 0:
        return ""
    # The line is that of the innermost file, which may be a package.
    return f"{style[0]}:{line}" if line and not depth else style[0]


def warnings_in(log: str, latex: str, pdf: str = "") -> Iterator[Problem]:
    """Yield warnings about a PDF's visible defects: lines too wide, missing characters, findings of the class."""
    problem = partial(Problem.at, code="typeset", pdf=pdf)
    widths: dict[int, float] = {}
    for size, at in re.findall(r"^Overfull \\hbox \(([\d.]+)pt too wide\).*?at lines? (\d+)", log, re.MULTILINE):
        widths[int(at)] = max(float(size), widths.get(int(at), 0))
    margin = float(match[1]) if (match := _MARGIN.search(log)) else 0
    for line, width in widths.items():
        location, remedy = location_of(line, latex), "reword it, or break a long word"
        if width > margin:
            yield problem(location, f"a line runs off the page, {width:.0f} points too wide: {remedy}", level="error")
        elif width > _TOLERATED:
            yield problem(location, f"a line extends beyond the text by {width:.0f} points: {remedy}")
    for text, at in re.findall(r"^Class cvtools Warning: (.*) on input line (\d+)\.$", log, re.MULTILINE):
        yield problem(location_of(int(at), latex), text)
    for character in dict.fromkeys(re.findall(r"^Missing character: There is no (\S+)", log, re.MULTILINE)):
        before, is_found, _ = latex.partition(character)
        location = location_of(before.count("\n") + 1, latex) if is_found else ""
        text = f'no font has the character "{character}": write it in words, or install a font that has it'
        yield problem(location, text)


def location_of(line: int, latex: str) -> str:
    """Return the source location that a document names last above a line, such as "docs/index.md:12"; or ""."""
    lines = latex.split("\n")[:line]
    return next((line[3:] for line in reversed(lines) if line.startswith("%% ")), "")
