"""Make an empty DOCX with the CV's styles and properties, and save it; the same content gives the same bytes."""

import datetime
import io
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml.ns import nsdecls, nsmap, qn
from docx.oxml.parser import oxml_parser, parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Emu, Length, Mm, Pt, RGBColor
from sphinx.config import Config

from cvtools.config import CvConfig
from cvtools.model.entries import Entry
from cvtools.model.technologies import Technology
from cvtools.writing.characters import visible

#: Typefaces of word processors like those of the PDF, by family, and the typeface of titles.
_FACES = {
    "pagella": "Palatino Linotype",
    "termes": "Times New Roman",
    "schola": "Century Schoolbook",
    "bonum": "Bookman Old Style",
    "heros": "Arial",
}
_TITLES = "Arial"
_PAPERS = {"a4": (Mm(210), Mm(297)), "letter": (Mm(215.9), Mm(279.4))}
_GREY = RGBColor(0x4A, 0x4F, 0x55)
#: Ends of the types of relationships to unneeded parts of python-docx's template.
_UNUSED = ("thumbnail", "stylesWithEffects", "customXml", "webSettings")
#: Styles of the template that are kept; nine tenths of the template are others.
_STYLES = re.compile(
    r"Normal|DefaultParagraphFont|TableNormal|NoList|Title|Subtitle|Heading\d|List(Bullet|Number|Continue)\d?|Quote|"
    "Caption|Footer"
)
_NAMES = {"w": nsmap["w"]}
_W = f"{{{nsmap['w']}}}"
_TABLE = f"""
<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="CVTable">
  <w:name w:val="CV Table"/><w:basedOn w:val="TableNormal"/>
  <w:tblPr>
    <w:tblBorders>
      <w:top w:val="single" w:sz="6" w:space="0" w:color="555555"/>
      <w:bottom w:val="single" w:sz="6" w:space="0" w:color="555555"/>
      <w:insideH w:val="single" w:sz="2" w:space="0" w:color="BBBBBB"/>
    </w:tblBorders>
    <w:tblCellMar><w:top w:w="30" w:type="dxa"/><w:bottom w:w="30" w:type="dxa"/></w:tblCellMar>
  </w:tblPr>
  <w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:bCs/></w:rPr></w:tblStylePr>
</w:style>"""


def element(tag: str, *children: BaseOxmlElement, **attributes: object) -> BaseOxmlElement:
    """Return an element of WordprocessingML."""
    # docx.oxml.parser.OxmlElement does the same in ten times as long.
    names = {f"{_W}{name}": str(value) for name, value in attributes.items()}
    result: BaseOxmlElement = oxml_parser.makeelement(f"{_W}{tag}", names, nsmap=_NAMES)
    result.extend(children)
    return result


def text_run(text: str, *properties: BaseOxmlElement) -> BaseOxmlElement:
    words = element("t")
    words.text = text
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element("r", *([element("rPr", *properties)] if properties else []), words)


def text_width(document: Document) -> Length:
    section = document.sections[0]
    return Emu((section.page_width or 0) - (section.left_margin or 0) - (section.right_margin or 0))


def new_document(config: Config, person: Entry | None, technologies: Iterable[Technology]) -> Document:
    """Return a document without content, whose properties name the person and the technologies."""
    options, document = CvConfig.of(config), docx.Document()
    for rels in (document.part.package.rels, document.part.rels):
        for name in [name for name, rel in rels.items() if rel.reltype.endswith(_UNUSED)]:
            del rels[name]
    section = document.sections[0]
    section.page_width, section.page_height = _PAPERS[options.paper]
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin, section.footer_distance = Mm(16), Mm(19), Mm(9)
    _Styles(document, options).define()
    (mode,) = document.settings.element.xpath(".//w:compatSetting[@w:name='compatibilityMode']")
    # Lay out pages as Word 2013 and later do.
    mode.set(qn("w:val"), "15")
    properties = document.core_properties
    # Word takes no more than 255 characters.
    properties.author = properties.title = visible(person.title if person else config.html_title)[:255]
    properties.subject = visible((person and person.headline) or "")[:255]
    properties.keywords = visible(", ".join(technology.name for technology in technologies))[:255]
    properties.language, properties.comments = options.language.replace("_", "-"), ""
    # By default, the earliest date of ZIP archives, which is that of all files in this one.
    properties.created = properties.modified = datetime.datetime.fromisoformat(options.modified or "1980-01-01")
    footer = document.sections[0].footer.paragraphs[0]
    # python-docx has no method for the field with the number of the page.
    footer.add_run(f"{properties.title}\t").element.addnext(element("fldSimple", text_run("1"), instr="PAGE"))
    return document


class _Styles:
    """The styles of a document: the built-in ones of word processors, with the look of the PDF."""

    def __init__(self, document: Document, options: CvConfig) -> None:
        self.document, self.options, self.all = document, options, document.styles

    def define(self) -> None:
        """Define the look of the styles that the translator uses."""
        accent, right = RGBColor.from_string(self.options.accent.upper()), text_width(self.document)
        for style in self.all.element.xpath("w:style"):
            if not _STYLES.fullmatch(style.styleId):
                self.all.element.remove(style)
        self._set_defaults()
        self._paragraph("Normal", 1, 6, 2)
        title: dict[str, Any] = {"face": _TITLES, "bold": True, "color": accent}
        self._paragraph("Title", 2.4, after=2, **title).paragraph_format.keep_with_next = True
        self._paragraph("Subtitle", 1.15, after=2, italic=True)
        section = self._paragraph("Heading 1", 1.15, 14, 6, small_caps=True, **title)
        rule = element("bottom", val="single", sz=4, space=1, color=self.options.accent.upper())
        section.element.get_or_add_pPr().insert_element_before(element("pBdr", rule), "w:spacing", "w:outlineLvl")
        for level in range(2, 10):
            size, before = (1.15, 10) if level == 2 else (1, 6)
            self._paragraph(f"Heading {level}", size, before, bold=True, italic=level > 3)
        self._paragraph("Entry", after=1).paragraph_format.keep_with_next = True
        aside: dict[str, Any] = {"face": _TITLES, "color": _GREY}
        self._paragraph("Details", 0.9, after=1, **aside).paragraph_format.keep_with_next = True
        self._paragraph("Listing", 1, 6, bold=True).paragraph_format.keep_with_next = True
        self._paragraph("Contact", 0.9, after=6, **aside)
        # In the colour of links, since some facts are links
        self._paragraph("Facts", 1, 3, 3, color=accent)
        for kind in ("Bullet", "Number", "Continue"):
            for depth in ("", " 2", " 3"):
                self._paragraph(f"List {kind}{depth}", after=2)
        self._paragraph("Quote", after=4, italic=True).paragraph_format.left_indent = Mm(6)
        self._paragraph("Caption", 0.9, after=4, italic=True)
        self._paragraph("Table Text", 0.9)
        self._paragraph("Footnote Text", 0.9)
        self._paragraph("Code Block", 0.9, after=4, face="Courier New").paragraph_format.left_indent = Mm(4)
        footer = self._paragraph("Footer", 0.9, **aside).paragraph_format
        footer.tab_stops.clear_all()
        footer.tab_stops.add_tab_stop(right, WD_TAB_ALIGNMENT.RIGHT)
        self._style("Hyperlink").font.color.rgb = accent
        _set_face(self._style("Code"), "Courier New")
        self.all.element.append(parse_xml(_TABLE))

    def _set_defaults(self) -> None:
        """Set the language, the typeface and the direction of all styles."""
        (run,) = self.all.element.xpath("w:docDefaults/w:rPrDefault/w:rPr")
        language = self.options.language.replace("_", "-")
        run.find(qn("w:lang")).attrib.update({qn(f"w:{name}"): language for name in ("val", "eastAsia", "bidi")})
        if self.options.i18n.locale.text_direction == "rtl":
            self.all.element.xpath("w:docDefaults/w:pPrDefault/w:pPr")[0].insert(0, element("bidi"))
        for spacing in self.all.element.xpath("w:docDefaults/w:pPrDefault/w:pPr/w:spacing"):
            spacing.attrib.clear()
            spacing.attrib.update({qn("w:line"): "264", qn("w:lineRule"): "auto"})

    def _paragraph(self, name: str, scale: float = 1, before: float = 0, after: float = 0, **font: Any) -> Any:
        """Return a style of paragraphs, defined anew.

        :param scale: the size of the font, as a multiple of the text's
        :param before: the space above a paragraph in points; `after` is the space below
        """
        style = self._style(name, WD_STYLE_TYPE.PARAGRAPH)
        for part in style.element.xpath("w:link | w:rPr | w:pPr/w:pBdr | w:pPr/w:contextualSpacing"):
            part.getparent().remove(part)
        style.font.size = Pt(round(2 * scale * self.options.font_size) / 2)
        _set_face(style, font.pop("face", _FACES[self.options.font]))
        style.font.color.rgb = font.pop("color", None)
        for attribute, value in font.items():
            setattr(style.font, attribute, value or None)
        # Complex scripts, such as Arabic, have properties of their own.
        for part in style.element.xpath("w:rPr/w:b | w:rPr/w:i | w:rPr/w:sz"):
            twin = element(f"{part.tag.partition('}')[2]}Cs")
            twin.attrib.update(part.attrib)
            part.addnext(twin)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        return style

    def _style(self, name: str, kind: WD_STYLE_TYPE = WD_STYLE_TYPE.CHARACTER) -> Any:
        """Return a style, which is added if the template does not have it."""
        is_builtin = name in {"Hyperlink", "Footnote Text"}
        return self.all[name] if name in self.all else self.all.add_style(name, kind, builtin=is_builtin)


def _set_face(style: Any, face: str) -> None:
    style.font.name = face
    style.element.rPr.rFonts.set(qn("w:cs"), face)


def save(document: Document, path: Path) -> None:
    """Write a document; its bytes do not depend on the time and the machine."""
    package = io.BytesIO()
    # The format demands that the section's properties come last.
    document.element.body.append(document.element.body.sectPr)
    document.save(package)
    with zipfile.ZipFile(package) as parts, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in parts.namelist():
            # ZipInfo has a fixed date, 1980-01-01.
            out.writestr(zipfile.ZipInfo(name), parts.read(name), zipfile.ZIP_DEFLATED)
