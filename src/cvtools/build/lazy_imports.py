"""Put off the import of libraries that Sphinx and the theme import, but that no build of a CV uses."""

import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import sphinx.ext
from docutils import nodes

#: Stand-ins for the names that others import from these modules at once: the theme catches the exceptions, all of which
#: are kinds of OSError, and asks whether a node is such a table.
_MODULES: Mapping[str, Mapping[str, object]] = {
    "charset_normalizer": {},
    "requests": {},
    "requests.exceptions": dict.fromkeys(("ConnectionError", "HTTPError", "RetryError"), OSError),
    "sphinx.ext.autosummary": {
        "__path__": [f"{folder}/autosummary" for folder in sphinx.ext.__path__],
        "autosummary_table": type("autosummary_table", (nodes.comment,), {}),
    },
    "sphinx.ext.doctest": {},
    "sphinx.util.requests": {},
}


class _Later(ModuleType):
    """Stand-in for a module, which is imported when something asks for any other name of it."""

    def __getattr__(self, name: str) -> Any:
        # Code that looks at all modules asks for names such as __file__; an import of requests.api asks for __path__.
        if name.startswith("__") and (self.__name__, name) != ("requests", "__path__"):
            raise AttributeError(name)
        import_now()
        return getattr(import_module(self.__name__), name)


def import_later() -> None:
    """Put stand-ins in the place of the modules that are not imported yet."""
    for name, known in _MODULES.items():
        if name not in sys.modules:
            stand_in = sys.modules[name] = _Later(name)
            # Code that asks whether a module is installed looks for its specification.
            stand_in.__spec__ = ModuleSpec(name, None)
            vars(stand_in).update(known)


def import_now() -> None:
    """Remove the stand-ins, so that each module is imported where it is asked for."""
    for name in _MODULES:
        if isinstance(sys.modules.get(name), _Later):
            del sys.modules[name]
