"""List the tokens, directives, roles and attributes that pages may use, with the validators of their values.

``conf.py`` may allow more (``cv_allow``).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cvtools.reading.linked_files import bibliography, picture
from cvtools.reading.validators import (
    Validator,
    address,
    caption,
    choice,
    classes,
    condition,
    filled,
    flag,
    identifier,
    index_entry,
    integer,
    length,
    lexer,
    lines,
    optional,
    pages,
    percentage,
    plain,
    refuse_mark,
    text,
    toctree,
    unmarked,
    widths,
)

#: Types of tokens, without "_open" and "_close". HTML and substitutions have methods in ``token_safety.py``.
TOKENS = frozenset(
    """
    alert alert_title amsmath blockquote bullet_list code_block code_inline colon_fence dd dl dt em fence field_list
    fieldlist_body fieldlist_name footnote_anchor footnote_block footnote_ref footnote_reference front_matter
    hardbreak heading hr image inline link list_item math_block math_block_label math_inline math_inline_double
    math_single myst_block_break myst_line_comment myst_role myst_target ordered_list paragraph s section_ref softbreak
    span strong table tbody td text th thead tr
    """.split()
)


@dataclass(frozen=True)
class Directive:
    """A directive that a page may use."""

    options: Mapping[str, Validator]
    argument: Validator = text
    #: Markdown is checked when it is parsed in turn.
    content: Validator = text
    #: How often a page may use it, 0 for any number; listings are long.
    max_uses: int = 0


_NAMED: Mapping[str, Validator] = {"class": classes, "name": identifier}
_ALIGN = choice("left", "center", "right", "top", "middle", "bottom")
_ADMONITION = Directive({**_NAMED, "collapsible": choice("", "open", "closed")})
_PLAIN = Directive({})
_PICTURE: Mapping[str, Validator] = {
    **_NAMED,
    "alt": plain,
    "height": length,
    "width": length,
    "scale": percentage,
    "align": _ALIGN,
    "target": address,
    "loading": choice("link", "lazy"),
}
_TABLE: Mapping[str, Validator] = {**_NAMED, "align": _ALIGN, "width": length, "widths": widths}
_FIGURE = {**_PICTURE, "figwidth": length, "figclass": classes, "figname": identifier}

#: Directives by their names.
DIRECTIVES: Mapping[str, Directive] = (
    dict.fromkeys("attention caution danger error hint important note seealso tip warning".split(), _ADMONITION)
    | dict.fromkeys("epigraph highlights pull-quote versionadded versionchanged".split(), _PLAIN)
    | {
        "admonition": _ADMONITION,
        "code": Directive({**_NAMED, "force": flag, "number-lines": optional(integer(0, 9999))}, argument=lexer),
        "code-block": Directive(
            {
                **_NAMED,
                "force": flag,
                "linenos": flag,
                "dedent": optional(integer(0, 99)),
                "lineno-start": integer(0, 9999),
                "emphasize-lines": lines,
                "caption": caption,
            },
            argument=lexer,
        ),
        "contents": Directive(
            {"depth": integer(1, 6), "local": flag, "backlinks": choice("none", "entry", "top"), "class": classes},
            max_uses=1,
        ),
        "facts": Directive({}, max_uses=1),
        "figure": Directive(_FIGURE, argument=picture),
        "glossary": Directive({"sorted": flag}, content=unmarked),
        "image": Directive(_PICTURE, argument=picture),
        "index": Directive({"name": identifier}, argument=index_entry),
        "line-block": Directive(_NAMED, content=filled),
        "list-table": Directive(
            {**_TABLE, "header-rows": integer(0, 9), "stub-columns": integer(0, 9)}, content=unmarked
        ),
        # Formulas are checked as nodes.
        "math": Directive({**_NAMED, "label": identifier, "no-wrap": flag, "nowrap": flag}),
        "only": Directive({}, argument=condition),
        "publications": Directive(
            {"keys": text, "type": text, "year": text, "style": choice("full", "numbered", "compact")},
            argument=bibliography,
            max_uses=10,
        ),
        "rubric": Directive({**_NAMED, "heading-level": integer(1, 6)}),
        "sidebar": Directive({**_NAMED, "subtitle": text}),
        "table": Directive(_TABLE),
        "talks": Directive({"pages": pages}, max_uses=1),
        "technologies": Directive(
            {"count": integer(1, 999), "sort": choice("time", "recent", "name"), "flat": flag},
            content=plain,
            max_uses=4,
        ),
        "timeline": Directive({}, max_uses=1),
        "toctree": Directive(
            {
                **_NAMED,
                "maxdepth": integer(-1, 9),
                "caption": plain,
                "glob": flag,
                "hidden": flag,
                "includehidden": flag,
                "numbered": optional(integer(0, 9)),
                "titlesonly": flag,
                "reversed": flag,
            },
            content=toctree,
            max_uses=20,
        ),
        "topic": Directive(_NAMED),
    }
)

#: Validators of roles' content, by role.
ROLES: Mapping[str, Validator] = {
    **dict.fromkeys("abbr command dfn doc emphasis eq file kbd literal math program ref samp strong".split(), plain),
    **dict.fromkeys("sub subscript sup superscript tech term title-reference".split(), plain),
}

#: Validators of attributes that the author or Markdown itself gives, by name. Addresses and files have their own.
ATTRIBUTES: Mapping[str, Validator] = {
    **dict.fromkeys(("a", "align"), choice("left", "center", "right")),
    **dict.fromkeys(("alt", "title"), plain),
    "attribution": text,
    **dict.fromkeys(("h", "height", "w", "width"), length),
    **dict.fromkeys(("l", "language", "lexer"), lexer),
    "class": classes,
    "emphasize-lines": lines,
    "id": identifier,
    "lineno-start": integer(0, 9999),
    "only": refuse_mark,
    "start": integer(0, 9999),
}
