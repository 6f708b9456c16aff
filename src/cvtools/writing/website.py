"""The web book: defaults of its theme, values for the templates of its pages, and what is published of it."""

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

#: Maximum number of talks in the sidebar; a longer list is left out.
LONG = 40

THEME = "cvtools"
THEME_PATH = Path(__file__).with_name("theme")
PARENT = "sphinx_book_theme"

#: Addresses of repositories for which the theme has an edit button; it raises an error for others.
_EDITABLE = re.compile(r"https?://[^/]*(github|gitlab|bitbucket)[^/]*(/[^/]+){2,}")

#: Defaults of Sphinx's options that suit a CV.
_DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "html_theme": THEME,
        # The theme shows no author of this name; it would show Sphinx's placeholder.
        "author": "unknown",
        # A copy of the source would publish content that a variant leaves out or only the PDF may show.
        "html_copy_source": False,
        # Browsers always request one, and report an error if it is missing.
        "html_favicon": str(THEME_PATH / "static" / "favicon.svg"),
        # A CV adds nothing to Sphinx's index, whose page would be empty.
        "html_use_index": False,
        "html_show_sphinx": False,
        "html_show_copyright": False,
    }
)
#: Theme options that the parent theme reads from ``conf.py`` only, and not from ``theme.toml``.
_OPTIONS: Mapping[str, Any] = MappingProxyType(
    {
        "use_download_button": False,
        "use_fullscreen_button": False,
        # By default, it would repeat the search of the sidebar.
        "navbar_persistent": [],
    }
)


def complete(app: Sphinx, config: Config) -> None:
    """Set the options of the web book that ``conf.py`` does not set."""
    for name, value in _DEFAULTS.items():
        if not is_chosen(config, name):
            config[name] = value
    if not is_chosen(config, "html_baseurl"):
        config.html_baseurl = site_url()
    if not is_chosen(config, "html_title"):
        config.html_title = config.author if is_chosen(config, "author") else config.project
    # The child theme keeps the look of its parent, so it serves projects that name the parent as well.
    if config.html_theme in {THEME, PARENT}:
        config.html_theme = THEME
        config.html_theme_options = {**_OPTIONS, **_repository_options(app), **config.html_theme_options}
    # Other themes and EPUB need the style sheet of entries as well.
    config.html_static_path = [*config.html_static_path, str(THEME_PATH / "static")]
    app.add_css_file("cvtools.css")


def _repository_options(app: Sphinx) -> dict[str, Any]:
    """Return the theme's options for a button that opens a page's source on the main branch for editing."""
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
    """Return all pages if content that they show of other pages has changed since the last build; else none.

    Such content is the titles and their order, the person's name and headline, and the previous and next talk.
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
    """Apply ``html_copy_source`` to the folder for copies too, which Sphinx makes by an attribute of its builder."""
    if hasattr(app.builder, "copysource"):
        app.builder.copysource = app.config.html_copy_source


def disconnect_theme(app: Sphinx) -> None:
    """Disconnect the theme's handlers for JSON and pickles, since they need values that only templates get."""
    if app.builder.name in {"json", "pickle"}:
        for listener in [*app.events.listeners["html-page-context"]]:
            if listener.handler.__module__.partition(".")[0] in {PARENT, "pydata_sphinx_theme"}:
                app.disconnect(listener.id)


def shorten_navigation(app: Sphinx, builder: Builder) -> None:
    """Remove long lists of talks from the sidebar, since every page would have to contain them all.

    The listing links to these pages, and each of them to the previous and the next.
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
    """Set the title, the PDF, and the previous and the next page of a page for the templates."""
    talks = cast(CvDomain, app.env.domains["cv"]).talk_pages("html")
    if doctree is not None:
        # The theme appends the book's title, which is the person's name; the CV's own page is named after the project.
        if unescape(context["title"]) == context.get("docstitle"):
            context["title"] = escape(app.config.project)
        pdf = "talks.pdf" if pagename in talks else "cv.pdf"
        if pdf in app.config.cv_pdfs:
            context["cv_pdf"], context["cv_pdf_label"] = pdf, CvConfig.of(app.config).i18n.label("download")
    if pagename in talks:
        # Talks follow each other by date, on whichever pages they are listed.
        pages = ["", *reversed(talks), ""]
        index = pages.index(pagename)
        for name, page in (("prev", pages[index - 1]), ("next", pages[index + 1])):
            title = escape(app.env.titles[page].astext()) if page else ""
            link = app.builder.get_relative_uri(pagename, page) if page else ""
            context[name] = {"title": title, "link": link} if page else None


def restore_build_info(app: Sphinx) -> None:
    """Restore Sphinx's hash of the configuration, by which it decides whether pages are outdated."""
    if (kept := _build_info(app)).exists():
        kept.replace(Path(app.outdir, ".buildinfo"))


def remove_internals(app: Sphinx, exception: Exception | None) -> None:
    """Remove files that only Sphinx and the theme read, the hash of the configuration and templates, from the book."""
    if (made := Path(app.outdir, ".buildinfo")).exists():
        made.replace(_build_info(app))
    Path(app.outdir, ".buildinfo.bak").unlink(missing_ok=True)
    for template in Path(app.outdir, "_static").glob("*webpack-macros.html"):
        template.unlink()


def _build_info(app: Sphinx) -> Path:
    """Return the path where the hash for an output folder is kept; several folders may share doctrees."""
    return Path(app.doctreedir, f"{quote(os.path.relpath(app.outdir, app.doctreedir), safe='')}.buildinfo")


class LinkLanguages(SphinxPostTransform):
    """Post-transform that links a talk and its translations to each other, beside the name of the language of each."""

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
    """Return the name of a language in that language, or ``name`` if Babel has none."""
    return (Locale.parse(tag, sep="-").get_display_name() or name).capitalize() if tag else name
