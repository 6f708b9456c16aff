"""Convert nodes of LaTeX to Markdown: words, emphasis, links, lists and tables."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pylatexenc import latexwalker
from pylatexenc.latexwalker import LatexGroupNode, LatexMacroNode, LatexNode

from cvtools.importers.imported_entries import with_scheme
from cvtools.importers.latex_parser import ANY, ENVIRONMENTS, FRAMING, SEPARATORS, TABLE, by_command, is_silent
from cvtools.importers.line_syntax import YEAR
from cvtools.reading.latex import words, words_of
from cvtools.writing import myst

#: Markdown around the words of a command for emphasis, and in place of a command that separates words.
_EMPHASIS, _SEPARATORS = by_command(TABLE["emphasis"]), SEPARATORS | {" ": " ", "\\": "\n"}
#: An argument that is a star, a length or another setting, rather than words.
_SETTING = re.compile(
    r"\*|[\[{]\s*(?:-?[\d.]+\s*(?:cm|mm|in|pt|em|ex)|[\d.]*\\(?:text|line|column|paper)width)?\s*[\]}]"
    r"|\[\s*(?:\w|-?\d?\.\d+|\w[\w ]*=.*)\s*\]"
)
#: Commands whose last argument is a unit, and the space after a prefix in its words, as in "kilo metre".
_UNITS = frozenset({"SI", "SIrange", "qty", "qtyrange", "si", "unit"})
_SPACE_BEHIND_PREFIX = r"(?<=centi|femto|micro|milli) |(?<=giga|kilo|mega|nano|pico|tera) "
#: Character before the markup of lists that this module writes, and must not escape.
_MARKUP = "\ue000"
#: Environments of tables.
TABLES = {"tabular", "tabularx", "tabular*", "longtable"}


def arguments_of(node: LatexMacroNode) -> list[Sequence[LatexNode]]:
    """Return the nodes of each argument; an optional one that is absent is empty."""
    parts = node.nodeargd.argnlist if node.nodeargd else []
    return [_contents(part) for part in parts if not isinstance(part, str)]


def _contents(node: LatexNode | None) -> Sequence[LatexNode]:
    if node is None:
        return []
    return node.nodelist if isinstance(node, LatexGroupNode) else [node]


def parts_inside(node: LatexNode) -> list[Sequence[LatexNode]]:
    """Return the lists of nodes in a group, an environment or a command, without arguments that are settings."""
    parts = _argument_nodes(node) if getattr(node, "environmentname", "") not in ENVIRONMENTS else []
    parts = [part for part in parts if not _SETTING.fullmatch(part.latex_verbatim())]
    return [*map(_contents, parts), *([node.nodelist] if hasattr(node, "nodelist") else [])]


def _argument_nodes(node: LatexNode) -> list[LatexNode]:
    """Return the arguments of a node, with their brackets or braces, but no absent optional ones."""
    parsed = getattr(node, "nodeargd", None)
    return [part for part in parsed.argnlist if part is not None] if parsed else []


def line_of(nodes: Sequence[LatexNode]) -> str:
    """Return nodes as one line of Markdown."""
    return myst.escape_start(" ".join("".join(_words(nodes)).replace(_MARKUP, "").split()))


def blocks_of(nodes: Sequence[LatexNode]) -> str:
    """Return nodes as Markdown: paragraphs and lists."""
    # Merge bars between cells, and remove those at the ends of a row and after a label.
    words = re.sub(r"(?<! )(?: *(?<!\\)\|(?= |$))+ *", " | ", "".join(_words(nodes)), flags=re.MULTILINE)
    words = re.sub(r"(?m)^[ |·;,.]+$|^ \| | \| $|(?<=:) \|(?= )", "", words)
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
        elif isinstance(node, latexwalker.LatexEnvironmentNode) and node.environmentname == "tikzpicture":
            # The only words in a drawing are its labels, in braces.
            parts = (part for inner in node.nodelist for part in (inner, *_argument_nodes(inner)))
            labels = (part for part in parts if getattr(part, "delimiters", ("",))[0] == "{")
            yield " ".join("".join(_words([label])) for label in labels)
        elif isinstance(node, latexwalker.LatexEnvironmentNode):
            is_list = any(getattr(part, "macroname", "") == "item" for part in _flat(node.nodelist))
            words = "".join(_words_of_list(node) if is_list else _words_inside(node))
            yield f"\n\n{_as_list(words)}\n\n" if node.environmentname in TABLES else words
        elif isinstance(node, LatexMacroNode):
            yield from _words_of_command(node)


def _as_list(words: str) -> str:
    """Return the rows of a table as a list if each has a label and a value, as tables of skills do."""
    rows = [re.split(r"[ ]*(?<!\\)\|[ ]*", row.strip()) for row in words.split("\n") if row.strip()]
    are_labelled = all(len(row) == 2 and re.fullmatch(r"\W*\w[^\d@]{1,40}", row[0]) and row[1] for row in rows)
    if len(rows) < 2 or not are_labelled or YEAR.search(words):
        return words
    return "".join(f"{_MARKUP}- **{label.strip('*_: ')}:** {value}\n" for label, value in rows)


def _words_of_list(node: latexwalker.LatexEnvironmentNode) -> Iterator[str]:
    mark = "1. " if node.environmentname == "enumerate" else "- "
    # Label and nodes of each item, and those before the first.
    items: list[tuple[str, list[LatexNode]]] = [("", [])]
    for part in _flat(node.nodelist):
        if isinstance(part, LatexMacroNode) and part.macroname == "item":
            label = "".join(map(line_of, arguments_of(part)))
            # Skip a label without letters, which is another bullet.
            items.append((f"**{label.strip('*')}** " if re.search(r"\w", label) else "", []))
        else:
            items[-1][1].append(part)
    # Arguments of an environment that the document defines are above the items.
    above = ("".join(_words(part)).strip() for part in [*parts_inside(node)[:-1], items[0][1]])
    yield f"\n\n{' | '.join(filter(None, above))}\n\n"
    for label, item in items[1:]:
        text = label + "".join(_words(item)).strip()
        if text.startswith(_MARKUP):
            # The item is nothing but a list.
            yield f"{text}\n"
            continue
        first, *lines = [line for line in text.split("\n") if line.strip()] or [""]
        if lines and all(line.lstrip().startswith("**") for line in [first, *lines]):
            # Make each line an item, since each has a label.
            first, lines = f"\n{_MARKUP}{mark}".join([first, *map(str.strip, lines)]), []
        yield f"{_MARKUP}{mark}{first}\n"
        for line in lines:
            yield " " * len(mark) + (line if _MARKUP in line else f"{_MARKUP}{line.strip()}") + "\n"
    yield "\n"


def _flat(nodes: Sequence[LatexNode]) -> Iterator[LatexNode]:
    """Yield the nodes of a list, with the nodes of groups that have items in place of these groups."""
    for node in nodes:
        is_list = isinstance(node, latexwalker.LatexEnvironmentNode) or getattr(node, "macroname", "") == "item"
        if not is_list and re.search(r"\\item(?![A-Za-z])", node.latex_verbatim()):
            for part in parts_inside(node):
                yield from _flat(part)
        else:
            yield node


def _words_inside(node: LatexNode) -> Iterator[str]:
    """Yield the words in an environment or a command, and in its arguments."""
    for number, nodes in enumerate(parts_inside(node)):
        yield " " if number else ""
        yield from _words(nodes)


def _words_of_command(node: LatexMacroNode) -> Iterator[str]:
    name, arguments = node.macroname, arguments_of(node)
    if name in {"href", "hrefWithoutArrow"} and len(arguments) == 2:
        yield myst.link(plain_line_of(arguments[1]), with_scheme(url_of(arguments[0])))
    elif name in {"url", "nolinkurl", "doi"} and arguments:
        url = url_of(arguments[0])
        yield myst.link(url, f"https://doi.org/{url}") if name == "doi" else myst.link("", with_scheme(url))
    elif name in _EMPHASIS and arguments:
        mark = _EMPHASIS[name]
        # Remove the same emphasis inside, which would end this one: in the length of a run, 1 is italic, 2 is bold.
        line = re.sub(r"(?<!\\)\*+", lambda inner: "*" * (len(inner[0]) & ~len(mark)), line_of(arguments[-1]))
        yield f"{mark}{line}{mark}" if line else ""
    elif name in _SEPARATORS:
        yield _SEPARATORS[name]
    elif name == "footnote" and arguments:
        yield f" ({line_of(arguments[-1])})"
    elif name in FRAMING and arguments:
        yield from _words(arguments[-1])
    elif is_silent(name):
        return
    elif name in _UNITS and any(arguments):
        _, *numbers, unit = arguments
        source = "".join(part.latex_verbatim() for part in unit)
        # Leave a unit without commands, such as km/h, as it is.
        named = " ".join(re.findall("[A-Za-z]+", source)) if re.search(r"\\[A-Za-z]", source) else line_of(unit)
        number = " – ".join(filter(None, map(line_of, numbers)))
        yield f"{number} {re.sub(_SPACE_BEHIND_PREFIX, '', named)}".strip()
    elif node.nodeargd and node.nodeargd.argspec == ANY:
        yield myst.escape_inline(_own_words(f"\\{name}"))
        yield from _words_inside(node)
    else:
        yield myst.escape_inline(words_of([node]).strip("\n"))


#: Return the words for a command without arguments; cached, since it may occur thousands of times.
_own_words = lru_cache(100)(words)


def url_of(nodes: Sequence[LatexNode]) -> str:
    """Return nodes as an address, in which a tilde is neither a space nor an accent, but a character."""
    parts = ("~" if re.match(r"\\?~", node.latex_verbatim()) else words_of([node]) for node in nodes)
    return "".join("".join(parts).split())


def plain_line_of(nodes: Sequence[LatexNode]) -> str:
    """Return nodes as one line of plain text."""
    (inline,) = myst.parser().parseInline(line_of(nodes))
    words = "".join(token.content for token in inline.children or [])
    # Remove the scheme that the link of an address needs, unless the source has one.
    return words if any("://" in node.latex_verbatim() for node in nodes) else words.replace("https://", "")
