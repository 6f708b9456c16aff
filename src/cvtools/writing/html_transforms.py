"""Change doctrees for HTML alone: long words in tables, pictures that are PDF files, links to talks' translations."""

from collections.abc import Sequence
from itertools import pairwise

from babel import Locale
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from cvtools.config import CvConfig
from cvtools.nodes import cv_field, cv_fields
from cvtools.sphinx_warnings import Code, warn

#: Length of a word, in characters, from which a line may break anywhere in it.
_LONG_WORD = 24


class AdaptToHtml(SphinxPostTransform):
    """Change what browsers would show otherwise than documents do."""

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
        heads = [head for head in self.document.findall(cv_fields) if head["kind"] in {"talk", "translation"}]
        starts = [number for number, head in enumerate(heads) if head["kind"] == "talk" or not number]
        for start, end in pairwise([*starts, len(heads)]):
            if end - start > 1:
                self._link_languages(heads[start:end])

    def _mark_long_words(self, table: nodes.table) -> None:
        """Mark addresses and code with long words, so that the style sheet lets them break anywhere."""
        for node in table.findall(nodes.TextElement):
            is_code_or_link = isinstance(node, nodes.reference | nodes.literal)
            if is_code_or_link and any(len(word) > _LONG_WORD for word in node.astext().split()):
                node["classes"].append("cv-long")

    def _link_languages(self, heads: Sequence[cv_fields]) -> None:
        """Link a talk and its translations, which have these heads, to each other, after the language of each."""
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
        """Return the field with the language of a talk or translation, which is added if there is none."""
        found = [field for field in head.findall(cv_field) if field["name"] == "language"]
        if not found:
            i18n = CvConfig.of(self.config).i18n
            name = i18n.language_name(self.config.language.replace("_", "-"))
            found = [cv_field(name, name, name="language", label=i18n.label("language"))]
            head += found
        return found[0]
