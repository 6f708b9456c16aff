"""Set the options and the theme of the website, pass values to its templates, and choose its static files."""

import contextlib
import os
import posixpath
import re
from collections.abc import Mapping
from html import escape, unescape
from pathlib import Path
from typing import Any, cast

from docutils import nodes
from jinja2 import FileSystemBytecodeCache
from markupsafe import Markup
from sphinx import addnodes, locale
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.config import Config
from sphinx.errors import ConfigError
from sphinx.jinja2glue import BuiltinTemplateLoader
from sphinx.util.fileutil import copy_asset
from sphinx.util.matching import Matcher

from cvtools.config import CvConfig, is_set, set_defaults
from cvtools.editions import current
from cvtools.exporters.site_files import HTML_BUILDERS
from cvtools.nodes import cv_field, fields_of
from cvtools.project import site_url
from cvtools.reading.domain import CvDomain
from cvtools.repository import default_branch, path_in_repository, repository
from cvtools.writing.typography import mark_latin

#: Greatest number of talks that the sidebar lists; of more talks, it lists none.
MAX_SIDEBAR_TALKS = 40

THEME = "cvtools"
#: Languages whose catalogs the theme keeps under other tags than Sphinx, so that it would show English.
_WITHOUT_CATALOG = ("he", "nb")
THEME_PATH = Path(__file__).with_name("theme")
PARENT = "sphinx_book_theme"

#: Addresses of repositories that the theme's edit button supports; the theme raises an error for others.
_EDITABLE = re.compile(r"https?://[^/]*(github|gitlab|bitbucket)[^/]*(/[^/]+){2,}")

#: The beginning of the file with the hash of the configuration, by which Sphinx decides whether pages are outdated.
_BUILD_INFO = re.compile(r"# Sphinx build info version 1\n.*\nconfig: .*\ntags: ")
#: Files of the theme that no page loads: templates, source maps, the script for icons that cvtools.css draws, catalogs.
_UNUSED = Matcher(["**/*webpack-macros.html", "**/*.map", "**/fontawesome.js*", "**/locales", "**/.*"])
#: Beginnings of the keys of ``html_context`` that may name a repository instead of the theme's options.
_CONTEXT_PREFIXES = ("github_", "gitlab_", "bitbucket_", "edit_page_url_")
#: Defaults of Sphinx's options that differ from Sphinx's own.
_DEFAULTS: Mapping[str, Any] = {
    "html_theme": THEME,
    # The theme shows no author of this name; it would show Sphinx's default.
    "author": "unknown",
    # A copy of the source would publish words that a variant leaves out, or that only the PDF may show.
    "html_copy_source": False,
    # Browsers always request an icon, and report an error if it is missing.
    "html_favicon": str(THEME_PATH / "static" / "favicon.svg"),
    # The page of Sphinx's index would be empty, since a CV adds no entries to it.
    "html_use_index": False,
    "html_show_sphinx": False,
    "html_show_copyright": False,
}
#: Theme options that the parent theme reads from ``conf.py`` alone, and not from ``theme.toml``.
_THEME_OPTIONS: Mapping[str, Any] = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    # The default is a second search field.
    "navbar_persistent": [],
    # Shortening drops words of addresses, and raises an error for some.
    "shorten_urls": False,
}


def set_options(app: Sphinx, config: Config) -> None:
    """Set the options of the website that ``conf.py`` does not set."""
    title = config.author if is_set(config, "author") else config.project
    set_defaults(config, {**_DEFAULTS, "html_baseurl": site_url(), "html_title": title})
    _check_base_url(config)
    if config.html_baseurl and (folder := current(config).folder):
        config.html_baseurl = f"{config.html_baseurl.rstrip('/')}/{folder}/"
    # Projects that name the parent theme get the child theme instead, which looks like its parent.
    if config.html_theme in {THEME, PARENT}:
        config.html_theme = THEME
        config.html_theme_options = {**_THEME_OPTIONS, **_repository_options(app), **config.html_theme_options}
        _check_repository(config)
        if config.language in _WITHOUT_CATALOG:
            config.html_theme_options.setdefault("toc_title", locale._("Contents"))
        app.add_js_file("cvtools.js", loading_method="defer")
    if config.cv_pdfs:
        # For the directive "{only} html and has_pdf"; the tag "pdf" is set only while a PDF is made.
        app.tags.add("has_pdf")
    # Entries need the style sheet under other themes and in EPUB, too.
    config.html_static_path = [*config.html_static_path, str(THEME_PATH / "static")]
    app.add_css_file("cvtools.css")


def _check_base_url(config: Config) -> None:
    """Raise ConfigError if the address of the site is no web address; an address "/" becomes empty."""
    # Read the Docs recommends "/" where it does not build the site.
    if not (url := config.html_baseurl.strip("/")):
        config.html_baseurl = ""
    elif not re.match("https?://[^/]", url):
        name = "conf.py: html_baseurl" if is_set(config, "html_baseurl") else "CV_SITE_URL"
        raise ConfigError(f"{name} must be an address such as https://ada.example, not {config.html_baseurl!r}")


def _repository_options(app: Sphinx) -> dict[str, Any]:
    """Return theme options for a button to edit a page's source; none if the theme does not support the repository."""
    project = Path(app.confdir)
    url = repository(project)
    if not _EDITABLE.fullmatch(url):
        return {}
    docs = posixpath.join(path_in_repository(project), os.path.relpath(app.srcdir, project))
    return {
        "repository_url": url,
        "repository_branch": default_branch(project),
        "path_to_docs": posixpath.normpath(docs),
        "use_edit_page_button": True,
    }


def _check_repository(config: Config) -> None:
    """Raise ConfigError if a button lacks ``repository_url``, or the URL names no repository: the theme would fail."""
    if any(name.startswith(_CONTEXT_PREFIXES) for name in config.html_context):
        return
    options = config.html_theme_options
    buttons = [f"use_{name}_button" for name in ("repository", "issues", "source", "edit_page")]
    wanted = [button for button in buttons if str(options.get(button)).lower() == "true"]
    url = str(options.get("repository_url") or "")
    if (wanted or url) and url.strip("/").count("/") < 2:
        reason = f"repository_url {url!r} names no repository" if url else f"{wanted[0]} needs a repository_url"
        raise ConfigError(f"conf.py: html_theme_options: {reason}, such as https://github.com/ada/cv")


def cache_templates(app: Sphinx) -> None:
    """Cache compiled templates for the next build, in Jinja's folder, since compiling them takes long."""
    templates = getattr(app.builder, "templates", None)
    # Jinja raises an error if others can write to the folder, or if it cannot be made.
    with contextlib.suppress(RuntimeError, OSError):
        if isinstance(templates, BuiltinTemplateLoader):
            templates.environment.bytecode_cache = FileSystemBytecodeCache()


def shorten_navigation(app: Sphinx, builder: Builder) -> None:
    """Remove long lists of talks from the sidebar; a page lists the talks as well."""
    if builder.name not in HTML_BUILDERS:
        return
    for tree in [app.env.master_doctree, *app.env.tocs.values()]:
        for toctree in list(tree.findall(addnodes.toctree)):
            if toctree.get("listing") and len(toctree["entries"]) > MAX_SIDEBAR_TALKS:
                toctree.parent.remove(toctree)


def describe_page(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Pass the title, the direction, the PDF and the other documents of a page to its template."""
    options = CvConfig.of(app.config)
    if options.i18n.locale.text_direction == "rtl":
        # The templates write the language as an attribute, and have no variable for the direction.
        context["language"] = Markup(f'{escape(context["language"])}" dir="rtl')  # noqa: S704 - a language's tag
    talks = CvDomain.of(app.env).talk_pages("html")
    if doctree is not None:
        # The theme appends the title of the site. If both titles are the person's name, replace the page's.
        if " ".join(unescape(context["title"]).split()) == context.get("docstitle"):
            context["title"] = escape(app.config.project)
        pdf = options.name_of("talks.pdf" if pagename in talks else "cv.pdf")
        if pdf in app.config.cv_pdfs:
            context["cv_pdf"], context["cv_pdf_label"] = pdf, escape(options.i18n.label("download"))
        context["cv_documents"] = options.offered_documents if pagename not in talks else []


def list_employers(app: Sphinx, doctree: nodes.document) -> None:
    """Replace titles of positions, long and alike, by the employers in a page's table of contents; mark Latin text."""
    is_rtl = CvConfig.of(app.config).i18n.locale.text_direction == "rtl"
    for link in app.env.tocs[app.env.current_document.docname].findall(nodes.reference):
        section = doctree.ids.get(link["anchorname"].removeprefix("#"))
        head = fields_of(section) if section else None
        for field in head.findall(cv_field) if head and head["kind"] == "position" else ():
            if field["name"] == "organization" and field.get("show") != "pdf":
                link[:] = [nodes.Text(field.astext())]
        if is_rtl:
            mark_latin(link)


def check_build_info(app: Sphinx) -> None:
    """Replace a damaged ``.buildinfo`` by one without a hash, so that Sphinx writes all pages anew."""
    path = Path(app.outdir, ".buildinfo")
    if path.exists() and not _BUILD_INFO.match(path.read_text("utf-8", errors="replace")):
        path.write_text("# Sphinx build info version 1\n#\nconfig: \ntags: \n", "utf-8")


def copy_used_files(app: Sphinx) -> None:
    """Have the builder copy only those of the theme's files that pages load; the others are 80 % of all bytes."""
    if app.config.html_theme == THEME and app.builder.format == "html":
        builder = cast(StandaloneHTMLBuilder, app.builder)

        def copy(context: dict[str, Any]) -> None:
            for folder in reversed(builder.theme.get_theme_dirs()):
                static = Path(folder, "static")
                copy_asset(static, Path(app.outdir, "_static"), _UNUSED, context, builder.templates, force=True)

        builder.copy_theme_static_files = copy  # type: ignore[method-assign]
