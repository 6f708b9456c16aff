"""Turn headings with fields into entries: the typed record, and the nodes that show it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from sphinx.transforms import SphinxTransform

from cvtools import limits
from cvtools.config import CvConfig
from cvtools.model import entries as model
from cvtools.model.dates import Period
from cvtools.model.errors import MistakeError
from cvtools.model.values import Linked
from cvtools.nodes import cv_field, cv_fields
from cvtools.problems import Code, SourceError, warn
from cvtools.reading.field_nodes import PROSE_FIELDS, FieldNodes
from cvtools.reading.fields import RawField, head_fields, mistyped_field, mistyped_heading, read_field
from cvtools.reading.sources import without_controls
from cvtools.terminal import shorten

#: What a page may say to Sphinx above its headings (Sphinx's file-wide metadata).
_SPHINX_FIELDS = frozenset({"orphan", "tocdepth", "nocomments", "nosearch", "no-search"})


@dataclass
class EntryDraft:
    """An entry that is being read from a field list."""

    section: nodes.section
    field_list: nodes.field_list
    #: Fields in the order of the source.
    raw_fields: list[RawField]
    #: Name of the kind; empty if it is unknown.
    kind: str = ""
    #: Entry whose section holds this one.
    parent: "EntryDraft | None" = None
    #: Typed values of the entry's own valid fields, by name.
    values: dict[str, Any] = field(default_factory=dict)
    #: Fields as written, by name.
    sources: dict[str, RawField] = field(default_factory=dict)
    #: Invalid fields, which are shown as written.
    rejected: list[RawField] = field(default_factory=list)
    roles: "list[EntryDraft]" = field(default_factory=list)

    @property
    def title(self) -> str:
        return " ".join(self.section[0].astext().split())

    def inherited_from(self, name: str) -> "EntryDraft | None":
        """Return the entry that has a field: this one, or the workplace of a role without it."""
        if name in self.values:
            return self
        is_role = self.parent is not None and self.parent.kind in model.WORKPLACES and self.kind == "position"
        return self.parent.inherited_from(name) if is_role and self.parent and name != "technologies" else None

    @property
    def rejected_names(self) -> list[str]:
        return [raw_field.name for raw_field in self.rejected]

    def periods(self) -> list[tuple[Period, str]]:
        """Return the periods of the entry and its roles, each with the only output that may show it ("" for all)."""
        own = [(self.values["period"], self.sources["period"].show)] if "period" in self.values else []
        return own + [period for role in self.roles for period in role.periods()]


class FieldFault(NamedTuple):
    """A fault of a field: the arguments of :func:`~cvtools.problems.warn`."""

    code: Code
    text: str
    replacement: tuple[str, str] | None = None


class RecogniseEntries(SphinxTransform):
    """Replace each field list under a heading by a :class:`~cvtools.nodes.cv_fields`.

    The node holds the typed record in its Python attribute ``entry`` until the domain collects it.
    """

    # Before PreserveTranslatableMessages (10) and Locale (20), so that values can be translated and dates are
    # read as they were written.
    default_priority = 5

    def apply(self, **kwargs: object) -> None:
        self.sources: dict[Path, list[str]] = {}
        config = CvConfig.of(self.config)
        self.field_nodes = FieldNodes(config.i18n, config.month)
        found: dict[nodes.section, EntryDraft] = {}
        for section in self.document.findall(nodes.section):
            field_list = head_fields(section)
            if field_list is None and self._is_person(section):
                # The first heading is the person, with fields or without.
                field_list = nodes.field_list()
                section.insert(1, field_list)
            if field_list is not None:
                entry = EntryDraft(section, field_list, self._read(field_list), parent=_around(section, found))
                self._understand(entry)
                found[section] = entry
        for entry in found.values():
            self._replace(entry)
        for field_list in list(self.document.findall(nodes.field_list)):
            self._check_stray(field_list)
        self._check_form()

    def _check_form(self) -> None:
        """Warn of headings and fields that Markdown reads otherwise than their author meant."""
        for section in self.document.findall(nodes.section):
            for node in section.children:
                if problem := mistyped_field(node) or mistyped_heading(node) or self._indented_field(node):
                    warn(node, Code.ENTRY, problem)
        for text in self.document.findall(nodes.Text):
            is_quoted = isinstance(text.parent, (nodes.literal, nodes.literal_block, cv_field))
            if not is_quoted and not mistyped_field(text.parent) and (mark := re.search(r"\{\s*show\s*=[^}]*\}", text)):
                rule = "withholds nothing here, but at the end of a field's value alone"
                warn(text.parent, Code.ENTRY, f"{shorten(mark[0], 30)} {rule}: delete it, or make this a field")

    def _indented_field(self, node: nodes.Node) -> str:
        if not isinstance(node, nodes.literal_block) or not re.match(r":[\w-]+:\s", node.astext()):
            return ""
        lines, number = self._lines(Path(node.source or "")), node.line or 1
        line = lines[number - 1] if number <= len(lines) else ""
        if not line[:1].isspace():
            return ""
        return f'"{shorten(line, 30)}" is read as code, since it is indented: delete the spaces before it'

    def _read(self, field_list: nodes.field_list) -> list[RawField]:
        fields = [node for node in field_list if isinstance(node, nodes.field)]
        for extra in fields[limits.FIELDS :]:
            rule = f"an entry may have {limits.FIELDS} fields: put a blank line before other text"
            raise SourceError(extra.source or "", extra.line or 0, rule)
        return [read_field(field, self._lines(Path(field.source or ""))) for field in fields]

    def _lines(self, path: Path) -> list[str]:
        """Return the lines of a page, or of a file that it includes."""
        if path not in self.sources:
            text = path.read_text("utf-8-sig", errors="replace") if path.is_file() else ""
            self.sources[path] = without_controls(text).split("\n")
        return self.sources[path]

    def _understand(self, entry: EntryDraft) -> None:
        """Find the entry's kind, and parse its fields."""
        by_name = {raw_field.name: raw_field for raw_field in reversed(entry.raw_fields)}
        kind_unknown = False
        try:
            entry.kind = self._kind(entry, by_name)
        except ValueError as error:
            node = by_name.get("kind", entry.raw_fields[0]).node
            warn(node, Code.ENTRY, str(error), _replacement(error))
            kind_unknown = True
        for raw_field in entry.raw_fields:
            if kind_unknown and raw_field.name != "only":
                entry.rejected.append(raw_field)
                continue
            if fault := self._judge(entry, raw_field):
                warn(raw_field.node, *fault)
                entry.rejected.append(raw_field)
        if entry.parent and entry.kind == "position" and entry.parent.kind in model.WORKPLACES:
            entry.parent.roles.append(entry)

    def _kind(self, entry: EntryDraft, by_name: dict[str, RawField]) -> str:
        if kind := by_name.get("kind"):
            if kind.problem:
                raise ValueError(kind.problem)
            return model.check_kind(kind.value.text)
        if self._is_person(entry.section):
            return "person"
        if by_name.keys() <= {"only"}:
            return ""
        return model.infer_kind(by_name, inside=entry.parent.kind if entry.parent else "")

    def _is_person(self, section: nodes.section) -> bool:
        return self.env.docname == self.config.root_doc and section is self.document.next_node(nodes.section)

    def _judge(self, entry: EntryDraft, raw_field: RawField) -> FieldFault | None:
        """Parse a field into ``entry.values``; return its fault, if it has one."""
        name = raw_field.name
        parse = model.parser(name, entry.kind)
        if parse is None:
            error = model.unknown_field(name, entry.kind)
            return FieldFault(Code.FIELD, str(error), _replacement(error))
        if name in entry.sources:
            return FieldFault(Code.FIELD, f'field "{name}" stands twice: delete one')
        entry.sources[name] = raw_field
        if raw_field.problem:
            return FieldFault(Code.VALUE, raw_field.problem)
        if raw_field.show and (entry.kind, name) == ("translation", "language"):
            rule = f"{name}: a passage cannot hide its language: delete {{show={raw_field.show}}}"
            return FieldFault(Code.VALUE, rule)
        try:
            entry.values[name] = parse(raw_field.value if name in PROSE_FIELDS else raw_field.data)
        except ValueError as error:
            return FieldFault(Code.VALUE, f"{name}: {error}", _replacement(error))
        if isinstance(period := entry.values[name], Period) and self.field_nodes.today.precedes(period.start):
            rule = f"{name}: {period.start} is after {self.field_nodes.today}, the month of this build"
            warn(raw_field.node, Code.FUTURE, f"{rule}: correct it, or set cv_today to a later month")
        return None

    def _replace(self, entry: EntryDraft) -> None:
        """Replace the field list by the nodes that show the entry."""
        head = cv_fields(kind=entry.kind or "unknown")
        head.source, head.line = entry.field_list.source, entry.field_list.line
        head.extend(self._visible_fields(entry))
        if entry.kind:
            entry.section["classes"] += ["cv-entry", f"cv-{entry.kind}"]
            if entry.kind == "translation" and "language" in entry.values:
                entry.section["lang"] = entry.values["language"]
                # How docutils says it; its HTML and its quotation marks go by this.
                entry.section["classes"].append(f"language-{entry.values['language']}")
            head.entry = self._record(entry)
        # Not replace_self(), which would hand on the field list's classes.
        entry.field_list.parent.replace(entry.field_list, head)

    def _forget_targets(self, raw_field: RawField) -> None:
        """Keep Sphinx from publishing the names of targets in a value in its inventory."""
        for node in raw_field.node.findall(nodes.Element):
            for name in node["names"]:
                self.document.nametypes.pop(name, None)

    def _visible_fields(self, entry: EntryDraft) -> Iterator[cv_field]:
        """Yield the fields that are shown: valid ones in the model's order, then invalid ones as written."""
        shape = "position" if entry.kind in model.WORKPLACES else entry.kind
        for raw_field in entry.raw_fields:
            if raw_field.show:
                self._forget_targets(raw_field)
        for name in model.fields_of(shape) if shape else ():
            if name == "period" and entry.roles:
                yield from self._total(entry)
            elif name in entry.values and not _repeats_title(entry, name):
                visible = self.field_nodes.field(name, entry.values[name], entry.sources[name])
                # A certificate is valid for a time, which is no experience.
                yield from (field for field in visible if entry.kind != "certificate" or field["name"] != "duration")
        for raw_field in entry.rejected:
            yield self.field_nodes.as_written(raw_field)

    def _total(self, entry: EntryDraft) -> Iterator[cv_field]:
        """Yield the period and duration of a workplace with roles; for each output if these differ."""
        periods = entry.periods()
        for output in model.OUTPUTS if any(only for _, only in periods) else ("",):
            if known := [period for period, only in periods if only in {"", output}]:
                yield from self.field_nodes.total(known, output, entry.field_list)

    def _record(self, entry: EntryDraft) -> model.Entry | None:
        """Return the typed record; None if a required field is missing or invalid."""
        kind = model.KINDS[entry.kind]
        inherited = {name: found for name in model.fields_of(entry.kind) if (found := entry.inherited_from(name))}
        values = {name: found.values[name] for name, found in inherited.items()}
        complete = True
        for name, spec in model.fields_of(entry.kind).items():
            if spec.metadata["required"] and name not in inherited:
                complete = False
                if name not in entry.sources and not model.is_meant(name, entry.rejected_names):
                    warn(entry.section, Code.MISSING, f'"{entry.title}" needs the field "{name}"')
        if entry.kind == "employer" and not entry.roles and not model.is_meant("period", entry.rejected_names):
            rule = f'"{entry.title}" needs the field "period", or sub-headings with periods'
            warn(entry.section, Code.MISSING, rule)
        if not complete:
            return None
        origin = model.Origin(self.env.docname, entry.section["ids"][0], entry.section.line or 0)
        if entry.kind == "employer":
            values["periods"] = tuple(entry.periods())
        # What is withheld at a workplace is withheld in its roles.
        show = {name: where for name, found in inherited.items() if (where := found.sources[name].show)}
        return kind(title=entry.title, origin=origin, show=show, **values)

    def _check_stray(self, field_list: nodes.field_list) -> None:
        """Warn of a field list that has an entry's fields but is not under a heading."""
        # MyST's mark: a page's front matter is a field list as well, and none of ours.
        if "field-list" not in field_list["classes"]:
            return
        raw_fields = self._read(field_list)
        # Sphinx takes what stands above all headings for its own, and drops it.
        names = {field.name for field in raw_fields} - _SPHINX_FIELDS
        is_dropped = names and isinstance(field_list.parent, nodes.document)
        if not is_dropped and not any(model.is_known(field.name) or field.show for field in raw_fields):
            return
        warn(
            raw_fields[0].node,
            Code.ENTRY,
            f'"{raw_fields[0].name}" counts only directly under a heading: move it there',
        )
        head = cv_fields(kind="unknown")
        head.source, head.line = field_list.source, field_list.line
        head.extend(self.field_nodes.as_written(field) for field in raw_fields)
        field_list.parent.replace(field_list, head)


def _around(section: nodes.section, found: dict[nodes.section, EntryDraft]) -> EntryDraft | None:
    """Return the nearest entry around a section, but for the person, which holds the whole page."""
    parent = section.parent
    while parent is not None:
        if isinstance(parent, nodes.section) and parent in found and found[parent].kind:
            return found[parent] if found[parent].kind != "person" else None
        parent = parent.parent
    return None


def _repeats_title(entry: EntryDraft, name: str) -> bool:
    """Return whether a field is an employer's organization and the same as the title."""
    if (entry.kind, name) != ("employer", "organization") or entry.sources[name].has_footnotes:
        return False
    return bool(entry.values[name] == Linked(entry.title))


def _replacement(error: ValueError) -> tuple[str, str] | None:
    return error.replacement if isinstance(error, MistakeError) else None
