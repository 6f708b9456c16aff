"""The kinds of entry, and what is said of fields that they do not have."""

import re

import pytest

from cvtools.model import kinds
from cvtools.model.kinds import KINDS

#: Names of fields, some of them misspelt, that tell each kind of an entry inside another. In a workplace, all that a
#: position may have makes a role.
TOLD = {
    ("talk", ""): "event date; event; event period organization; speaker date; evnt date",
    ("letter", ""): "to date",
    ("education", ""): "institution period; institutoin",
    ("publication", ""): "publisher date; journal authors year; doi",
    ("certificate", ""): "issuer date; issuer period; issuer expires",
    ("position", ""): "organization period; period; organization; organization location technologies; organisation; "
    "perod location; Period; organization from to; title organization",
    ("grant", ""): "funder period; organization amount",
    ("patent", ""): "inventors number",
    ("project", ""): "page period; url",
    ("reference", ""): "organization email; phone",
    ("translation", ""): "language; langauge",
    ("position", "education"): "period",
    ("position", "employer"): "period; technologies; period color; period only",
    ("translation", "employer"): "language",
    ("education", "employer"): "institution period",
    ("position", "position"): "location; organization",
    ("position", "project"): "period location",
    ("translation", "talk"): "language video",
}


@pytest.mark.parametrize(
    ("written", "inside", "kind"),
    [(names, inside, kind) for (kind, inside), all_names in TOLD.items() for names in all_names.split("; ")],
)
def test_fields_tell_the_kind(written: str, inside: str, kind: str) -> None:
    assert kinds.infer_kind(written.split(), inside=inside) == kind


@pytest.mark.parametrize(
    ("written", "inside", "within", "kind"),
    [
        ("organization period", "", "volunteering", "volunteering"),
        ("institution period", "", "teaching", "teaching"),
        ("organization period", "", "grant", "grant"),
        ("issuer date", "", "award", "award"),
        ("date", "", "publication", "publication"),
        ("organization color", "", "membership", "membership"),
        # A section cannot be for what an entry is not.
        ("event date", "", "award", "talk"),
        ("institution period", "", "position", "education"),
        # One of several kinds counts if the fields belong to it alone.
        ("funder amount", "", "award grant", "grant"),
        ("organization", "", "award grant", "position"),
        ("period", "employer", "volunteering", "volunteering"),
        ("period", "employer", "grant", "position"),
    ],
)
def test_section_tells_the_kind_of_what_fits(written: str, inside: str, within: str, kind: str) -> None:
    assert kinds.infer_kind(written.split(), inside=inside, section_kinds=within.split()) == kind


def test_organization_with_roles_is_an_employer() -> None:
    assert kinds.infer_kind(["organization", "location"], has_roles=True) == "employer"
    assert kinds.infer_kind(["organization", "period"], has_roles=True) == "position"


@pytest.mark.parametrize(
    ("written", "inside"),
    [
        ("location", ""),
        ("technologies", ""),
        ("date", ""),
        ("video slides", ""),
        ("color", ""),
        ("color", "employer"),
        ("location", "talk"),
    ],
)
def test_fields_that_tell_no_kind(written: str, inside: str) -> None:
    rule = (
        "an entry needs one of the fields event, institution, publisher, issuer, period, organization, language; "
        "or say what it is, as in :kind: award"
    )
    with pytest.raises(ValueError, match=f"^{rule}$"):
        kinds.infer_kind(written.split(), inside=inside)


@pytest.mark.parametrize("kind", KINDS)
def test_name_of_a_kind_is_that_kind(kind: str) -> None:
    assert kinds.check_kind(kind) == kind


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("skill", '"skill" is not a kind of entry: did you mean "skills"?'),
        ("Skills", '"Skills" is not a kind of entry: did you mean "skills"?'),
        ("projekt", '"projekt" is not a kind of entry: did you mean "project"?'),
        ("tool", f'"tool" is not a kind of entry: known are {", ".join(KINDS)}'),
        ("jobb", '"jobb" is not a kind of entry: did you mean "position"?'),
        ("jobs", '"jobs" is not a kind of entry: did you mean "positions"?'),
    ],
)
def test_word_that_is_no_kind_is_refused(name: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        kinds.check_kind(name)


@pytest.mark.parametrize(
    ("name", "kind", "rule"),
    [
        ("perod", "position", 'a position: did you mean "period"?'),
        ("Period", "position", 'a position: did you mean "period"?'),
        ("organisation", "employer", 'an employer: did you mean "organization"?'),
        ("e-mail", "person", 'a person: did you mean "email"?'),
        ("technology", "position", 'a position: did you mean "technologies"?'),
        ("knd", "talk", 'a talk: did you mean "kind"?'),
        ("degree", "position", "a position: it belongs to education"),
        (
            "date",
            "position",
            "a position: it belongs to a talk, a publication, a certificate, an award, a patent, a letter",
        ),
        (
            "period",
            "award",
            "an award: it belongs to a position, a project, volunteering, education, a course, teaching, a certificate, a grant, a membership",
        ),
        (
            "color",
            "position",
            "a position: known are role, organization, period, location, technologies, kind, only; "
            "write anything else as text below the fields",
        ),
        ("color", "skills", "skills: known are kind, only; write anything else as text below the fields"),
        ("Adresse", "person", 'a person: did you mean "location"?'),
        (
            "graduated",
            "education",
            "education: known are institution, period, location, degree, area, specialization, score, courses, "
            "technologies, kind, only; write anything else as text below the fields",
        ),
        ("event", "summary", "a summary: it belongs to a talk"),
        ("from", "position", 'a position: write both dates into one, as in ":period: 2014-03 – 2016-04"'),
        ("startDate", "education", 'education: write both dates into one, as in ":period: 2014-03 – 2016-04"'),
        (
            "xing",
            "person",
            "a person: known are photo, headline, email, phone, website, location, timezone, kind, only; "
            "a profile is a link, <https://…>; write anything else as text below the fields",
        ),
    ],
)
def test_unknown_field_is_explained(name: str, kind: str, rule: str) -> None:
    assert str(kinds.unknown_field(name, kind)) == f'unknown field "{name}" in {rule}'


@pytest.mark.parametrize(
    ("name", "written", "expected"),
    [
        ("period", ["perod"], True),
        ("period", ["location", "Period"], True),
        ("period", ["location"], False),
        ("period", [], False),
    ],
)
def test_misspelt_name_resembles_the_name_of_a_field(name: str, written: list[str], *, expected: bool) -> None:
    assert kinds.resembles_any(name, written) is expected


def test_is_field() -> None:
    assert all(map(kinds.is_field, ["period", "doi", "kind", "only"]))
    assert not any(map(kinds.is_field, ["title", "show", "perod", ""]))
