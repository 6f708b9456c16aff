"""Build ``cv.docx`` from the root page."""

from collections.abc import Set
from pathlib import Path
from typing import ClassVar

from cvtools.files import replacing
from cvtools.reading.domain import CvDomain
from cvtools.writing.documents import DocumentBuilder


class CvDocxBuilder(DocumentBuilder):
    """Builder of ``cv.docx``, which shows what ``cv.pdf`` shows."""

    name = "cvdocx"
    # The DOCX shows the fields that the PDF shows: people hand over both.
    format = "pdf"
    epilog = "The CV as DOCX is in %(outdir)s."
    supported_image_types: ClassVar = ["image/png", "image/jpeg"]

    def write_documents(self, docnames: Set[str]) -> None:
        # python-docx takes long to import, and other builders do without.
        from cvtools.writing.docx.document import new_document, save
        from cvtools.writing.docx.translator import DocxTranslator

        doctree = self.resolved(self.config.root_doc)
        self.post_process_images(doctree)
        domain = CvDomain.of(self.env)
        document = new_document(self.config, domain.for_output("pdf").person, domain.technologies("pdf"))
        doctree.walkabout(DocxTranslator(doctree, self, document))
        with replacing(Path(self.outdir, f"{self.config.cv_file}.docx")) as temporary:
            save(document, temporary)
