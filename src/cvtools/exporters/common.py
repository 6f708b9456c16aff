"""Values of the CV in the forms that several exporters need."""

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from sphinx.config import Config
from sphinx.environment import BuildEnvironment

from cvtools.model.dates import PartialDate, Period
from cvtools.model.entries import Entry
from cvtools.model.resume import Resume
from cvtools.model.technologies import periods_of
from cvtools.model.values import Linked

Json = dict[str, object]


def home(config: Config) -> str:
    """Return the address of the published book, with a slash at its end; empty if it is not known."""
    address: str = config.html_baseurl
    return f"{address.rstrip('/')}/" if address else ""


def photo(env: BuildEnvironment, person: Entry | None) -> str:
    """Return the address of a person's photo among the pictures of the book; empty if it is not published."""
    base = home(env.config)
    if not base or not person or not person.photo:
        return ""
    path, _ = env.relfn2path(unquote(person.photo.url), person.origin.docname)
    _, name = env.images.get(path, (None, ""))
    return f"{base}_images/{quote(name)}" if name else ""


def links(person: Entry) -> list[str]:
    """Return the addresses of a person's website and profiles."""
    own = [person.website.url] if person.website else []
    return [*own, *(profile.link.url for profile in person.profiles or ())]


def about(resume: Resume) -> str:
    """Return the text about the person: that below the name, and that of summaries."""
    entries = [*filter(None, [resume.person]), *resume.of("summary")]
    return "\n\n".join(text for entry in entries for text in (*entry.paragraphs, *entry.highlights))


def positions(resume: Resume) -> list[tuple[Entry, Period]]:
    """Return the positions that have a period, each with its period."""
    return [(position, period) for position in resume.of("position") for period in periods_of(position)]


def job_title(entry: Entry) -> str:
    """Return the role of a person: the field, or else the heading."""
    return entry.role or entry.title


def organization(entry: Entry) -> Linked | None:
    """Return the organization of a role: the field, or else the heading if the role is a field; None without either."""
    return entry.organization or (Linked(entry.title) if entry.role else None)


def date(value: PartialDate | str | None) -> str | None:
    """Return a date in ISO 8601, at the precision that is known; None for one in free words."""
    return str(value) if isinstance(value, PartialDate) else None


def dates(period: Period | str | None) -> Json:
    """Return the start and the end of a period; nothing for a period in free words."""
    return {"startDate": date(period.start), "endDate": date(period.end)} if isinstance(period, Period) else {}


def when(value: PartialDate | Period | str | None) -> str | None:
    """Return a date or a period in words if ISO 8601 cannot express all of it; else None."""
    if isinstance(value, Period):
        return str(value) if value.start.words or value.remark or (value.end and value.end.words) else None
    return value.words or None if isinstance(value, PartialDate) else value


def first_and_all(name: str, values: tuple[str, ...] | None) -> Json:
    """Return the first value under a name, and all values under the name's plural if there are several."""
    found = list(values or ())
    return {name: found[0] if found else None, f"{name}s": found if len(found) > 1 else None}


def url(value: Linked | None) -> str | None:
    """Return the absolute address that a value links to; None without one."""
    return value.url if value and re.match(r"[a-z]+:", value.url) else None


def filled(data: Mapping[str, object]) -> Json:
    """Return a JSON object without its empty values."""
    return {name: value for name, value in data.items() if value}
