"""Make an empty DOCX with the CV's styles and properties, put pictures into it as the PDF does, and save it."""

import datetime
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

import docx
from docutils import nodes
from docx.document import Document
from docx.image.image import Image
from docx.oxml.ns import nsdecls, nsmap, qn
from docx.oxml.parser import oxml_parser, parse_xml
from docx.oxml.shape import CT_Inline
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Emu, Length, Mm, Pt
from sphinx.config import Config

from cvtools import limits
from cvtools.config import CvConfig
from cvtools.model.entries import Entry
from cvtools.model.technologies import Technology
from cvtools.reading.characters import visible
from cvtools.writing import documents
from cvtools.writing.picture_metadata import without_metadata

#: Typefaces of word processors like those of the PDF, by family.
_FACES = {
    "pagella": "Palatino Linotype",
    "termes": "Times New Roman",
    "schola": "Century Schoolbook",
    "bonum": "Bookman Old Style",
    "heros": "Arial",
}
#: Sizes of fonts in ``styles.xml``, as multiples of the text's.
_SIZES = {"text": 1, "small": 0.9, "large": 1.15, "title": 2.4}
_STYLES = Path(__file__).with_name("styles.xml")
_PAPERS = {"a4": (Mm(210), Mm(297)), "letter": (Mm(215.9), Mm(279.4))}
#: Ends of the types of relationships to unneeded parts of python-docx's template.
_UNUSED = ("thumbnail", "stylesWithEffects", "customXml", "webSettings")
#: Greatest heights: of pictures in their natural size, of those with a size in the page, and of the person's photo.
_MAX_NATURAL, _MAX_SIZED, _MAX_PHOTO = Mm(100), Mm(230), Mm(65)
#: Width of the person's photo if the page sets none, and the greatest share of the line that a photo may take.
_PHOTO_WIDTH, _PHOTO_SHARE = Mm(30), 0.4
#: A picture at a side of the page, with text around it.
_ANCHOR = f"""
<wp:anchor {nsdecls("wp", "a", "pic", "r")} distT="0" distB="90000" distL="180000" distR="180000" simplePos="0"
  relativeHeight="1" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>
  <wp:positionH relativeFrom="margin"><wp:align>{{side}}</wp:align></wp:positionH>
  <wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>
  <wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapSquare wrapText="bothSides"/>
</wp:anchor>"""
_NAMES = {"w": nsmap["w"]}
_W = f"{{{nsmap['w']}}}"


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
    document.styles.element[:] = _styles(options, text_width(document))
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


def _styles(options: CvConfig, line: Length) -> BaseOxmlElement:
    """Return the styles of ``styles.xml``, completed by the options of ``conf.py``."""
    sizes = {name: round(2 * scale * options.font_size) for name, scale in _SIZES.items()}
    styles: BaseOxmlElement = parse_xml(
        _STYLES.read_text("utf-8").format(
            face=_FACES[options.font],
            accent=options.accent.upper(),
            language=options.language.replace("_", "-"),
            direction="<w:bidi/>" if options.i18n.locale.text_direction == "rtl" else "",
            line=line.twips,
            **sizes,
        )
    )
    return styles


class Pictures:
    """The pictures of a document."""

    def __init__(self, document: Document) -> None:
        self.part, self.line_width, self.count, self.bytes_read = document.part, text_width(document), 0, 0
        #: The id of the relationship, and the dimensions, of each picture.
        self.images: dict[Path, tuple[str, Image]] = {}

    def drawing(self, path: Path, node: nodes.image, indent: int, *, is_photo: bool) -> BaseOxmlElement:
        """Return the drawing of a picture: within the text, or, for the person's photo, beside the text.

        :param indent: the indentation of the line
        :raises Exception: whatever the readers of pictures raise
        """
        if path not in self.images:
            self.bytes_read += path.stat().st_size
            if self.bytes_read > limits.DOCX_PICTURES:
                raise ValueError(f"pictures may have at most {limits.DOCX_PICTURES // 1_000_000} MB: use smaller ones")
            self.images[path] = self.part.get_or_add_image(io.BytesIO(without_metadata(path.read_bytes())))
        relation, image = self.images[path]
        width, height = self._size(image, node, indent, is_photo=is_photo)
        self.count += 1
        inline = CT_Inline.new_pic_inline(self.count, relation, path.name, width, height)
        inline.docPr.set("descr", node.get("alt", ""))
        for side in "TBLR":
            inline.set(f"dist{side}", "0")
        if not is_photo:
            return element("drawing", inline)
        # The photo is where lines end, or, aligned to the left, where they begin.
        is_rtl = bool(self.part.styles.element.xpath(".//w:bidi"))
        side = "left" if (node.get("align") == "left") != is_rtl else "right"
        anchor = parse_xml(_ANCHOR.format(side=side))
        extent, *others = inline
        anchor.insert(3, extent)
        anchor.extend(others)
        return element("drawing", anchor)

    def _size(self, image: Image, node: nodes.image, indent: int, *, is_photo: bool) -> tuple[Emu, Emu]:
        """Return the width and the height of a picture."""
        scale, lengths = documents.size_of(node)
        width, height = (Pt(lengths[name]) if name in lengths else None for name in ("width", "height"))
        if is_photo:
            sides = image.scaled_dimensions(width or _PHOTO_WIDTH, None)
            return _fitted(*sides, 1, self.line_width * _PHOTO_SHARE, _MAX_PHOTO)
        if lengths:
            return _fitted(*image.scaled_dimensions(width, height), 1, self.line_width - indent, _MAX_SIZED)
        return _fitted(image.width, image.height, scale, self.line_width - indent, _MAX_NATURAL)


def _fitted(width: int, height: int, scale: float, most_width: float, most_height: float) -> tuple[Emu, Emu]:
    """Return a width and a height, scaled, but not beyond the greatest width and height."""
    factor = min(scale, most_width / width, most_height / height)
    return Emu(int(width * factor)), Emu(int(height * factor))


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
