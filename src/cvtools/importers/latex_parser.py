"""Parse LaTeX: expand the commands that a document defines, and specify the arguments of all others.

``latex.toml`` has the names of commands and their arguments.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pylatexenc import latexwalker
from pylatexenc.latexwalker import LatexNode, LatexWalker, LatexWalkerError
from pylatexenc.macrospec import EnvironmentSpec, LatexContextDb, MacroSpec, MacroStandardArgsParser, ParsedMacroArgs

from cvtools import limits
from cvtools.i18n import I18n
from cvtools.importers.encoding_and_language import decode, language_of
from cvtools.importers.line_syntax import as_date
from cvtools.reading.latex import words

TABLE = tomllib.loads(Path(__file__).with_name("latex.toml").read_text("utf-8"))


def by_command(lists: Mapping[str, str]) -> dict[str, str]:
    """Return the key of each command in a table of lists of commands by key."""
    return {name: key for key, names in lists.items() for name in names.split()}


#: Fields of the person, and methods of :class:`cvtools.importers.latex._Converter`, by command.
FIELDS, READERS = by_command(TABLE["fields"]), by_command(TABLE["readers"])
#: Arguments of commands whose last argument alone is text, of commands without text, and of environments.
FRAMING, SETUP, ENVIRONMENTS = (by_command(TABLE[name]) for name in ("framing", "setup", "environments"))
SEPARATORS = by_command(TABLE["separators"])
_ARGUMENTS = (
    dict.fromkeys(FIELDS, "[{") | dict.fromkeys(SEPARATORS, "") | by_command(TABLE["arguments"]) | FRAMING | SETUP
)
_CLASSES = {name: by_command(arguments) for name, arguments in TABLE["classes"].items()}
#: A command about the person, which may be in the preamble.
_PERSON = re.compile(
    r"\\(?:name|firstname|familyname|lastname|quote|social|extrainfo|photo|leftheader|rightheader|ecv[a-z]+|"
    rf"{'|'.join(FIELDS)})(?![A-Za-z])"
)
#: Specification of any number of arguments, as for an unknown command.
ANY = "any"
#: The inside of braces, in which braces may be nested four deep.
_INSIDE = r"(?:[^{}\\]|\\.)*+"
for _ in range(4):
    _INSIDE = rf"(?:[^{{}}\\]|\\.|\{{{_INSIDE}\}})*+"
#: An argument in braces.
_GROUP = rf"\s*\{{({_INSIDE})\}}"
#: An optional argument.
_OPTIONAL = r"(?:\s*\[([^][]*)\])?"
#: A definition of a command: its name, its arguments ("m m", or one of two numbers), the default of the first one if
#: that is optional ("O{…}", or in brackets), and its replacement.
_DEFINITION = re.compile(
    r"(?s)\\(?:(?:(?:new|renew|provide)command|DeclareRobustCommand|(?P<is_new>(?:New|Renew|Provide|Declare)DocumentCommand))"
    r"\*?\s*\{?|def\s*)\\(?P<name>[A-Za-z]+)\}?\s*(?(is_new)\{\s*(?:O\{(?P<first>[^{}]*)\})?(?P<others>[m\s]*)\}"
    rf"|(?:\[(?P<count>[1-9])\]\s*(?:\[(?P<default>[^][]*)\])?|(?:#\d)*#(?P<last>[1-9]))?)\s*\{{(?P<body>{_INSIDE})\}}"
)
#: The commands in a definition that is not expanded: half a list, a condition, or an item with markup.
_KEPT = r"\\(?:(?:begin|end)(?!\{tabular)|item(?!\s*(?:\[#\d\])?[\s#\d]*\Z)|set|if)"
#: The use of a command: its name, and its arguments in braces, with at most one end of a line before each; it consumes
#: only the backslash, so that uses in arguments match, too.
_USE = re.compile(rf"(?s)(?=\\([A-Za-z]+)\*?(?:\[[^][]*\])?((?:[ \t]*(?:\n[ \t]*)?\{{{_INSIDE}\}})+))\\")
_SECTION = re.compile(r"\\(?:cv|sub)?sect(?:ion)?\*?\{([^{}]*)\}")
#: The command ``\name`` with two arguments; in other classes, it has one.
_NAME = rf"(?s)\\name\s*(?:\[[^][]*\])?\{{({_INSIDE})\}}[ \t]*(?:\n[ \t]*)?\{{({_INSIDE})\}}"
#: An entry in RenderCV's LaTeX: columns for the degree, for place and date, and for the title and other names.
_COLUMNS = (
    rf"(?s)\\begin\{{(?:two|(three))colentry\}}(?(1){_GROUP}){_GROUP}"
    r"((?:(?!\\(?:begin|end)).)*)\\end\{(?:two|three)colentry\}"
)
_UNIT = r"(?:em|ex|pt|cm|mm|in)(?![a-z])"
#: The name of a length, unlike ``\noindent``, ``\smallskip`` and the like.
_LENGTH = r"(?!noindent|(?:small|med|big)skip)[a-z]*(?:sep|skip|indent|offset|width|height|depth|margin|[hv]size)"


def _entry_of(degree: str | None, right: str, left: str) -> str:
    """Return an entry in RenderCV's columns as a command; the last paragraph of the right column is the date."""
    *places, date = re.split(r"\n\s*\n", right.strip())
    names = [*filter(None, [degree]), *re.split(r"\n\s*\n", left.strip()), *places]
    return rf"\datedentry{{{date}}}" + "".join(f"{{{name}}}" for name in [*names, ""])


#: Replacements before parsing, such as commands for the environments of the class "resume", and "" for settings.
_REPLACEMENTS = (
    (r"(?s)\\begin\{rSection\}" + _GROUP, r"\\section{\1}"),
    (r"(?s)\\begin\{rSubsection\}" + _GROUP * 4, r"\\resumeSubheading{\1}{\4}{\3}{\2}\\begin{itemize}"),
    (r"(?s)\\begin\{rSubsection\}" + _GROUP * 3, r"\\resumeSubheading{\1}{}{\3}{\2}\\begin{itemize}"),
    (r"\\end\{rSubsection\}", r"\\end{itemize}"),
    (r"\\end\{rSection\}", ""),
    # The class curve: a rubric is a section with a list of entries.
    (r"(?s)\\begin\{rubric\}" + _GROUP, r"\\section{\1}\\begin{itemize}"),
    (r"\\end\{rubric\}", r"\\end{itemize}"),
    (r"\\entry(?:\*|(?=\s*\[))", r"\\item"),
    # A prefix of the class limecv or twentysecondcv, as in "\cvContactEmail".
    (rf"\\cv(?:Contact)?((?i:{'|'.join(['name', *FIELDS])}))(?![A-Za-z])", lambda match: rf"\{match[1].lower()}"),
    (r"(?s)\\cvID" + _GROUP * 4, r"\\name{\1 \2}\\title{\4}"),
    (r"(?s)\\header" + _GROUP * 3, r"\\name{\1 \2}\\title{\3}"),
    # Settings of lengths, such as "\itemsep -2pt", "\hoffset=1in" and "\moveleft.5\hoffset", rules and symbols.
    (rf"\\(?:{_LENGTH}\s*=?|kern|raise|lower|move(?:left|right))\s*-?(?:[\d.]+\s*{_UNIT}|[\d.]*\\[hv]offset)", ""),
    (rf"\\[hv]rule(?:\s*(?:width|height|depth)\s*-?[\d.]*\s*(?:\\[a-z]+|{_UNIT}))+", ""),
    (r"\\font\s*\\[A-Za-z]+\s*=\s*\S+", ""),
    (r"\\char\s*\"[0-9A-F]+|(?<=\{)\"[0-9A-F]{4}(?=\})", ""),
    # Lines of tabbing that only set its stops, and columns of tabu, which are those of tabular.
    (r"(?m)^.*\\kill(?![A-Za-z])", ""),
    (r"\\begin\{(?:long)?tabu\*?\}[^{]*", r"\\begin{tabular}"),
    (r"\\end\{(?:long)?tabu\*?\}", r"\\end{tabular}"),
    (r"\\xspace(?![A-Za-z])", "{}"),
    (_NAME, r"\\name{\1 \2}"),
    (_COLUMNS, lambda columns: _entry_of(*columns.groups()[1:])),
    # A place in brackets after a heading.
    (r"(?s)(\\(?:sub)?section\*?" + _GROUP + r")\s*\[([^][]*)\]", r"\1\n\n\3\n\n"),
    # Europass: two phones in one command, labels, and levels of languages and skills, such as \ecvCOne for C1.
    (r"\\ecvtelephone\s*\[([^]]*)\]", r"\\ecvmobile{\1}\\ecvtelephone"),
    (r"\\ecvmothertongue\s*(?:\[[^]]*\])?", r"\\ecvitem{Mother tongue}"),
    (
        r"\\ecvdigitalcompetence" + _GROUP * 5,
        (
            r"\\ecvitem{Information processing}{\1}\\ecvitem{Communication}{\2}"
            r"\\ecvitem{Content creation}{\3}\\ecvitem{Safety}{\4}\\ecvitem{Problem solving}{\5}"
        ),
    ),
    (r"\\ecv([ABC])One(?![A-Za-z])", r"\g<1>1"),
    (r"\\ecv([ABC])Two(?![A-Za-z])", r"\g<1>2"),
    (r"\\ecv(Basic|Independent|Proficient)(?![A-Za-z])", r"\1"),
    # Deedy's name, with contacts in a third argument.
    (r"\\namesection" + _GROUP * 2, r"\\name{\1 \2}"),
    # Boxes beside each other are columns.
    (r"(\\makebox\s*(?:\[[^]]*\]\s*){1,2}\{[^{}]*\})\s*(?=[^\s\\}]|\\(?:parbox|text)|\\begin\{minipage\})", r"\1 & "),
    # Quotation marks of babel's German.
    (r"\"`([^\"]*)\"'", r"„\1“"),
    # The slices of AltaCV's wheelchart begin with size, width and colour.
    (r"\b\d+/[\d.]+em/[\w!]+/", ""),
    (r"(?s)\\iffalse(?![A-Za-z]).*?\\fi(?![A-Za-z])", ""),
    (r"(?s)\\begin\{comment\}.*?\\end\{comment\}", ""),
)
#: Commands whose arguments are no text of the CV.
_SILENT = re.compile(
    r"documentclass|usepackage|RequirePackage|input|include|((re)?new|provide)(command|environment|length|counter|columntype)|def|"
    r"(cv)?[sS]et[A-Za-z]+|addtolength|[vh]space|[vh]skip|geometry|hypersetup|moderncv[a-z]+|definecolor|colorlet|(new)?(page)?color|"
    r"font[a-z]+|photo|bibliography|urlstyle|addbibresource|begin|end|cvskill[a-z]*(legend|head)|title(format|spacing)|"
    r"lastupdated|ecv(personalinfo|footername|language(header|footer))|defbib(check|environment|filter|heading)|"
    r"(New|Declare|At|Set)[A-Z].*"
)


#: A command with the name of a file that belongs to the document.
_INPUT = r"\\(?:input|include|subfile|makerubric|(?:sub)?import\*?\s*\{(?P<folder>[^{}]+)\})\s*\{(?P<file>[^{}]+)\}"


def with_inputs(text: str, file: Path) -> str:
    r"""Return LaTeX without comments, and with the files that ``\input`` and ``\include`` name in place, each once.

    Ignore all files but .tex files below the folder of the first one.

    :raises ValueError: the files have too much text
    """
    seen, size = {file.resolve()}, len(text)

    def content(match: re.Match[str]) -> str:
        nonlocal size
        try:
            named = file.parent / (match["folder"] or "").strip() / match["file"].strip()
            other = (named if named.suffix else named.with_suffix(".tex")).resolve()
            is_below = other.is_relative_to(file.parent.resolve())
            # Any other file may be private: the folder may be that of downloads.
            if not (is_below and other.suffix == ".tex" and other.is_file()) or other in seen:
                return ""
        except (OSError, ValueError):
            # No file can have such a name.
            return ""
        seen.add(other)
        size += other.stat().st_size
        if size > limits.IMPORT_SIZE or len(seen) > limits.IMPORT_COMMANDS:
            raise ValueError(f"{match[0]} includes too much: name fewer or shorter files")
        return _body(expanded(decode(other.read_bytes())))

    def expanded(text: str) -> str:
        return re.sub(_INPUT, content, re.sub(r"(?m)(?<!\\)%.*$\n?", "", text))

    return expanded(text)


def _body(text: str) -> str:
    """Return the text inside the ``document`` environment; all text if there is none."""
    inside = re.search(r"(?s)\\begin\{document\}(.*)\\end\{document\}", text)
    return inside[1] if inside else text


class Document(NamedTuple):
    """A parsed document."""

    #: The commands of the preamble that describe the person, then all nodes of the body.
    nodes: list[LatexNode]
    #: The titles of sections in LaTeX.
    sections: list[str]


def parse(text: str, unread: list[str]) -> Document:
    """Parse a document, and report what is left out.

    :param unread: receives a line about each omission
    :raises ValueError: the document is damaged, or its definitions make it too long
    """
    context = _context_for(text)

    def is_known(name: str) -> bool:
        return name in READERS or bool(context.get_macro_spec(name).macroname)

    text = _expanded(text, is_known)
    for pattern, replacement in _REPLACEMENTS:
        text = re.sub(pattern, replacement, text)
    text = _with_common_commands(text, is_known)
    preamble, begin, body = text.partition(r"\begin{document}")
    if not begin:
        preamble, body = "", preamble
    body = _without_letter(body.partition(r"\end{document}")[0], unread)
    _report_unread(text, body, is_known, unread)
    options = {"latex_context": context, "tolerant_parsing": True}
    try:
        # Bodies of definitions are not well-formed: read only the person's commands in the preamble.
        person = [
            LatexWalker(preamble[match.start() :], **options).get_latex_nodes(read_max_nodes=1)[0][0]
            for match in islice(_PERSON.finditer(preamble), limits.IMPORT_COMMANDS)
        ]
        return Document([*person, *LatexWalker(body, **options).get_latex_nodes()[0]], _SECTION.findall(body))
    except LatexWalkerError as error:
        raise ValueError(f"it is damaged LaTeX: {str(error).partition(chr(10))[0]}") from None
    except IndexError:
        # pylatexenc reads past the end of the document after \verb.
        raise ValueError("it is damaged LaTeX: it ends within a command") from None


def is_silent(name: str) -> bool:
    """Return whether a command and its arguments are no text of the CV."""
    return name in SETUP or bool(_SILENT.fullmatch(name))


def _context_for(text: str) -> LatexContextDb:
    """Return pylatexenc's specification of the arguments of commands, some of which depend on the document's class."""
    cls = re.search(r"\\documentclass\s*(?:\[[^]\\]*\])?\s*\{([^}\\]*)", text)
    of_class = _CLASSES.get(cls[1].strip(), _CLASSES["others"]) if cls else {}
    defined = {definition["name"] for definition in _DEFINITION.finditer(text)}
    # An author's class may be a copy of moderncv, whose \address has several arguments.
    longer = {"address"} if re.search(rf"\\address{_GROUP}\{{", text) else set()
    arguments = _ARGUMENTS | {name: of_class[name] for name in of_class.keys() - defined - longer}
    context = latexwalker.get_default_latex_context_db()
    context.set_unknown_macro_spec(MacroSpec("", args_parser=_AllArguments()))
    context.set_unknown_environment_spec(EnvironmentSpec("", args_parser=_AllArguments()))
    context.add_context_category(
        "cv",
        macros=[
            MacroSpec(name, args_parser=_AllArguments() if specification == ANY else specification)
            for name, specification in arguments.items()
        ],
        environments=[EnvironmentSpec(name, specification) for name, specification in ENVIRONMENTS.items()],
        prepend=True,
    )
    return context


class _AllArguments(MacroStandardArgsParser):  # type: ignore[misc]
    """Parser of any number of arguments: all brackets and braces after a command."""

    def parse_args(self, w: LatexWalker, pos: int, parsing_state: object = None) -> tuple[ParsedMacroArgs, int, int]:
        """Return the arguments, with their position and length."""
        arguments: list[LatexNode | None] = []
        end = pos
        while mark := re.compile(r"[*\[]|\s?[ \t]*\{").match(w.s, end):
            parsed, _, length = MacroStandardArgsParser(mark[0].strip()).parse_args(w, end, parsing_state)
            if not length:
                break
            arguments, end = [*arguments, *parsed.argnlist], end + length
        return ParsedMacroArgs(argspec=ANY, argnlist=arguments), pos, end - pos


def _expanded(text: str, is_known: Callable[[str], bool]) -> str:
    """Return LaTeX with commands that the document defines expanded, but not those with :data:`_KEPT`."""
    # The pattern of a command's arguments, the default of the first one if that is optional, and the replacement.
    definitions: dict[str | None, tuple[str, str | None, str]] = {}
    for found in _DEFINITION.finditer(text):
        default, body = found["default"] if found["first"] is None else found["first"], found["body"]
        number = int(found["count"] or found["last"] or (found["others"] or "").count("m"))
        # In \newcommand, the number of arguments includes the optional one.
        number -= found["default"] is not None
        arguments = (_OPTIONAL if default is not None else "") + _GROUP * number
        if not (is_known(found["name"]) or re.search(_KEPT, body)):
            definitions[found["name"]] = (arguments, default, body)
    text = _DEFINITION.sub("", text)
    size = 0
    # Expand commands in definitions, too, up to four deep.
    for _ in range(4):
        pieces, end = [], 0
        for use in re.finditer(r"\\(?:([A-Za-z]+)(?:\{\})?|.)", text):
            if use[1] not in definitions or use.start() < end:
                continue
            pattern, default, body = definitions[use[1]]
            if given := re.compile(pattern, re.DOTALL).match(text, use.end(1) if pattern else use.end()):
                # A body may refer to arguments that the command does not have.
                values, words = [*given.groups(default or ""), *[""] * 9], re.split("#([1-9])", body)
                words[1::2] = [values[int(number) - 1] for number in words[1::2]]
                pieces += [text[end : use.start()], *words]
                size, end = size + sum(map(len, words)), given.end()
                if size > limits.IMPORT_SIZE:
                    size_limit = limits.IMPORT_SIZE // 1_000_000
                    raise ValueError(f"its definitions make more than {size_limit} MB: write simpler ones")
        text = "".join([*pieces, text[end:]])
    return text


class _Use(NamedTuple):
    """A use of a command that is not known."""

    #: The match of ``_USE``.
    match: re.Match[str]
    name: str
    #: The arguments in braces.
    arguments: list[str]
    #: Index of the argument that is a date; -1 if none is.
    date_index: int


def _with_common_commands(text: str, is_known: Callable[[str], bool]) -> str:
    """Return LaTeX in which unknown commands for sections, and for dated entries, have names of ``latex.toml``."""
    i18n = I18n(language_of(_SECTION.findall(text)))
    uses = [_use_of(match, i18n) for match in _USE.finditer(text) if not (is_known(match[1]) or is_silent(match[1]))]
    # A command is for entries if any use of it has a date beside other arguments.
    indexes: dict[str, Counter[int]] = {}
    for use in uses:
        if use.arguments[1:] and use.date_index >= 0:
            indexes.setdefault(use.name, Counter())[use.date_index] += 1
    with_text = {use.name for use in uses if _ends_in_text(use.arguments)}
    pieces, end = [], 0
    for use in uses:
        command = ""
        if use.name in indexes and use.arguments[1:]:
            index = indexes[use.name].most_common(1)[0][0] if use.date_index < 0 else use.date_index
            command = _dated_entry(use.arguments, index, i18n, has_text=use.name in with_text)
        elif re.fullmatch(r"(?i)[a-z]*sec(tion)?", use.name) and not use.arguments[1:]:
            command = rf"\{'sub' if 'sub' in use.name.lower() else ''}section{{{use.arguments[0]}}}"
        # Keep the uses within the arguments of a replaced one.
        if command and use.match.start() >= end:
            pieces += [text[end : use.match.start()], command]
            end = use.match.end(2)
    return "".join([*pieces, text[end:]])


def _use_of(match: re.Match[str], i18n: I18n) -> _Use:
    arguments = re.findall(_GROUP, match[2])
    dates = (number for number, argument in enumerate(arguments[:8]) if _is_date(argument, i18n))
    return _Use(match, match[1], arguments, next(dates, -1))


def _ends_in_text(arguments: list[str]) -> bool:
    """Return whether the last argument of a command is text, not a location: it is long, or one of five or more."""
    return bool(arguments[4:] or (arguments[2:] and re.search(r"(?s).{80}|\\item", arguments[-1])))


def _dated_entry(arguments: list[str], index: int, i18n: I18n, *, has_text: bool) -> str:
    """Return the command for an entry, or for an item of a list if there is only one argument besides the date.

    :param index: that of the date
    :param has_text: whether the last argument is text
    """
    names = [*arguments]
    date = names.pop(index) if index < len(names) else ""
    # The end of a period may be an argument of its own.
    end_date = names[index].strip() if index < len(names) and names[1:] else ""
    if date and end_date and _is_date(period := f"{date.rstrip(' -–')} – {end_date}", i18n):
        date = period
        names.pop(index)
    name = "datedentry" if index or names[1:] else "cvitem"
    if name == "datedentry" and not (has_text and names[1:]):
        names.append("")
    return rf"\{name}{{{date}}}" + "".join(f"{{{argument}}}" for argument in names)


def _is_date(group: str, i18n: I18n) -> bool:
    """Return whether an argument of a command is a date."""
    return len(group) < 80 and bool(re.search(r"\d\d", group)) and bool(as_date(words(group).replace("\n", " "), i18n))


def _without_letter(body: str, unread: list[str]) -> str:
    """Return a document without a letter below the CV, which is reported."""
    letter = re.search(r"\\recipient(?![A-Za-z])", body)
    if not letter or not _SECTION.search(body[: letter.start()]):
        return body
    unread.append("the letter at the end is left out: write it as a page of its own in docs/letters/")
    return body[: letter.start()]


def _report_unread(text: str, body: str, is_known: Callable[[str], bool], unread: list[str]) -> None:
    """Report bibliographies, today's date, and unknown commands with several arguments."""
    if names := re.findall(r"\\(?:bibliography|addbibresource)(?:\[[^]]*\])?\{([^{}]+)", text):
        files = ", ".join(f"{name.removesuffix('.bib')}.bib" for name in names)
        remedy = "save the file beside the page, and list it there with {publications}"
        unread.append(f"the publications in {files} are left out: {remedy}")
    # Do not report the date in the footer of a page, which is no text of the CV.
    if re.search(r"(?<!\\makecvfooter\{)\\today(?![A-Za-z])", body):
        unread.append(r"\today is left out, since it has another value each day: delete the words around it")
    used = {groups[0] for groups in re.findall(rf"(?s)\\([A-Za-z]+){_GROUP * 2}", body)}
    if unknown := [rf"\{name}" for name in sorted(used) if not (is_known(name) or is_silent(name))]:
        unread.append(f"the meaning of {', '.join(unknown)} is not known: the words are in the text")
