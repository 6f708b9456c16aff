"""Validators of options accept what docutils' manual allows, and refuse what only looks like it."""

from typing import cast

import pytest
from sphinx.environment import BuildEnvironment

from cvtools.reading import validators
from cvtools.reading.allowlist import DIRECTIVES
from cvtools.reading.validators import Page

#: None of these validators uses the environment.
PAGE = Page(cast(BuildEnvironment, None))


@pytest.mark.parametrize(
    ("directive", "option", "value"),
    [
        ("image", "scale", "50%"),
        ("image", "scale", "50 %"),
        ("image", "scale", "50"),
        ("image", "width", ".5in"),
        ("image", "width", "80vw"),
        ("image", "width", "33.33333%"),
        ("image", "height", "120 px"),
        ("image", "align", "Center"),
        ("image", "target", "https://example.org/a?b=c"),
        ("image", "loading", "lazy"),
        ("figure", "figwidth", "40%"),
        ("figure", "name", "what's/new"),
        ("code-block", "emphasize-lines", "1, 3-5"),
        ("code-block", "lineno-start", "10"),
        ("code-block", "caption", 'A "title" of [code](https://example.org)'),
        ("code", "number-lines", ""),
        ("list-table", "widths", "30 70"),
        ("list-table", "widths", "auto"),
        ("list-table", "header-rows", "1"),
        ("toctree", "maxdepth", "-1"),
        ("toctree", "caption", "Żółć"),
        ("talks", "pages", "/lectures/**"),
        ("rubric", "heading-level", "2"),
        ("note", "collapsible", ""),
    ],
)
def test_option_is_allowed(directive: str, option: str, value: str) -> None:
    assert DIRECTIVES[directive].options[option](value, PAGE) is None


@pytest.mark.parametrize("value", ["html", "latex or html", "html or (text and not pdf)"])
def test_condition_is_allowed(value: str) -> None:
    assert validators.condition(value, PAGE) is None


INVALID: dict[validators.Validator, list[str]] = {
    validators.length: ["1px;position:fixed", ".", "²px"],
    validators.percentage: ["1e3"],
    validators.integer(0, 9): ["10", "9\n"],
    validators.lines: ["1-99999999999"],
    validators.pages: ["*a*a*a*a"],
    validators.caption: ["[a]: https://example.org", "[]{.only-x} words"],
    validators.text: ["\ud800", "\u202e"],
    validators.condition: ["__import__('os')", "html and", "html pdf", "html and True"],
    validators.identifier: ['a" onclick="x'],
}


@pytest.mark.parametrize(("check", "value"), [(check, value) for check, values in INVALID.items() for value in values])
def test_invalid_value_is_refused(check: validators.Validator, value: str) -> None:
    assert check(value, PAGE)


def test_class_of_another_word_is_no_mark() -> None:
    fault = validators.classes("read-only only-full", PAGE)
    assert fault
    assert (fault.what, fault.remedy[:9]) == ('the class "read-only"', "delete it")
    fault = validators.classes("only_full", PAGE)
    assert fault
    assert fault.remedy.startswith("write .only-NAME")
