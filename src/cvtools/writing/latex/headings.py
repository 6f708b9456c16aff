"""Headings, the heads of entries, and listings in LaTeX."""

from docutils import nodes

from cvtools.nodes import cv_field, cv_head
from cvtools.writing.latex.escape import escape, place_name
from cvtools.writing.latex.words import words_of
from cvtools.writing.latex.writer import Writer


class Headings(Writer):
    """Writes sections and entries."""

    def visit_section(self, node: nodes.section) -> None:
        self.level += 1
        if "lang" in node:
            self.languages.append(node["lang"])
            self.body.append(f"\n\\begin{{cvlanguage}}{{{node['lang']}}}\n")

    def depart_section(self, node: nodes.section) -> None:
        self.level -= 1
        if "lang" in node:
            self.languages.pop()
            self.body.append("\n\\end{cvlanguage}\n")

    def visit_title(self, node: nodes.title) -> None:
        """A section's heading, with the head of its entry."""
        section = node.parent
        if not isinstance(section, nodes.section):
            self.record(node)
            self.body.append("\\cvrubric{")
            return
        head = next((child for child in section if isinstance(child, cv_head)), None)
        self.record(node)
        for field in head.findall(cv_field) if head else ():
            self._store(field)
        kind = head["kind"] if head else ""
        anchors = [*section["ids"], *([""] if isinstance(section.parent, nodes.document) else [])]
        targets = "".join(f"\\cvtarget{{{place_name(self.docname, anchor)}}}" for anchor in anchors)
        outline = escape(words_of(node))
        self.body.append(f"\\cvheading{{{self.level}}}{{{kind}}}{{{outline}}}{{{targets}}}{{")

    def depart_title(self, node: nodes.title) -> None:
        self.body.append("}\n")

    def visit_cv_head(self, node: cv_head) -> None:
        section = node.parent
        if not isinstance(section, nodes.section) or node["kind"] == "unknown":
            for field in node.findall(cv_field):
                self.body.append(
                    f"\n\\cvpar \\textbf{{{escape(field['label'])}:}} {self.render(field.children)}\\cvendpar\n"
                )
        raise nodes.SkipNode

    def visit_cv_listitem(self, node: nodes.Element) -> None:
        for field in node.findall(cv_field):
            # A link that is called "Video" needs no label.
            field["label"] = ""
            self._store(field)
        self.body.append("\\cvlistingitem\n")
        raise nodes.SkipNode

    def _store(self, field: cv_field) -> None:
        """Hand a field to the class, which sets it when the heading comes."""
        self.record(field)
        if field["name"] == "technologies":
            content = "\\cvbetween ".join(f"\\cvtag{{{self.render([tag])}}}" for tag in field.children)
        else:
            content = self.render(field.children)
        self.body.append(f"\\cvfield{{{field['name']}}}{{{escape(field['label'])}}}{{{content}}}%\n")
