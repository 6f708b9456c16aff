"""What is only known when a page is written: which talks there are, and which fields its output may show."""

from collections.abc import Iterable, Iterator
from typing import Any, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.transforms.post_transforms import SphinxPostTransform

from cvtools.config import CvConfig
from cvtools.i18n import I18n
from cvtools.model.entries import Talk, Translation
from cvtools.nodes import cv_field, cv_listing, cv_listitem, talks_placeholder
from cvtools.reading.domain import CvDomain, output_of


class ListTalks(SphinxPostTransform):
    """Fills ``{talks}``: talks on pages of their own, newest first; then pages that have no talk in order."""

    # Before WithholdFields, and before ReferencesResolver (10), which links the titles to the pages.
    default_priority = 1

    def run(self, **kwargs: Any) -> None:
        domain = cast(CvDomain, self.env.domains["cv"])
        i18n = CvConfig.of(self.config).i18n
        # Private, yet what SphinxPostTransform itself goes by.
        output = output_of(self.env._builder_cls)  # noqa: SLF001
        translations = domain.for_output(output).translations
        for placeholder in list(self.document.findall(talks_placeholder)):
            listing = cv_listing()
            pages = {*placeholder["pages"]}
            talks = [talk for talk in domain.talks(output) if talk.origin.docname in pages]
            for talk in talks:
                others = translations.get(talk.origin, ())
                listing += cv_listitem("", *_talk_fields(talk, others, placeholder["docname"], i18n))
            pages -= {talk.origin.docname for talk in talks}
            for docname in placeholder["pages"]:
                if docname in pages:
                    title = self.env.titles[docname].astext()
                    listing += cv_listitem("", _title(title, docname, placeholder["docname"]))
            for node in listing.findall():
                node.source, node.line = placeholder.source, placeholder.line
            placeholder.replace_self(listing)


class WithholdFields(SphinxPostTransform):
    """Removes the fields that this output may not show; what is not a PDF counts as the web."""

    # After ListTalks, before anything reads the text.
    default_priority = 2

    def run(self, **kwargs: Any) -> None:
        # Private, yet what SphinxPostTransform itself goes by.
        builder = self.env._builder_cls  # noqa: SLF001
        if builder.name == "gettext":
            # Translators get all prose; what is data is not translatable.
            return
        withhold(self.document, output_of(builder))


def withhold(document: nodes.document, output: str) -> None:
    """Remove the fields that an output may not show, with the footnotes to which nothing else refers."""
    for field in list(document.findall(cv_field)):
        if field.get("show", output) != output:
            field.parent.remove(field)
            _remove_footnotes(document, field)


def _remove_footnotes(document: nodes.document, gone: nodes.Element) -> None:
    for reference in gone.findall(nodes.footnote_reference):
        for note in list(document.findall(nodes.footnote)):
            if reference["refid"] in note["ids"]:
                note["backrefs"] = [anchor for anchor in note["backrefs"] if anchor not in reference["ids"]]
                if not note["backrefs"]:
                    note.parent.remove(note)
                    _remove_footnotes(document, note)


def withhold_files(app: Sphinx, builder: Builder) -> None:
    """Take pictures and files to which only withheld fields lead from those that belong to the book."""
    env = app.env
    if builder.format != "html" or not (env.dlfiles or env.images):
        return
    downloads, pictures = set(), set()
    for page in env.found_docs:
        document = env.get_doctree(page)
        withhold(document, output_of(builder))
        downloads |= {link.get("filename") for link in document.findall(addnodes.download_reference)}
        pictures |= {path for image in document.findall(nodes.image) for path in image["candidates"].values()}
    for path, (_, name) in list(env.dlfiles.items()):
        if str(name) not in downloads:
            del env.dlfiles[path]
    for picture in env.images.keys() - pictures:
        del env.images[picture]


def _title(text: str, page: str, docname: str) -> cv_field:
    """A link to a page, from the page that lists it."""
    link = pending_xref(
        "",
        nodes.inline("", text),
        refdomain="std",
        reftype="doc",
        reftarget=f"/{page}",
        refdoc=docname,
        refexplicit=True,
        refwarn=True,
    )
    return cv_field("", "", link, name="title", label="")


def _talk_fields(talk: Talk, translations: Iterable[Translation], docname: str, i18n: I18n) -> Iterator[cv_field]:
    yield _title(talk.title, talk.origin.docname, docname)
    if talk.event:
        yield _field("event", _linked(talk.event.text, talk.event.url), i18n)
    if talk.place:
        yield _field("place", nodes.Text(talk.place), i18n)
    if talk.date:
        yield _field("date", nodes.Text(i18n.date(talk.date)), i18n, start=str(talk.date))
    for name in ("video", "slides", "page"):
        if (target := getattr(talk, name)) is not None:
            yield _field(name, _linked(i18n.label(name), target.url), i18n)
        for other in translations:
            if (target := getattr(other, name)) is not None:
                text = f"{i18n.label(name)} ({i18n.language_name(other.language or '')})"
                yield _field(name, _linked(text, target.url), i18n)


def _field(name: str, content: nodes.Node, i18n: I18n, **attributes: str) -> cv_field:
    return cv_field("", "", content, name=name, label=i18n.label(name), **attributes)


def _linked(text: str, url: str) -> nodes.Node:
    return nodes.reference("", text, refuri=url, internal=False) if url else nodes.Text(text)
