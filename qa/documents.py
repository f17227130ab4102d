"""The text inside a PDF or Word file, taken out in a process of its own.

A file can be made to keep a parser busy for hours, or to fill the memory. So `read_apart` runs this file as
a program, within limits, and the parsers' bytes never meet the memory of whoever asked. The program imports
nothing of this package, to begin at once.

    python -P documents.py .pdf < FILE      {"pieces": [...]}, or {"refused": KIND, ...}, as JSON
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from typing import Any

MAX_PAGES = 500
MAX_UNPACKED_BYTES = 100_000_000
MAX_SECONDS = 60
MAX_MEMORY_BYTES = 1 << 30
"""Of the process that reads one file; kept where the system knows such limits, as Linux does."""
_AT_ONCE = threading.BoundedSemaphore(2)


class RefusedError(Exception):
    """The file is not read. `kind` says why: damaged, locked, pages, unpacked or costly; `facts` tell more."""

    def __init__(self, kind: str, **facts: Any) -> None:
        super().__init__(kind)
        self.kind = kind
        self.facts = facts


def read_apart(suffix: str, raw: bytes) -> list[str]:
    """What `extract` gives, from a process that has MAX_SECONDS and MAX_MEMORY_BYTES; two of them run at
    once, others wait. Raises RefusedError."""
    command = [sys.executable, "-P", __file__, suffix]
    with _AT_ONCE:
        try:
            ran = subprocess.run(command, input=raw, capture_output=True, timeout=MAX_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise RefusedError("costly") from None
        except OSError as error:
            raise RefusedError("damaged", reason=f"no process to read it in, {error.strerror or error}") from None
    if ran.returncode != 0:
        raise RefusedError("damaged", reason=f"the program that read it ended with {ran.returncode}")
    found = json.loads(ran.stdout)
    if "refused" in found:
        raise RefusedError(found.pop("refused"), **found)
    pieces: list[str] = found["pieces"]
    return pieces


def extract(suffix: str, raw: bytes) -> list[str]:
    """The pages of a PDF, or the paragraphs of a Word file, those of its tables among them, in its order.
    Raises RefusedError."""
    try:
        return _EXTRACT[suffix](raw)
    except RefusedError:
        raise
    except MemoryError:
        raise RefusedError("costly") from None
    except Exception as error:  # of bytes made to break them the parsers raise whatever they come upon
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RefusedError("damaged", reason=reason) from None


def _pdf_pages(raw: bytes) -> list[str]:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(raw))
    if reader.is_encrypted and not reader.decrypt(""):
        raise RefusedError("locked")
    if len(reader.pages) > MAX_PAGES:
        raise RefusedError("pages", n=len(reader.pages))
    return [page.extract_text() or "" for page in reader.pages]


def _word_paragraphs(raw: bytes) -> list[str]:
    from docx import Document

    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        size = sum(entry.file_size for entry in packed.infolist())
    if size > MAX_UNPACKED_BYTES:
        raise RefusedError("unpacked", n=size)
    # Not by `table.rows`: a cell over many columns is there as often as its width says, be it a million.
    found = Document(io.BytesIO(raw)).element.xpath(".//w:body//w:p[not(ancestor::w:txbxContent)]")
    return [paragraph.text for paragraph in found]


_EXTRACT: dict[str, Callable[[bytes], list[str]]] = {".pdf": _pdf_pages, ".docx": _word_paragraphs}


def _set_limits() -> None:
    """The time is the parent's to measure; the processor's is for a parent that is gone."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for kind, limit in ((resource.RLIMIT_AS, MAX_MEMORY_BYTES), (resource.RLIMIT_CPU, MAX_SECONDS)):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def _main(suffix: str) -> None:
    raw = sys.stdin.buffer.read()
    _set_limits()
    found: dict[str, Any]
    try:
        found = {"pieces": extract(suffix, raw)}
    except RefusedError as error:
        found = {"refused": error.kind, **error.facts}
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    _main(sys.argv[1])
