"""Write LaTeX: a function for each type of value and of command.

No other module constructs :class:`Latex`, as a test ensures, so no text of a page reaches TeX unescaped. As a second
layer of defence, before TeX runs, :func:`faults` searches a document for commands that this module never writes.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from cvtools.reading.characters import normalise, visible
from cvtools.reading.formula_macros import FORMULA_ENVIRONMENTS, FORMULA_MACROS

if TYPE_CHECKING:
    from pylatexenc.latexencode import UnicodeToLatexEncoder

#: The commands that the translator and the builder use.
COMMANDS = frozenset(
    r"""
    documentclass cvfallback cvfonts cvuse cvsetup cvstyle begin end
    cvtitle cvcontentsline cvheading cvtarget cvfield cvtag cvbetween cvlistingitem cvrubric cvtransition
    cvpar cvendpar cvleads cvline cvattribution cvcaption cvterm cvcode cvcodeline cvpictured
    cvitem cvenditem cvlast cvrow cvendrow cvrowends cvrowkeeps cvcell cvendcell cvheadcell cvheadrule
    cvlink cvref cvphone cvbreak cvnote footnotemark cvimage cvheadimage cvinlineimage cvmath
    emph textbf textsubscript textsuperscript newline par
    """.split()
)
#: The environments that they use. TeX runs the command with an environment's name, so other names are refused.
ENVIRONMENTS = frozenset(
    """
    document cvcontents cvlanguage cvlist cvgroups cvrun cvfacts cvenumeration cvdefinitions cvdefined cvdefinition
    cvlisting cvlines cvquote cvadmonition cvcodeblock cvtable cvstack
    """.split()
)

#: LaTeX for TeX's special characters, and for special spaces and hyphens; all other characters are kept.
_ESCAPES: Mapping[int, str] = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "%": r"\%",
        "_": r"\_",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        "\N{NO-BREAK SPACE}": "~",
        "\N{NARROW NO-BREAK SPACE}": r"\,",
        "\N{THIN SPACE}": r"\,",
        "\N{HAIR SPACE}": r"\,",
        "\N{SOFT HYPHEN}": r"\-",
        "\N{NON-BREAKING HYPHEN}": r"\mbox{-}",
        # The glyphs of these characters would be extracted as spaces.
        "\N{ZERO WIDTH SPACE}": r"\allowbreak{}",
        "\N{ZERO WIDTH NON-JOINER}": "",
        "\N{WORD JOINER}": "",
        "\N{ZERO WIDTH NO-BREAK SPACE}": "",
    }
)
_ESCAPED = frozenset(map(chr, _ESCAPES))
_CONTROL_SEQUENCE = re.compile(r"\\([A-Za-z@]+|.|$)")
#: Names and characters that may follow a backslash, including those of formulas, which are copied from the source.
_KNOWN = COMMANDS | FORMULA_MACROS | {*_CONTROL_SEQUENCE.findall("".join(_ESCAPES.values())), *" ()[]"}
_ENVIRONMENT = rf"\{{(?:{'|'.join(map(re.escape, sorted({*ENVIRONMENTS, *FORMULA_ENVIRONMENTS})))})\}}"
#: Patterns of the arguments that TeX or Lua reads as names, such as names of files, by command.
_NAMES = {
    **dict.fromkeys(["cvuse", "cvstyle", "cvtarget", "cvref", "cvcontentsline"], r"\{[\w.-]*\}"),
    "cvheadimage": r"(?:\{[\w.,=-]*\}){4}",
    "cvimage": r"(?:\{[\w.,=-]*\}){3}",
    "cvinlineimage": r"(?:\{[\w.,=-]*\}){2}",
    "documentclass": r"\[[\w.,-]*\]\{cvtools\}",
    "cvfonts": r"(?:\{[\w.-]*\}){2}",
    "cvfallback": r"(?:\{[\w.;=-]*\}){5}",
    "cvheading": r"\{[0-9]+\}\{[\w.-]*\}",
    "begin": rf"(?!\{{cvlanguage\}}){_ENVIRONMENT}|\{{cvlanguage\}}\{{[\w.-]*\}}",
    "end": _ENVIRONMENT,
}
#: A command that :func:`formula` returns.
_FORMULA = re.compile(r"\\cvmath\{((?:[^{}\\]|\\.|\{[^{}]*\})*)\}\{\\([(\[]).*?\\[)\]]\n?\}", re.DOTALL)
#: A line up to its comment.
_CODE = re.compile(r"(?:[^\\%]|\\.|\\$)*")


class NotLatexError(ValueError):
    """A value must not reach TeX, since it is not of the type that a function takes."""


class Latex(str):
    """LaTeX that is safe for TeX."""

    __slots__ = ()

    def __add__(self, other: "Latex") -> "Latex":  # type: ignore[override]
        return Latex(str.__add__(self, other))


EMPTY = Latex("")
#: The end of the argument that :func:`opened` begins.
CLOSED = Latex("}")
SPACE = Latex(" ")
NEWLINE = Latex("\n")
COLUMN = Latex("&")
#: An end of a line that TeX does not read as a space.
JOINED_LINE = Latex("%\n")


def joined(latex: Iterable[Latex], separator: Latex = EMPTY) -> Latex:
    return Latex(str(separator).join(latex))


# Values


def text(words: str) -> Latex:
    """Return text with TeX's special characters escaped, so that TeX reads no command in it."""
    words = normalise(words)
    # Most words have no special character, and need no encoder.
    return Latex(words if _ESCAPED.isdisjoint(words) else _encoder().unicode_to_latex(words))


@cache
def _encoder() -> "UnicodeToLatexEncoder":
    from pylatexenc.latexencode import RULE_DICT, UnicodeToLatexConversionRule, UnicodeToLatexEncoder

    return UnicodeToLatexEncoder(
        conversion_rules=[UnicodeToLatexConversionRule(RULE_DICT, _ESCAPES)],
        replacement_latex_protection="none",
        unknown_char_policy="keep",
        unknown_char_warning=False,
    )


def fixed(words: Latex) -> Latex:
    """Return text whose spaces TeX keeps, also several in a row."""
    return Latex(words.replace(" ", "\\ "))


def number(value: object, low: int = 0, high: int = 1_000_000) -> Latex:
    """Return an integer; raise NotLatexError for another value, or one out of range."""
    if not re.fullmatch("-?[0-9]{1,9}", str(value)) or not low <= int(str(value)) <= high:
        raise NotLatexError(f"{str(value)[:60]!r} is not a whole number from {low} to {high}")
    return Latex(str(int(str(value))))


def decimal(value: float) -> Latex:
    """Return a number with three decimals."""
    return Latex(f"{value:.3f}")


def identifier(name: object) -> Latex:
    """Return a name; raise NotLatexError if it has other characters than letters, digits, dots and hyphens."""
    if not re.fullmatch(r"[A-Za-z0-9.-]*", str(name)):
        raise NotLatexError(f"{str(name)[:60]!r} is not a name of letters, digits, dots and hyphens")
    return Latex(str(name))


def length(points: float) -> Latex:
    return Latex(f"{points:.2f}bp")


def picture_size(scale: float, lengths: Mapping[str, float]) -> Latex:
    """Return the keys of graphicx for the size of a picture; empty for the natural size."""
    names = {"width": "width", "height": "totalheight"}
    keys = [f"{names[name]}={length(points)}" for name, points in lengths.items()]
    if not keys and scale != 1:
        keys.append(f"scale={decimal(scale)}")
    return Latex(",".join(keys))


def address(url: str) -> Latex:
    """Return an address, percent-encoded in ASCII."""
    return text(quote(url, safe="%/:=&?#+!,;'@()*[]").replace("~", "%7E"))


def destination(docname: str, anchor: str) -> Latex:
    """Return the name of a destination in the PDF, in which codes replace the characters that a name must not have."""
    return Latex(re.sub(r"[^A-Za-z0-9.-]", lambda match: f".{ord(match[0]):x}.", f"{docname}.{anchor}".rstrip(".")))


def file(name: str) -> Latex:
    """Return the name of a file beside the document; raise NotLatexError for other folders or special characters."""
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise NotLatexError(f"{name[:60]!r} is not a file's name of letters, digits, dots and hyphens")
    return Latex(name)


# Commands


def command(name: str, *arguments: Latex, option: Latex | None = None) -> Latex:
    if name not in COMMANDS:
        raise NotLatexError(f"there is no command {name!r}")
    optional = f"[{option}]" if option is not None else ""
    return Latex(f"\\{name}{optional}" + "".join(f"{{{argument}}}" for argument in arguments))


def opened(name: str, *arguments: Latex) -> Latex:
    """Return a command and the beginning of its last argument, which ends with :data:`CLOSED`."""
    return Latex(f"{command(name, *arguments)}{{")


def control_word(name: str) -> Latex:
    """Return a command without arguments, followed by a space, so that text may follow."""
    return Latex(f"{command(name)} ")


def begin(name: str, *arguments: Latex) -> Latex:
    return command("begin", _environment(name), *arguments)


def end(name: str) -> Latex:
    return command("end", _environment(name))


def _environment(name: str) -> Latex:
    if name not in ENVIRONMENTS:
        raise NotLatexError(f"there is no environment {name!r}")
    return Latex(name)


def formula(source: str, *, is_displayed: bool = False) -> Latex:
    """Return a formula, with its source as alternative text; raise NotLatexError for a macro that is not allowed."""
    # Few CVs have formulas, and their parser is slow to import.
    from cvtools.reading.formulas import display, fault_of_formula

    code = display(source) if is_displayed else source
    if fault := fault_of_formula(code):
        raise NotLatexError(fault)
    return command("cvmath", text(source), Latex(f"\\[{code}\\]\n" if is_displayed else f"\\({code}\\)"))


def lines_with_formulas(latex: str) -> Collection[str]:
    """Return the source files and lines, such as "docs/index.md:12", of the formulas in a document."""
    return {part.partition("\n")[0] for part in _marked_parts(latex) if _FORMULA.search(part)}


def without_formulas(latex: str, lines: Collection[str]) -> str:
    """Return a document in which the formulas of these source lines are replaced by their source code."""
    parts = _marked_parts(latex)
    return "%% ".join(_FORMULA.sub(_as_written, part) if part.partition("\n")[0] in lines else part for part in parts)


def _marked_parts(latex: str) -> list[str]:
    """Return the parts of a document between its source marks; all but the first begin with the mark's text."""
    return latex.split("%% ")


def _as_written(formula: re.Match[str]) -> str:
    source, opening = formula.groups()
    return f"{command('par') if opening == '[' else ''}\\cvmath{{{source}}}{{{source}}}"


def settings(values: Mapping[str, str]) -> Latex:
    """Return the command that passes a document's metadata and colours to the class."""
    lines = [f"  {identifier(name)}={{{text(value)}}}," for name, value in values.items() if value]
    return Latex("\n".join(["\\cvsetup{", *lines, "}"]))


def stripped(latex: Latex) -> Latex:
    """Return LaTeX without the space around it, and without source marks at its end, which would hide what follows."""
    lines = latex.strip().split("\n")
    while lines and lines[-1].startswith("%% "):
        lines.pop()
    return Latex("\n".join(lines).rstrip())


def source_mark(path: str, line: object) -> Latex:
    """Return a comment with the source file and line of the LaTeX that follows."""
    return Latex(f"%% {' '.join(visible(path).split())}:{number(line)}\n")


def without_empty_lines(latex: Latex) -> Latex:
    """Return LaTeX without empty lines, which would end paragraphs."""
    return Latex(re.sub(r"\n{2,}", "\n", latex))


def with_characters(latex: Latex, replacements: Mapping[str, str], pictured: Collection[str]) -> Latex:
    """Return LaTeX in which characters without a font are replaced, and emoji have a text to be extracted instead.

    :param replacements: the text in place of each character without a font
    :param pictured: characters whose glyphs are pictures, from which programs could extract no text
    """
    replaced = latex.translate({ord(character): text(words) for character, words in replacements.items()})
    if not pictured:
        return Latex(replaced)
    one = f"[{''.join(map(re.escape, sorted(pictured)))}]"
    run = rf"{one}({one}|[\ufe0f\u200d])*"
    return Latex(re.sub(run, lambda match: f"\\cvpictured{{{visible(match[0])}}}{{{match[0]}}}", replaced))


# A second layer of defence


def faults(latex: str) -> Iterator[tuple[int, str]]:
    """Yield the line, from 1, and the text of each command or comment that this module never writes."""
    for index, line in enumerate(latex.split("\n"), 1):
        code = "".join(_CODE.findall(line)[:1])
        comment = line.removeprefix(code)
        unknown = [command[0] for command in _CONTROL_SEQUENCE.finditer(code) if not _is_known(command)]
        # TeX ends a line, and thus a comment, at a carriage return as well.
        unknown += re.findall(r"\^\^", code) + re.findall(r"[\0-\x08\x0b-\x1f\x7f]", line)
        # Comments are source marks, or the % of JOINED_LINE.
        unknown += [comment] if comment and not re.match("%% |%$", comment) else []
        yield from ((index, words) for words in unknown)


def _is_known(command: re.Match[str]) -> bool:
    """Return whether this module writes a command, and with such arguments."""
    return command[1] in _KNOWN and bool(re.compile(_NAMES.get(command[1], "")).match(command.string, command.end()))
