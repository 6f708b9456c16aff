"""``{technologies}`` and ``{tech}``: where each technology was used, and for how long."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.addnodes import pending_xref
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective, SphinxRole

from cvtools.config import CvConfig
from cvtools.i18n import I18n
from cvtools.model.dates import PartialDate
from cvtools.model.entries import Entry
from cvtools.model.technologies import Technology, TechnologyGroups, anchors, parse_group
from cvtools.nodes import cv_tag, replace_placeholder, technologies_placeholder
from cvtools.problems import Code, warn
from cvtools.reading.domain import CvDomain, output_of
from cvtools.reading.links import entry_link, host_of, tech_link


class Technologies(SphinxDirective):
    """``{technologies}``: every technology, the time of the entries that name it, and those entries.

    Its lines hold groups, with other names in parentheses: ``Databases: PostgreSQL (Postgres), Redis``. Groups and
    names hold for the whole CV, wherever they are written. Makes a ``technologies_placeholder``.
    """

    has_content = True
    option_spec: ClassVar = {
        "count": directives.positive_int,
        "sort": lambda value: directives.choice(value, ("time", "recent", "name")),
        "flat": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        groups: dict[str, list[str]] = {}
        aliases: dict[str, str] = {}
        for number, line in enumerate(self.content):
            if line.strip():
                try:
                    group, members, others = parse_group(line.strip())
                except ValueError as error:
                    warn((self.env.docname, self.lineno + self.content_offset + number + 1), Code.LISTING, str(error))
                    continue
                groups.setdefault(group, []).extend(members)
                aliases |= others
        listing = technologies_placeholder(
            technology_groups=TechnologyGroups(
                {group: tuple(members) for group, members in groups.items()}, aliases, "count" not in self.options
            ),
            count=self.options.get("count", 0),
            sort=self.options.get("sort", "time"),
            flat="flat" in self.options,
        )
        self.set_source_info(listing)
        return [listing]


class Tech(SphinxRole):
    """``{tech}`` mentions a technology in prose, and leads to where it was used."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        link = tech_link(self.text)
        self.set_source_info(link)
        return [link], []


class LinkTechnologies(SphinxPostTransform):
    """Makes each technology, of an entry and in prose, lead to where it was used, if a page tells that."""

    # After WithholdFields, before ReferencesResolver (10).
    default_priority = 3
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        domain = cast(CvDomain, self.env.domains["cv"])
        technology_groups, addresses = domain.technology_groups, domain.addresses
        for tag in self.document.findall(cv_tag):
            name = tag.astext()
            tag.children = []
            tag.append(tech_link(name))
        for link in self.document.findall(pending_xref):
            if link["reftype"] == "tech" and (address := addresses.get(technology_groups.name(link["reftarget"]))):
                link["reftype"], link["reftarget"] = "location", address


class ListTechnologies(SphinxPostTransform):
    """Fills ``{technologies}`` with a table for each group."""

    # Before ReferencesResolver (10), which links the entries.
    default_priority = 1

    def run(self, **kwargs: Any) -> None:
        domain = cast(CvDomain, self.env.domains["cv"])
        config = CvConfig.of(self.config)
        # Private, yet what SphinxPostTransform itself goes by.
        output = output_of(self.env._builder_cls)  # noqa: SLF001
        placeholders = list(self.document.findall(technologies_placeholder))
        # Links lead to the first that leaves none out.
        target = next((node for node in placeholders if not node["count"]), None) if output == "html" else None
        for number, placeholder in enumerate(placeholders):
            found = domain.technologies(output)
            ids = anchors(tech.name for tech in found) if placeholder is target else {}
            prefix = f"technologies {number or ''}"
            tables = _Tables(config.i18n, config.month, prefix, ids, output == "html")
            by_order = sorted(found, key=lambda tech: _ORDERS[placeholder["sort"]](tech, config.month))
            listed = by_order[: placeholder["count"] or None]
            made = list(tables.make(listed, TechnologyGroups() if placeholder["flat"] else domain.technology_groups))
            for node in (node for table in made for node in table.findall(nodes.Element)):
                node.source, node.line = placeholder.source, placeholder.line
            replace_placeholder(placeholder, made)


def _by_time(tech: Technology, today: PartialDate) -> Any:
    return -tech.months(today), tech.name.casefold()


def _by_recency(tech: Technology, today: PartialDate) -> Any:
    last = max((period.span(today)[1] for period in tech.periods), default=0)
    return -last, *_by_time(tech, today)


def _by_name(tech: Technology, today: PartialDate) -> Any:
    return tech.name.casefold()


_ORDERS = {"time": _by_time, "recent": _by_recency, "name": _by_name}


class _Tables:
    """Makes the tables.

    :param prefix: what the ids of its tables begin with
    :param ids: the id of each technology; none where another table has them
    :param linked: whether a column leads to the entries
    """

    def __init__(self, i18n: I18n, today: PartialDate, prefix: str, ids: dict[str, str], linked: bool) -> None:
        self.i18n, self.today, self.prefix, self.ids, self.linked = i18n, today, prefix, ids, linked

    def make(self, found: Sequence[Technology], technology_groups: TechnologyGroups) -> Iterator[nodes.table]:
        """A table for each group, in the author's order; what is in none comes last."""
        by_group: dict[str, list[Technology]] = {}
        for tech in found:
            by_group.setdefault(technology_groups.group(tech.name), []).append(tech)
        for group in [*technology_groups.groups, ""]:
            if members := by_group.get(group):
                title = group or (self.i18n.label("other") if len(members) < len(found) else "")
                yield self._table(title, members)

    def _table(self, title: str, members: list[Technology]) -> nodes.table:
        heads = ["technology", "months", "last"] + ["entries"] * self.linked
        widths = (25, 22, 13, 40)
        columns = [nodes.colspec(colwidth=width) for width, _ in zip(widths, heads, strict=False)]
        columns[0]["stub"] = 1
        group = nodes.tgroup("", *columns, cols=len(heads))
        group += nodes.thead("", _row([nodes.Text(self.i18n.label(name))] for name in heads))
        group += nodes.tbody("", *(self._technology(tech) for tech in members))
        table = nodes.table("", group, classes=["cv-technologies", "colwidths-given"])
        if title:
            table.insert(0, nodes.title(title, title))
            table["ids"] = [nodes.make_id(f"{self.prefix} {title}")]
        return table

    def _technology(self, tech: Technology) -> nodes.row:
        cells: list[list[nodes.Node]] = [
            [nodes.Text(tech.name)],
            [nodes.Text(self.i18n.duration(tech.months(self.today)))] if tech.periods else [],
            [nodes.Text(self.i18n.date(tech.last) if tech.last else self.i18n.label("present"))] * bool(tech.periods),
        ]
        if self.linked:
            cells.append(list(_entry_links(tech.entries)))
        row = _row(cells)
        row["ids"] = [self.ids[tech.name]] if self.ids else []
        return row


def _row(cells: Any) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells))


def _entry_links(entries: Sequence[Entry]) -> Iterator[nodes.Node]:
    """Links with commas between them: where the work was, and as what, if it was so more than once."""
    hosts = [host_of(entry) for entry in entries]
    times = Counter(hosts)
    for number, (entry, host) in enumerate(zip(entries, hosts, strict=True)):
        if number:
            yield nodes.Text(", ")
        yield entry_link(entry, host if times[host] == 1 else f"{host} ({entry.title})")
