"""Define the directives that list entries of the whole CV, and the role ``{tech}``, which links a technology.

Each, such as ``{talks}``, makes a ``cv_placeholder``, which is filled for each output when all pages are read, since
outputs may show different entries.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.directives.other import TocTree
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import docname_join
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.util.matching import patfilter

from cvtools.config import CvConfig
from cvtools.i18n import I18n
from cvtools.model.dates import PartialDate, Period, months_in_union
from cvtools.model.entries import Entry, Resume
from cvtools.model.technologies import Technology, TechnologyGroups, anchors, parse_group, take_id
from cvtools.model.values import Linked
from cvtools.nodes import cv_field, cv_listing, cv_listitem, cv_placeholder, cv_span, cv_tag, cv_timeline
from cvtools.private_api import builder_of
from cvtools.reading.domain import CvDomain, output_of, outputs_of
from cvtools.sphinx_warnings import Code, warn


def _placeholder(directive: SphinxDirective, **options: Any) -> cv_placeholder:
    """Return the placeholder of a directive, with the directive's location in the source."""
    placeholder = cv_placeholder(kind=directive.name, **options)
    directive.set_source_info(placeholder)
    return placeholder


class ListingWithoutOptions(SphinxDirective):
    """``{facts}`` and ``{timeline}``, which have neither options nor text.

    Facts are the years of work, the technology used longest, the number of talks, and words marked ``[words]{.fact}``.
    The timeline is a figure with bars for work and studies, and points for talks; only pages show it.
    """

    option_spec: ClassVar = {}

    def run(self) -> list[nodes.Node]:
        return [_placeholder(self)]


class Talks(TocTree):
    """``{talks}``: list the talks that have pages of their own, newest first.

    The pages are those in the folder ``talks``, or those that the option ``pages`` matches, a glob. A hidden toctree
    after the placeholder brings them into the navigation.
    """

    has_content = False
    option_spec: ClassVar = {"pages": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        pattern = docname_join(self.env.docname, self.options.pop("pages", "/talks/*"))
        pages = sorted({*patfilter(self.env.found_docs, pattern)} - {self.env.docname}, reverse=True)
        placeholder = _placeholder(self, docname=self.env.docname, pages=pages)
        if not pages:
            if not patfilter(CvDomain.of(self.env).left_out, pattern):
                rule = f"there is no page {pattern}: add one, or name others with :pages:"
                warn(placeholder, Code.LISTING, rule)
            return [placeholder]
        self.content = StringList([f"/{pattern}"], self.state_machine.document["source"])
        # Pages whose names begin with the year are then listed newest first.
        self.options |= {"glob": None, "hidden": None, "reversed": None}
        listing = super().run()
        for toctree in (inner for node in listing for inner in node.findall(addnodes.toctree)):
            toctree["listing"] = True
        return [placeholder, *listing]


class Technologies(SphinxDirective):
    """``{technologies}``: list each technology with the entries that name it, and the sum of their times.

    Lines of the content define groups, with aliases in parentheses: ``Databases: PostgreSQL (Postgres), Redis``.
    Groups and aliases hold for the whole CV, wherever they are written.
    """

    has_content = True
    option_spec: ClassVar = {
        "count": directives.positive_int,
        "sort": lambda value: directives.choice(value, ("time", "recent", "name")),
        "flat": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        rename = CvConfig.of(self.config).technology
        groups = []
        for number, line in enumerate(self.content, self.lineno + self.content_offset + 1):
            if not line.strip():
                continue
            try:
                groups.append(parse_group(line.strip(), rename))
            except ValueError as error:
                warn((self.env.docname, number), Code.LISTING, str(error))
                if line.startswith("#"):  # The list has no end.
                    break
        count = self.options.get("count", self.config.cv_max_technologies)
        defined = replace(TechnologyGroups.of(groups), is_complete=not count)
        sort, flat = self.options.get("sort", "time"), "flat" in self.options
        return [_placeholder(self, technology_groups=defined, count=count, sort=sort, flat=flat)]


class Tech(SphinxRole):
    """``{tech}``: mention a technology in prose, with a link to where it was used."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        name = CvConfig.of(self.config).technology(self.text)
        link = _link("tech", name, name)
        self.set_source_info(link)
        return [link], []


#: Types of the nodes of a section that is empty to readers: its title, and what they do not see.
_UNSEEN = (nodes.title, nodes.Invisible)


class FillPlaceholders(SphinxPostTransform):
    """Replace each ``cv_placeholder`` by the entries that it lists, and link the technologies of the page."""

    # Before WithholdFields (2), and before ReferencesResolver (10), which resolves the links.
    default_priority = 1

    def run(self, **kwargs: Any) -> None:
        self.domain = CvDomain.of(self.env)
        self.cv_config = CvConfig.of(self.config)
        self.output = output_of(builder_of(self.env))
        self.placeholders = list(self.document.findall(cv_placeholder))
        self.talks_section = next((node.parent for node in self.placeholders if node["kind"] == "talks"), None)
        self.taken_ids = _ids_in(self.document) if self.placeholders else set()
        for placeholder in self.placeholders:
            listing = list(getattr(self, f"_{placeholder['kind']}")(placeholder))
            for node in (inner for top in listing for inner in top.findall(nodes.Element)):
                node.source, node.line = placeholder.source, placeholder.line
            # An empty target keeps the ids and the names of an empty listing, to which links may lead.
            has_ids_or_names = any(placeholder[name] for name in placeholder.basic_attributes)
            section = placeholder.parent
            placeholder.replace_self(listing or ([nodes.target()] if has_ids_or_names else []))
            if not listing:
                self._remove_if_empty(section)
        if builder_of(self.env).format == "html":
            self._link_technologies()

    def _remove_if_empty(self, section: nodes.Element) -> None:
        """Remove a section with nothing below its heading from the page and from the contents; then those around it."""
        while isinstance(section, nodes.section) and all(isinstance(node, _UNSEEN) for node in section.children):
            empty, section = section, section.parent
            section.remove(empty)
            # The preview writes the PDF first, of the same environment.
            is_html = builder_of(self.env).format == "html"
            links = self.env.tocs[self.env.docname].findall(nodes.reference) if is_html else ()
            for link in [link for link in links if link["anchorname"].removeprefix("#") in empty["ids"]]:
                item = link.parent.parent
                menu = item.parent
                menu.remove(item)
                if not menu.children and menu.parent:
                    menu.parent.remove(menu)

    def _facts(self, placeholder: cv_placeholder) -> Iterator[nodes.Node]:
        """Yield a list of the derived facts; :class:`ListMarkedFacts` adds marked words, or removes an empty list."""
        i18n, today = self.cv_config.i18n, self.cv_config.month
        colon = f"{i18n.before_colon}: "
        facts: list[nodes.Node] = []
        work = [(entry, entry.periods) for entry in self.domain.for_output(self.output).of("position")]
        years = months_in_union([period for _, periods in work for period in periods], today) // 12
        if years:
            facts.append(_entry_link(work[0][0], f"{i18n.label('work')}{colon}{i18n.duration(12 * years)}"))
        technologies = self.domain.technologies(self.output)
        first = min(technologies, key=lambda technology: _sort_key(technology, "time", today), default=None)
        if first and (years := first.months(today) // 12):
            facts.append(_link("tech", first.name, f"{first.name}{colon}{i18n.duration(12 * years)}"))
        if isinstance(self.talks_section, nodes.section) and (talks := self.domain.talks(self.output)):
            words = f"{i18n.label('talks')}{colon}{len(talks)}"
            facts.append(nodes.reference("", words, refid=self.talks_section["ids"][0], internal=True))
        items = (nodes.list_item("", nodes.paragraph("", "", fact)) for fact in facts)
        yield nodes.bullet_list("", *items, classes=["run-in", "cv-facts"])

    def _talks(self, placeholder: cv_placeholder) -> Iterator[nodes.Node]:
        """Yield the talks, newest first; then the pages that have no valid talk."""
        i18n, docname = self.cv_config.i18n, placeholder["docname"]
        translations = self.domain.for_output(self.output).translations
        talks = [talk for talk in self.domain.talks(self.output) if talk.origin.docname in placeholder["pages"]]
        valid = {talk.origin.docname for talk in talks}
        listing = cv_listing()
        for talk in talks:
            listing += cv_listitem("", *_talk_fields(talk, translations.get(talk.origin, ()), docname, i18n))
        for page in placeholder["pages"]:
            if page not in valid:
                listing += cv_listitem("", _title(self.env.titles[page].astext(), page, docname))
        if placeholder["pages"]:
            yield listing

    def _technologies(self, placeholder: cv_placeholder) -> Iterator[nodes.Node]:
        """Yield a table for each group of technologies, in the author's order; then one of those without a group."""
        technologies = self.domain.technologies(self.output)
        siblings = [node for node in self.placeholders if node["kind"] == "technologies"]
        # Links lead to the first list that leaves none out.
        complete = (node for node in siblings if not node["count"] and "html" in outputs_of(node))
        is_target = self.output == "html" and placeholder is next(complete, None)
        ids = anchors(technology.name for technology in technologies) if is_target else {}
        order, today = placeholder["sort"], self.cv_config.month
        by_order = sorted(technologies, key=lambda technology: _sort_key(technology, order, today))
        listed = by_order[: placeholder["count"] or None]
        groups = TechnologyGroups() if placeholder["flat"] else self.domain.technology_groups(self.output)
        by_group: dict[str, list[Technology]] = {}
        for technology in listed:
            by_group.setdefault(groups.group(technology.name), []).append(technology)
        for group in [*groups.groups, ""]:
            if members := by_group.get(group):
                table = self._table(members, ids)
                if title := group or (self.cv_config.i18n.label("other") if len(members) < len(listed) else ""):
                    table.insert(0, nodes.title(title, title))
                    # Several titles may make one id, which drops all scripts but Latin.
                    stem = nodes.make_id(f"technologies {siblings.index(placeholder) or ''} {title}")
                    table["ids"] = [take_id(stem, self.taken_ids)]
                yield table

    def _table(self, members: Iterable[Technology], ids: Mapping[str, str]) -> nodes.table:
        """Return a table of technologies; `ids` has the id of each row, and is empty if no links lead here."""
        heads = ["technology", "months", "last", *(["entries"] if self.output == "html" else [])]
        columns = [nodes.colspec(colwidth=width) for width in (24, 24, 14, 38)[: len(heads)]]
        columns[0]["stub"] = 1
        group = nodes.tgroup("", *columns, cols=len(heads))
        group += nodes.thead("", _row([nodes.Text(self.cv_config.i18n.label(name))] for name in heads))
        group += nodes.tbody("", *(self._technology_row(technology, ids) for technology in members))
        return nodes.table("", group, classes=["cv-technologies", "colwidths-given"])

    def _technology_row(self, technology: Technology, ids: Mapping[str, str]) -> nodes.row:
        i18n, today = self.cv_config.i18n, self.cv_config.month
        time = last = ""
        if technology.periods:
            # The duration of a few days is empty.
            time = i18n.duration(technology.months(today))
            end = technology.last(today)
            last = i18n.date(end) if end else i18n.label("present")
        cells: list[Sequence[nodes.Node]] = [
            [nodes.Text(words)] if words else [] for words in (technology.name, time, last)
        ]
        if time and ids:
            # The link leads to the first entry; the script of its page marks all entries of the technology.
            link = _entry_link(technology.entries[0], time)
            link["technology"] = ids[technology.name]
            cells[1] = [link]
        if self.output == "html":
            cells.append(list(_entry_links(technology.entries)))
        return _row(cells, ids=[ids[technology.name]] if ids else [])

    def _timeline(self, placeholder: cv_placeholder) -> Iterator[nodes.Node]:
        """Yield a figure of all dated entries, if there are any and the output is HTML."""
        config = self.cv_config
        spans = list(_spans(self.domain.for_output("html"), config)) if builder_of(self.env).format == "html" else []
        if spans:
            i18n, kinds = config.i18n, {span["kind"] for span in spans}
            names = {
                "position": i18n.heading("work"),
                "volunteering": i18n.heading("volunteering"),
                "education": i18n.heading("education"),
                "talk": i18n.label("talks"),
            }
            legend = [(kind, name) for kind, name in names.items() if kind in kinds]
            legend.append(("now", i18n.label("present").capitalize()))
            yield cv_timeline("", *spans, label=i18n.label("timeline"), now=config.month.ends, legend=legend)

    def _link_technologies(self) -> None:
        """Link each technology, in entries and in prose, to its row in the list of technologies, if there is one."""
        technology_groups, locations = self.domain.technology_groups("html"), self.domain.technology_locations
        for tag in self.document.findall(cv_tag):
            name = tag.astext()
            tag.children = []
            tag.append(_link("tech", name, name))
        for link in self.document.findall(addnodes.pending_xref):
            if link["reftype"] == "tech" and (location := locations.get(technology_groups.name(link["reftarget"]))):
                link["reftype"], link["reftarget"] = "location", location


class ListMarkedFacts(SphinxPostTransform):
    """Add links to the words that the page marks as facts to its list of facts; remove a list that stays empty."""

    # After all that withholds words: WithholdFields (2), and Sphinx's transform of ``only`` (50).
    default_priority = 60

    def run(self, **kwargs: Any) -> None:
        for listing in [node for node in self.document.findall(nodes.bullet_list) if "cv-facts" in node["classes"]]:
            marked = [words for words in self.document.findall(nodes.inline) if "fact" in words["classes"]]
            # The heading "Fact 1" has the id "fact-1".
            taken = _ids_in(self.document) if marked else set()
            names = (name for number in count(1) if (name := f"fact-{number}") not in taken)
            for words, name in zip(marked, names, strict=False):
                words["ids"].append(name)
                link = nodes.reference("", words.astext(), refid=name, internal=True)
                listing.append(nodes.list_item("", nodes.paragraph("", "", link)))
            if not listing.children:
                listing.parent.remove(listing)


def _ids_in(document: nodes.document) -> set[str]:
    return {name for node in document.findall(nodes.Element) for name in node["ids"]}


def _talk_fields(talk: Entry, translations: Iterable[Entry], docname: str, i18n: I18n) -> Iterator[cv_field]:
    yield _title(talk.title, talk.origin.docname, docname)
    for name in ("event", "place", "form"):
        if value := getattr(talk, name):
            words = _linked(value.text, value.url) if isinstance(value, Linked) else nodes.Text(value)
            yield _field(name, words, i18n)
    if talk.date:
        start = {"start": str(talk.date)} if isinstance(talk.date, PartialDate) else {}
        yield _field("date", nodes.Text(i18n.date(talk.date)), i18n, **start)
    for name in ("video", "slides", "page"):
        for version in (talk, *translations):
            if target := getattr(version, name):
                language = "" if version is talk else f" ({i18n.language_name(version.language or '')})"
                yield _field(name, _linked(f"{i18n.label(name)}{language}", target.url), i18n)


def _title(text: str, page: str, docname: str) -> cv_field:
    """Return the title of an item: a link to a page, from the page `docname` that lists it."""
    target = {"refdomain": "std", "reftype": "doc", "reftarget": f"/{page}", "refdoc": docname}
    link = addnodes.pending_xref("", nodes.inline("", text), **target, refexplicit=True, refwarn=True)
    return cv_field("", "", link, name="title", label="")


def _field(name: str, content: nodes.Node, i18n: I18n, **attributes: str) -> cv_field:
    return cv_field("", "", content, name=name, label=i18n.label(name), **attributes)


def _linked(text: str, url: str) -> nodes.Node:
    return nodes.reference("", text, refuri=url, internal=False) if url else nodes.Text(text)


def _sort_key(technology: Technology, by: str, today: PartialDate) -> tuple[Any, ...]:
    name = technology.name.casefold()
    if by == "name":
        return (name,)
    last = max((period.span(today)[1] for period in technology.periods), default=0)
    by_time = (-technology.months(today), name)
    return by_time if by == "time" else (-last, *by_time)


def _row(cells: Iterable[Sequence[nodes.Node]], **attributes: list[str]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells), **attributes)


def _entry_links(entries: Sequence[Entry]) -> Iterator[nodes.Node]:
    """Yield links to entries, with commas between them: each names the host, and the title if several have one host."""
    hosts = [_host(entry) for entry in entries]
    times = Counter(hosts)
    for number, (entry, host) in enumerate(zip(entries, hosts, strict=True)):
        if number:
            yield nodes.Text(", ")
        yield _entry_link(entry, host if times[host] == 1 else f"{host} ({entry.title})")


def _spans(resume: Resume, config: CvConfig) -> Iterator[cv_span]:
    """Yield a span for each dated entry: work, then studies, then at most eight talks, the newest of each first."""

    def newest_first(pair: tuple[Entry, Period]) -> tuple[float, float]:
        first, last = pair[1].span(config.month)
        return -last, -first

    dated: list[tuple[Entry, Period]] = []
    for kinds in (("position", "project", "volunteering"), ("education",)):
        of_kinds = [(entry, period) for entry in resume.of(*kinds) for period in entry.periods]
        dated += sorted(of_kinds, key=newest_first)
    talks = [(talk, Period(talk.date, talk.date)) for talk in resume.of("talk") if isinstance(talk.date, PartialDate)]
    for entry, period in [*dated, *sorted(talks, key=newest_first)[:8]]:
        first, last = period.span(config.month)
        words = {"host": _host(entry), "title": entry.title, "when": config.i18n.period(period)}
        yield cv_span("", _entry_link(entry, entry.title), kind=entry.kind, start=first, end=last, **words)


def _host(entry: Entry) -> str:
    """Return the name of the organization, institution or event of an entry; its title if it has none of these."""
    host = entry.organization or entry.institution or entry.event
    return host.text if host else entry.title


def _entry_link(entry: Entry, words: str) -> addnodes.pending_xref:
    return _link("entry", f"{entry.origin.docname}#{entry.origin.anchor}", words)


def _link(kind: str, target: str, words: str) -> addnodes.pending_xref:
    text = nodes.inline(words, words, translatable=False)
    return addnodes.pending_xref(words, text, refdomain="cv", reftype=kind, reftarget=target, refwarn=False)
