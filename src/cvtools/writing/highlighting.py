"""Let Pygments highlight only short code, and only with lexers that are fast for any input."""

import difflib
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from sphinx.application import Sphinx
from sphinx.highlighting import PygmentsBridge

from cvtools import limits
from cvtools.sphinx_warnings import Code, warn
from cvtools.terminal import shorten

#: Lexers that took less than a second for 5,000 characters of any of 130 repeated patterns; those of C#, Perl and R are
#: slower. The worst case is quadratic, hence the limit CODE_SIZE. The time of the whole page is limited as well.
LEXERS = frozenset(
    """
    default none text
    bash sh shell console c c++ cpp css diff docker dockerfile go golang html ini java javascript js json
    py py3 python python3 pycon rs rust sql swift toml ts typescript xml yaml yml
    clojure dart elixir erlang kotlin lua markdown md php rb ruby
    """.split()
)


def limit_highlighters(app: Sphinx) -> None:
    """Have the highlighters of an HTML builder colour only short code, in languages with fast lexers."""
    allowed = {*LEXERS, *map(str.lower, app.config.cv_allow)}
    for name in ("highlighter", "dark_highlighter"):
        bridge: Any = getattr(app.builder, name, None)
        if isinstance(bridge, PygmentsBridge):
            bridge.highlight_block = partial(_highlight, bridge.highlight_block, allowed)  # type: ignore[method-assign]


def _highlight(
    colour: Callable[..., str], allowed: Collection[str], source: str, lang: str, opts: Any = None, **options: Any
) -> str:
    """Return code as HTML; warn of code that is long or in another language, and do not colour it.

    :param colour: Sphinx's method, which takes `source`, `lang`, `opts` and further options
    """
    lang = lang.lower()
    if lang not in allowed:
        near = difflib.get_close_matches(lang, allowed, 1, 0.75)
        hint = f'did you mean "{near[0]}"?' if near else 'write "text", or name it in cv_allow in conf.py'
        replacement = (lang, near[0]) if near else None
        warn(options.get("location"), Code.CODE, f'code in "{shorten(lang)}" is not coloured: {hint}', replacement)
    elif len(source) <= limits.CODE_SIZE:
        return colour(source, lang, opts, **options)
    elif lang not in {"none", "text"}:
        size = f"code of more than {limits.CODE_SIZE} characters"
        warn(options.get("location"), Code.CODE, f'{size} is not coloured: shorten it, or write "text"')
    return colour(source, "text", None, **options)
