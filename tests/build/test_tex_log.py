"""TeX's errors and warnings become problems of the source."""

from collections.abc import Iterable

import pytest

from cvtools.build.tex_log import crash_in, errors_in, location_of, warnings_in
from cvtools.problems import Problem

LATEX = "\\documentclass{x}\n%% docs/index.md:1\nOne\n%% docs/index.md:7\nTwo\n\\bad\n"


def texts(problems: Iterable[Problem]) -> list[str]:
    return [f"{problem.location}: {problem.text}" for problem in problems]


@pytest.mark.parametrize(
    ("log", "message"),
    [
        (
            "! Undefined control sequence.\nl.6 \\bad\n        \n",
            "docs/index.md:7: TeX knows no command \\bad: check its name, and that its package is loaded",
        ),
        (
            " (./cv.rest (./house.sty (/usr/share/a.sty)\n! Undefined control sequence.\nl.2 \\setmainfont\n   {Some Font}\n",
            "house.sty:2: TeX knows no command \\setmainfont: check its name, and that its package is loaded",
        ),
        (
            " (./cv.rest (./house.sty[\\directlua]:1: attempt to call a nil value\nl.3 \\directlua{x()}\n",
            "house.sty:3: TeX says: [\\directlua]:1: attempt to call a nil value",
        ),
        (
            " (./house.sty (/usr/share/fontspec.sty (/x.cfg)?:-1: attempt to call a nil value (field 'remove').\nl.390 x\n",
            "house.sty: a package uses Lua's remove, which is not allowed: do without the package, such as fontspec, "
            "and choose a typeface by cv_font",
        ),
        (" (./cv.rest (./house.sty)\n! Missing number.\nl.5 x\n", "docs/index.md:7: TeX says: Missing number."),
        (
            "! Undefined control sequence.\n\\heading ->\\nosuch \n                  #1\nl.6 \\heading\n",
            "docs/index.md:7: TeX knows no command \\nosuch: check its name, and that its package is loaded",
        ),
        (
            "! LaTeX Error: File `fontspec.sty' not found.\n\nType X to quit\n\nl.3 \\RequirePackage\n",
            "docs/index.md:1: TeX lacks fontspec.sty: install texlive-latex-recommended, or the package that has it",
        ),
        (
            '! Package fontspec Error: \n(fontspec)                The font "texgyrepagella-regular" cannot be\n'
            "(fontspec)                found; this may be but usually is not a fontspec\n\nl.2 x\n",
            "docs/index.md:1: the font texgyrepagella-regular is not installed: install fonts-texgyre and fonts-lmodern",
        ),
        (
            "! LaTeX Error: File `image-0.png' not found.\n\nl.5 x\n",
            "docs/index.md:7: the picture image-0.png cannot be read: check that the file is a sound PNG, JPEG or PDF",
        ),
        (
            "! TeX capacity exceeded, sorry [input stack size=10000].\nl.3 x\n",
            "docs/index.md:1: TeX ran out of memory: look for something very long or deeply nested there",
        ),
        (
            "! Dimension too large.\n<to be read again> \nl.5 x\n",
            "docs/index.md:7: something, such as a picture, is too large for a page: use another picture, or give it a "
            "smaller size",
        ),
        (
            "! error:  (pdf backend): invalid image dimensions\n!  ==> Fatal error occurred, no output PDF!\n",
            "something, such as a picture, is too large for a page: use another picture, or give it a smaller size",
        ),
        ("!error:  (file cv.pdf) (pdf backend): fwrite() failed\n", "the disk is full: make room and try again"),
        (
            "[1] [2]./cvtools.lua:56: attempt to index a nil value\nstack traceback:\n\t./cvtools.lua:71: in x\n"
            "l.6 \\end{x}\n\n!  ==> Fatal error occurred, no output PDF file produced!\n",
            "docs/index.md:7: TeX says: cvtools.lua:56: attempt to index a nil value",
        ),
        (
            "! error:  (file image-0.png) (readpng): internal error\n!  ==> Fatal error occurred, no output PDF!\n",
            "the picture image-0.png cannot be read: check that the file is a sound PNG, JPEG or PDF",
        ),
        (
            "! File ended while scanning use of \\textbf .\n<inserted text> \n\\par \n<*> cv.tex\n",
            "TeX says: File ended while scanning use of \\textbf .",
        ),
        ("This is LuaTeX\nsome last words\n", "TeX says: some last words"),
        ("", "TeX says: it stopped without a message"),
    ],
)
def test_error_has_a_location_in_the_source_and_a_remedy(log: str, message: str) -> None:
    assert str(next(errors_in(log, LATEX))) == f"cvtools: {message}"


@pytest.mark.parametrize(
    ("latex", "message"),
    [
        (LATEX, "TeX crashed, perhaps at a picture: save pictures that are PDFs as PNG"),
        (
            f"{LATEX}\\cvimage{{left}}{{}}{{a.png}}{{A}}\n%% docs/index.md:9\n"
            "\\cvinlineimage{}{b.pdf}{B} \\cvimage{left}{}{c.pdf}{C}",
            "docs/index.md:9: TeX crashed, perhaps at b.pdf: save pictures that are PDFs as PNG",
        ),
    ],
)
def test_crash_is_told_with_the_first_picture_that_is_a_pdf(latex: str, message: str) -> None:
    assert str(crash_in(latex)) == f"cvtools: {message}"


def test_warnings_have_locations_in_the_source() -> None:
    log = (
        "cvtools: 50.5pt beside the text\n"
        "Overfull \\hbox (12.345pt too wide) in paragraph at lines 4--5\n"
        "Overfull \\hbox (0.5pt too wide) in paragraph at lines 4--5\n"
        "Overfull \\hbox (60.0pt too wide) detected at line 3\n"
        "Missing character: There is no ☃ (U+2603) in font x!\n"
        "Missing character: There is no ☃ (U+2603) in font y!\n"
        "Missing character: There is no w (U+0077) in font y!\n"
    )
    assert texts(warnings_in(log, LATEX)) == [
        "docs/index.md:7: a line extends beyond the text by 12 points: reword it, or break a long word",
        "docs/index.md:1: a line runs off the page, 60 points too wide: reword it, or break a long word",
        ': no font has the character "☃": write it in words, or install a font that has it',
        'docs/index.md:7: no font has the character "w": write it in words, or install a font that has it',
    ]
    assert [problem.location for problem in warnings_in(log, LATEX) if problem.level == "error"] == ["docs/index.md:1"]


def test_warning_of_the_class_has_a_location() -> None:
    log = 'Class cvtools Warning: no hyphens for "xx" on input line 5.\n'
    assert texts(warnings_in(log, LATEX)) == ['docs/index.md:7: no hyphens for "xx"']


def test_location_before_the_first_comment_is_empty() -> None:
    assert location_of(1, LATEX) == ""
