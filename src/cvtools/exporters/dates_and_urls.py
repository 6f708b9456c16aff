"""Format the values that several exporters write, such as dates in ISO 8601."""

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from cvtools.model.dates import PartialDate, Period
from cvtools.model.entries import Entry
from cvtools.model.values import Linked

Json = dict[str, object]


def base_url(config: Config) -> str:
    """Return the address of the published site, with a slash at its end; empty if it is unknown."""
    address: str = config.html_baseurl
    return f"{address.rstrip('/')}/" if address else ""


def photo_url(env: BuildEnvironment, person: Entry | None) -> str:
    """Return the address of the person's photo on the published site; empty if the site has no address or photo."""
    base = base_url(env.config)
    if not base or not person or not person.photo:
        return ""
    path, _ = env.relfn2path(unquote(person.photo.url), person.origin.docname)
    _, name = env.images.get(path, (None, ""))
    return f"{base}_images/{quote(name)}" if name else ""


def iso_date(value: PartialDate | str | None) -> str | None:
    """Return a date in ISO 8601, in the author's precision; None for free words."""
    return str(value) if isinstance(value, PartialDate) else None


def start_and_end(period: Period | str | None) -> Json:
    """Return the dates of a period in ISO 8601; an empty object for free words."""
    if not isinstance(period, Period):
        return {}
    return {"startDate": iso_date(period.start), "endDate": iso_date(period.end)}


def absolute_url(value: Linked | None) -> str | None:
    """Return the target of a value's link; None without a link, or if the target is relative."""
    return value.url if value and re.match(r"[a-z]+:", value.url) else None


def without_empty(data: Mapping[str, object]) -> Json:
    """Return a JSON object without its empty values."""
    return {name: value for name, value in data.items() if value}
