"""Read CVs in LaTeX: the commands of moderncv, Awesome-CV and AltaCV, and documents with nothing but sections."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path

from pylatexenc import latexwalker
from pylatexenc.latexwalker import LatexGroupNode, LatexMacroNode, LatexNode, LatexWalker, LatexWalkerError
from pylatexenc.macrospec import (
    EnvironmentSpec,
    LatexContextDb,
    MacroSpec,
    MacroStandardArgsParser,
    ParsedMacroArgs,
)

from cvtools import limits
from cvtools.i18n import I18n
from cvtools.importers.contacts import contact_of
from cvtools.importers.drafts import NO_PICTURE, Draft, Source, join_texts, language_of, section, with_scheme
from cvtools.importers.entry_headings import PARTS
from cvtools.importers.markdown import read_section
from cvtools.model.kinds import NAME_LISTS, SECTIONS
from cvtools.reading.latex import words, words_of
from cvtools.terminal import shorten
from cvtools.writing import myst

_TABLE = tomllib.loads(Path(__file__).with_name("latex.toml").read_text("utf-8"))


def _by_command(lists: Mapping[str, str]) -> dict[str, str]:
    """Return the key of each command, from lists of commands by key."""
    return {name: key for key, names in lists.items() for name in names.split()}


_FIELDS, _READERS, _EMPHASIS, _FRAMING, _SETUP, _OF_ENVIRONMENTS = (
    _by_command(_TABLE[name]) for name in ("fields", "readers", "emphasis", "framing", "setup", "environments")
)
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
#: Environments that are read as text if they have items.
_TEXT_ENVIRONMENTS = {"itemize", "enumerate", "description", "tabular", "tabularx", "tabular*"}


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
        return _Reader(unread, I18n(language_of(_SECTION.findall(body)))).read([*person, *tree])
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
    """Return LaTeX with commands replaced by their definitions; those that define lists or tables stay unknown."""
    definitions = {
        name: (int(count or number or 0), body)
        for name, count, number, body in _DEFINITION.findall(text)
        if not (is_known(name) or re.search(r"\\(begin|end|item|set|if)", body))
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
            made, _, length = MacroStandardArgsParser(mark[0].strip()).parse_args(w, end, parsing_state)
            if not length:
                break
            found, end = [*found, *made.argnlist], end + length
        return ParsedMacroArgs(argspec=_ANY, argnlist=found), pos, end - pos


class _Reader:
    """Reader of the nodes of a document, from top to bottom."""

    def __init__(self, unread: list[str], i18n: I18n) -> None:
        self.unread, self.i18n = unread, i18n
        self.person = Draft("person", "", Source({}, unread=unread))
        self.sections: list[myst.Heading] = []
        #: Whether a section has begun that is more than a subsection.
        self.has_sections = False
        #: The section that is being read, the part of it (the section itself, or a subsection), and the texts and
        #: entries of this part.
        self.section: myst.Heading | None = None
        self.part: myst.Heading | None = None
        self.texts: list[str] = []
        self.drafts: list[Draft] = []

    def read(self, tree: Sequence[LatexNode]) -> myst.Heading:
        """Return the CV."""
        self._walk_nodes(tree)
        self._end_section()
        if not self.person.title:
            raise ValueError(r"it names nobody: \name is missing, and there is no text before the first section")
        page = self.person.heading()
        page.children = self.sections
        return page

    def _walk_nodes(self, nodes: Sequence[LatexNode]) -> None:
        pending: list[LatexNode] = []
        for node in nodes:
            name = node.macroname if isinstance(node, LatexMacroNode) else ""
            if reader := _READERS.get(name) or ("add_field" if name in _FIELDS and self.section is None else ""):
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
        """Add the words of nodes to the text of the entry or section."""
        if text := blocks(nodes):
            if self.drafts and self.section is not None:
                self.drafts[-1].add_text(text)
            elif self.section is not None:
                self.texts.append(text)
            elif self.person.title:
                self.person.add_text(text)
            else:
                # Without a command for the name, the first words of the document are the name.
                first, *rest = re.split(r"\s{2,}|\n|\s[|·]\s", text)
                self.person.title = re.sub(r"\*+|\[([^]]*)\]\([^)]*\)", r"\1", first)
                for line in rest:
                    if contact := contact_of(line):
                        contact.add_to(self.person)
                    else:
                        self.person.add_text(line)
        nodes.clear()

    # Sections

    def start_section(self, node: LatexMacroNode) -> None:
        self._end_section()
        self.has_sections |= _READERS[node.macroname] == "start_section"
        self.section = self.part = myst.Heading(_line(_arguments(node)[-1]))

    def start_part(self, node: LatexMacroNode) -> None:
        if not self.has_sections:
            # Subsections without a section above them are sections.
            self.start_section(node)
            return
        self._end_part()
        self.part = myst.Heading(_line(_arguments(node)[-1]))

    def _end_part(self) -> None:
        """Give the text and the entries that were read to the part of the section."""
        if (part := self.part) is None:
            # Items above the first section
            self.person.add_text(join_texts(self.texts))
        else:
            self._fill(part)
            if self.section is not None and part is not self.section and self._has_content(part):
                self.section.children.append(part)
        self.part, self.texts, self.drafts = None, [], []

    def _fill(self, part: myst.Heading) -> None:
        part.text = join_texts(self.texts)
        kind = self.i18n.kind(part.title)
        if self.drafts:
            made = section(part.title, self.drafts)
            part.fields, part.children = made.fields, made.children
        elif kind in NAME_LISTS:
            part.fields = [("kind", kind)]
        elif kind in PARTS and (made := read_section(part.title, part.text, self.i18n, self.unread)).children:
            part.fields, part.text, part.children = made.fields, made.text, made.children

    def _end_section(self) -> None:
        self._end_part()
        if self.section is not None and self._has_content(self.section):
            self.sections.append(self.section)
        self.section = None

    def _has_content(self, part: myst.Heading) -> bool:
        """Return whether there is anything below a heading; report one that has nothing, since it is left out."""
        if part.text or part.children:
            return True
        self.unread.append(f'the heading "{shorten(part.title, 40)}" is left out, since nothing is below it')
        return False

    def _start_entry(self, title: str, kind: str = "", default: str = "position") -> Draft:
        """Start an entry and return it.

        :param kind: by default, the kind that the section's title names
        :param default: the kind if the title names none
        """
        if self.section is None:
            # An entry above the first section
            self._end_section()
            self.section = self.part = myst.Heading(self.i18n.heading("work"))
        named = self.i18n.kind(self.section.title)
        kind = kind or (default if named in {"", "person", *SECTIONS} else named)
        self.drafts.append(Draft(kind, title, Source({}, self.section.title, self.unread, self.i18n)))
        return self.drafts[-1]

    # The person

    def add_name(self, node: LatexMacroNode) -> None:
        self.person.title = " ".join(filter(None, (self.person.title, *map(_line, _arguments(node)))))

    def add_text(self, node: LatexMacroNode) -> None:
        self.person.add_text(blocks(_arguments(node)[-1]))

    def read_inside(self, node: LatexMacroNode) -> None:
        self._walk_nodes(_arguments(node)[-1])

    def leave_photo(self, node: LatexMacroNode) -> None:
        self.unread.append(NO_PICTURE)

    def add_field(self, node: LatexMacroNode) -> None:
        name, value = _FIELDS[node.macroname], _line(_arguments(node)[-1])
        if node.macroname == "address":
            lines = [line for part in _arguments(node) for line in re.split(r"\n| [|·] ", blocks(part)) if line]
            found = {line: contact for line in lines if (contact := contact_of(line))}
            for contact in found.values():
                contact.add_to(self.person)
            value = ", ".join(line for line in lines if line not in found)
        if name == "website":
            url = _url(_arguments(node)[-1])
            self.person.add(name, url, url)
        elif name in {"headline", "born", "email", "phone", "location"}:
            self.person.add(name, value)
        else:
            self.person.add_profile(name, _plain(_arguments(node)[-1]), "")

    def add_profile(self, node: LatexMacroNode) -> None:
        network, user = map(_plain, _arguments(node))
        self.person.add_profile(_FIELDS.get(network, network), user, "")

    # Entries

    def add_cventry(self, node: LatexMacroNode) -> None:
        *parts, body = _arguments(node)
        is_awesome = len(parts) == 4
        order = "title organization place date" if is_awesome else "date title organization place grade"
        self._add_entry(order, parts[-5:], body)

    def add_event(self, node: LatexMacroNode) -> None:
        order = "title organization date place" if node.macroname == "cvevent" else "title organization place date"
        self._add_entry(order, _arguments(node))

    def add_subheading(self, node: LatexMacroNode) -> None:
        parts = _arguments(node)
        has_year = [re.search(r"\d{4}", _line(part)) for part in parts]
        is_title_first = has_year[1] and not has_year[3]
        self._add_entry("title date organization place" if is_title_first else "organization place title date", parts)

    def add_project(self, node: LatexMacroNode) -> None:
        title, date = map(_line, _arguments(node))
        self._start_entry(title.replace("**", ""), default="project").add("period", _DASH.sub(" – ", date))

    def add_role(self, node: LatexMacroNode) -> None:
        before = self.drafts[-1].fields if self.drafts else {}
        title, date = _arguments(node)
        self._add_entry("title date organization place", [title, date, [], []])
        self.drafts[-1].fields |= {name: before[name] for name in ("organization", "location") if name in before}

    def _add_entry(self, order: str, parts: Sequence[Sequence[LatexNode]], body: Sequence[LatexNode] = ()) -> None:
        """Add an entry to the section.

        :param order: the names of the parts, separated by spaces
        """
        words = dict(zip(order.split(), map(_line, parts), strict=True))
        title, organization, date = words["title"], words["organization"], _DASH.sub(" – ", words["date"])
        draft = self._start_entry(title or organization)
        draft.add_host(organization)
        if "period" in draft.field_names:
            draft.add("period", re.sub(r"\s*[-–]$", " – present", date))
        else:
            draft.add("date", date.rstrip(" -–"))
        draft.add_place(words["place"])
        draft.add("score" if "score" in draft.field_names else "note", words.get("grade", ""))
        draft.add_text(blocks(body))

    def add_item(self, node: LatexMacroNode) -> None:
        label, *rest = [line for part in _arguments(node) if (line := _line(part))] or [""]
        words = " – ".join(rest)
        line = f"**{label}:** {words}" if label and words else label or words
        (self.drafts[-1].texts if self.drafts else self.texts).extend([f"- {line}"] if line else [])

    def add_skill(self, node: LatexMacroNode) -> None:
        *_, group, level, name, years, comment = map(_line, _arguments(node))
        notes = ", ".join(filter(None, (f"{level}/5" if level else "", years, comment)))
        self.texts.append(f"- {f'**{group}** ' if group else ''}{name}: {notes}")

    def add_chart(self, node: LatexMacroNode) -> None:
        # Each item is "number/width/colour/words".
        parts = re.split(r",?\s*[\d.]+/[^/]*/[^/]*/", _line(_arguments(node)[-1]))
        self.texts += [f"- {words}" for part in parts if (words := part.strip())]

    def add_names(self, node: LatexMacroNode) -> None:
        self.texts += [f"- {words}" for part in _arguments(node) if (words := _line(part))]

    def add_pairs(self, node: LatexMacroNode) -> None:
        parts = [_line(part) for part in _arguments(node)][-4:]
        self.texts += [f"- **{label}:** {words}" for label, words in (parts[:2], parts[2:]) if label or words]

    def add_reference(self, node: LatexMacroNode) -> None:
        name, *parts = _arguments(node)
        draft = self._start_entry(_line(name), "reference")
        for part in parts:
            words = _line(part)
            if "email" in draft.fields:
                draft.add_text(blocks(part))
            else:
                draft.add("email" if "@" in words else "organization", words)


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
    made = getattr(node, "nodeargd", None)
    parts = made.argnlist if made and getattr(node, "environmentname", "") not in _OF_ENVIRONMENTS else []
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
    words = re.sub(r" +\| +", " | ", "".join(_words(nodes)))
    lines = (_escape_line_start(line) for line in words.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _escape_line_start(line: str) -> str:
    """Escape markup at the beginning of a line, but not that of lists, which :func:`_words_of_list` marks."""
    if made := re.match(rf"( *{_MARKUP}(?:- |1\. )?)(.*)", line):
        return made[1].replace(_MARKUP, "") + myst.escape_start(made[2].replace(_MARKUP, ""))
    return myst.escape_start(line)


def _words(nodes: Sequence[LatexNode]) -> Iterator[str]:
    """Yield the words of nodes as Markdown."""
    for node in nodes:
        if isinstance(node, latexwalker.LatexCharsNode):
            yield myst.escape_inline(node.chars.replace(_MARKUP, ""))
        elif isinstance(node, LatexGroupNode):
            yield from _words(node.nodelist)
        elif isinstance(node, latexwalker.LatexMathNode | latexwalker.LatexSpecialsNode):
            yield myst.escape_inline(words_of([node]).replace("^∘", "°"))
        elif isinstance(node, latexwalker.LatexEnvironmentNode):
            is_list = any(getattr(part, "macroname", "") == "item" for part in _flat(node.nodelist))
            yield from _words_of_list(node) if is_list else _words_inside(node)
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
