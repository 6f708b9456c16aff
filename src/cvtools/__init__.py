"""A CV as code: MyST Markdown becomes a website and a typeset PDF. A Sphinx extension and a command."""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config


def setup(app: "Sphinx") -> dict[str, Any]:
    """Register options, the parser, directives, nodes, builders and handlers of events with Sphinx."""
    from cvtools import config, editions, page_limits, sphinx_warnings
    from cvtools.exporters import page_head, site_files
    from cvtools.nodes import cv_timeline
    from cvtools.reading import (
        catalogs,
        directives_and_roles,
        domain,
        entries,
        mistyped,
        node_safety,
        page_files,
        parser,
        picture_names,
        publications,
        withheld,
    )
    from cvtools.reading.edition_marks import empty_nodes, variants
    from cvtools.writing import (
        commonmark,
        documents,
        edition_links,
        highlighting,
        html,
        outdated_pages,
        picture_metadata,
        search,
        stylesheet,
        text,
        timeline,
        typography,
        website,
    )
    from cvtools.writing.docx import CvDocxBuilder
    from cvtools.writing.latex.builder import CvLatexBuilder

    sphinx_warnings.setup(app)
    app.setup_extension("myst_parser")
    config.register(app.config)
    # Before any other handler uses a value
    app.connect("config-inited", config.validate, priority=0)
    for complete in (config.complete, editions.complete, website.set_options, page_files.separate_letters):
        app.connect("config-inited", complete)
    app.connect("config-inited", page_files.check_folders)
    app.connect("config-inited", catalogs.use_copies)

    # After MyST-Parser has read its options
    app.connect("builder-inited", config.require_myst_options)
    app.add_source_parser(parser.CvParser, override=True)
    app.connect("env-before-read-docs", config.check_language_and_accent)
    app.connect("env-before-read-docs", page_files.check_pages)
    # Before Sphinx numbers sections along the toctrees
    app.connect("env-get-updated", page_files.check_toctrees, priority=100)
    app.connect("env-get-outdated", page_files.changed_pages)
    app.connect("env-updated", page_files.record_pages)
    app.connect("env-before-read-docs", variants.check_names)
    app.connect("env-before-read-docs", variants.leave_out_pages)
    for transform in (
        node_safety.CheckNodes,
        node_safety.CheckTranslatedNodes,
        picture_names.NamePictures,
        empty_nodes.RemoveEmptyAdmonitions,
        withheld.WithholdTitles,
        entries.RecogniseEntries,
        mistyped.WarnOfMistakes,
        publications.ListPublications,
    ):
        app.add_transform(transform)
    app.connect("env-updated", node_safety.check_files, priority=100)
    app.add_domain(domain.CvDomain)
    app.connect("env-updated", domain.check_limits, priority=100)
    app.connect("doctree-read", catalogs.report_missing)
    # After Sphinx's collector of titles (500)
    app.connect("doctree-read", picture_names.name_page, priority=600)
    app.connect("env-check-consistency", catalogs.check_facts)
    app.add_directive("image", picture_names.Image, override=True)
    app.add_directive("figure", picture_names.Figure, override=True)
    app.add_directive("admonition", empty_nodes.Admonition, override=True)
    app.add_directive("facts", directives_and_roles.ListingWithoutOptions)
    app.add_directive("publications", publications.Publications)
    app.add_directive("talks", directives_and_roles.Talks)
    app.add_directive("technologies", directives_and_roles.Technologies)
    app.add_directive("timeline", directives_and_roles.ListingWithoutOptions)
    app.add_role("tech", directives_and_roles.Tech())
    for post_transform in (
        directives_and_roles.FillPlaceholders,
        withheld.WithholdFields,
        withheld.WithholdFootnotes,
        empty_nodes.KeepEmptyLinks,
        directives_and_roles.ListMarkedFacts,
        publications.MarkOwner,
    ):
        app.add_post_transform(post_transform)
    app.connect("write-started", withheld.withhold_files, priority=0)

    app.add_node(cv_timeline, html=(timeline.visit_timeline, None))
    for node, visitors in html.VISITORS.items():
        app.add_node(node, html=visitors)
    app.add_post_transform(documents.ReplaceFields)
    app.add_post_transform(documents.ReplaceFieldsWithoutEntry)
    # Before the theme adds to the translator (500)
    app.connect("builder-inited", html.bind_text, priority=400)
    app.add_html_math_renderer("mathml", (html.visit_math, None), (html.visit_math_block, None))
    app.add_html_theme(website.THEME, str(website.THEME_PATH))
    app.add_post_transform(typography.MarkLatin)
    app.add_post_transform(html.AdaptToHtml)
    # After Sphinx's collector of contents (500)
    app.connect("doctree-read", website.list_employers, priority=600)
    app.connect("html-page-context", website.describe_page)
    app.connect("write-started", search.find_without_accents)
    app.connect("html-collect-pages", search.forget_words)
    for adapt in (website.cache_templates, website.check_build_info, website.copy_used_files):
        app.connect("builder-inited", adapt)
    app.connect("builder-inited", highlighting.limit_highlighters)
    app.connect("write-started", website.shorten_navigation)
    app.connect("env-updated", outdated_pages.pages_with_old_words)
    app.connect("build-finished", outdated_pages.record_words)
    app.connect("html-page-context", page_head.add_metadata)
    # After all other handlers that describe pages are connected
    app.connect("builder-inited", edition_links.connect, priority=900)
    app.connect("build-finished", site_files.write_files)
    app.connect("build-finished", picture_metadata.strip_pictures)
    app.connect("build-finished", stylesheet.write)
    # Emitted when a document's LaTeX is written, with its path and the paths of its fonts
    app.add_event("cvlatex-written")
    for builder in (CvLatexBuilder, CvDocxBuilder, commonmark.CvMarkdownBuilder, text.CvTextBuilder):
        app.add_builder(builder)
    app.connect("config-inited", _adapt_spelling)
    app.connect("builder-inited", _limit_link_check)
    page_limits.setup(app)

    return {"version": __version__, "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}


def _adapt_spelling(app: "Sphinx", config: "Config") -> None:
    """Adapt the spelling check if its extension is loaded; its dictionaries load slowly."""
    if "spelling" in app.registry.builders:
        from cvtools.checks import spelling

        spelling.setup(app, config)


def _limit_link_check(app: "Sphinx") -> None:
    """Limit Sphinx's link check if it is the builder; its libraries import slowly."""
    if app.builder.name == "linkcheck":
        from cvtools.checks import linkcheck

        linkcheck.setup(app)
