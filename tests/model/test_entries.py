"""The kinds of entry, and what is said of fields that they do not have."""

import dataclasses
import re

import pytest

from cvtools.model import entries as model
from cvtools.model.entries import KINDS, Languages, Origin

ORIGIN = Origin("index", "a", 1)

#: What each kind may have, in the order in which it is shown; "!" marks what it must have.
FIELDS = {
    "person": "headline email phone website location timezone github gitlab linkedin mastodon orcid",
    "employer": "organization! location technologies",
    "position": "organization period! location technologies",
    "education": "institution! period! location degree area specialization score technologies",
    "talk": "event! date! place video slides page language",
    "translation": "language! video slides page",
    "publication": "publisher! date! authors page",
    "certificate": "issuer! date period page",
    "award": "issuer! date page",
    "summary": "",
    "skills": "",
    "languages": "",
    "interests": "",
}


@pytest.mark.parametrize("kind", KINDS)
def test_fields(kind: str) -> None:
    specs = model.fields_of(kind)
    assert [name + "!" * spec.metadata["required"] for name, spec in specs.items()] == FIELDS[kind].split()


def test_entries_cannot_change() -> None:
    entry = Languages(title="Languages", origin=ORIGIN)
    with pytest.raises(dataclasses.FrozenInstanceError):
        entry.title = "Skills"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("written", "inside", "kind"),
    [
        ("event date", "", "talk"),
        ("event", "", "talk"),
        ("event period organization", "", "talk"),
        ("institution period", "", "education"),
        ("publisher date", "", "publication"),
        ("issuer date", "", "certificate"),
        ("issuer period", "", "certificate"),
        ("organization period", "", "position"),
        ("period", "", "position"),
        ("organization", "", "employer"),
        ("organization location technologies", "", "employer"),
        ("language", "", "translation"),
        ("language video", "talk", "translation"),
        ("period", "education", "position"),
        # A misspelling tells, too.
        ("evnt date", "", "talk"),
        ("institutoin", "", "education"),
        ("perod location", "", "position"),
        ("organisation", "", "employer"),
        ("Period", "", "position"),
        ("langauge", "", "translation"),
        # In a workplace, all that a position may have makes a role.
        ("period", "employer", "position"),
        ("technologies", "employer", "position"),
        ("location", "position", "position"),
        ("organization", "position", "position"),
        ("period color", "employer", "position"),
        ("period only", "employer", "position"),
        ("language", "employer", "translation"),
        ("institution period", "employer", "education"),
    ],
)
def test_fields_tell_the_kind(written: str, inside: str, kind: str) -> None:
    assert model.infer_kind(written.split(), inside=inside) == kind


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
        "or say what it is, as in :kind: skills"
    )
    with pytest.raises(ValueError, match=f"^{rule}$"):
        model.infer_kind(written.split(), inside=inside)


@pytest.mark.parametrize("kind", KINDS)
def test_kind_by_name(kind: str) -> None:
    assert model.check_kind(kind) == kind


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("skill", '"skill" is not a kind of entry: did you mean "skills"?'),
        ("Skills", '"Skills" is not a kind of entry: did you mean "skills"?'),
        ("job", f'"job" is not a kind of entry: known are {", ".join(KINDS)}'),
    ],
)
def test_no_kind(name: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        model.check_kind(name)


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("perod", "position", 'unknown field "perod" in a position: did you mean "period"?'),
        ("Period", "position", 'unknown field "Period" in a position: did you mean "period"?'),
        (
            "organisation",
            "employer",
            'unknown field "organisation" in an employer: did you mean "organization"?',
        ),
        ("e-mail", "person", 'unknown field "e-mail" in a person: did you mean "email"?'),
        ("technology", "position", 'unknown field "technology" in a position: did you mean "technologies"?'),
        ("knd", "talk", 'unknown field "knd" in a talk: did you mean "kind"?'),
        ("degree", "position", 'unknown field "degree" in a position: it belongs to education'),
        (
            "date",
            "position",
            'unknown field "date" in a position: it belongs to a talk, a publication, a certificate or an award',
        ),
        (
            "period",
            "award",
            'unknown field "period" in an award: it belongs to a position, education or a certificate',
        ),
        (
            "color",
            "position",
            'unknown field "color" in a position: known are organization, period, location, technologies, kind, only',
        ),
        ("color", "skills", 'unknown field "color" in skills: known are kind, only'),
        ("event", "summary", 'unknown field "event" in a summary: it belongs to a talk'),
    ],
)
def test_unknown_field(name: str, kind: str, message: str) -> None:
    assert str(model.unknown_field(name, kind)) == message


@pytest.mark.parametrize(
    ("name", "written", "expected"),
    [
        ("period", ["perod"], True),
        ("period", ["location", "Period"], True),
        ("period", ["location"], False),
        ("period", [], False),
    ],
)
def test_a_misspelling_is_meant(name: str, written: list[str], *, expected: bool) -> None:
    assert model.is_meant(name, written) is expected


def test_is_known() -> None:
    assert all(map(model.is_known, ["period", "orcid", "kind", "only"]))
    assert not any(map(model.is_known, ["title", "show", "perod", ""]))


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("Polish: native", ("Polish", "native")),
        ("Polish – native", ("Polish", "native")),
        ("Polish — native", ("Polish", "native")),
        ("English: fluent: C2", ("English", "fluent: C2")),
        ("Esperanto", ("Esperanto", "")),
        ("Serbo-Croatian: basic", ("Serbo-Croatian", "basic")),
    ],
)
def test_fluency(item: str, expected: tuple[str, str]) -> None:
    assert Languages(title="Languages", origin=ORIGIN, highlights=(item,)).fluencies() == (expected,)
