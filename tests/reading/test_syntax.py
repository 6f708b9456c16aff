"""The types accept what docutils' manual spells, and refuse what only looks like it."""

from typing import cast

import pytest
from sphinx.environment import BuildEnvironment

from cvtools.reading import value_types as types
from cvtools.reading.syntax import DIRECTIVES
from cvtools.reading.value_types import Page

#: None of these types looks at its environment.
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
    assert types.condition(value, PAGE) is None


@pytest.mark.parametrize(
    ("one", "value"),
    [
        (types.length, "1px;position:fixed"),
        (types.length, "."),
        (types.length, "²px"),
        (types.percentage, "1e3"),
        (types.integer(0, 9), "10"),
        (types.integer(0, 9), "9\n"),
        (types.lines, "1-99999999999"),
        (types.pages, "*a*a*a*a"),
        (types.numbered, "{number:>9}"),
        (types.caption, "[a]: https://example.org"),
        (types.caption, "[]{.only-x} words"),
        (types.text, "\ud800"),
        (types.text, "\u202e"),
        (types.condition, "__import__('os')"),
        (types.identifier, 'a" onclick="x'),
    ],
)
def test_value_of_another_type_is_refused(one: types.ValueType, value: str) -> None:
    assert one(value, PAGE)
