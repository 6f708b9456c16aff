"""Read CVs in LaTeX: with the commands of classes such as moderncv, or with sections alone.

:mod:`latex_parser` parses the document into nodes; this module makes headings of the nodes, and :mod:`latex_words`
Markdown. ``latex.toml`` has the names of commands, and of their fields.
"""

import re
from collections.abc import Mapping, Sequence
from textwrap import indent

from pylatexenc.latexwalker import LatexEnvironmentNode, LatexMacroNode, LatexNode

from cvtools.i18n import I18n
from cvtools.importers import vocabulary
from cvtools.importers.contacts import contact_of
from cvtools.importers.encoding_and_language import language_of
from cvtools.importers.entry_headings import HEADING_FIELDS
from cvtools.importers.imported_entries import join_texts, with_scheme
from cvtools.importers.imported_objects import NO_PICTURE, ImportedObject
from cvtools.importers.latex_parser import FIELDS, READERS, TABLE, is_silent, parse
from cvtools.importers.latex_words import TABLES, arguments_of, blocks_of, line_of, parts_inside, plain_line_of, url_of
from cvtools.importers.line_syntax import EMPHASIS, YEAR, plain
from cvtools.importers.outline import Part
from cvtools.importers.outline_reader import OutlineReader
from cvtools.model.values import NETWORKS
from cvtools.writing import myst

#: The fields of an entry in the order of a command's arguments; "|" separates orders of templates, "_" is no field.
_ENTRIES: Mapping[str, str] = TABLE["entries"]
#: The kinds of entries other than positions, by command, in a section whose title names no kind.
_KINDS: Mapping[str, str] = TABLE["kinds"]
#: Number of arguments for each item of a list, by command; for other commands, all arguments are one item.
_ITEM_SIZES: Mapping[str, int] = TABLE["item_sizes"]
#: Fields that a role inherits from the role above it at the same employer.
_INHERITED = ("organization", "location")
#: Methods of :class:`_Converter` for commands that begin a section or an entry.
_HEADINGS = frozenset({"start_section", "add_entry", "add_dated"})
#: A dash or the end of a line, between two dates.
_DASH = re.compile(r"\s*(?:--+|[\u2010-\u2015])\s*|\s*-?\s*\n\s*")
#: Environments that are text unless they have entries.
_TEXT_ENVIRONMENTS = {"itemize", "enumerate", "description", "tikzpicture", *TABLES}


def read(text: str, unread: list[str]) -> myst.Heading:
    """Return the CV as a tree of headings."""
    document = parse(text, unread)
    converter = _Converter(unread, I18n(language_of(document.sections)))
    parts = converter.convert(document.nodes)
    return OutlineReader(parts, unread, {}, has_table_heads=False).read(ImportedObject(converter.person, unread=unread))


class _Converter:
    """Converter of the nodes of a document, from top to bottom, into the parts of a CV."""

    def __init__(self, unread: list[str], i18n: I18n) -> None:
        self.unread, self.i18n = unread, i18n
        #: Values of the person by the names of fields and networks.
        self.person: dict[str, list[str]] = {}
        self.parts = [Part(0, "")]
        #: The title of the section that is being read.
        self.section = ""
        #: Texts of the last part.
        self.texts: list[str] = []
        #: The level of the section or subsection that is being read; 0 above the first.
        self.level = 0

    def convert(self, tree: Sequence[LatexNode]) -> list[Part]:
        """Return the parts of the CV: the person, and sections with entries."""
        self._walk_nodes(tree)
        self._start(Part(0, ""))
        top, *parts, _ = self.parts
        name = " ".join(self.person.pop("name", []) or self.person.pop("author", []))
        if not name:
            # Without a command for the name, take the first words of the document.
            name, _, top.text = re.sub(r"\s{2,}|\n|\s[|·]\s", "\n", top.text, count=1).partition("\n")
        if not name:
            raise ValueError(r"it names nobody: \name is missing, and there is no text before the first section")
        return [Part(0, ""), Part(1, plain(name), top.text), *parts]

    def _walk_nodes(self, nodes: Sequence[LatexNode]) -> None:
        pending: list[LatexNode] = []
        for node in nodes:
            name = node.macroname if isinstance(node, LatexMacroNode) else ""
            # In sections, commands for the person's fields are text, but \location is a line of an entry.
            other = "add_field" if name in FIELDS and not self.level else "add_line" if name == "location" else ""
            if reader := READERS.get(name) or other:
                self._flush_words(pending)
                if not arguments_of(node):
                    raise ValueError(rf"it is damaged LaTeX: \{name} lacks its arguments")
                getattr(self, reader)(node)
            elif _has_structure(node):
                self._flush_words(pending)
                for inside in parts_inside(node):
                    self._walk_nodes(inside)
            else:
                pending.append(node)
        self._flush_words(pending)

    def _flush_words(self, nodes: list[LatexNode]) -> None:
        """Add the words of nodes to the text of the last part, and empty the list of nodes."""
        self.texts += filter(None, [blocks_of(nodes)])
        nodes.clear()

    def _start(self, part: Part) -> None:
        """Set the text of the last part, and start a new one."""
        self.parts[-1].text, self.texts = join_texts(self.texts), []
        self.parts.append(part)

    def start_section(self, node: LatexMacroNode) -> None:
        self.level = 2 + node.macroname.count("sub")
        title = line_of(arguments_of(node)[-1])
        self.section = title if self.level == 2 else self.section
        self._start(Part(self.level, title))

    # The person

    def add_name(self, node: LatexMacroNode) -> None:
        # Skip a name in brackets, which is the document's.
        names = arguments_of(node)[node.nodeargd.argspec.count("[") :]
        self.person.setdefault("name", []).extend(filter(None, map(line_of, names)))

    def add_quote(self, node: LatexMacroNode) -> None:
        self.texts.append(re.sub("(?m)^", "> ", blocks_of(arguments_of(node)[-1])))

    def read_inside(self, node: LatexMacroNode) -> None:
        self._walk_nodes(arguments_of(node)[-1])

    def leave_photo(self, node: LatexMacroNode) -> None:
        self.unread.append(NO_PICTURE)

    def add_field(self, node: LatexMacroNode) -> None:
        name, value = FIELDS[node.macroname], line_of(arguments_of(node)[-1])
        if node.macroname.endswith("address"):
            lines = [line for nodes in arguments_of(node) for line in re.split(r"\n| [|·] ", blocks_of(nodes)) if line]
            # In the class "resume", an address may have contacts, such as a website.
            self.texts.append("\n".join(line for line in lines if contact_of(line)))
            value = ", ".join(line for line in lines if not contact_of(line))
        elif name == "author":
            # Contacts may follow the name.
            value, _, rest = blocks_of(arguments_of(node)[-1]).partition("\n")
            self.texts += filter(None, [rest.strip()])
        elif name == "headline":
            # Skip a title such as "Curriculum vitae", which is no headline.
            value = value if vocabulary.TITLE.sub("", plain(value)) else ""
        elif name in {"email", "website"}:
            value = re.sub("^mailto:(//)?", "", url_of(arguments_of(node)[-1]))
            shown = "".join(map(plain_line_of, arguments_of(node)[:-1]))
            if shown and name == "website":
                self.texts.append(myst.link(shown, with_scheme(value)))
                value = ""
        elif name in NETWORKS:
            # The name that readers see may be a second argument, as for user numbers in Awesome-CV, or in brackets.
            written = [*map(plain_line_of, arguments_of(node))]
            is_optional = node.nodeargd.argspec.startswith("[")
            value, *names = [*filter(None, reversed(written) if is_optional else written)] or [""]
            self.person.setdefault(f"{name} name", []).extend(shown for shown in names if shown not in value)
        self.person.setdefault(name, []).extend([value] if value else [])

    def add_profile(self, node: LatexMacroNode) -> None:
        network, user = map(plain_line_of, arguments_of(node))
        self.person.setdefault(FIELDS.get(network, network), []).append(user)

    # Entries

    def add_entry(self, node: LatexMacroNode) -> None:
        arguments = arguments_of(node)
        orders = (order.split() for order in _ENTRIES[node.macroname].split("| "))
        readings = [dict(zip(order, arguments, strict=True)) for order in orders if len(order) == len(arguments)]
        if not readings:
            self.add_item(node)
            return
        # Templates differ in the order of arguments: take the first in which the date has a year.
        dated = (reading for reading in readings if YEAR.search(line_of(reading.get("date", []))))
        named = next(dated, readings[0])
        text = blocks_of(named.pop("text", []))
        fields = {name: line_of(nodes) for name, nodes in named.items() if name != "_"}
        if "date" in fields:
            fields["date"] = re.sub(r"\s*[-–]$", " – present", _DASH.sub(" – ", fields["date"]))
        if node.macroname == "resumeSubSubheading":
            # This is another role at the same employer.
            fields |= {name: value for name, value in self.parts[-1].fields.items() if name in _INHERITED}
        kind = _KINDS.get(node.macroname, "position")
        self._start_entry(Part(0, fields.get("title", ""), fields=fields, kind=kind), text)

    def add_dated(self, node: LatexMacroNode) -> None:
        first, *others, last = arguments_of(node)
        date = _DASH.sub(" – ", EMPHASIS.sub("", blocks_of(first)))
        kind = self.i18n.kind(plain(self.section))
        # Without a date, this is an item of a list, and so it is in a section of a kind such as "skills".
        if not re.search(r"\d", date) or (kind and kind not in HEADING_FIELDS):
            self.add_item(node)
            return
        names = [*filter(None, map(line_of, others))] or [date]
        self._start_entry(Part(0, names[0], date=date, names=names), blocks_of(last))

    def _start_entry(self, part: Part, text: str) -> None:
        if not self.level:
            self.level = 2
            self._start(Part(self.level, self.i18n.heading("work")))
        part.level = self.level + 1
        self._start(part)
        self.texts += filter(None, [text])

    def add_line(self, node: LatexMacroNode) -> None:
        """Add a line below the name of an employer: the role, or date and location."""
        part, line = self.parts[-1], line_of(arguments_of(node)[-1]).strip("\\| ")
        date, *place = re.split(r"\s*\|\s*", line, maxsplit=1)
        is_head = self.level > 2 and not self.texts
        if node.macroname == "descript" and is_head and not part.fields:
            part.fields = {"title": line, "organization": part.title}
        elif is_head and "date" not in part.fields and YEAR.search(date):
            part.fields = {"title": part.title, **part.fields, "date": date, "location": "".join(place)}
        else:
            self.texts += filter(None, [line])

    def add_block(self, node: LatexMacroNode) -> None:
        """Add text with its label; without one, a line or two below a title are the organization and the location."""
        # Skip optional arguments, which are spaces or signs.
        *labels, text = arguments_of(node)[-node.nodeargd.argspec.count("{") :]
        name = plain(" – ".join(filter(None, map(line_of, labels))))
        block, entry = blocks_of(text), self.parts[-1].fields
        organization, *place = block.split("\n")
        if entry and "organization" not in entry and not (name or self.texts or place[1:]) and len(block) < 200:
            self.parts[-1].fields = {**entry, "organization": organization, "location": "".join(place)}
        elif name:
            inside = indent(block, "  ")
            self.texts.append(f"- **{name}:**" + (f"\n{inside}" if block.startswith("- ") else f" {inside.lstrip()}"))
        else:
            self.texts += filter(None, [block])

    def add_item(self, node: LatexMacroNode) -> None:
        is_labelled_text = node.macroname not in _ITEM_SIZES and len(arguments_of(node)) > 1
        if is_labelled_text and re.search(r"(?m)\n\n|^\s*(?:-|1\.) ", blocks_of(arguments_of(node)[-1])):
            self.add_block(node)
            return
        words = [*map(line_of, arguments_of(node))]
        # Skip optional arguments, which are spaces or signs, and then those before the first whole item.
        words = words[-node.nodeargd.argspec.count("{") :]
        size = _ITEM_SIZES.get(node.macroname, len(words))
        for start in range(len(words) % size, len(words), size):
            label, *rest = [*filter(None, words[start : start + size])] or [""]
            line = f"**{EMPHASIS.sub('', label)}:** {' – '.join(rest)}" if rest else label
            self.texts += [f"- {line}"] if line else []

    def add_skill(self, node: LatexMacroNode) -> None:
        *_, group, level, name, years, comment = map(line_of, arguments_of(node))
        notes = ", ".join(filter(None, (f"{level}/5" if level else "", years, comment)))
        self.texts.append(f"- {f'**{group}** ' if group else ''}{name}: {notes}")


def _has_structure(node: LatexNode) -> bool:
    """Return whether to walk a node (commands with readers, or an environment of layout) rather than take its words."""
    has_words = not is_silent(getattr(node, "macroname", ""))
    names = re.findall(r"\\([A-Za-z]+)", node.latex_verbatim()) if has_words else []
    if any(READERS.get(name) in _HEADINGS for name in names):
        return True
    has_readers = any(name in FIELDS or name in READERS for name in names if name != "item")
    is_layout = isinstance(node, LatexEnvironmentNode) and node.environmentname not in _TEXT_ENVIRONMENTS
    return (has_readers and is_layout) if "item" in names else (has_readers or is_layout)
