"""The one door to TeX: LaTeX is made by these functions alone, each of which takes a value of one type.

:class:`Latex` is not made elsewhere, which a test holds; so nothing that a page says reaches TeX unescaped. As a second
look, :func:`faults` finds what this module never writes in a document as a whole, before TeX reads it.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from cvtools.reading.syntax import FORMULA_ENVIRONMENTS, FORMULA_MACROS
from cvtools.writing.latex.escape import ESCAPES, escape, escape_url, visible

#: The commands that the writer uses, and no others; a test shows that each is used.
COMMANDS = frozenset(
    r"""
    documentclass cvfallback cvfonts cvuse cvsetup begin end
    cvtitle cvcontentsline cvheading cvtarget cvfield cvtag cvbetween cvlistingitem cvrubric cvtransition
    cvpar cvendpar cvleads cvline cvattribution cvcaption cvclassifier cvterm cvcode cvcodeline cvpictured
    cvitem cvenditem cvlast arabic alph Alph roman Roman
    cvrow cvendrow cvcell cvendcell cvheadcell cvheadrule cvwrapped cvshare
    cvlink cvref cvbreak cvnote footnotemark cvimage cvinlineimage cvmath
    emph textbf textsubscript textsuperscript newline par
    """.split()
)
#: The environments that it uses; TeX would take the name of any other one for a command.
ENVIRONMENTS = frozenset(
    """
    document cvcontents cvlanguage cvlist cvrun cvenumeration cvdefinitions cvdefined cvdefinition cvlisting cvlines
    cvquote cvadmonition cvcodeblock cvtable
    """.split()
)

_CONTROL_SEQUENCE = re.compile(r"\\([A-Za-z@]+|.|$)")
#: What may follow a backslash; formulas are set as they are written.
_KNOWN = COMMANDS | FORMULA_MACROS | {*_CONTROL_SEQUENCE.findall("".join(ESCAPES.values())), *" ()[]"}
_ENVIRONMENT = re.compile(r"\\(?:begin|end)(?![A-Za-z])(?:\{([^{}]*)\})?")
#: A line, and the comment at its end.
_COMMENT = re.compile(r"((?:[^\\%]|\\.|\\$)*)(%.*)?")


class NotLatexError(ValueError):
    """A value that is not of its type, and does not reach TeX."""


class Latex(str):
    """LaTeX that TeX may read."""

    __slots__ = ()

    def __add__(self, other: "Latex") -> "Latex":  # type: ignore[override]
        return Latex(str.__add__(self, other))


EMPTY = Latex("")
#: Ends what :func:`opened` began.
CLOSED = Latex("}")
SPACE = Latex(" ")
NEWLINE = Latex("\n")
COLUMN = Latex("&")
#: Keeps the end of a line from being a space.
JOINED_LINE = Latex("%\n")


def joined(parts: Iterable[Latex], between: Latex = EMPTY) -> Latex:
    """Return pieces of LaTeX as one."""
    return Latex(str(between).join(parts))


# Values


def text(words: str) -> Latex:
    """Return words that are set just as they are written."""
    return Latex(escape(words))


def fixed(words: Latex) -> Latex:
    """Return text whose spaces are all kept."""
    return Latex(words.replace(" ", "\\ "))


def number(value: object, low: int = 0, high: int = 1_000_000) -> Latex:
    """Return a whole number.

    :raises NotLatexError: it is none, or out of range
    """
    if not re.fullmatch("-?[0-9]{1,9}", str(value)) or not low <= int(str(value)) <= high:
        raise NotLatexError(f"{str(value)[:60]!r} is not a whole number from {low} to {high}")
    return Latex(str(int(str(value))))


def fraction(value: float) -> Latex:
    """Return a number from 0 to 1, with three decimals."""
    return Latex(f"{value:.3f}")


def identifier(name: object) -> Latex:
    """Return a name of letters, digits, dots and hyphens.

    :raises NotLatexError: it has others
    """
    if not re.fullmatch(r"[A-Za-z0-9.-]*", str(name)):
        raise NotLatexError(f"{str(name)[:60]!r} is not a name of letters, digits, dots and hyphens")
    return Latex(str(name))


def address(url: str) -> Latex:
    """Return the address of a link."""
    return Latex(escape_url(url))


def file(name: str) -> Latex:
    """Return the name of a picture that stands beside the document.

    :raises NotLatexError: it has characters that TeX could act upon, or leads elsewhere
    """
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise NotLatexError(f"{name[:60]!r} is not a file's name of letters, digits, dots and hyphens")
    return Latex(name)


def font(path: object, mode: str) -> Latex:
    """Return how luaotfload calls a font.

    :raises NotLatexError: its path has characters that TeX could act upon
    """
    if not re.fullmatch(r"/[\w/. +,()@=-]+", str(path)):
        raise NotLatexError(f"the path of the font {str(path)!r} has characters that TeX could act upon")
    return Latex(f"[{path}]:mode={identifier(mode)};")


def formula(source: str) -> Latex:
    """Return a formula of known macros.

    :raises NotLatexError: it has others
    """
    # Few CVs have any, and their parser takes a moment to import.
    from cvtools.reading.formulas import problem

    if fault := problem(source):
        raise NotLatexError(fault)
    return Latex(source)


# Commands


def command(name: str, *arguments: Latex, option: Latex | None = None) -> Latex:
    """Return a command of the class with its arguments."""
    if name not in COMMANDS:
        raise NotLatexError(f"there is no command {name!r}")
    optional = f"[{option}]" if option is not None else ""
    return Latex(f"\\{name}{optional}" + "".join(f"{{{argument}}}" for argument in arguments))


def opened(name: str, *arguments: Latex) -> Latex:
    """Return a command whose last argument is what follows, up to :data:`CLOSED`."""
    return Latex(f"{command(name, *arguments)}{{")


def word(name: str) -> Latex:
    """Return a command without arguments, before words."""
    return Latex(f"{command(name)} ")


def begin(name: str, *arguments: Latex) -> Latex:
    """Return the beginning of an environment."""
    return command("begin", _environment(name), *arguments)


def end(name: str) -> Latex:
    """Return the end of an environment."""
    return command("end", _environment(name))


def _environment(name: str) -> Latex:
    if name not in ENVIRONMENTS:
        raise NotLatexError(f"there is no environment {name!r}")
    return Latex(name)


def inline_formula(source: str) -> Latex:
    """Return a formula within a line, with what it says."""
    return command("cvmath", text(source), Latex(f"\\({formula(source)}\\)"))


def display_formula(source: str) -> Latex:
    """Return formulas that stand by themselves, with what they say."""
    from cvtools.reading.formulas import display

    displayed = display(source)
    return command("cvmath", text(source), Latex(f"\\[{formula(displayed)}\\]\n"))


def settings(values: Mapping[str, str]) -> Latex:
    """Return what a document says of itself, for the class."""
    lines = [f"  {identifier(name)}={{{text(value)}}}," for name, value in values.items() if value]
    return Latex("\n".join(["\\cvsetup{", *lines, "}"]))


def column(alignment: str) -> Latex:
    """Return a column of a table that is as wide as its content: "l", "c" or "r"."""
    return identifier(alignment)


def wrapped_column(share: float) -> Latex:
    """Return a column of a table that has a share of the line."""
    return Latex(f">{{\\cvwrapped}}p{{\\cvshare{{{fraction(share)}}}}}")


def stripped(latex: Latex) -> Latex:
    """Return LaTeX without spaces around it."""
    return Latex(latex.strip())


def source_mark(path: str, line: object) -> Latex:
    """Return a comment that says where the source of the next lines stands."""
    return Latex(f"%% {' '.join(visible(path).split())}:{number(line)}\n")


def without_empty_lines(latex: Latex) -> Latex:
    """Return LaTeX whose paragraphs end by words of the class alone."""
    return Latex(re.sub(r"\n{2,}", "\n", latex))


def with_characters(latex: Latex, lost: Mapping[str, str], pictured: Collection[str]) -> Latex:
    """Return LaTeX as its fonts can set it.

    :param lost: what to set in place of characters that no font has
    :param pictured: characters that are pictures, which no machine could tell without words
    """
    replaced = latex.translate(str.maketrans({character: escape(instead) for character, instead in lost.items()}))
    if not pictured:
        return Latex(replaced)
    one = f"[{''.join(map(re.escape, sorted(pictured)))}]"
    run = rf"{one}({one}|[\ufe0f\u200d])*"
    return Latex(re.sub(run, lambda found: f"\\cvpictured{{{visible(found[0])}}}{{{found[0]}}}", replaced))


# A second look


def faults(latex: str) -> Iterator[tuple[int, str]]:
    """Yield what a document holds that this module never writes: the line, from 1, and the words.

    :param latex: the whole document
    """
    for line, written in enumerate(latex.split("\n"), 1):
        code, comment = _COMMENT.fullmatch(written).groups()  # type: ignore[union-attr] - all of a line matches
        found = [sign[0] for sign in _CONTROL_SEQUENCE.finditer(code) if sign[1] not in _KNOWN]
        found += [sign[0] for sign in _ENVIRONMENT.finditer(code) if sign[1] not in ENVIRONMENTS | FORMULA_ENVIRONMENTS]
        found += re.findall(r"\^\^", code)
        # Marks of the source, and ends of lines that are to be no spaces
        found += [comment] if comment and not re.match("%% |%$", comment) else []
        yield from ((line, sign) for sign in found)
