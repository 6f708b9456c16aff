"""Put pictures into a DOCX, in the size, place and rotation that they have in the PDF."""

import io
from pathlib import Path
from warnings import catch_warnings

from docutils import nodes
from docx.document import Document
from docx.image.image import Image
from docx.oxml.ns import nsdecls
from docx.oxml.parser import parse_xml
from docx.oxml.shape import CT_Inline
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Emu, Mm, Pt

from cvtools import limits
from cvtools.writing import documents
from cvtools.writing.docx.document import element, text_width
from cvtools.writing.picture_metadata import without_metadata

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
            self.images[path] = self.part.get_or_add_image(self._file(path))
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
        size, *others = inline
        anchor.insert(3, size)
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

    def _file(self, path: Path) -> io.BytesIO:
        """Return a picture's content, rotated as browsers do; raise ValueError if all pictures are too large in sum."""
        self.bytes_read += path.stat().st_size
        if self.bytes_read > limits.DOCX_PICTURES:
            raise ValueError(f"pictures may have at most {limits.DOCX_PICTURES // 1_000_000} MB: use smaller ones")
        if not (angle := documents.angle(path)):
            return io.BytesIO(without_metadata(path.read_bytes()))
        # Word processors ignore the orientation in Exif data.
        from PIL import Image as PillowImage

        rotated = io.BytesIO()
        with catch_warnings(action="ignore"), PillowImage.open(path, formats=["JPEG"]) as picture:
            picture.draft(None, (2000, 2000))
            picture.rotate(angle, expand=True).save(rotated, "JPEG", quality=92)
        # Pillow copies some of the metadata.
        return io.BytesIO(without_metadata(rotated.getvalue()))


def _fitted(width: int, height: int, scale: float, most_width: float, most_height: float) -> tuple[Emu, Emu]:
    """Return a width and a height, scaled, but not beyond the greatest width and height."""
    factor = min(scale, most_width / width, most_height / height)
    return Emu(int(width * factor)), Emu(int(height * factor))
