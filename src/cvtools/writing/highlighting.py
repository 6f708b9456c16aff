"""Highlight code by lexers that are known to be fast, within a time limit."""

import difflib
import time
from collections.abc import Sequence
from typing import Any, cast

from pygments.formatters import HtmlFormatter
from sphinx.application import Sphinx
from sphinx.highlighting import PygmentsBridge

from cvtools import limits
from cvtools.sphinx_warnings import Code, warn
from cvtools.terminal import shorten

#: Lexers that took less than a second for 5,000 characters of any of 130 repeated patterns; those of C#, Perl and R
#: took longer. Their worst case is quadratic, hence the limit CODE_SIZE.
LEXERS = frozenset(
    """
    default none text
    bash sh shell console c c++ cpp css diff docker dockerfile go golang html ini java javascript js json
    py py3 python python3 pycon rs rust sql swift toml ts typescript xml yaml yml
    clojure dart elixir erlang kotlin lua markdown md php rb ruby
    """.split()
)


class TooSlowError(Exception):
    """Highlighting a block of code exceeds the time limit."""


class TimedFormatter(HtmlFormatter[str]):  # type: ignore[misc]
    """HTML formatter that raises :class:`TooSlowError` after the time limit for a block of code."""

    def format_unencoded(self, tokensource: Any, outfile: Any) -> None:
        end = time.process_time() + limits.CODE_TIME

        def in_time(token: Any) -> Any:
            if time.process_time() > end:
                raise TooSlowError
            return token

        super().format_unencoded(map(in_time, tokensource), outfile)


class Highlighter:
    """Wrapper of Sphinx's highlighter that colours only short code in known languages, within a time limit."""

    def __init__(self, bridge: PygmentsBridge, allowed: Sequence[str]) -> None:
        self.bridge = bridge
        self.known = {*LEXERS, *map(str.lower, allowed)}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.bridge, name)

    def highlight_block(self, source: str, lang: str, opts: Any = None, **options: Any) -> str:
        location = options.get("location")
        lang = lang.lower()
        if lang not in self.known:
            near = difflib.get_close_matches(lang, self.known, 1, 0.75)
            hint = f'did you mean "{near[0]}"?' if near else 'write "text", or name it in cv_allow in conf.py'
            replacement = (lang, near[0]) if near else None
            warn(location, Code.CODE, f'code in "{shorten(lang)}" is not coloured: {hint}', replacement)
        elif len(source) <= limits.CODE_SIZE:
            self.bridge.formatter = TimedFormatter
            try:
                return self.bridge.highlight_block(source, lang, opts, **options)
            except TooSlowError:
                warn(location, Code.CODE, f"colouring takes longer than {limits.CODE_TIME} s: shorten the code")
        elif lang not in {"none", "text"}:
            size = f"code of more than {limits.CODE_SIZE} characters"
            warn(location, Code.CODE, f'{size} is not coloured: shorten it, or write "text"')
        self.bridge.formatter = PygmentsBridge.html_formatter
        return self.bridge.highlight_block(source, "text", None, **options)


def wrap_highlighters(app: Sphinx) -> None:
    """Wrap the highlighters of an HTML builder in :class:`Highlighter`."""
    builder = cast(Any, app.builder)
    for name in ("highlighter", "dark_highlighter"):
        if isinstance(bridge := getattr(builder, name, None), PygmentsBridge):
            setattr(builder, name, Highlighter(bridge, app.config.cv_allow))
