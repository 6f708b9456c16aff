"""Detect the encoding and the language of an imported file."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from cvtools.i18n import I18n, languages
from cvtools.model.dates import folded
from cvtools.writing import myst


def decode(content: bytes) -> str:
    """Decode UTF-8, UTF-16 or else Windows' Western code page; raise ValueError if the content is no text."""
    try:
        text = content.decode("utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
    except UnicodeDecodeError:
        if b"\0" in content:
            raise ValueError("it is no text: save it as UTF-8") from None
        text = content.decode("cp1252", "replace")
    return myst.without_invisible(text.lstrip("\ufeff"))


def language_of(titles: Iterable[str]) -> str:
    """Return the language in which most titles, or else most of their words, are headings; by default English."""
    headings = {re.sub(r"^[\W_]+|[\W_]+$", "", folded(title)) for title in titles}
    words = {word for title in headings for word in title.split()}
    return max(languages(), key=lambda name: (len(headings & I18n(name).headings), len(words & I18n(name).headings)))


def language_of_values(data: Any) -> str:
    """Return the language with most typical words in the values of data; English unless one language has most."""
    # Skip words of one letter, which are in too many languages.
    words = {*re.findall(r"[^\W\d_]{2,}", folded(_joined_values(data)))}
    (second, _), (best, language) = sorted((len(words & I18n(name).typical_words), name) for name in languages())[-2:]
    return language if best > max(second, 1) else "en"


def _joined_values(data: Any) -> str:
    parts = data.values() if isinstance(data, Mapping) else data if isinstance(data, list) else ()
    return " ".join(map(_joined_values, parts)) if parts else str(data)
