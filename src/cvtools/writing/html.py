"""Write this package's nodes, formulas and text as HTML, and prepare pages for browsers."""

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from babel import Locale
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from cvtools.config import CvConfig
from cvtools.nodes import ancestors, cv_field, cv_fields, cv_listing, cv_listitem, cv_tag, language_of
from cvtools.sphinx_warnings import Code, warn
from cvtools.writing.typography import COMPOUND, bind, bind_dots_and_letters

#: Nodes with short lines, in which only dots and words of one letter are kept on a line with another word.
_SHORT = (cv_field, nodes.table)
#: Replacements for macros and environments that docutils' converter does not know.
_REPLACEMENTS = {r"\dots": r"\ldots", r"\iff": r"\;\Longleftrightarrow\;", "{gathered}": "{matrix}"}
_REPLACEMENTS |= {rf"\{size}": rf"\{size}l" for size in ("big", "Big", "bigg", "Bigg")}
_UNKNOWN = re.compile(r"\\(?:dots|iff|[bB]igg?)(?![A-Za-z])|\{gathered\}")
#: Length of a word, in characters, from which a line may break anywhere in it.
_LONG_WORD = 24
_Visitors = tuple[Callable[[HTML5Translator, Any], None], Callable[[HTML5Translator, Any], None]]


class AdaptToHtml(SphinxPostTransform):
    """Post-transform that marks long words, replaces PDF pictures by their text, and links translations of talks."""

    # After WithholdFields (2)
    default_priority = 12
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        for table in self.document.findall(nodes.table):
            self._mark_long_words(table)
        for image in list(self.document.findall(nodes.image)):
            if image["uri"].lower().endswith(".pdf"):
                warn(image, Code.GUARD, f"browsers cannot show {image['uri']}: use PNG or JPEG")
                inline = isinstance(image.parent, nodes.TextElement)
                image.replace_self((nodes.inline if inline else nodes.paragraph)("", image.get("alt", "")))
        # A talk's translations follow it.
        versions: list[list[cv_fields]] = []
        for head in self.document.findall(cv_fields):
            if head["kind"] == "translation" and versions:
                versions[-1].append(head)
            elif head["kind"] in {"talk", "translation"}:
                versions.append([head])
        for heads in versions:
            if len(heads) > 1:
                self._link_languages(heads)

    def _mark_long_words(self, table: nodes.table) -> None:
        """Mark addresses and code with long words, so that the style sheet lets them break anywhere."""
        for node in table.findall(nodes.TextElement):
            is_code_or_link = isinstance(node, nodes.reference | nodes.literal)
            if is_code_or_link and any(len(word) > _LONG_WORD for word in node.astext().split()):
                node["classes"].append("cv-long")

    def _link_languages(self, heads: Sequence[cv_fields]) -> None:
        """Add links between a talk and its translations to the "language" fields of their heads."""
        fields = [self._language_field(head) for head in heads]
        tags = [head.parent.get("lang", "") for head in heads]
        # The name of each language in that language, if Babel knows it
        native = [Locale.parse(tag, sep="-").get_display_name() if tag else "" for tag in tags]
        names = [name.capitalize() if name else field.astext() for name, field in zip(native, fields, strict=True)]
        for here, field in zip(heads, fields, strict=True):
            for there, tag, name in zip(heads, tags, names, strict=True):
                if there is not here:
                    classes = [f"language-{tag}"] if tag else []
                    link = nodes.reference("", name, refid=there.parent["ids"][0], internal=True, classes=classes)
                    field += [nodes.Text(" · "), link]

    def _language_field(self, head: cv_fields) -> cv_field:
        """Return the field with the language of a talk or translation; add it if there is none."""
        field = next((field for field in head.findall(cv_field) if field["name"] == "language"), None)
        if field is None:
            i18n = CvConfig.of(self.config).i18n
            name = i18n.language_name(self.config.language.replace("_", "-"))
            field = cv_field(name, name, name="language", label=i18n.label("language"))
            head.append(field)
        return field


def visit_fields(self: HTML5Translator, node: cv_fields) -> None:
    """Open a description list. Each field has a label; the style sheet hides labels that are not needed."""
    self.body.append(f'<dl class="simple cv-head cv-head-{node["kind"]}">\n')


def visit_field(self: HTML5Translator, node: cv_field) -> None:
    name = node["name"]
    if not isinstance(node.parent, cv_fields):
        self.body.append(f'<span class="cv-{name}">')
    else:
        classes = " ".join(dict.fromkeys((f"cv-{name}", f"cv-{node.slot}")))
        self.body.append(f'<div class="{classes}"><dt>{escape(node["label"])}</dt> <dd>')
    # A date in free words has no start.
    if name == "date" and "start" in node:
        self.body.append(f'<time datetime="{node["start"]}">')
    elif name == "technologies":
        self.body.append("<ul>")
    elif name in {"website", "profile"}:
        # By rel="me", networks verify that the site and the profile are of one person.
        for link in node.findall(nodes.reference):
            link["rel"] = "me"


def depart_field(self: HTML5Translator, node: cv_field) -> None:
    if node["name"] == "date" and "start" in node:
        self.body.append("</time>")
    elif node["name"] == "technologies":
        self.body.append("</ul>")
    # Fields of a publication in a list are parts of a sentence, which has its own spaces.
    space = "\n" if isinstance(node.parent, cv_listitem) else ""
    self.body.append("</dd></div>\n" if isinstance(node.parent, cv_fields) else f"</span>{space}")


def _writes(html: str) -> Callable[[HTML5Translator, nodes.Element], None]:
    """Return a visitor that writes HTML."""
    return lambda self, node: self.body.append(html)


#: The functions that open and close each node.
VISITORS: Mapping[type[nodes.Element], _Visitors] = {
    cv_fields: (visit_fields, _writes("</dl>\n")),
    cv_field: (visit_field, depart_field),
    cv_tag: (_writes("<li>"), _writes("</li>\n")),
    cv_listing: (_writes('<ul class="cv-listing">\n'), _writes("</ul>\n")),
    cv_listitem: (_writes("<li>\n"), _writes("</li>\n")),
}


def visit_math(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(_math(node.astext(), node))
    raise nodes.SkipNode


def visit_math_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a displayed formula, with its number if it has one."""
    from cvtools.reading.formulas import display

    self.body.append(self.starttag(node, "div", CLASS="math"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, _("Link to this equation"))
        self.body.append("</span>")
    self.body.append(_math(display(node.astext().strip()), node, as_block=True))
    self.body.append("</div>\n")
    raise nodes.SkipNode


def _math(source: str, node: nodes.Element, *, as_block: bool = False) -> str:
    """Return a formula as MathML, which needs no script; if docutils cannot convert it, as code, with a warning."""
    # Few CVs have formulas.
    from docutils.utils.math.latex2mathml import tex2mathml

    escaped = escape(node.astext().strip())
    # Drop what follows "\\" for TeX alone: a height such as [1ex], and the star that forbids a page break.
    source = re.sub(r"(\\\\)(?:\s*\*?\s*\[[^]]*\]|\*)", r"\1", source)
    try:
        converted: str = tex2mathml(_UNKNOWN.sub(lambda match: _REPLACEMENTS[match[0]], source), as_block=as_block)
    except Exception:  # noqa: BLE001 - the converter breaks on some of what it does not know
        warn(node, Code.FORMULA, f'the page shows the formula "{node.astext()[:40]}" as written: use other macros')
        return f"<code>{escaped}</code>"
    return converted.replace("<math ", f'<math alttext="{escaped}" ', 1)


class BoundText(HTML5Translator):
    """Mixin that binds words on a line as the PDF does; in fields and tables, only dots and words of one letter."""

    def visit_Text(self, node: nodes.Text) -> None:
        if self.protect_literal_text or isinstance(node.parent, nodes.FixedTextElement):
            super().visit_Text(node)
            return
        is_short = any(isinstance(around, _SHORT) for around in ancestors(node))
        language = language_of(node, self.config.language)
        text = nodes.Text((bind_dots_and_letters if is_short else bind)(node.astext(), language))
        text.parent = node.parent
        start = len(self.body)
        super().visit_Text(text)
        # Sphinx writes a title outside a section for the page's head and for links to the page, which take plain text.
        is_plain = isinstance(node.parent, nodes.title) and not isinstance(node.parent.parent, nodes.section)
        if not is_short and not is_plain:
            self.body[start:] = [COMPOUND.sub(r'<span class="pre">\g<0></span>', part) for part in self.body[start:]]


def bind_text(app: Sphinx) -> None:
    """Add `BoundText` to the builder's translator, before the theme derives its own translator."""
    if app.builder.format == "html" and hasattr(app.builder, "default_translator_class"):
        base = app.registry.get_translator_class(app.builder)
        app.set_translator(app.builder.name, type("CvTranslator", (BoundText, base), {}), override=True)
