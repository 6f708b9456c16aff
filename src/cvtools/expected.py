"""Record of what a PDF should say and where its source is, which the build writes and the checks read."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class TextBlock:
    """A block of text on the page: a heading, a field, a paragraph."""

    #: "heading", "field", "text"; "part" for the words of a text around a picture, a formula or the like; "note" for
    #: what is not read in line: footnotes and the cells of tables.
    kind: str
    #: The words as displayed.
    text: str
    #: Source file and line, as "docs/index.md:12".
    location: str


@dataclass
class ExpectedPdf:
    """The expected content and form of a PDF."""

    #: Its blocks, in the order of the source.
    blocks: list[TextBlock] = field(default_factory=list)
    #: What stands at the foot of each page, before its number.
    footer: str = ""
    #: "cv"; "book", whose lines may break within words; empty where it is not known.
    form: str = ""
    #: Whether the CV is embedded as data.
    attached: bool = False
    #: How many pages it may have; 0 for any number.
    max_pages: int = 0

    def write(self, path: Path) -> None:
        """Write the record to a file."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), "utf-8")

    @classmethod
    def read(cls, path: Path) -> "ExpectedPdf":
        """Return the record in a file.

        :raises ValueError: it is of another version
        """
        try:
            return cls.of(json.loads(path.read_text("utf-8")))
        except (LookupError, TypeError, ValueError) as error:
            raise ValueError(f"{path} cannot be read: build it anew") from error

    @classmethod
    def of(cls, data: dict[str, Any]) -> "ExpectedPdf":
        """Return a record from its form as JSON."""
        return cls(**data | {"blocks": [TextBlock(**block) for block in data["blocks"]]})


def expected_path(tex: Path) -> Path:
    """Return the path of a PDF's record, beside its LaTeX."""
    return tex.with_suffix(".expected.json")


def expected_of(pdf: Path) -> ExpectedPdf | None:
    """Return the record of a PDF in a project's ``dist``; None for any other PDF."""
    path = expected_path(pdf.resolve().parent.parent / "build" / "latex" / pdf.name)
    return ExpectedPdf.read(path) if path.exists() else None
