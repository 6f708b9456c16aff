"""Record what a PDF is expected to contain, with source locations: a build writes it, and the checks read it."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cvtools.files import UNREADABLE, read_json, typed
from cvtools.project import latex_of


@dataclass(frozen=True)
class TextBlock:
    """A block of text on the page: a heading, a field, a paragraph."""

    #: "heading", "field" or "text"; "part" for text before or after a picture, a formula or the like in a paragraph;
    #: "footnote" or "cell" (of a table) for text that may be extracted out of order.
    kind: str
    #: The words as displayed.
    text: str
    #: Source file and line, as "docs/index.md:12".
    location: str


@dataclass
class ExpectedPdf:
    """Content that a PDF is expected to have, for the checks."""

    #: Blocks of text, in the order of the source.
    blocks: list[TextBlock] = field(default_factory=list)
    #: The text in the footer of each page, before the page number.
    footer: str = ""
    #: "cv", "book" or "letter"; empty if it is not known.
    form: str = ""
    #: Whether resume.json is embedded.
    attached: bool = False
    #: The largest allowed number of pages; 0 for no limit.
    max_pages: int = 0

    def write(self, path: Path) -> None:
        """Write the record to a file."""
        path.write_text(json.dumps(asdict(self)), "utf-8")

    @classmethod
    def read(cls, path: Path) -> "ExpectedPdf":
        """Read a record; raise ValueError if it is damaged, or written by another version of cvtools."""
        try:
            return cls.from_json(read_json(path))
        except UNREADABLE as error:
            raise ValueError(f"{path} cannot be read: build it again") from error

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "ExpectedPdf":
        """Return the record from its parsed JSON; raise TypeError if a field has another type."""
        blocks = [typed(TextBlock(**block), TextBlock("", "", "")) for block in data["blocks"]]
        return typed(cls(**data | {"blocks": blocks}), cls())


def expected_path(tex: Path) -> Path:
    """Return the path of a PDF's record, beside its LaTeX."""
    return tex.with_suffix(".expected.json")


def expected_of(pdf: Path) -> ExpectedPdf | None:
    """Return the record of a PDF in a project's ``dist``; None if no build by this version wrote one."""
    with suppress(ValueError):
        return ExpectedPdf.read(expected_path(latex_of(pdf)))
    return None
