"""Read CVs in LaTeX: the commands of moderncv, Awesome-CV and AltaCV, and documents with nothing but sections."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from pylatexenc import latexwalker
from pylatexenc.latexwalker import LatexGroupNode, LatexMacroNode, LatexNode, LatexWalker, LatexWalkerError
from pylatexenc.macrospec import EnvironmentSpec, MacroSpec

from cvtools import limits
from cvtools.i18n import I18n
from cvtools.importers.contacts import contact_of
from cvtools.importers.drafts import NO_PICTURE, Draft, Source, address, language_of, section
from cvtools.importers.markdown import read_section
from cvtools.model.kinds import NAME_LISTS, SECTIONS
from cvtools.reading.latex import words_of
from cvtools.writing import markdown
from cvtools.writing.markdown import Heading

#: Fields by the commands of the person.
_FIELDS = {
    **dict.fromkeys(["title", "tagline", "position"], "headline"),
    **dict.fromkeys(["born", "dateofbirth"], "born"),
    **dict.fromkeys(["phone", "mobile"], "phone"),
    **dict.fromkeys(["address", "mailaddress", "location"], "location"),
    "email": "email",
    "homepage": "website",
    "googlescholar": "scholar",
    **{name: name for name in "github gitlab linkedin twitter orcid skype medium stackoverflow xing".split()},
}
#: All commands of the person that may be in the preamble.
_PERSON = re.compile(
    rf"\\(?:name|firstname|familyname|lastname|quote|social|extrainfo|photo|{'|'.join(_FIELDS)})(?![A-Za-z])"
)
#: Arguments of the classes' commands: "{" mandatory, "[" optional, "*" a star.
_ARGUMENTS = {
    name: arguments
    for arguments, names in {
        "": "makecvtitle maketitle divider",
        "{": f"{' '.join(_FIELDS)} quote extrainfo firstname familyname lastname mycv reddit kaggle printinfo "
        "personalinfo headedsection doi cvtag url nolinkurl",
        "{{": "cvskill cvproject href hrefWithoutArrow textcolor colorbox resumeProjectHeading",
        "{{{": "address cvlanguage cvachievement cvref",
        "{{{{": "cvevent cvcomputer cvhonor resumeSubheading",
        "[{": "phone social cvlistitem",
        "[{{": "name cvitem cvlistdoubleitem",
        "[{{{": "cvitemwithcomment",
        "[{{{{": "cvdoubleitem",
        "[{{{{{{": "cventry",
        "[[{": "photo",
        "*[{": "section subsection subsubsection cvsection cvsubsection cvsect faIcon",
        "*[{{{{": "cvskillentry",
        "*[[[[[[{": "cvskilllegend",
        "[[[[[": "cvskillhead",
        "[[[[[[{": "cvskillplainlegend",
    }.items()
    for name in names.split()
}
#: A command that the document defines, and how many arguments it takes.
_DEFINITION = re.compile(r"\\(?:re)?newcommand\*?\s*\{?\\([A-Za-z]+)\}?\s*\[([1-9])\](?!\s*\[)")
#: A command that stands for words without other commands.
_WORDS = re.compile(r"\\(?:(?:new|renew|provide)command\*?\s*\{?|def\s*)\\([A-Za-z]+)\}?\s*\{([^{}\\#]{1,200})\}")
#: A character before markup that this module writes at the beginning of a line.
_MADE = "\ue000"
#: Arguments of commands that differ between classes, by class.
_CLASSES = {
    "awesome-cv": {"cventry": "{{{{{", "address": "{", "name": "{{", "cvsection": "{"},
    "altacv": {"name": "{", "cvsection": "[{", "location": "{"},
    "moderncv": {},
}
#: Those of other classes, such as resume.
_PLAIN = {"name": "{", "address": "{"}
#: Environments of the class resume, and the commands that they become.
_ENVIRONMENTS = (
    (r"\\begin\{rSection\}\s*\{([^{}]*)\}", r"\\section{\1}"),
    (r"\\begin\{rSubsection\}" + r"\s*\{([^{}]*)\}" * 4, r"\\resumeSubheading{\1}{\4}{\3}{\2}\\begin{itemize}"),
    (r"\\end\{rSubsection\}", r"\\end{itemize}"),
    (r"\\end\{rSection\}", ""),
    # What is no part of the document.
    (r"(?s)\\iffalse(?![A-Za-z]).*?\\fi(?![A-Za-z])", ""),
    (r"(?s)\\begin\{comment\}.*?\\end\{comment\}", ""),
)
_SEPARATORS = {
    **dict.fromkeys(["cdotp", "textbullet", "cdot", "cvHeaderSep", "textperiodcentered"], " · "),
    **dict.fromkeys(["enskip", "quad", "qquad", "hspace", " ", ","], " "),
    "hfill": " | ",
}
#: Commands whose arguments are no words of the CV.
_SILENT = frozenset(
    "documentclass usepackage RequirePackage input include newcommand renewcommand providecommand def "
    "setlength addtolength vspace hspace vskip hskip geometry hypersetup pagestyle thispagestyle "
    "moderncvstyle moderncvtheme moderncvcolor definecolor colorlet setmainfont setsansfont fontdir color "
    "fontsize selectfont includegraphics photo label ref cite nocite bibliography bibliographystyle "
    "addbibresource printbibliography begin end faIcon setcounter newpage clearpage pagebreak columnratio "
    "titleformat titlespacing setheadertextcolor makecvfooter makecvheader makelettertitle recipient "
    "opening closing cvcolumn".split()
)
_EMPHASIS = {
    **dict.fromkeys(["textbf", "bfseries", "textsc"], "**"),
    **dict.fromkeys(["emph", "textit", "textsl"], "*"),
    "texttt": "`",
}
_LISTS = frozenset({"itemize", "enumerate", "cvitems", "highlights", "compactitem", "tightitemize"})
#: Environments that are part of the words around them.
_KEPT = _LISTS | {"tabular", "tabularx"}


def read(text: str, unread: list[str]) -> Heading:
    """Return the CV as a tree of headings."""
    context = latexwalker.get_default_latex_context_db()
    defined = {name: "{" * int(count) for name, count in _DEFINITION.findall(text)}
    cls = re.search(r"\\documentclass\s*(?:\[[^]\\]*\])?\s*\{([^}\\]*)", text)
    own = _CLASSES.get(cls[1].strip(), _PLAIN) if cls else {}
    own = {name: arguments for name, arguments in own.items() if name not in defined}
    macros = [MacroSpec(name, arguments) for name, arguments in (defined | _ARGUMENTS | own).items()]
    context.add_context_category(
        "cv", macros=macros, environments=[EnvironmentSpec(name) for name in (*_LISTS, "verbatim")], prepend=True
    )
    words = dict(_WORDS.findall(text))
    text = re.sub(r"\\(?:([A-Za-z]+)(?:\{\})?|.)", lambda use: words.get(use[1], use[0]), _WORDS.sub("", text))
    for pattern, command in _ENVIRONMENTS:
        text = re.sub(pattern, command, text)
    options = {"latex_context": context, "tolerant_parsing": True}
    preamble, begin, body = text.partition(r"\begin{document}")
    if not begin:
        preamble, body = "", preamble
    try:
        # Definitions in the preamble are not well-formed by themselves: read only the person's commands in it.
        person = [
            LatexWalker(preamble[match.start() :], **options).get_latex_nodes(read_max_nodes=1)[0][0]
            for match in islice(_PERSON.finditer(preamble), limits.IMPORT_COMMANDS)
        ]
        text = LatexWalker(body.partition(r"\end{document}")[0], **options).get_latex_nodes()[0]
        titles = re.findall(r"\\(?:cv)?sect(?:ion)?\*?\{([^{}]*)\}", body)
        return _Reader(unread, I18n(language_of(titles))).read([*person, *text])
    except LatexWalkerError as error:
        raise ValueError(f"it is damaged LaTeX: {str(error).partition(chr(10))[0]}") from None
    except IndexError:
        # pylatexenc runs past the end of \verb.
        raise ValueError("it is damaged LaTeX: it ends within a command") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


class _Reader:
    """Reader of the nodes of a document, from top to bottom.

    A command is read by the method of its name, ``_cventry``; the names of other methods have "_", as no command has.
    """

    def __init__(self, unread: list[str], i18n: I18n) -> None:
        self.unread, self.i18n = unread, i18n
        self.person = Draft("person", "", Source({}, unread=unread))
        self.sections: list[Heading] = []
        #: The section, and the part of it that is being read, with its text, entries and items of lists.
        self.section: Heading | None = None
        self.part: Heading | None = None
        self.texts: list[str] = []
        self.drafts: list[Draft] = []
        self.lines: list[str] = []

    def read(self, tree: Sequence[LatexNode]) -> Heading:
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
            if handler := getattr(self, f"_{name}", None) or (self._add_field if name in _FIELDS else None):
                self._flush_words(pending)
                if name in _ARGUMENTS and not _arguments(node):
                    raise ValueError(rf"it is damaged LaTeX: \{name} lacks its arguments")
                handler(node)
            elif isinstance(node, latexwalker.LatexEnvironmentNode) and node.environmentname not in _KEPT:
                self._flush_words(pending)
                self._walk_nodes(node.nodelist)
            else:
                pending.append(node)
        self._flush_words(pending)

    def _flush_words(self, nodes: list[LatexNode]) -> None:
        """Add the words of nodes to the text of the entry or section."""
        if text := blocks(nodes):
            if self.drafts and self.section is not None:
                self.drafts[-1].say(text)
            elif self.section is not None:
                self._end_list()
                self.texts.append(text)
            elif self.person.title:
                self.person.say(text)
            else:
                # If no command gives the name, the first words of the document are the name.
                first, *rest = re.split(r"\s{2,}|\n|\s[|·]\s", text)
                self.person.title = re.sub(r"\*+|\[([^]]*)\]\([^)]*\)", r"\1", first)
                for line in rest:
                    if contact := contact_of(line):
                        contact.add_to(self.person)
                    else:
                        self.person.say(line)
        nodes.clear()

    # Sections

    def _section(self, node: LatexMacroNode) -> None:
        self._end_section()
        self.section = self.part = Heading(_line(_arguments(node)[-1]))

    _cvsection = _cvsect = _section

    def _subsection(self, node: LatexMacroNode) -> None:
        self._end_part()
        self.part = Heading(_line(_arguments(node)[-1]))

    _cvsubsection = _subsection

    def _end_list(self) -> None:
        if self.lines:
            self.texts.append("\n".join(self.lines))
            self.lines = []

    def _end_part(self) -> None:
        """Give the section, or the part of it, its text and entries."""
        self._end_list()
        if (part := self.part) is not None:
            part.text = "\n\n".join(self.texts)
            if self.drafts:
                made = section(part.title, self.drafts)
                part.fields, part.children = made.fields, made.children
            elif (made := read_section(part.title, part.text, self.i18n, self.unread)).children:
                part.fields, part.text, part.children = made.fields, made.text, made.children
            elif (kind := self.i18n.kind(part.title)) in NAME_LISTS:
                part.fields = [("kind", kind)]
            if self.section is not None and part is not self.section and (part.text or part.children):
                self.section.children.append(part)
        self.part, self.texts, self.drafts = None, [], []

    def _end_section(self) -> None:
        self._end_part()
        if self.section is not None and (self.section.text or self.section.children):
            self.sections.append(self.section)
        self.section = None

    def _start_entry(self, title: str, kind: str = "", default: str = "position") -> Draft:
        """Start an entry of a kind, by default the one that the section's title names, if it names any."""
        name = self.section.title if self.section else ""
        named = self.i18n.kind(name)
        kind = kind or (default if named in {"", "person", *SECTIONS} else named)
        self.drafts.append(Draft(kind, title, Source({}, name, self.unread), self.i18n))
        return self.drafts[-1]

    # The person

    def _name(self, node: LatexMacroNode) -> None:
        self.person.title = " ".join(filter(None, (self.person.title, *map(_line, _arguments(node)))))

    _firstname = _familyname = _lastname = _name

    def _quote(self, node: LatexMacroNode) -> None:
        self.person.say(blocks(_arguments(node)[-1]))

    _extrainfo = _printinfo = _quote

    def _personalinfo(self, node: LatexMacroNode) -> None:
        self._walk_nodes(_arguments(node)[-1])

    def _photo(self, node: LatexMacroNode) -> None:
        self.unread.append(NO_PICTURE)

    def _add_field(self, node: LatexMacroNode) -> None:
        name, value = _FIELDS[node.macroname], _line(_arguments(node)[-1])
        if node.macroname == "address":
            lines = [line for part in _arguments(node) for line in re.split(r"\n| [|·] ", blocks(part)) if line]
            found = {line: contact for line in lines if (contact := contact_of(line))}
            for contact in found.values():
                contact.add_to(self.person)
            value = ", ".join(line for line in lines if line not in found)
        if name == "website":
            url = _url(_arguments(node)[-1])
            self.person.add(name, url, address(url))
        elif name in {"headline", "born", "email", "phone", "location"}:
            self.person.add(name, value)
        else:
            self.person.add_profile(name, _plain(_arguments(node)[-1]), "")

    def _social(self, node: LatexMacroNode) -> None:
        network, user = map(_plain, _arguments(node))
        self.person.add_profile({"googlescholar": "scholar"}.get(network, network), user, "")

    # Entries

    def _cventry(self, node: LatexMacroNode) -> None:
        *parts, body = _arguments(node)
        is_awesome = len(parts) == 4
        order = "title organization place date" if is_awesome else "date title organization place grade"
        self._add_entry(order, parts[-5:], body)

    def _cvevent(self, node: LatexMacroNode) -> None:
        self._add_entry("title organization date place", _arguments(node))

    def _cvhonor(self, node: LatexMacroNode) -> None:
        self._add_entry("title organization place date", _arguments(node))

    def _resumeSubheading(self, node: LatexMacroNode) -> None:
        parts = _arguments(node)
        has_year = [re.search(r"\d{4}", _line(part)) for part in parts]
        is_title_first = has_year[1] and not has_year[3]
        self._add_entry("title date organization place" if is_title_first else "organization place title date", parts)

    def _resumeProjectHeading(self, node: LatexMacroNode) -> None:
        title, date = map(_line, _arguments(node))
        self._start_entry(title.replace("**", ""), default="project").add("period", _date(date))

    def _add_entry(self, order: str, parts: Sequence[Sequence[LatexNode]], body: Sequence[LatexNode] = ()) -> None:
        """Add an entry to the section, from parts whose names are given in their order."""
        words = dict(zip(order.split(), map(_line, parts), strict=True))
        title, organization, date = words["title"], words["organization"], _date(words["date"])
        draft = self._start_entry(title or organization)
        draft.add_host(organization)
        if "period" in draft.names:
            draft.add("period", re.sub(r"\s*[-–]$", " – present", date))
        else:
            draft.add("date", date.rstrip(" -–"))
        draft.add_place(words["place"])
        draft.add("score" if "score" in draft.names else "note", words.get("grade", ""))
        draft.say(blocks(body))

    def _item(self, node: LatexMacroNode) -> None:
        label, *rest = [line for part in _arguments(node) if (line := _line(part))] or [""]
        words = " – ".join(rest)
        line = f"**{label}:** {words}" if label and words else label or words
        if line and self.drafts:
            self.drafts[-1].say(f"- {line}")
        elif line:
            self.lines.append(f"- {line}")

    _resumeItem = _resumeSubItem = _cvitem = _cvitemwithcomment = _cvlanguage = _cvlistitem = _item
    _cvskill = _cvproject = _cvachievement = _cvtag = _item

    def _cvskillentry(self, node: LatexMacroNode) -> None:
        *_, level, name, years, comment = map(_line, _arguments(node))
        notes = ", ".join(filter(None, (f"{level}/5" if level else "", years, comment)))
        self.lines.append(f"- {name}: {notes}")

    def _cvlistdoubleitem(self, node: LatexMacroNode) -> None:
        self.lines += [f"- {words}" for part in _arguments(node) if (words := _line(part))]

    def _cvcomputer(self, node: LatexMacroNode) -> None:
        parts = [_line(part) for part in _arguments(node)][-4:]
        self.lines += [f"- **{label}:** {words}" for label, words in (parts[:2], parts[2:]) if label or words]

    _cvdoubleitem = _cvcomputer

    def _cvref(self, node: LatexMacroNode) -> None:
        name, mail, words = map(_line, _arguments(node))
        draft = self._start_entry(name, "reference")
        draft.add("email", mail)
        draft.say(words)


def _date(text: str) -> str:
    return re.sub(r"\s*(?:--+|–|—)\s*", " – ", text)


def _arguments(node: LatexMacroNode) -> list[Sequence[LatexNode]]:
    """Return the nodes of each argument; an optional one that is absent is empty."""
    parts = node.nodeargd.argnlist if node.nodeargd else []
    return [_contents(part) for part in parts if not isinstance(part, str)]


def _contents(node: LatexNode | None) -> Sequence[LatexNode]:
    if node is None:
        return []
    return node.nodelist if isinstance(node, LatexGroupNode) else [node]


def _line(nodes: Sequence[LatexNode]) -> str:
    """Return nodes as one line of Markdown."""
    return markdown.line(" ".join("".join(_words(nodes)).replace(_MADE, "").split()))


def blocks(nodes: Sequence[LatexNode]) -> str:
    """Return nodes as Markdown: paragraphs and lists."""
    words = re.sub(r" +\| +", " | ", "".join(_words(nodes)))
    lines = (_safe(line) for line in words.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _safe(line: str) -> str:
    """Return a line that holds no markup of a block, but for the items of lists that :func:`_list` makes."""
    made = re.match(rf"( *){_MADE}((?:- |1\. )?)(.*)", line)
    return f"{made[1]}{made[2]}{markdown.line(made[3].replace(_MADE, ''))}" if made else markdown.line(line)


def _words(nodes: Sequence[LatexNode]) -> Iterator[str]:
    """Yield the words of nodes as Markdown."""
    for node in nodes:
        if isinstance(node, latexwalker.LatexCharsNode):
            yield markdown.marked(node.chars.replace(_MADE, ""))
        elif isinstance(node, LatexGroupNode):
            yield from _words(node.nodelist)
        elif isinstance(node, latexwalker.LatexMathNode | latexwalker.LatexSpecialsNode):
            yield markdown.marked(words_of([node]))
        elif isinstance(node, latexwalker.LatexEnvironmentNode):
            yield from _list(node) if node.environmentname in _LISTS else _words(node.nodelist)
        elif isinstance(node, LatexMacroNode):
            yield from _macro(node)
        elif not isinstance(node, latexwalker.LatexCommentNode):
            yield words_of([node])


def _list(node: latexwalker.LatexEnvironmentNode) -> Iterator[str]:
    mark = "1. " if node.environmentname == "enumerate" else "- "
    items: list[list[LatexNode]] = []
    for part in node.nodelist:
        if isinstance(part, LatexMacroNode) and part.macroname == "item":
            items.append([group for nodes in _arguments(part) for group in nodes])
        elif items:
            items[-1].append(part)
    yield "\n\n"
    for item in items:
        text = "".join(_words(item)).strip()
        first, *lines = [line for line in text.split("\n") if line.strip()] or [""]
        yield f"{_MADE}{mark}{first}\n"
        for line in lines:
            yield " " * len(mark) + (line if _MADE in line else f"{_MADE}{line.strip()}") + "\n"
    yield "\n"


def _macro(node: LatexMacroNode) -> Iterator[str]:
    name, arguments = node.macroname, _arguments(node)
    if name in {"href", "hrefWithoutArrow"} and len(arguments) == 2:
        yield markdown.link(_plain(arguments[1]), address(_url(arguments[0])))
    elif name in {"url", "nolinkurl", "doi"} and arguments:
        url = _url(arguments[0])
        yield markdown.link(url, f"https://doi.org/{url}") if name == "doi" else markdown.link("", address(url))
    elif name in _EMPHASIS and arguments:
        words, mark = _line(arguments[-1]), _EMPHASIS[name]
        yield f"{mark}{words}{mark}" if words else ""
    elif name in _SEPARATORS:
        yield _SEPARATORS[name]
    elif name in {"\\", "newline", "linebreak", "par"}:
        yield "\n\n" if name == "par" else "\n"
    elif name in {"textcolor", "colorbox"}:
        yield from _words(arguments[-1])
    elif name in _SILENT:
        return
    elif text := words_of([node]).strip("\n"):
        yield markdown.marked(text)
    else:
        for nodes in arguments:
            yield from _words(nodes)


def _url(nodes: Sequence[LatexNode]) -> str:
    """Return an address, in which a tilde is neither a space nor an accent."""
    parts = ("~" if re.match(r"\\?~", node.latex_verbatim()) else words_of([node]) for node in nodes)
    return "".join("".join(parts).split())


def _plain(nodes: Sequence[LatexNode]) -> str:
    return " ".join(words_of(nodes).split())
