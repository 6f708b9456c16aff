"""Read CVs in LaTeX: the commands of moderncv, Awesome-CV and AltaCV, and documents with nothing but sections.

The names of the commands, and the fields that they become, are in ``latex.toml``.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path

from pylatexenc import latexwalker
from pylatexenc.latexwalker import LatexGroupNode, LatexMacroNode, LatexNode, LatexWalker, LatexWalkerError
from pylatexenc.macrospec import EnvironmentSpec, LatexContextDb, MacroSpec, MacroStandardArgsParser, ParsedMacroArgs

from cvtools import limits
from cvtools.i18n import I18n
from cvtools.importers import vocabulary
from cvtools.importers.contacts import contact_of
from cvtools.importers.drafts import NO_PICTURE, Source, join_texts, language_of, with_scheme
from cvtools.importers.lines import plain
from cvtools.importers.prose import Part, Reader
from cvtools.model.values import NETWORKS
from cvtools.reading.latex import words, words_of
from cvtools.writing import myst

_TABLE = tomllib.loads(Path(__file__).with_name("latex.toml").read_text("utf-8"))


def _by_command(lists: Mapping[str, str]) -> dict[str, str]:
    """Return the key of each command, from lists of commands by key."""
    return {name: key for key, names in lists.items() for name in names.split()}


#: What each command does, by its name; ``latex.toml`` explains its tables.
_FIELDS, _READERS, _EMPHASIS, _FRAMING, _SETUP, _OF_ENVIRONMENTS = (
    _by_command(_TABLE[name]) for name in ("fields", "readers", "emphasis", "framing", "setup", "environments")
)
#: The names of an entry's arguments, in the orders that templates have; "_" is left out.
_ENTRIES: Mapping[str, str] = _TABLE["entries"]
#: The kind of an entry in a section that names none, if it is no position.
_KINDS: Mapping[str, str] = _TABLE["kinds"]
#: The number of arguments that are an item of a list, if not all of them are one.
_ITEM_SIZES: Mapping[str, int] = _TABLE["item_sizes"]
#: Fields that a role has from the role before it at the same employer.
_INHERITED = ("organization", "location")
_SEPARATORS = _by_command(_TABLE["separators"]) | {" ": " "}
_ARGUMENTS = dict.fromkeys(_FIELDS, "{") | _by_command(_TABLE["arguments"])
_CLASSES = {name: _by_command(arguments) for name, arguments in _TABLE["classes"].items()}
#: A command that describes the person, which may be in the preamble.
_PERSON = re.compile(
    rf"\\(?:name|firstname|familyname|lastname|quote|social|extrainfo|photo|{'|'.join(_FIELDS)})(?![A-Za-z])"
)
#: Stands for the arguments of an unknown command, of any number.
_ANY = "any"
#: The inside of braces, in which braces may be nested four deep.
_INSIDE = r"(?:[^{}\\]|\\.)*+"
for _ in range(4):
    _INSIDE = rf"(?:[^{{}}\\]|\\.|\{{{_INSIDE}\}})*+"
#: An argument in braces.
_GROUP = rf"\s*\{{({_INSIDE})\}}"
#: A definition of a command: its name, the number of its arguments (one of two groups), and its replacement.
_DEFINITION = re.compile(
    r"(?s)\\(?:(?:new|renew|provide)command\*?\s*\{?|def\s*)\\([A-Za-z]+)\}?\s*(?:\[([1-9])\]|(?:#\d)*#([1-9]))?"
    + _GROUP
)
#: An argument that is a star, a length or another setting, rather than words.
_SETTING = re.compile(
    r"\*|[\[{]\s*(?:-?[\d.]+\s*(?:cm|mm|in|pt|em|ex)|[\d.]*\\(?:text|line|column|paper)width)?\s*[\]}]"
    r"|\[\s*(?:\w|-?\d?\.\d+|\w[\w ]*=.*)\s*\]"
)
_SECTION = re.compile(r"\\(?:cv|sub)?sect(?:ion)?\*?\{([^{}]*)\}")
#: Commands whose last argument is a unit, and the space after a prefix in its words, as in "kilo metre".
_UNITS = frozenset({"SI", "SIrange", "qty", "qtyrange", "si", "unit"})
_SPACE_BEHIND_PREFIX = r"(?<=centi|femto|micro|milli) |(?<=giga|kilo|mega|nano|pico|tera) "
_DASH = re.compile(r"\s*(?:--+|–|—)\s*")
#: Marks the markup of lists that this module writes, which must not be escaped.
_MARKUP = "\ue000"
#: Replacements before LaTeX is parsed: environments of the class "resume" become commands; comments and settings go.
_REPLACEMENTS = (
    (r"\\begin\{rSection\}\s*\{([^{}]*)\}", r"\\section{\1}"),
    (r"\\begin\{rSubsection\}" + r"\s*\{([^{}]*)\}" * 4, r"\\resumeSubheading{\1}{\4}{\3}{\2}\\begin{itemize}"),
    (r"\\end\{rSubsection\}", r"\\end{itemize}"),
    (r"\\end\{rSection\}", ""),
    (r"\\[a-z]*(?:sep|skip|indent)\s*=?\s*-?[\d.]+\s*(?:em|ex|pt|cm|mm|in)(?![a-z])", ""),
    # Quotation marks of babel's German.
    (r"\"`([^\"]*)\"'", r"„\1“"),
    # The slices of AltaCV's wheelchart begin with size, width and colour.
    (r"\b\d+/[\d.]+em/[\w!]+/", ""),
    (r"(?s)\\iffalse(?![A-Za-z]).*?\\fi(?![A-Za-z])", ""),
    (r"(?s)\\begin\{comment\}.*?\\end\{comment\}", ""),
)
#: Commands whose arguments are no words of the CV.
_SILENT = re.compile(
    r"documentclass|usepackage|RequirePackage|input|include|((re)?new|provide)(command|environment|length|counter)|def|"
    r"set[a-z]+|addtolength|[vh]space|[vh]skip|geometry|hypersetup|moderncv[a-z]+|definecolor|colorlet|font[a-z]+|color|"
    r"photo|bibliography|urlstyle|addbibresource|begin|end|cvskill[a-z]*(legend|head)|title(format|spacing)|"
    r"(New|Declare|At|Set)[A-Z].*"
)
#: Environments of tables, and those that are read as text if they have items.
_TABLES = {"tabular", "tabularx", "tabular*", "longtable"}
_TEXT_ENVIRONMENTS = {"itemize", "enumerate", "description", *_TABLES}


def read(text: str, unread: list[str]) -> myst.Heading:
    """Return the CV as a tree of headings."""
    context = _context_for(text)

    def is_known(name: str) -> bool:
        return name in _READERS or bool(context.get_macro_spec(name).macroname)

    text = _expanded(text, is_known)
    for pattern, replacement in _REPLACEMENTS:
        text = re.sub(pattern, replacement, text)
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
        tree = LatexWalker(body, **options).get_latex_nodes()[0]
        converter = _Converter(unread, I18n(language_of(_SECTION.findall(body))))
        parts = converter.convert([*person, *tree])
        return Reader(parts, unread, {}, has_table_heads=False).read(Source(converter.person, unread=unread))
    except LatexWalkerError as error:
        raise ValueError(f"it is damaged LaTeX: {str(error).partition(chr(10))[0]}") from None
    except IndexError:
        # pylatexenc reads past the end of the document after \verb.
        raise ValueError("it is damaged LaTeX: it ends within a command") from None


def _context_for(text: str) -> LatexContextDb:
    """Return the arguments of commands and environments, which may depend on the document's class."""
    cls = re.search(r"\\documentclass\s*(?:\[[^]\\]*\])?\s*\{([^}\\]*)", text)
    of_class = _CLASSES.get(cls[1].strip(), _CLASSES["others"]) if cls else {}
    defined = {found[0] for found in _DEFINITION.findall(text)}
    arguments = _ARGUMENTS | _FRAMING | _SETUP | {name: of_class[name] for name in of_class.keys() - defined}
    context = latexwalker.get_default_latex_context_db()
    context.set_unknown_macro_spec(MacroSpec("", args_parser=_AllArguments()))
    context.set_unknown_environment_spec(EnvironmentSpec("", args_parser=_AllArguments()))
    context.add_context_category(
        "cv",
        macros=[MacroSpec(name, specification) for name, specification in arguments.items()],
        environments=[EnvironmentSpec(name, specification) for name, specification in _OF_ENVIRONMENTS.items()],
        prepend=True,
    )
    return context


def _without_letter(body: str, unread: list[str]) -> str:
    """Return a document without the letter that may follow the CV, which is reported."""
    letter = re.search(r"\\recipient(?![A-Za-z])", body)
    if not letter or not _SECTION.search(body[: letter.start()]):
        return body
    unread.append("the letter at the end is left out: write it as a page of its own in docs/letters/")
    return body[: letter.start()]


def _report_unread(text: str, body: str, is_known: Callable[[str], bool], unread: list[str]) -> None:
    """Report bibliographies, and commands whose meaning is not known."""
    if names := re.findall(r"\\(?:bibliography|addbibresource)(?:\[[^]]*\])?\{([^{}]+)", text):
        files = ", ".join(f"{name.removesuffix('.bib')}.bib" for name in names)
        remedy = "save the file beside the page, and list it there with {publications}"
        unread.append(f"the publications in {files} are left out: {remedy}")
    used = {found[0] for found in re.findall(rf"(?s)\\([A-Za-z]+){_GROUP * 2}", body)}
    if unknown := [rf"\{name}" for name in sorted(used) if not (is_known(name) or _is_silent(name))]:
        unread.append(f"the meaning of {', '.join(unknown)} is not known: the words are in the text")


def _expanded(text: str, is_known: Callable[[str], bool]) -> str:
    """Return LaTeX with the document's own commands replaced by their definitions; lists and tables stay."""
    definitions = {
        name: (int(count or number or 0), body)
        for name, count, number, body in _DEFINITION.findall(text)
        if not (is_known(name) or re.search(r"\\(?:(?:begin|end)(?!\{tabular)|item|set|if)", body))
    }
    text = _DEFINITION.sub("", text)
    size = 0
    # A definition may use others.
    for _ in range(4):
        pieces, end = [], 0
        for use in re.finditer(r"\\(?:([A-Za-z]+)(?:\{\})?|.)", text):
            count, body = definitions.get(use[1], (-1, ""))
            if count < 0 or use.start() < end:
                continue
            if arguments := re.compile(r"(?s)" + _GROUP * count).match(text, use.end(1) if count else use.end()):
                words = re.sub(r"#([1-9])", lambda number: (*arguments.groups(), *[""] * 9)[int(number[1]) - 1], body)
                pieces += [text[end : use.start()], words]
                size, end = size + len(words), arguments.end()
                if size > limits.IMPORT_SIZE:
                    size_limit = limits.IMPORT_SIZE // 1_000_000
                    raise ValueError(f"its definitions make more than {size_limit} MB: write simpler ones")
        text = "".join([*pieces, text[end:]])
    return text


class _AllArguments(MacroStandardArgsParser):  # type: ignore[misc]
    """Parser of the arguments of an unknown command: all brackets and braces after it."""

    def parse_args(self, w: LatexWalker, pos: int, parsing_state: object = None) -> tuple[ParsedMacroArgs, int, int]:
        """Return the arguments, with their position and length."""
        found: list[LatexNode | None] = []
        end = pos
        while mark := re.compile(r"[*\[]|\s?[ \t]*\{").match(w.s, end):
            parsed, _, length = MacroStandardArgsParser(mark[0].strip()).parse_args(w, end, parsing_state)
            if not length:
                break
            found, end = [*found, *parsed.argnlist], end + length
        return ParsedMacroArgs(argspec=_ANY, argnlist=found), pos, end - pos


class _Converter:
    """Converter of the nodes of a document, from top to bottom, into the parts of a CV."""

    def __init__(self, unread: list[str], i18n: I18n) -> None:
        self.unread, self.i18n = unread, i18n
        #: Values of the person by the names of fields and networks.
        self.person: dict[str, list[str]] = {}
        self.parts = [Part(0, "")]
        #: Texts of the last part.
        self.texts: list[str] = []
        #: The level of the section or subsection that is being read; 0 above the first.
        self.level = 0

    def convert(self, tree: Sequence[LatexNode]) -> list[Part]:
        """Return the parts of the CV: the person, and sections with entries."""
        self._walk_nodes(tree)
        self._start(0, "")
        top, *parts, _ = self.parts
        name = " ".join(self.person.pop("name", []) or self.person.pop("author", []))
        if not name:
            # Without a command for the name, the first words of the document are the name.
            name, _, top.text = re.sub(r"\s{2,}|\n|\s[|·]\s", "\n", top.text, count=1).partition("\n")
        if not name:
            raise ValueError(r"it names nobody: \name is missing, and there is no text before the first section")
        return [Part(0, ""), Part(1, plain(name), top.text), *parts]

    def _walk_nodes(self, nodes: Sequence[LatexNode]) -> None:
        pending: list[LatexNode] = []
        for node in nodes:
            name = node.macroname if isinstance(node, LatexMacroNode) else ""
            if reader := _READERS.get(name) or ("add_field" if name in _FIELDS and not self.level else ""):
                self._flush_words(pending)
                if not _arguments(node):
                    raise ValueError(rf"it is damaged LaTeX: \{name} lacks its arguments")
                getattr(self, reader)(node)
            elif _has_structure(node):
                self._flush_words(pending)
                for part in _inside(node):
                    self._walk_nodes(part)
            else:
                pending.append(node)
        self._flush_words(pending)

    def _flush_words(self, nodes: list[LatexNode]) -> None:
        """Add the words of nodes to the text of the last part."""
        self.texts += filter(None, [blocks(nodes)])
        nodes.clear()

    def _start(self, level: int, title: str, fields: Mapping[str, str] | None = None, kind: str = "position") -> None:
        """Start a part, and give the last one the texts that were read."""
        self.parts[-1].text, self.texts = join_texts(self.texts), []
        self.parts.append(Part(level, title, fields=fields or {}, kind=kind))

    def start_section(self, node: LatexMacroNode) -> None:
        self.level = 3 if _READERS[node.macroname] == "start_part" else 2
        self._start(self.level, _line(_arguments(node)[-1]))

    start_part = start_section

    # The person

    def add_name(self, node: LatexMacroNode) -> None:
        self.person.setdefault("name", []).extend(filter(None, map(_line, _arguments(node))))

    def add_quote(self, node: LatexMacroNode) -> None:
        self.texts.append(re.sub("(?m)^", "> ", blocks(_arguments(node)[-1])))

    def read_inside(self, node: LatexMacroNode) -> None:
        self._walk_nodes(_arguments(node)[-1])

    def leave_photo(self, node: LatexMacroNode) -> None:
        self.unread.append(NO_PICTURE)

    def add_field(self, node: LatexMacroNode) -> None:
        name, value = _FIELDS[node.macroname], _line(_arguments(node)[-1])
        if node.macroname == "address":
            lines = [line for part in _arguments(node) for line in re.split(r"\n| [|·] ", blocks(part)) if line]
            # In the class "resume", an address may be one on the web.
            self.texts.append("\n".join(line for line in lines if contact_of(line)))
            value = ", ".join(line for line in lines if not contact_of(line))
        elif name == "author":
            # Contacts may follow the name.
            value, _, rest = blocks(_arguments(node)[-1]).partition("\n")
            self.texts += filter(None, [rest.strip()])
        elif name == "headline":
            # In a plain document, the title may be that of any CV.
            value = value if vocabulary.TITLE.sub("", plain(value)) else ""
        elif name == "website":
            value = _url(_arguments(node)[-1])
        elif name in NETWORKS:
            value = _plain(_arguments(node)[-1])
        self.person.setdefault(name, []).extend([value] if value else [])

    def add_profile(self, node: LatexMacroNode) -> None:
        network, user = map(_plain, _arguments(node))
        self.person.setdefault(_FIELDS.get(network, network), []).append(user)

    # Entries

    def add_entry(self, node: LatexMacroNode) -> None:
        parts = _arguments(node)
        orders = (order.split() for order in _ENTRIES[node.macroname].split(" | "))
        readings = [dict(zip(order, parts, strict=True)) for order in orders if len(order) == len(parts)]
        if not readings:
            self.add_item(node)
            return
        # Templates differ in the order of arguments: take the first in which the date has a year.
        dated = (reading for reading in readings if re.search(r"\d{4}", _line(reading.get("date", []))))
        named = next(dated, readings[0])
        text = blocks(named.pop("text", []))
        fields = {name: _line(part) for name, part in named.items() if name != "_"}
        if "date" in fields:
            fields["date"] = re.sub(r"\s*[-–]$", " – present", _DASH.sub(" – ", fields["date"]))
        if node.macroname == "resumeSubSubheading":
            # Another role at the same employer.
            fields |= {name: value for name, value in self.parts[-1].fields.items() if name in _INHERITED}
        if not self.level:
            self.level = 2
            self._start(self.level, self.i18n.heading("work"))
        self._start(self.level + 1, fields.get("title", ""), fields, _KINDS.get(node.macroname, "position"))
        self.texts += filter(None, [text])

    def add_item(self, node: LatexMacroNode) -> None:
        words = [_line(part) for part in _arguments(node)]
        size = _ITEM_SIZES.get(node.macroname, len(words))
        for start in range(len(words) % size, len(words), size):
            label, *rest = [*filter(None, words[start : start + size])] or [""]
            line = f"**{label}:** {' – '.join(rest)}" if rest else label
            self.texts += [f"- {line}"] if line else []

    def add_skill(self, node: LatexMacroNode) -> None:
        *_, group, level, name, years, comment = map(_line, _arguments(node))
        notes = ", ".join(filter(None, (f"{level}/5" if level else "", years, comment)))
        self.texts.append(f"- {f'**{group}** ' if group else ''}{name}: {notes}")


def _arguments(node: LatexMacroNode) -> list[Sequence[LatexNode]]:
    """Return the nodes of each argument; an optional one that is absent is empty."""
    parts = node.nodeargd.argnlist if node.nodeargd else []
    return [_contents(part) for part in parts if not isinstance(part, str)]


def _contents(node: LatexNode | None) -> Sequence[LatexNode]:
    if node is None:
        return []
    return node.nodelist if isinstance(node, LatexGroupNode) else [node]


def _inside(node: LatexNode) -> list[Sequence[LatexNode]]:
    """Return the lists of nodes in a group, an environment or a command, without arguments that are settings."""
    parsed = getattr(node, "nodeargd", None)
    parts = parsed.argnlist if parsed and getattr(node, "environmentname", "") not in _OF_ENVIRONMENTS else []
    parts = [part for part in parts if part is not None and not _SETTING.fullmatch(part.latex_verbatim())]
    return [*map(_contents, parts), *([node.nodelist] if hasattr(node, "nodelist") else [])]


def _has_structure(node: LatexNode) -> bool:
    """Return whether a node holds sections, entries and the like, and must be walked rather than read as text."""
    is_silent = _is_silent(getattr(node, "macroname", ""))
    names = [] if is_silent else re.findall(r"\\([A-Za-z]+)", node.latex_verbatim())
    is_entry = any(name in _FIELDS or name in _READERS for name in names if name != "item")
    if isinstance(node, latexwalker.LatexEnvironmentNode) and node.environmentname not in _TEXT_ENVIRONMENTS:
        return is_entry or "item" not in names
    return is_entry and "item" not in names


def _line(nodes: Sequence[LatexNode]) -> str:
    """Return nodes as one line of Markdown."""
    return myst.escape_start(" ".join("".join(_words(nodes)).replace(_MARKUP, "").split()))


def blocks(nodes: Sequence[LatexNode]) -> str:
    """Return nodes as Markdown: paragraphs and lists."""
    # Bars between cells are none at the ends of a row, nor after a label.
    words = re.sub(r"(?<! )(?: *(?<!\\)\|(?= |$))+ *", " | ", "".join(_words(nodes)), flags=re.MULTILINE)
    words = re.sub(r"(?m)^ \| | \| $|(?<=:) \|(?= )", "", words)
    lines = (_escape_line_start(line) for line in words.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _escape_line_start(line: str) -> str:
    """Escape markup at the beginning of a line, but not that of lists, which :func:`_words_of_list` marks."""
    if marked := re.match(rf"( *{_MARKUP}(?:- |1\. )?)(.*)", line):
        return marked[1].replace(_MARKUP, "") + myst.escape_start(marked[2].replace(_MARKUP, ""))
    return myst.escape_start(line)


def _words(nodes: Sequence[LatexNode]) -> Iterator[str]:
    """Yield the words of nodes as Markdown."""
    for node in nodes:
        if isinstance(node, latexwalker.LatexCharsNode):
            yield myst.escape_inline(node.chars.replace(_MARKUP, ""))
        elif isinstance(node, LatexGroupNode):
            yield from _words(node.nodelist)
        elif isinstance(node, latexwalker.LatexMathNode | latexwalker.LatexSpecialsNode):
            is_cell_end = getattr(node, "specials_chars", "") == "&"
            yield " | " if is_cell_end else myst.escape_inline(words_of([node]).replace("^∘", "°"))
        elif isinstance(node, latexwalker.LatexEnvironmentNode):
            is_list = any(getattr(part, "macroname", "") == "item" for part in _flat(node.nodelist))
            around = "\n\n" if node.environmentname in _TABLES else ""
            yield around
            yield from _words_of_list(node) if is_list else _words_inside(node)
            yield around
        elif isinstance(node, LatexMacroNode):
            yield from _words_of_command(node)


def _words_of_list(node: latexwalker.LatexEnvironmentNode) -> Iterator[str]:
    mark = "1. " if node.environmentname == "enumerate" else "- "
    # Label and nodes of each item, and those before the first.
    items: list[tuple[str, list[LatexNode]]] = [("", [])]
    for part in _flat(node.nodelist):
        if isinstance(part, LatexMacroNode) and part.macroname == "item":
            label = "".join(map(_line, _arguments(part)))
            # A label without letters is only another bullet.
            items.append((f"**{label.strip('*')}** " if re.search(r"\w", label) else "", []))
        else:
            items[-1][1].append(part)
    yield f"\n\n{''.join(_words(items[0][1])).strip()}\n\n"
    for label, item in items[1:]:
        text = label + "".join(_words(item)).strip()
        first, *lines = [line for line in text.split("\n") if line.strip()] or [""]
        if lines and all(line.lstrip().startswith("**") for line in [first, *lines]):
            # Each line has a label: make them items.
            first, lines = f"\n{_MARKUP}{mark}".join([first, *map(str.strip, lines)]), []
        yield f"{_MARKUP}{mark}{first}\n"
        for line in lines:
            yield " " * len(mark) + (line if _MARKUP in line else f"{_MARKUP}{line.strip()}") + "\n"
    yield "\n"


def _flat(nodes: Sequence[LatexNode]) -> Iterator[LatexNode]:
    """Yield the nodes of a list; a group that holds items is replaced by its nodes."""
    for node in nodes:
        is_list = isinstance(node, latexwalker.LatexEnvironmentNode) or getattr(node, "macroname", "") == "item"
        if not is_list and re.search(r"\\item(?![A-Za-z])", node.latex_verbatim()):
            for part in _inside(node):
                yield from _flat(part)
        else:
            yield node


def _words_inside(node: LatexNode) -> Iterator[str]:
    """Yield the words in an environment or a command, and in its arguments."""
    for number, nodes in enumerate(_inside(node)):
        yield " " if number else ""
        yield from _words(nodes)


def _is_silent(name: str) -> bool:
    return name in _SETUP or bool(_SILENT.fullmatch(name))


def _words_of_command(node: LatexMacroNode) -> Iterator[str]:
    name, arguments = node.macroname, _arguments(node)
    if name in {"href", "hrefWithoutArrow"} and len(arguments) == 2:
        yield myst.link(_plain(arguments[1]), with_scheme(_url(arguments[0])))
    elif name in {"url", "nolinkurl", "doi"} and arguments:
        url = _url(arguments[0])
        yield myst.link(url, f"https://doi.org/{url}") if name == "doi" else myst.link("", with_scheme(url))
    elif name in _EMPHASIS and arguments:
        line, mark = _line(arguments[-1]), _EMPHASIS[name]
        yield f"{mark}{line}{mark}" if line else ""
    elif name in _SEPARATORS:
        yield _SEPARATORS[name]
    elif name in {"\\", "newline", "linebreak", "par"}:
        yield "\n\n" if name == "par" else "\n"
    elif name in _FRAMING and arguments:
        yield from _words(arguments[-1])
    elif _is_silent(name):
        return
    elif name in _UNITS and any(arguments):
        _, *numbers, unit = arguments
        source = "".join(part.latex_verbatim() for part in unit)
        # A unit of signs, such as km/h, stays as it is.
        named = " ".join(re.findall("[A-Za-z]+", source)) if re.search(r"\\[A-Za-z]", source) else _line(unit)
        number = " – ".join(filter(None, map(_line, numbers)))
        yield f"{number} {re.sub(_SPACE_BEHIND_PREFIX, '', named)}".strip()
    elif node.nodeargd and node.nodeargd.argspec == _ANY:
        yield myst.escape_inline(_own_words(f"\\{name}"))
        yield from _words_inside(node)
    else:
        yield myst.escape_inline(words_of([node]).strip("\n"))


#: Words that a command without arguments stands for; cached, since it may occur thousands of times.
_own_words = lru_cache(100)(words)


def _url(nodes: Sequence[LatexNode]) -> str:
    """Return an address, in which a tilde is neither a space nor an accent."""
    parts = ("~" if re.match(r"\\?~", node.latex_verbatim()) else words_of([node]) for node in nodes)
    return "".join("".join(parts).split())


def _plain(nodes: Sequence[LatexNode]) -> str:
    return " ".join(words_of(nodes).split())
