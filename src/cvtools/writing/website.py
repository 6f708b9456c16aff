"""The web book: its theme, and what each page tells the theme's templates."""

import os
import posixpath
import re
from collections.abc import Iterable, Mapping
from html import escape, unescape
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import quote

from babel import Locale
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform

from cvtools.config import CvConfig, is_chosen
from cvtools.nodes import cv_field, cv_fields
from cvtools.project import path_in_repository, repository, site_url
from cvtools.reading.domain import CvDomain

#: The number of talks above which the sidebar leaves them out.
LONG = 40

THEME = "cvtools"
THEME_PATH = Path(__file__).with_name("theme")
PARENT = "sphinx_book_theme"

#: Addresses of repositories whose files the theme knows how to edit; it refuses others.
_EDITABLE = re.compile(r"https?://[^/]*(github|gitlab|bitbucket)[^/]*(/[^/]+){2,}")

#: Sphinx's values that suit a CV, where ``conf.py`` does not say otherwise.
_DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "html_theme": THEME,
        # The theme's word for none; it would show Sphinx's placeholder for a name.
        "author": "unknown",
        # A copy of the source would publish content that a variant leaves out or only the PDF may show.
        "html_copy_source": False,
        # A browser asks for one, and complains where there is none.
        "html_favicon": str(THEME_PATH / "static" / "favicon.svg"),
        # Sphinx's index holds nothing of a CV's, so its page would be empty.
        "html_use_index": False,
        "html_show_sphinx": False,
        "html_show_copyright": False,
    }
)
#: Options that the parent theme's code looks up in ``conf.py``, and not in ``theme.toml``.
_OPTIONS: Mapping[str, Any] = MappingProxyType(
    {
        "use_download_button": False,
        "use_fullscreen_button": False,
        # Empty, or it repeats the sidebar's search.
        "navbar_persistent": [],
    }
)


def complete(app: Sphinx, config: Config) -> None:
    """Fill in what ``conf.py`` leaves open about the web book."""
    for name, value in _DEFAULTS.items():
        if not is_chosen(config, name):
            config[name] = value
    if not is_chosen(config, "html_baseurl"):
        config.html_baseurl = site_url()
    if not is_chosen(config, "html_title"):
        config.html_title = config.author if is_chosen(config, "author") else config.project
    # Whoever names the parent wants its look, which the child keeps.
    if config.html_theme in {THEME, PARENT}:
        config.html_theme = THEME
        config.html_theme_options = {**_OPTIONS, **_repository_options(app), **config.html_theme_options}
    # Entries look alike under every theme, and in EPUB.
    config.html_static_path = [*config.html_static_path, str(THEME_PATH / "static")]
    app.add_css_file("cvtools.css")


def _repository_options(app: Sphinx) -> dict[str, Any]:
    """Return the theme's options for a button that leads to the page's file on the main branch, to edit it there."""
    project = Path(app.confdir)
    url = repository(project)
    if not _EDITABLE.fullmatch(url):
        return {}
    docs = posixpath.join(path_in_repository(project), os.path.relpath(app.srcdir, project))
    return {
        "repository_url": url,
        "repository_branch": "main",
        "path_to_docs": posixpath.normpath(docs),
        "use_edit_page_button": True,
    }


def rewrite_navigation(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Return all pages if what any of them may show of others changed since the last build.

    That is the titles and their order, the person's name and headline, and which talks come before and after.
    """
    titles = sorted((page, title.astext()) for page, title in env.titles.items())
    domain = cast(CvDomain, env.domains["cv"])
    person = domain.for_output("html").person
    names = [person.title, person.headline] if person else []
    now = repr([titles, sorted(env.toctree_includes.items()), names, list(domain.talk_pages("html"))])
    before = getattr(env, "cv_navigation", None)
    env.cv_navigation = now  # type: ignore[attr-defined]
    return env.found_docs if app.builder.format == "html" and before not in (None, now) else ()


def withhold_sources(app: Sphinx) -> None:
    """Make no folder for copies of the source where there are none; Sphinx asks its builder, not ``conf.py``."""
    if hasattr(app.builder, "copysource"):
        app.builder.copysource = app.config.html_copy_source


def disconnect_theme(app: Sphinx) -> None:
    """Disconnect the theme's handlers where pages become JSON or pickles: they need values that only templates get."""
    if app.builder.name in {"json", "pickle"}:
        for listener in [*app.events.listeners["html-page-context"]]:
            if listener.handler.__module__.partition(".")[0] in {PARENT, "pydata_sphinx_theme"}:
                app.disconnect(listener.id)


def shorten_navigation(app: Sphinx, builder: Builder) -> None:
    """Keep long lists of talks out of the sidebar: nobody reads them there, and each page would have to hold them all.

    Readers reach these pages from the list, and from one another.
    """
    if builder.name not in {"html", "dirhtml"}:
        return
    for tree in [app.env.master_doctree, *app.env.tocs.values()]:
        for toctree in list(tree.findall(addnodes.toctree)):
            if toctree.get("listing") and len(toctree["entries"]) > LONG:
                toctree.parent.remove(toctree)


def describe_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Set the title, the neighbours and the PDF of a page for the templates."""
    talks = cast(CvDomain, app.env.domains["cv"]).talk_pages("html")
    if doctree is not None:
        # A browser's tab appends the book's title, the person's name: the CV's own page is named after the project.
        if unescape(context["title"]) == context.get("docstitle"):
            context["title"] = escape(app.config.project)
        pdf = "talks.pdf" if pagename in talks else "cv.pdf"
        if pdf in app.config.cv_pdfs:
            context["cv_pdf"], context["cv_pdf_label"] = pdf, CvConfig.of(app.config).i18n.label("download")
    if pagename in talks:
        # From one talk to the next by date, wherever they are listed.
        pages = ["", *reversed(talks), ""]
        index = pages.index(pagename)
        for name, page in (("prev", pages[index - 1]), ("next", pages[index + 1])):
            title = escape(app.env.titles[page].astext()) if page else ""
            link = app.builder.get_relative_uri(pagename, page) if page else ""
            context[name] = {"title": title, "link": link} if page else None


def restore_build_info(app: Sphinx) -> None:
    """Put back Sphinx's record of the configuration, by which it tells whether pages are outdated."""
    if (kept := _build_info(app)).exists():
        kept.replace(Path(app.outdir, ".buildinfo"))


def remove_internals(app: Sphinx, exception: Exception | None) -> None:
    """Take from the published files what only Sphinx and the theme read: the record of the configuration, templates."""
    if (made := Path(app.outdir, ".buildinfo")).exists():
        made.replace(_build_info(app))
    Path(app.outdir, ".buildinfo.bak").unlink(missing_ok=True)
    for template in Path(app.outdir, "_static").glob("*webpack-macros.html"):
        template.unlink()


def _build_info(app: Sphinx) -> Path:
    """Return where the record for the output folder is kept; several folders may share doctrees."""
    return Path(app.doctreedir, f"{quote(os.path.relpath(app.outdir, app.doctreedir), safe='')}.buildinfo")


class LinkLanguages(SphinxPostTransform):
    """Link each passage of a talk to the passages in its other languages, beside its own language."""

    # After WithholdFields (2).
    default_priority = 12
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        heads = [head for head in self.document.findall(cv_fields) if head["kind"] in {"talk", "translation"}]
        if len(heads) < 2:
            return
        i18n = CvConfig.of(self.config).i18n
        for head in heads:
            if _language(head) is None:
                name = i18n.language_name(self.config.language.replace("_", "-"))
                head.append(cv_field(name, name, name="language", label=i18n.label("language")))
        tags = [head.parent.get("lang", "") for head in heads]
        names = [cast(cv_field, _language(head)).astext() for head in heads]
        for here in heads:
            field = cast(cv_field, _language(here))
            for there, tag, name in zip(heads, tags, names, strict=True):
                if there is not here:
                    link = nodes.reference("", _native_name(tag, name), refid=there.parent["ids"][0], internal=True)
                    if tag:
                        link["classes"].append(f"language-{tag}")
                    field += [nodes.Text(" · "), link]


def _language(head: cv_fields) -> cv_field | None:
    return next((field for field in head.findall(cv_field) if field["name"] == "language"), None)


def _native_name(tag: str, name: str) -> str:
    """Return a language's name for itself, or ``name`` where Babel knows none."""
    return (Locale.parse(tag, sep="-").get_display_name() or name).capitalize() if tag else name
