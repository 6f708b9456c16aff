"""Collect the typed entries of all pages in the ``cv`` domain, and derive from them the data that outputs share.

The domain has no directives: those are in :mod:`cvtools.reading.directives_and_roles`.
"""

import hashlib
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, ClassVar, TypeVar, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.domains import Domain, ObjType
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import make_refnode
from sphinx.util.tags import Tags

from cvtools import limits
from cvtools.config import CvConfig
from cvtools.model.consistency import notes
from cvtools.model.dates import PartialDate
from cvtools.model.entries import OUTPUTS, Entry, Origin, Resume
from cvtools.model.kinds import KINDS, SECTIONS
from cvtools.model.technologies import Technology, TechnologyGroups, anchors, nearest, technologies
from cvtools.nodes import ancestors, cv_fields, cv_placeholder, fields_of, text_of
from cvtools.reading.section_text import text_below
from cvtools.sphinx_warnings import Code, SourceError, note, warn

#: Sphinx's tags in a build of each output, which the conditions of ``only`` directives name.
TAGS = {
    "html": Tags(["html", "has_pdf", "format_html", "builder_html"]),
    "pdf": Tags(["pdf", "has_pdf", "latex", "format_pdf", "builder_cvlatex"]),
}

_Method = TypeVar("_Method", bound=Callable[..., Any])


def _cached(method: _Method) -> _Method:
    """Cache the results of a method of the domain in :attr:`CvDomain.results` until a page changes."""

    @wraps(method)
    def cached(self: "CvDomain", *arguments: str) -> Any:
        key = (method.__name__, *arguments)
        if key not in self.results:
            self.results[key] = method(self, *arguments)
        return self.results[key]

    return cast(_Method, cached)


@dataclass(frozen=True)
class PageData:
    """The data of a page that the domain collects."""

    #: Entries in the order of the source.
    entries: tuple[Entry, ...] = ()
    #: Whether the page shows entries of other pages, or links to a list of them.
    lists_or_links_entries: bool = False
    #: Title of the first section that lists talks; empty if there is no list of talks.
    talks_title: str = ""
    #: Groups and aliases that each list of technologies defines, and the outputs that show the list.
    groups: tuple[tuple[TechnologyGroups, tuple[str, ...]], ...] = ()
    #: Names and lines of mentions of technologies in prose.
    mentions: tuple[tuple[str, int], ...] = ()


class CvDomain(Domain):
    """The entries of all pages, and the data that is derived from them."""

    name = "cv"
    label = "CV"
    object_types: ClassVar = {kind: ObjType(kind) for kind in [*KINDS, "technology"]}
    initial_data: ClassVar = {"pages": {}, "states": {}, "removed": {}}
    data_version = 14

    def __init__(self, env: BuildEnvironment) -> None:
        super().__init__(env)
        #: Results of the cached methods, by the names of the methods and their arguments.
        self.results: dict[tuple[Any, ...], Any] = {}
        #: Names of the pages that the variant leaves out.
        self.left_out: Set[str] = frozenset()
        #: The data of each page, by docname.
        self.pages: dict[str, PageData] = self.data["pages"]
        #: The states of the files of each page, by docname; set by :func:`cvtools.reading.page_files.record_pages`.
        self.states: dict[str, list[tuple[int, ...]]] = self.data["states"]
        #: The texts that marks removed from each page, by docname, see ``edition_marks/removed_texts.py``.
        self.removed: dict[str, list[str]] = self.data["removed"]

    @classmethod
    def of(cls, env: BuildEnvironment) -> "CvDomain":
        return cast(CvDomain, env.get_domain("cv"))

    def clear_doc(self, docname: str) -> None:
        self.results.clear()
        for data in (self.pages, self.states, self.removed):
            data.pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        self.results.clear()
        for part in ("pages", "removed"):
            self.data[part].update((name, value) for name, value in otherdata[part].items() if name in docnames)

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        self.results.clear()
        entries = tuple(_typed_entries(document, docname))
        _detach_drafts(document)
        placeholders = list(document.findall(cv_placeholder))
        talks = (placeholder for placeholder in placeholders if placeholder["kind"] == "talks")
        sections = (node for listing in talks for node in ancestors(listing) if isinstance(node, nodes.section))
        lists = (placeholder for placeholder in placeholders if placeholder["kind"] == "technologies")
        links = (link for link in document.findall(addnodes.pending_xref) if link["reftype"] == "tech")
        mentions = tuple((link["reftarget"], link.line or 0) for link in links)
        self.pages[docname] = PageData(
            entries,
            lists_or_links_entries=bool(placeholders or mentions or any(entry.technologies for entry in entries)),
            talks_title=next((text_of(section[0]) for section in sections), ""),
            groups=tuple((listing["technology_groups"], outputs_of(listing)) for listing in lists),
            mentions=mentions,
        )

    @property
    @_cached
    def resume(self) -> Resume:
        """Return all entries, with withheld values: first those of the root page, then those of others by docname."""
        root = self.env.config.root_doc
        pages = sorted(self.pages, key=lambda docname: (docname != root, docname))
        return Resume(tuple(entry for docname in pages for entry in self.pages[docname].entries))

    @_cached
    def for_output(self, output: str) -> Resume:
        """Return the resume as an output ("html" or "pdf") may show it."""
        return self.resume.for_output(output)

    @_cached
    def talks(self, output: str) -> list[Entry]:
        """Return the talks on pages other than the root, newest first; talks without a date come last."""
        talks = self.for_output(output).of("talk")
        with_page = (talk for talk in talks if talk.origin.docname != self.env.config.root_doc)

        def begins(talk: Entry) -> tuple[float, str]:
            return talk.date.begins if isinstance(talk.date, PartialDate) else 0, talk.title

        return sorted(with_page, key=begins, reverse=True)

    @_cached
    def talk_pages(self, output: str) -> dict[str, Entry]:
        """Return one talk of each page with talks, but not of the root page, by docname, newest first."""
        return {talk.origin.docname: talk for talk in self.talks(output)}

    @_cached
    def technology_groups(self, output: str) -> TechnologyGroups:
        """Return the groups and aliases of all lists of technologies that an output shows."""
        lists = (listing for _, page in sorted(self.pages.items()) for listing in page.groups)
        return TechnologyGroups.of(groups for groups, outputs in lists if output in outputs)

    @_cached
    def technologies(self, output: str) -> list[Technology]:
        """Return the technologies that an output may show, in order of first mention."""
        return technologies(self.for_output(output).entries, self.technology_groups(output))

    @property
    @_cached
    def technology_locations(self) -> dict[str, str]:
        """Return the location ("docname#anchor") of each technology in HTML; none if no page lists them all."""
        lists = ((docname, *listing) for docname, page in self.pages.items() for listing in page.groups)
        pages = (docname for docname, groups, outputs in lists if groups.is_complete and "html" in outputs)
        if not (first := min(pages, default="")):
            return {}
        ids = anchors(technology.name for technology in self.technologies("html"))
        return {name: f"{first}#{anchor}" for name, anchor in ids.items()}

    @property
    @_cached
    def lists_digest(self) -> str:
        """Return a digest of the data that other pages may repeat in lists of entries, and in data about the person."""
        repeated = [entry for entry in self.resume.entries if entry.kind != "section"]
        # Texts of all other kinds, which change most often, are on the pages of their entries alone.
        texts = [(entry.paragraphs, entry.highlights) for entry in repeated if entry.kind in SECTIONS]
        entries = (
            replace(entry, origin=replace(entry.origin, line=0), paragraphs=(), highlights=()) for entry in repeated
        )
        pages = ((name, replace(page, entries=(), mentions=())) for name, page in sorted(self.pages.items()))
        return hashlib.sha256(repr([*entries, *texts, *pages]).encode()).hexdigest()

    def check_consistency(self) -> None:
        """Warn of mentions of technologies that no entry names, and note oddities of the CV as a whole."""
        groups = TechnologyGroups.of(map(self.technology_groups, OUTPUTS))
        self._warn_of_unknown_mentions(groups)
        root = self.env.config.root_doc
        root_kinds = [entry.kind for entry in self.resume.entries if entry.origin.docname == root]
        if root_kinds.count("section") > 2 and {*root_kinds} <= {"person", "section", *SECTIONS}:
            text = 'no entry has fields: write for example ":period: 2014 – 2016" below one, or try cvtools import'
            note((root, 1), "fields", text, self.env.config)
        for oddity in notes(self.resume, groups, CvConfig.of(self.env.config).month):
            note((oddity.origin.docname, oddity.origin.line), oddity.topic, oddity.text, self.env.config)

    def _warn_of_unknown_mentions(self, groups: TechnologyGroups) -> None:
        """Warn of mentions of technologies that no entry names."""
        names = {technology.name for technology in technologies(self.resume.entries, groups)}
        mentions = ((docname, *mention) for docname, page in self.pages.items() for mention in page.mentions)
        unknown = ((docname, name, line) for docname, name, line in mentions if groups.name(name) not in names)
        for number, (docname, name, line) in enumerate(unknown):
            near = nearest(name[: limits.NAME_LENGTH], names) if number < limits.HINTS else ""
            text = f'no entry names the technology "{name}"' + (f': did you mean "{near}"?' if near else "")
            warn((docname, line), Code.TECHNOLOGY, text, (name, near) if near else None)

    def resolve_xref(self, *arguments: Any) -> nodes.reference | None:
        """Return a reference to a location ("docname#anchor"); None for a technology that this output does not list."""
        _, fromdocname, builder, kind, target, node, content = arguments
        if kind == "tech":
            return None
        docname, _, anchor = target.partition("#")
        link = make_refnode(builder, fromdocname, docname, anchor, content)
        technology = node.get("technology", "").removeprefix("technology-")
        if technology and builder.name in {"html", "dirhtml"}:
            # From the query, cvtools.js takes the technology whose entries it marks.
            address = link.attributes.pop("refuri", "") or f"#{link.attributes.pop('refid')}"
            link["refuri"] = address.replace("#", f"?t={technology}#")
        return link

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        for docname, page in self.pages.items():
            for entry in (entry for entry in page.entries if entry.kind != "section"):
                anchor = entry.origin.anchor
                # The priority -1 keeps entries out of the search, which finds their headings already.
                yield f"{docname}#{anchor}", entry.title, entry.kind, docname, anchor, -1
        for name, location in self.technology_locations.items():
            docname, _, anchor = location.partition("#")
            yield name, name, "technology", docname, anchor, 1

    def get_type_name(self, type: ObjType, primary: bool = False) -> str:  # noqa: A002 - Sphinx's name
        """Return the label of technologies, the only objects that the search lists, in the language of the pages."""
        return CvConfig.of(self.env.config).i18n.label("technology")

    def resolve_any_xref(self, *arguments: Any) -> list[tuple[str, nodes.reference]]:
        return []


def check_limits(app: Sphinx, env: BuildEnvironment) -> None:
    """Refuse more entries, technologies or translations than :mod:`cvtools.limits` allows."""
    entries = CvDomain.of(env).resume.entries
    names: set[str] = set()
    translations = 0
    for number, entry in enumerate((entry for entry in entries if entry.kind != "section"), 1):
        names |= {*(entry.technologies or ())}
        translations = translations + 1 if entry.kind == "translation" else 0
        for noun, count, limit, remedy in (
            ("entries", number, limits.ENTRIES, "leave some out"),
            ("technologies", len(names), limits.TECHNOLOGIES, "name those that matter"),
            ("translations of a talk", translations, limits.TRANSLATIONS, "give each a page of its own"),
        ):
            if count > limit:
                path, line = env.doc2path(entry.origin.docname), entry.origin.line
                raise SourceError(path, line, f"a CV may have at most {limit} {noun}: {remedy}")


def output_of(builder: Builder | type[Builder]) -> str:
    """Return the output that a builder makes: "pdf", or "html" for everything else."""
    return "pdf" if builder.format in {"latex", "pdf"} else "html"


def outputs_of(node: nodes.Node) -> tuple[str, ...]:
    """Return the outputs that show a node, by the conditions of the ``only`` directives around it."""
    conditions = [around["expr"] for around in ancestors(node) if isinstance(around, addnodes.only)]
    return tuple(output for output in OUTPUTS if all(map(TAGS[output].eval_condition, conditions)))


def _typed_entries(document: nodes.document, docname: str) -> Iterator[Entry]:
    """Yield the entries of a page, and its top sections that have text, or nothing but a heading."""
    for section in document.findall(nodes.section):
        if (head := fields_of(section)) and head.draft:
            yield head.draft.to_entry(docname)
        elif not _is_nested(section) and (any(text := text_below(section)) or len(section) == 1):
            title, origin = text_of(section[0]), Origin(docname, section["ids"][0], section.line or 0)
            yield Entry(kind="section", title=title, origin=origin, paragraphs=text[0], highlights=text[1])


def _detach_drafts(document: nodes.document) -> None:
    """Remove from the doctree what writers do not need: the drafts of entries, and heads without fields."""
    for head in list(document.findall(cv_fields)):
        head.draft = None
        # Let links to the fields lead to the section of the entry.
        head.parent["ids"] += head["ids"]
        head["ids"] = []
        if not head.children:
            head.parent.remove(head)


def _is_nested(section: nodes.section) -> bool:
    """Return whether a section is in another one than the person's, or in an ``only`` directive."""
    for node in ancestors(section):
        fields = fields_of(node)
        is_person = fields and fields["kind"] == "person"
        if isinstance(node, addnodes.only) or (isinstance(node, nodes.section) and not is_person):
            return True
    return False
