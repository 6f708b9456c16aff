"""The web book's theme, and what it needs to know: the repository, the PDFs."""

import os
import posixpath
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from cvtools.config import CvConfig, is_chosen
from cvtools.project import path_in_repository, repository, site_url
from cvtools.reading.domain import CvDomain

#: How many talks are too many for the sidebar.
LONG = 40

STATIC = Path(__file__).with_name("static")
TEMPLATES = Path(__file__).with_name("templates")
THEME = "sphinx_book_theme"

#: Addresses of repositories whose files the theme knows how to edit; it refuses others.
_EDITABLE = re.compile(r"https?://[^/]*(github|gitlab|bitbucket)[^/]*(/[^/]+){2,}")

#: Sphinx's values that suit a CV, where ``conf.py`` does not say otherwise.
_DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "html_theme": THEME,
        # The theme's word for none; it would show Sphinx's stand-in for a name.
        "author": "unknown",
        # A copy of the source would publish what a variant leaves out and what only the PDF may show.
        "html_copy_source": False,
        # A browser asks for one, and complains where there is none.
        "html_favicon": str(STATIC / "favicon.svg"),
        # Nothing of a CV's is in Sphinx's index, and a page without content is none.
        "html_use_index": False,
        "html_show_sphinx": False,
        "html_show_copyright": False,
    }
)
_OPTIONS: Mapping[str, Any] = MappingProxyType(
    {
        "use_download_button": False,
        "use_fullscreen_button": False,
        "home_page_in_toc": True,
        "show_toc_level": 2,
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
    if config.html_theme == THEME:
        config.html_theme_options = {**_OPTIONS, **_repository_options(app), **config.html_theme_options}
        config.html_context = {"default_mode": "auto", **config.html_context}
    config.html_static_path = [*config.html_static_path, str(STATIC)]
    # The theme adds to it, and Sphinx's default is one list for all builds of a process.
    own = [str(TEMPLATES)] if config.html_theme == THEME else []
    config.templates_path = [*config.templates_path, *own]
    app.add_css_file("cvtools.css")


def _repository_options(app: Sphinx) -> dict[str, Any]:
    """Where readers may suggest an edit: the file on the main branch."""
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


def offer_pdf(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Put a button into the head of each page that is in a PDF, or else offers the CV's."""
    pdf = "talks.pdf" if pagename in cast(CvDomain, app.env.domains["cv"]).talk_pages("html") else "cv.pdf"
    if doctree is None or pdf not in app.config.cv_pdfs or "header_buttons" not in context:
        return
    label = CvConfig.of(app.config).i18n.label("download")
    button = {
        "type": "link",
        "url": context["pathto"](pdf, 1),
        "text": "PDF",
        "icon": "fas fa-file-pdf",
        "tooltip": label,
        "label": "download-pdf-button",
    }
    context["header_buttons"].insert(0, button)


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


def use_theme_for_html_alone(app: Sphinx) -> None:
    """Disconnect the theme where pages become JSON or pickles: it would miss values that only its templates get."""
    if app.builder.name in {"json", "pickle"}:
        for listener in [*app.events.listeners["html-page-context"]]:
            if listener.handler.__module__.partition(".")[0] in {THEME, "pydata_sphinx_theme"}:
                app.disconnect(listener.id)


def shorten_navigation(app: Sphinx, builder: Builder) -> None:
    """Keep long lists of talks out of the sidebar: nobody reads them there, and each page would have to hold them all.

    Their pages are reached from the list, and from one another.
    """
    if builder.name not in {"html", "dirhtml"}:
        return
    for tree in [app.env.master_doctree, *app.env.tocs.values()]:
        for toctree in list(tree.findall(addnodes.toctree)):
            if toctree.get("listing") and len(toctree["entries"]) > LONG:
                toctree.parent.remove(toctree)
