"""A CV as code: MyST Markdown becomes a web book and a typeset PDF. A Sphinx extension and a command."""

from importlib.metadata import version
from typing import Any

from sphinx.application import Sphinx

__version__ = version("cvtools")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything with Sphinx."""
    from cvtools import config
    from cvtools.reading import directives, domain, entries, listings, variants
    from cvtools.writing.latex.builder import CvLatexBuilder

    app.setup_extension("myst_parser")
    config.register(app)
    app.connect("config-inited", config.complete, priority=400)

    app.add_transform(variants.PruneVariants)
    app.add_transform(entries.RecogniseEntries)
    app.add_domain(domain.CvDomain)
    app.connect("env-get-outdated", domain.reread_listings)
    app.add_directive("talks", directives.Talks)
    app.add_post_transform(listings.ListTalks)
    app.add_post_transform(listings.WithholdFields)

    app.add_builder(CvLatexBuilder)

    return {"version": __version__, "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
