"""Define the kinds of entries and their fields in one table, infer the kind of an entry, and reject unknown fields.

Define a new field first in :class:`cvtools.model.entries.Entry`, with its parser.
"""

import difflib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from cvtools.model import MistakeError, values
from cvtools.model.dates import DateWords
from cvtools.model.entries import DATE_FIELDS, PARSERS

_ROLE, _PERIOD, _PLACE, _PAGE = "role/position", "period/date/dates/year", "location/place", "page/url/link/website"
_STUDY = "institution/school/university/organization"

#: Names of the fields of each kind, in the order of display, each with its aliases; in a row, "/" precedes an alias.
KINDS: Mapping[str, Mapping[str, Sequence[str]]] = {
    kind: {name: others for name, *others in (names.split("/") for names in row.split())}
    for kind, row in {
        # The owner of the CV: the first heading of the root page.
        "person": "photo/image/picture headline/label email phone/tel/telephone/mobile website/url/homepage/web"
        " location/address timezone",
        # An organization with several roles, which are sub-headings of its own.
        "employer": "organization/company/employer location technologies",
        # Below an employer or another workplace, a position is a role there, and inherits missing fields.
        "position": f"{_ROLE} organization/company/employer {_PERIOD} {_PLACE} technologies",
        "project": f"{_ROLE} organization/company/client {_PERIOD} {_PLACE} {_PAGE} technologies",
        "volunteering": f"{_ROLE} organization {_PERIOD} {_PLACE} {_PAGE} technologies",
        "education": f"{_STUDY} {_PERIOD} {_PLACE} degree area specialization score/grade/gpa courses technologies",
        "course": f"institution/school/organization/issuer {_PERIOD} {_PLACE} {_PAGE} technologies",
        "teaching": f"{_ROLE} {_STUDY} {_PERIOD} {_PLACE} level {_PAGE}",
        "talk": "speakers/speaker/author/authors event/conference date/period/year duration place/location"
        f" form/type/format video slides {_PAGE} language tags/keywords",
        # A passage in another language, such as a talk's second abstract.
        "translation": f"language video slides {_PAGE}",
        "publication": "authors/author venue/journal/booktitle/conference publisher volume issue/number pages"
        f" date/year/period doi {_PAGE}",
        "certificate": f"issuer/organization/institution date/year expires period number {_PAGE}",
        "award": f"issuer/awarder/organization/institution date/year/period {_PAGE}",
        "grant": f"{_ROLE} funder/grant/organization/institution/issuer {_PERIOD} amount number {_PAGE}",
        "membership": f"{_ROLE} organization/institution {_PERIOD} {_PLACE} {_PAGE}",
        "patent": "inventors/inventor/author/authors office/issuer/organization number/patent status date/year/period"
        f" {_PAGE}",
        # A person who recommends, with their words as the body.
        "reference": f"role/position/headline organization/company/institution email phone {_PAGE}",
        # A page in letters/, whose heading is the subject.
        "letter": "to/recipient date language web",
        "summary": "",
        # Names as items of a list, rows of a table, or with commas between them in a paragraph.
        "skills": "",
        "languages": "",
        "interests": "",
        # An entry with a date, and with a word of the author's for its kind.
        "other": f"{_ROLE} organization/institution/issuer {_PERIOD} {_PLACE} amount number status {_PAGE}"
        " technologies",
    }.items()
}

#: Name of the field that an entry must have, by kind.
REQUIRED = {"employer": "organization", "translation": "language", "letter": "to"}
#: Parsers of the fields of every kind that control the build and are not shown.
CONTROLS: Mapping[str, Callable[[values.Linked], Any]] = {"kind": values.text, "only": values.variants}

#: The kind that a field implies, by the name of the field, the most telling first.
_SIGNS = {
    sign: kind
    for kind, signs in (
        ("letter", "to recipient"),
        ("talk", "event speakers speaker"),
        ("grant", "funder grant amount"),
        ("patent", "inventors patent inventor"),
        ("publication", "doi venue journal booktitle"),
        ("education", "institution school university"),
        ("publication", "publisher authors author"),
        ("certificate", "issuer expires"),
        ("translation", "language"),
        ("project", "page url"),
        ("position", "period"),
        ("reference", "email phone"),
        ("employer", "organization company"),
    )
    for sign in signs.split()
}

#: Kinds that hold roles, and the fields that a role inherits from its workplace.
WORKPLACES = ("employer", "position", "project", "volunteering")
INHERITED = ("organization", "period", "location")
#: Kinds of sections, which have no fields.
SECTIONS = ("summary", "skills", "languages", "interests")
#: Kinds of sections that list names.
NAME_LISTS = SECTIONS[1:]
#: Fields that may occur several times in an entry, and have several values.
REPEATABLE = ("email", "phone", "profiles")
#: Name of the field that holds a person's profiles, which are written as fields of any other name.
PROFILES = "profiles"
#: Names of fields that give an entry a date.
DATES = ("period", "date", "dates", "year")

#: Name of a field by kind, and by its name or alias; a field's name wins over the same alias of another field.
_NAMES: Mapping[str, Mapping[str, str]] = {
    kind: {alias: name for name, aliases in fields.items() for alias in aliases}
    | {name: name for name in [*fields, *CONTROLS]}
    for kind, fields in KINDS.items()
}
_ALL_NAMES = frozenset(name for fields in KINDS.values() for name in [*fields, *CONTROLS])
_ALL_NAMES_AND_ALIASES = _ALL_NAMES.union(*_NAMES.values())


def canonical(name: str, kind: str) -> str:
    """Return the name of a field for its name or alias, such as "venue" for "journal"; any other name as it is."""
    return _NAMES.get(kind, {}).get(name, name)


def parser(name: str, kind: str, words: DateWords) -> Callable[[values.Linked], Any] | None:
    """Return the parser of a field, which reads dates in `words`; None if the kind does not have the field."""
    if name not in KINDS.get(kind, {}):
        return CONTROLS.get(name)
    return partial(PARSERS[name], words=words) if name in DATE_FIELDS else PARSERS[name]


def is_profile(name: str, value: values.Linked) -> bool:
    """Return whether a person's field is a profile: its name resembles no field's, and its value is a link or user."""
    if name in _ALL_NAMES_AND_ALIASES or _nearest(name, KINDS["person"]):
        return False
    address = value.url or re.match(r"https?:|[\w-]+(\.[\w-]+)+/", value.text)
    return bool(values.user_address(name, value.text) or (address and not value.url.startswith("mailto:")))


def is_field(name: str) -> bool:
    """Return whether any kind of entry has a field of this name; an alias does not count."""
    return name in _ALL_NAMES


def infer_kind(
    names: Collection[str], *, inside: str = "", section_kinds: Collection[str] = (), has_roles: bool = False
) -> str:
    """Return the kind of an entry that has these fields.

    :param names: names, aliases and misspelt names of the fields
    :param inside: kind of the entry around this one; in a workplace, an entry with fields of a position is a role
    :param section_kinds: kinds that the heading of the section names; those that lack a field of the entry are ignored
    :param has_roles: whether there are entries below this one
    :raises ValueError: the fields imply no kind
    """
    fields = {name for name in names if name in _ALL_NAMES_AND_ALIASES}
    signs = fields | {_nearest(name, _SIGNS, 0.75) for name in names if name not in fields}
    fitting = [kind for kind in section_kinds if fields <= _NAMES[kind].keys()]
    if inside in WORKPLACES and fields and fields <= _NAMES["position"].keys():
        return next((kind for kind in fitting if kind in WORKPLACES), "position")
    if has_roles and "organization" in signs and fields <= _NAMES["employer"].keys():
        return "employer"
    if len(fitting) == 1:
        return fitting[0]
    for sign, kind in _SIGNS.items():
        # Beside fields that a letter lacks, ":to:" is the end of a period.
        if sign in signs and (kind != "letter" or fields <= _NAMES["letter"].keys()):
            return kind if kind != "employer" or has_roles else "position"
    advice = "event, institution, publisher, issuer, period, organization, language"
    raise ValueError(f"an entry needs one of the fields {advice}; or say what it is, as in :kind: award")


def check_kind(name: str, *, is_dated: bool = False) -> str:
    """Return the kind that a word names, or "other" for another word if the entry has a date; else raise ValueError."""
    if (name := _singular(name)) in KINDS:
        return name
    rule = f'"{name}" is not a kind of entry'
    if _nearest(name, ["job"]):
        # An entry of the kind "other" would not count as work.
        raise _unknown(rule, name, ["positions" if name.endswith("s") else "position"], cutoff=0)
    if is_dated and name and not _nearest(name, KINDS):
        return "other"
    raise _unknown(rule, name, KINDS)


def is_group(word: str, *, has_entries: bool) -> bool:
    """Return whether the ``:kind:`` of a section is the kind of the entries in it rather than of the section itself.

    So it is if the word is in the plural, as in "projects", or if an entry of this kind cannot hold entries.
    """
    can_hold_entries = word in {"person", "employer", "position", *SECTIONS}
    return _singular(word) != word or (has_entries and not can_hold_entries)


def _singular(word: str) -> str:
    return next((kind for kind in KINDS if word == f"{kind}s"), word)


def resembles_any(name: str, others: Collection[str]) -> bool:
    """Return whether one of the other names is probably a misspelling of the name."""
    return any(_nearest(other, [name]) for other in others)


def unknown_field(name: str, kind: str, labelled: Collection[str] = ()) -> ValueError:
    """Return the error of a field that a kind does not have.

    :param labelled: names of the fields whose label, in the language of the page, is the unknown name
    """
    own = [*KINDS[kind], *CONTROLS]
    rule = f'unknown field "{name}" in {_with_article(kind)}'
    if labelled_here := [field for field in labelled if field in own]:
        return _unknown(rule, name, labelled_here, cutoff=0)
    if "period" in own and name.lower().removesuffix("date").rstrip(" _-") in {"from", "to", "start", "end"}:
        return ValueError(f'{rule}: write both dates into one, as in ":period: 2014-03 – 2016-04"')
    others = [_with_article(other) for other in KINDS if other != "other" and name in KINDS[other]]
    if others and not _nearest(name, own):
        return ValueError(f"{rule}: it belongs to {', '.join(others)}")
    if near := _nearest(name, own) or canonical(_nearest(name, _NAMES[kind], 0.8), kind):
        return MistakeError(f'{rule}: did you mean "{near}"?', name, near)
    remedy = "a profile is a link, <https://…>; " if kind == "person" else ""
    return ValueError(f"{rule}: known are {', '.join(own)}; {remedy}write anything else as text below the fields")


def _with_article(kind: str) -> str:
    if kind in {"education", "volunteering", "teaching", "skills", "languages", "interests"}:
        return kind
    if kind == "other":
        return "an entry of this kind"
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _nearest(name: str, valid: Collection[str], cutoff: float = 0.71) -> str:
    return next(iter(difflib.get_close_matches(name.lower(), valid, 1, cutoff)), "")


def _unknown(rule: str, name: str, valid: Collection[str], cutoff: float = 0.71) -> ValueError:
    """Return the error about a name, with the most similar valid one as a suggestion; the cutoff 0 always gives one."""
    if near := _nearest(name, valid, cutoff):
        return MistakeError(f'{rule}: did you mean "{near}"?', name, near)
    return ValueError(f"{rule}: known are {', '.join(valid)}")
