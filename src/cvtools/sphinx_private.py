"""Use Sphinx's private names: each function says why no public one will do, and has a test against this Sphinx."""

from collections.abc import Set

from sphinx.builders import Builder
from sphinx.config import Config
from sphinx.environment import BuildEnvironment


def builder_of(env: BuildEnvironment) -> type[Builder]:
    """Return the builder for which a post-transform runs.

    ``SphinxPostTransform.formats`` can only skip a transform; its ``app`` is deprecated.
    """
    return env._builder_cls  # noqa: SLF001


def names_in_conf_py(config: Config) -> Set[str]:
    """Return the names that ``conf.py`` assigns.

    The public values hold the defaults as well, and no names that Sphinx does not know.
    """
    return config._raw_config.keys()  # noqa: SLF001
