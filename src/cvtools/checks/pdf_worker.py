"""Answer questions about PDFs: the code of the sandboxed process that :mod:`cvtools.checks.pdf_process` starts."""

import gc
import io
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pikepdf
from pypdfium2 import PdfDocument, PdfiumError

from cvtools import limits
from cvtools.checks.pdf import check, check_memory
from cvtools.expected_pdf import ExpectedPdf

with suppress(ImportError):
    import page as _page  # noqa: F401 - loaded in advance, while the caller works


def serve() -> None:
    """Answer questions until standard input ends.

    A question is a line of JSON: topic, path and arguments. An answer is a line of JSON, and as many bytes as it says.
    """
    answers = os.fdopen(os.dup(1), "wb")
    # Libraries print to stderr, so that their output does not mix with the answers.
    os.dup2(2, 1)
    gc.freeze()
    # Tell the caller that the libraries are loaded.
    answers.write(b"\n")
    answers.flush()
    # From now on, the caller does not read stderr, and messages would fill the pipe.
    with Path(os.devnull).open("wb") as null:
        os.dup2(null.fileno(), 1)
        os.dup2(null.fileno(), 2)
    for line in sys.stdin.buffer:
        topic, path, *arguments = json.loads(line)
        try:
            value, data = _ANSWERS[topic](Path(path), *arguments)
            answer = {"answer": value, "size": len(data)}
        except pikepdf.PasswordError:
            answer, data = {"error": "it is encrypted: save it without a password"}, b""
        except (PdfiumError, pikepdf.PdfError) as error:
            answer, data = {"error": f"it is no PDF, or damaged: {str(error).removeprefix(f'{path}: ')}"}, b""
        except ValueError as error:
            answer, data = {"error": str(error)}, b""
        except (MemoryError, RecursionError):
            raise
        except Exception as error:  # noqa: BLE001 - a bug must not be reported as a PDF that takes too much
            check_memory(error)
            answer, data = {"error": f"cvtools failed at it ({error!r}): please report it"}, b""
        answers.write(json.dumps(answer).encode() + b"\n" + data)
        answers.flush()


def _check(path: Path, expected: dict[str, Any] | None) -> tuple[list[dict[str, Any]], bytes]:
    problems = check(path, ExpectedPdf.from_json(expected) if expected else ExpectedPdf())
    return [asdict(problem) for problem in problems], b""


def _attachment(path: Path, name: str) -> tuple[tuple[str, str], bytes]:
    with pikepdf.open(path) as pdf:
        if name not in pdf.attachments:
            raise ValueError(
                f"it has no {name} attached, as PDFs of cvtools have: "
                "save it as DOCX in a word processor, and import that"
            )
        # A few bytes may unpack to gigabytes, which end this process at its limit of memory.
        data, language = pdf.attachments[name].get_file().read_bytes(), str(pdf.Root.get("/Lang", ""))
    if len(data) > limits.IMPORT_SIZE:
        raise ValueError(
            f"its {name} has more than {limits.IMPORT_SIZE // 1_000_000} MB: import a PDF that cvtools made"
        )
    return (data.decode("utf-8", "replace"), language), b""


def _texts(path: Path, foot: float) -> tuple[list[str], bytes]:
    with PdfDocument(path) as document:
        return [page.get_textpage().get_text_bounded(bottom=foot) for page in document], b""


def _draw(path: Path, page: int, width: int) -> tuple[int, bytes]:
    with PdfDocument(path) as document:
        count = len(document)
        if not 0 < page <= count:
            return count, b""
        sheet = document[page - 1]
        across, down = (max(1, side) for side in sheet.get_size())
        scale = min(width / across, (limits.PICTURE_PIXELS / across / down) ** 0.5)
        picture = io.BytesIO()
        # BMP is the fastest format to write.
        sheet.render(scale=scale).to_pil().save(picture, "BMP")
        return count, picture.getvalue()


#: Functions by the topic of the question, which return the answer for JSON, and bytes.
_ANSWERS: dict[str, Callable[..., tuple[Any, bytes]]] = {
    "attachment": _attachment,
    "check": _check,
    "draw": _draw,
    "texts": _texts,
}
