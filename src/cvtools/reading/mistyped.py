"""Warn of text that its author means as a heading, a field, a list or a table, but Markdown reads otherwise."""

import re
from functools import cache

from docutils import nodes
from markdown_it.rules_core import StateCore
from markdown_it.tree import SyntaxTreeNode
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform

from cvtools.config import CvConfig
from cvtools.model import kinds
from cvtools.nodes import cv_field, cv_fields
from cvtools.reading.field_nodes import field_node
from cvtools.reading.fields import SHOW, fault_of_field, fault_of_heading, read_fields, source_lines
from cvtools.sphinx_warnings import Code, warn
from cvtools.terminal import shorten

#: A mark that withholds something, even a misspelt one, in text, where it has no effect.
_MARK = re.compile(
    rf"(?i)\{{[^{{}}]*?(?:{SHOW}|\.show-|show\s+(?:html|pdf)\b)[^{{}}]*\}}|[(\[]\s*(?:show|only)\s*=[^()\[\]]*[)\]]"
)
#: Separator of cells of a table.
_BAR = re.compile(r"(?<!\\)\|")
#: The beginning of bold words or code that nothing ends, unlike "2 ** 3", "**kwargs" and "`quotation'".
_OPEN_DELIMITER = re.compile(
    r"""(?<![\w*])(?<!\d[ ])\*{2,3}(?!kw)(?=["'(\[„“«]?\w) | (?<![\w`])`(?=[^\s`\d])(?![^`\n]{0,60}['’](?!\w))""",
    re.VERBOSE,
)
#: Bold words that end with a punctuation mark before a letter, as in "**Note:**text": Markdown sees no end.
_STUCK_DELIMITER = re.compile(r"(?<![*0-9A-Za-z_])\*\*[^*\n]+([^\w\s*])\*\*(?=\w)")
#: A link with a space before its address.
_APART = re.compile(r"\[[^\W\d][^\[\]\n]*\][ ]\(https?://\S*")
#: A link whose address has no end.
_OPEN_LINK = re.compile(r"\[[^\W\d][^\[\]\n]*\]\((?=[^\s()]*[/.:@#])[^()\n]*(?=\n|\Z)")
#: Sphinx's metadata of a page: fields above its first heading.
_SPHINX_FIELDS = frozenset({"orphan", "tocdepth", "nocomments", "nosearch", "no-search"})


def keep_cells(env: BuildEnvironment, state: StateCore) -> None:
    """Move cells beyond a table's last column, which Markdown would drop, into it, and warn; a rule of markdown-it."""
    if "table_open" not in {token.type for token in state.tokens}:
        return
    lines = state.src.split("\n")
    for table in (node for node in SyntaxTreeNode(state.tokens).walk() if node.type == "table"):
        # Count the nodes of the head rather than bars, since its line may begin with the marker of a list.
        head, *rows = (node for node in table.walk() if node.type == "tr")
        columns = len(head.children)
        for row in rows:
            line = row.map[0] if row.map else 0
            source = lines[line].strip("> \t").removeprefix("|")
            cells = _BAR.split(source if source.endswith("\\|") else source.removesuffix("|"))
            last = row.children[-1].children[0].token
            if len(cells) > columns and last:
                rule = f"this row has more cells than the table has columns ({columns}); the last column has the rest"
                remedy = 'add columns to the first two lines, or write "\\|" for a bar in a cell'
                warn((env.docname, state.env.get("line", 0) + line + 1), Code.ENTRY, f"{rule}: {remedy}")
                last.content = " | ".join(map(str.strip, cells[columns - 1 :]))


def warn_of_open_code(env: BuildEnvironment, state: StateCore) -> None:
    """Warn of code that nothing ends, so that all below it is code; a rule of markdown-it."""
    lines = state.src.split("\n")
    for token in state.tokens:
        first, after = token.map or (0, 1)
        last = lines[after - 1].strip(" \t>")
        has_end = after - 1 > first and last.startswith(token.markup) and not last.strip(token.markup)
        is_last_directive = token.info.lstrip().startswith("{") and not re.search(r"(?m)^#{1,6}\s", token.content)
        if token.type == "fence" and not (has_end or is_last_directive):
            rule = f"this code has no end: write {token.markup} below its last line"
            warn((env.docname, state.env.get("line", 0) + first + 1), Code.ENTRY, rule)


def warn_of_open_markup(env: BuildEnvironment, state: StateCore) -> None:
    """Warn of the first bold words, code or link in a block that lack their end; a rule of markdown-it."""
    # Replace escaped signs, which are tokens of their own before markdown-it joins texts.
    stand_ins = {"softbreak": "\n", "hardbreak": "\n", "text_special": ".", "code_inline": "x", "math_inline": "x"}
    for token in state.tokens:
        children = token.children or []
        words = "".join(child.content if child.type == "text" else stand_ins.get(child.type, "") for child in children)
        matches = (pattern.search(words) for pattern in (_APART, _OPEN_LINK, _STUCK_DELIMITER, _OPEN_DELIMITER))
        if not (match := next(filter(None, matches), None)):
            continue
        shown = shorten(words[match.start() :].partition("\n")[0], 30)
        escaped = "".join(f"\\{character}" for character in match[0])
        rule = f'"{shown}" has no end: write {match[0]} where it should end, or {escaped} for the signs themselves'
        if match.re is _STUCK_DELIMITER:
            rule = f'"{shorten(match[0], 30)}" is not bold: write "{match[1]}" behind the last **, or a space'
        elif match.re is _APART:
            rule = f'"{shorten(match[0], 40)}" is no link: delete the space before "("'
        elif match.re is _OPEN_LINK:
            rule = f'"{shown}" is no link: write ")" behind its address'
        line = words.count("\n", 0, match.start()) + (token.map[0] if token.map else 0)
        warn((env.docname, state.env.get("line", 0) + line + 1), Code.ENTRY, rule)


class WarnOfMistakes(SphinxTransform):
    """Warn of text that looks like a field or a heading, and show fields of no entry as they are."""

    # After RecogniseEntries (5), which replaces the fields of entries.
    default_priority = 6

    def apply(self, **kwargs: object) -> None:
        self.lines_of, self.has_warned_of_bullets = cache(source_lines), False
        for field_list in list(self.document.findall(nodes.field_list)):
            if not isinstance(field_list.parent, nodes.field_body):
                self._check_stray(field_list)
        warned: set[nodes.Node] = set()
        for section in self.document.findall(nodes.section):
            for node in section.children:
                fault = fault_of_field(node) or fault_of_heading(node) or self._fault_of_block(node)
                if fault := fault or self._fault_of_indented(node):
                    warn(node, Code.ENTRY, fault)
                    warned.add(node)
        for node in (child for item in self.document.findall(nodes.list_item) for child in item.children):
            if fault := self._fault_of_block(node):
                warn(node, Code.ENTRY, fault)
        for node in self.document.findall(lambda node: isinstance(node, (nodes.Text, nodes.image))):
            is_quoted = isinstance(node.parent, (nodes.literal, nodes.literal_block, cv_field))
            words = node.get("alt", "") if isinstance(node, nodes.image) else node.astext()
            if not is_quoted and node.parent not in warned and (mark := _MARK.search(words)):
                rule = "has no effect in text, only at the end of a field's value"
                warn(node.parent, Code.ENTRY, f"{shorten(mark[0], 30)} {rule}: delete it, or make this a field")

    def _check_stray(self, field_list: nodes.field_list) -> None:
        """Warn of a field list that is not below a heading, but has fields of an entry, and show these as they are."""
        # MyST gives this class to field lists of Markdown, but not to front matter.
        if "field-list" not in field_list["classes"]:
            return
        raw_fields = read_fields(field_list, self.lines_of, self.config.cv_variant)
        # Sphinx reads all fields above the first heading as its metadata, and removes them.
        names = {field.name for field in raw_fields} - _SPHINX_FIELDS
        is_dropped = names and isinstance(field_list.parent, nodes.document)
        is_of_entry = any(kinds.is_field(field.name.strip().lower()) or field.show for field in raw_fields)
        if not (is_dropped or is_of_entry):
            return
        first = raw_fields[0]
        above, remedy = field_list.previous_sibling(), "move it there"
        if isinstance(field_list.parent, nodes.list_item):
            remedy = "write it there, without a bullet or a number"
        elif isinstance(above, nodes.paragraph) and re.fullmatch(r"(\*\*|__)[^*_]+\1\s*", above.rawsource):
            remedy = f'make "{shorten(above.astext(), 30)}" above it one'
        warn(first.node, Code.ENTRY, f'"{first.name}" is a field only directly under a heading: {remedy}')
        head = cv_fields(kind="unknown")
        head.source, head.line = field_list.source, field_list.line
        i18n = CvConfig.of(self.config).i18n
        head.extend(field_node("unknown", raw_field, i18n) for raw_field in raw_fields)
        field_list.parent.replace(field_list, head)

    def _fault_of_block(self, node: nodes.Node) -> str:
        """Return a message about a paragraph that begins like a table, or about the first with bullets; else ""."""
        if not isinstance(node, nodes.paragraph):
            return ""
        bullet = re.search(r"(?m)^(?:[•▪◦‣]\s+|-\xa0)(\S.*)", node.rawsource)
        if bullet and not self.has_warned_of_bullets:
            # Warn once, since all lists of a page may have such bullets.
            self.has_warned_of_bullets = True
            return f'"{shorten(bullet[0], 30)}" is no item of a list: write "- {shorten(bullet[1], 30)}"'
        head, rule, *_ = (*node.rawsource.split("\n"), "")
        is_table = _BAR.search(head) and re.fullmatch(r"(?=.*\|)(?=.*-)[|\s:-]+", rule)
        return f'"{shorten(head, 30)}" is no table: write as many "---" below it as it has cells' if is_table else ""

    def _fault_of_indented(self, node: nodes.Node) -> str:
        if not isinstance(node, nodes.literal_block) or not re.match(r":[\w-]+:\s|#{2,6}\s", node.astext()):
            return ""
        lines, number = self.lines_of(node.source or ""), node.line or 1
        line = lines[number - 1] if number <= len(lines) else ""
        if not line[:1].isspace():
            return ""
        return f'"{shorten(line, 30)}" is read as code, since it is indented: delete the spaces before it'
