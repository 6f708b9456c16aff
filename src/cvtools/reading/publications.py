"""List the publications of a BibTeX file, set long lists as references, and emphasise the owner's name."""

import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from cvtools import limits
from cvtools.errors import fault_of_file
from cvtools.model.dates import Period
from cvtools.model.values import Linked, authors, without_accents
from cvtools.nodes import cv_field, cv_fields
from cvtools.private_api import builder_of
from cvtools.reading.characters import deceptive, without_controls
from cvtools.reading.domain import CvDomain, output_of
from cvtools.reading.linked_files import path_of, remedy_for_location
from cvtools.sphinx_warnings import Code, warn

if TYPE_CHECKING:
    from cvtools.reading.bibtex import BibEntry

#: Fields of a reference after authors and title, as in "Journal, 12(3), 4–5, 2020".
_DETAILS = ("venue", "publisher", "volume", "issue", "pages", "date")
#: Fields of BibTeX that become text below a publication, such as "PhD thesis" and "Submitted".
_REMARKS = ("type", "edition", "note", "addendum")
#: Styles of a list of publications: headings with fields, or one paragraph for each.
_STYLES = ("full", "numbered", "compact")


def _years(text: str) -> range:
    """Return the years of ``2020``, ``2020 – 2024`` or ``2020 –``; raise ValueError if a text is no period."""
    period = Period.parse(directives.unchanged_required(text))
    return range(period.start.year, period.end.year + 1 if period.end else 10_000)


class Publications(SphinxDirective):
    """``{publications}``: list the entries of a BibTeX file, newest first, as headings with fields.

    All values are plain text, but the address is a link.
    """

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar = {
        "keys": directives.unchanged_required,
        "type": directives.unchanged_required,
        "year": _years,
        "style": lambda value: directives.choice(value, _STYLES),
    }

    def run(self) -> list[nodes.Node]:
        from cvtools.reading import bibtex

        self.file, path = self.env.relfn2path(self.arguments[0])
        if remedy := remedy_for_location(path_of(self.arguments[0], self.env), self.env):
            return self._warn(f"{self.file}: {remedy}")
        self.env.note_dependency(self.file)
        if not isinstance(self.state_machine.node, (nodes.section, nodes.document)):
            return self._warn("publications are headings, which cannot be here: put the list below a heading")
        try:
            if Path(path).stat().st_size > limits.BIBTEX_SIZE:
                return self._warn(f"{self.file} has more than {limits.BIBTEX_SIZE // 1000} kB: split it into several")
            text = Path(path).read_text("utf-8-sig")
            entries, errors = bibtex.read(without_controls(text))
        except UnicodeDecodeError:
            return self._warn(f"{self.file} is not UTF-8: save it as UTF-8")
        except (OSError, ValueError) as error:
            return self._warn(f"{self.file}: {fault_of_file(error)}")
        if character := deceptive(text):
            self._warn(f"{self.file}: {character} is not seen by readers: delete it")
        for line, fault in errors:
            warn(f"{path}:{line}", Code.LISTING, f"{fault}: correct it")
        sections = [_section(entry, path, self.options.get("style", "")) for entry in self._chosen(entries)]
        for section in sections:
            self.state.document.note_implicit_target(section, section)
        return [*sections]

    def _chosen(self, entries: "list[BibEntry]") -> "list[BibEntry]":
        """Return the entries that the options choose, in the order of `keys` or, without it, newest first."""
        keys, types = (self.options.get(name, "").replace(",", " ").split() for name in ("keys", "type"))
        years = self.options.get("year", range(10_000))
        order = {key: number for number, key in enumerate(keys)}
        kinds = {name.lower() for name in types}
        keys_in_file = {entry.key for entry in entries}
        for key in order:
            if key not in keys_in_file:
                self._warn(f'{self.file} has no entry "{key}"')
        chosen = [
            entry
            for entry in entries
            if (not order or entry.key in order) and (not kinds or entry.type in kinds) and entry.year in years
        ]
        if not chosen:
            return self._warn(f"{self.file} has no such entry")
        if len(chosen) > limits.HEADINGS:
            return self._warn(f"a list may have at most {limits.HEADINGS} publications: choose some by :year:")
        chosen.sort(key=lambda entry: entry.sort_key, reverse=True)
        return sorted(chosen, key=lambda entry: order.get(entry.key, 0))

    def _warn(self, reason: str) -> list[Any]:
        """Warn at the directive, and return no nodes, so that a caller can return at once."""
        warn((self.env.docname, self.lineno), Code.LISTING, reason)
        return []


def _section(entry: "BibEntry", path: str, style: str) -> nodes.section:
    """Return an entry as a heading with fields."""
    # A mark has lost its braces together with those of LaTeX, so that only this check recognises it.
    text = " ".join([entry.title, *entry.fields.values(), *entry.rest.values()])
    if re.search(r"\.only-|:only:", text) or not entry.rest.keys().isdisjoint({"only", "show"}):
        rule = "a mark of a variant withholds nothing here: delete it, or write a heading with :only:"
        warn(f"{path}:{entry.line}", Code.VARIANT, rule)
    title = nodes.title(entry.title, entry.title)
    section = nodes.section("", title, names=[nodes.fully_normalize_name(entry.title)], style=style)
    field_list = nodes.field_list("", classes=["field-list"])
    section += field_list
    for name, value in (("kind", "publication"), *entry.fields.items()):
        if len(value) > limits.VALUE_LENGTH:
            rule = f"{name}: a value may have at most {limits.VALUE_LENGTH} characters: shorten it"
            warn(f"{path}:{entry.line}", Code.VALUE, rule)
            continue
        is_address = name == "page" and re.match("https?://", value)
        words = nodes.reference("", value, refuri=value) if is_address else nodes.Text(value)
        body = nodes.field_body("", nodes.paragraph(value, "", words))
        field_list += nodes.field("", nodes.field_name(name, name), body)
    if remarks := ", ".join(entry.rest[name] for name in _REMARKS if name in entry.rest):
        section += nodes.paragraph(remarks, remarks)
    for node in section.findall(nodes.Element):
        node.source, node.line = path, entry.line
    return section


class ListPublications(SphinxTransform):
    """Replace sections of publications by lists of references, as their directive says, or by default from ten on."""

    # After SphinxDomains (850), which collects the entries; before tables of contents are collected (880).
    default_priority = 860

    def apply(self, **kwargs: object) -> None:
        heads = [head for head in self.document.findall(cv_fields) if head["kind"] == "publication"]
        parents = [cast(nodes.section, head.parent) for head in heads]
        sections = [parent for parent in parents if not any(isinstance(node, nodes.section) for node in parent)]
        usual = "numbered" if len(sections) >= 10 else "full"
        groups = itertools.groupby(sections, key=lambda section: (section.parent, section.get("style") or usual))
        for (parent, style), siblings in groups:
            if style == "full":
                continue
            publications = list(siblings)
            # Insert the list at the first publication, above sections of other kinds between publications.
            listing: nodes.Element = nodes.bullet_list(classes=["cv-publications"])
            if style == "numbered":
                listing = nodes.enumerated_list(classes=["cv-publications"], enumtype="arabic", prefix="", suffix=".")
            listing.source, listing.line = publications[0].source, publications[0].line
            parent.insert(parent.index(publications[0]), listing)
            for section in publications:
                parent.remove(section)
                listing += _item(section)


def _item(section: nodes.section) -> nodes.list_item:
    """Return a publication as an item of a list: its reference, and its text."""
    title, head = cast(nodes.title, section[0]), next(node for node in section if isinstance(node, cv_fields))
    name = cv_field(title.rawsource, "", *title.children, name="title", label="", translatable=True)
    name.source, name.line = title.source, title.line
    # Translate the fields one by one, not the paragraph as a whole.
    reference = nodes.paragraph("", "", *_reference(name, cast("list[cv_field]", head.children)), translatable=False)
    reference.source, reference.line = section.source, section.line
    body = [node for node in section if node not in {title, head}]
    return nodes.list_item("", reference, *body, ids=section["ids"], names=section["names"])


def _reference(title: cv_field, fields: Sequence[cv_field]) -> Iterator[cv_field]:
    """Yield fields in the order of a reference, with punctuation: "Authors. Title. Journal, 12(3), 2020. DOI"."""
    authors = [field for field in fields if field["name"] == "authors"]
    details = [field for name in _DETAILS for field in fields if field["name"] == name]
    for field in (*authors, title):
        has_end = field.astext().rstrip()[-1:] in {".", "?", "!"}
        yield _with_sign(field, "" if has_end else ".")
    for field, following in itertools.zip_longest(details, details[1:]):
        if field["name"] == "issue":
            field.insert(0, nodes.generated("", "("))
            field.append(nodes.generated("", ")"))
        is_volume_of_issue = following and (field["name"], following["name"]) == ("volume", "issue")
        yield field if is_volume_of_issue else _with_sign(field, "," if following else ".")
    for field in fields:
        if field not in authors + details:
            if field.slot == "note":
                field.insert(0, nodes.Text(f"{field['label']}: "))
            yield _with_sign(field, "")


def _with_sign(field: cv_field, sign: str) -> cv_field:
    """Return a field with a sign and a space at its end."""
    field += nodes.generated("", f"{sign} ")
    return field


class MarkOwner(SphinxPostTransform):
    """Make the name of the CV's owner strong among several authors."""

    # After WithholdFields (2), before links are resolved (10).
    default_priority = 4
    # Plain text has no strong words.
    formats = ("html", "pdf")

    def run(self, **kwargs: Any) -> None:
        domain = CvDomain.of(self.env)
        names = {"authors", "inventors", "speakers"}
        fields = [field for field in self.document.findall(cv_field) if field["name"] in names]
        person = domain.for_output(output_of(builder_of(self.env))).person if fields else None
        if not person:
            return
        for field in fields:
            texts = (node.astext() for node in field.children if not isinstance(node, nodes.generated))
            people = authors(Linked("".join(texts)))
            own = [name for name in people if len(people) > 1 and is_name_of(name, person.title)]
            for text in list(field.findall(nodes.Text)):
                name = next((name for name in own if name in text), "")
                if name and not isinstance(text.parent, nodes.strong):
                    before, _, after = text.astext().partition(name)
                    parts = (nodes.Text(before), nodes.strong(name, name), nodes.Text(after))
                    text.parent.replace(text, [part for part in parts if part.astext()])


def is_name_of(name: str, person: str) -> bool:
    """Return whether an author's name is a person's; the author may have initials, and the person a title."""
    *given, family = _words(re.sub(r"(?<!\S)\w{2,}\.|,.*", "", person)) or [""]
    words = _words(name)
    if family not in words or (given and len(words) == 1):
        return False
    words.remove(family)
    if not given:
        return not words
    # Initials may be written together, and the CV may leave out a middle name.
    is_first = all(word in given or (len(word) <= 3 and word[0] == given[0][0]) for word in words[:1])
    return is_first and all(word in given or len(word) == 1 for word in words[1:])


def _words(name: str) -> list[str]:
    """Return the words of a name in small letters without accents; parts with a hyphen count as words."""
    return re.findall(r"[^\W\d_]+", without_accents(name).casefold())
