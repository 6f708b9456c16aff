"""Import Sphinx and the theme without the libraries that no build of a CV uses, which take long to import."""

import sys
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from docutils import nodes
from sphinx.application import builtin_extensions

from cvtools.private_api import UNUSED_EXTENSIONS

#: Libraries that Sphinx and the theme import, but no build of a CV uses, each with the names that the theme imports
#: from it: exceptions that it catches (kinds of OSError), and a class of nodes that it looks for.
_UNUSED_LIBRARIES: Mapping[str, Mapping[str, object]] = {
    "charset_normalizer": {},
    "requests": {},
    "requests.exceptions": dict.fromkeys(("ConnectionError", "HTTPError", "RetryError"), OSError),
    "sphinx.ext.autosummary": {"autosummary_table": type("autosummary_table", (nodes.comment,), {})},
    "sphinx.ext.doctest": {},
    "sphinx.util.requests": {},
}


class _StandIn(ModuleType):
    """Stand-in for a library, which is imported when its user asks for a name that the stand-in lacks."""

    def __getattr__(self, name: str) -> Any:
        # Python asks each module for its __path__.
        if name.startswith("__"):
            raise AttributeError(name)
        _remove_stand_ins()
        return getattr(import_module(self.__name__), name)


def _import_with_stand_ins(*modules: str) -> None:
    """Import modules while stand-ins replace the unused libraries."""
    for name, names in _UNUSED_LIBRARIES.items():
        if name not in sys.modules:
            sys.modules[name] = stand_in = _StandIn(name)
            vars(stand_in).update(names)
    try:
        for module in modules:
            import_module(module)
    finally:
        _remove_stand_ins()


def _remove_stand_ins() -> None:
    """Let other modules, such as extensions that ``conf.py`` loads, import the libraries themselves."""
    for name in _UNUSED_LIBRARIES:
        if isinstance(sys.modules.get(name), _StandIn):
            del sys.modules[name]


def import_sphinx() -> None:
    """Import the modules of Sphinx that import unused libraries; call this before other code imports these modules."""
    transforms = "sphinx.transforms.post_transforms"
    _import_with_stand_ins("sphinx.ext.intersphinx", f"{transforms}.code", f"{transforms}.images")


def import_theme() -> None:
    """Import the theme of the website."""
    _import_with_stand_ins("sphinx_book_theme")


def import_all() -> None:
    """Import most of what a build needs, once for all processes that are forked later.

    No application may have set a language yet, since some of Sphinx's modules translate words when they are imported.
    """
    import_sphinx()
    # These import most of this package, and libraries that take long.
    ours = ("build.edition", "reading.parser", "writing.docx.translator", "writing.latex.builder")
    builtin = (name for name in builtin_extensions if name not in UNUSED_EXTENSIONS)
    for name in (*builtin, *(f"cvtools.{name}" for name in ours)):
        import_module(name)
    import_theme()
