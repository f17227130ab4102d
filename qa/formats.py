"""Files that are not plain text to article text: HTML, PDF and Word. Reads bytes, writes nothing."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from html.parser import HTMLParser

from qa.errors import ArticleError

MAX_PAGES = 500
MAX_UNPACKED_BYTES = 100_000_000
_BLOCKS = frozenset(
    "address article aside blockquote br caption dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 "
    "h6 header hr li main nav ol p pre section table td th tr ul".split()
)
_SILENT = frozenset("script style template noscript head svg math iframe object select textarea button nav".split())
_HYPHEN = re.compile(r"(?<=[a-zà-ÿ])-\n(?=[a-zà-ÿ])")


class _Text(HTMLParser):
    """Collects the visible text of a page; every block element begins a paragraph."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent.append(tag)
        elif tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._silent:
            del self._silent[self._silent.index(tag) :]
        elif tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))


def _paragraphs(text: str) -> str:
    """Paragraphs without outer or doubled space, blank lines between them."""
    pieces = (" ".join(piece.split()) for piece in re.split(r"\n\s*\n", text))
    return "\n\n".join(piece for piece in pieces if piece)


def html_text(source: str) -> str:
    """The visible text of a page, paragraph by paragraph; scripts, styles and forms are left out."""
    parser = _Text()
    parser.feed(source)
    parser.close()
    return _paragraphs("".join(parser.parts))


def pdf_text(raw: bytes, name: str) -> str:
    """The text layer of a PDF. Raises ArticleError when it is locked, damaged or only pictures."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ArticleError(f"{name}: the PDF is locked with a password; save it without one", "locked", name=name)
        if len(reader.pages) > MAX_PAGES:
            message = f"{name}: {len(reader.pages)} pages, at most {MAX_PAGES} are read; split the file"
            raise ArticleError(message, "pages", name=name, n=len(reader.pages), limit=MAX_PAGES)
        pages = [page.extract_text() or "" for page in reader.pages]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        message = f"{name}: not a PDF that can be read ({reason}); save it again, or paste its text"
        raise ArticleError(message, "damaged", name=name, format="PDF") from None
    text = _paragraphs(_join_lines("\n\n".join(pages)))
    if not text:
        message = f"{name}: the PDF has no text, perhaps only pictures of it; paste the text instead"
        raise ArticleError(message, "pictures", name=name)
    return text


def _join_lines(text: str) -> str:
    """Printed lines to paragraphs: a hyphen at a line's end is closed, and a line that ends a sentence
    well short of the longest one ends its paragraph."""
    lines = _HYPHEN.sub("", text).split("\n")
    longest = max((len(line) for line in lines), default=0)
    kept = []
    for line in lines:
        stripped = line.rstrip()
        ends = stripped.endswith((".", "!", "?", '."', ".»", ". »", ".”")) and len(stripped) < 0.8 * longest
        kept.append(f"{stripped}\n" if ends else stripped)
    return "\n".join(kept)


def docx_text(raw: bytes, name: str) -> str:
    """The paragraphs and table cells of a Word file. Raises ArticleError when it is not one."""
    from docx import Document
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
        if size > MAX_UNPACKED_BYTES:
            message = f"{name}: unpacks to {size:,} bytes, at most {MAX_UNPACKED_BYTES:,} are read"
            raise ArticleError(message, "too_large", name=name, limit=MAX_UNPACKED_BYTES // 1_000_000)
        document = Document(io.BytesIO(raw))
        parts = [paragraph.text for paragraph in document.paragraphs]
        parts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    except (zipfile.BadZipFile, OpcError, LxmlError, KeyError, ValueError, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        message = f"{name}: not a Word file that can be read ({reason}); save it as .docx or paste it"
        raise ArticleError(message, "damaged", name=name, format="Word") from None
    return _paragraphs("\n\n".join(parts))


BINARY: dict[str, Callable[[bytes, str], str]] = {".pdf": pdf_text, ".docx": docx_text}
MARKUP: dict[str, Callable[[str], str]] = {".html": html_text, ".htm": html_text}
"""Readers by file suffix: of bytes, and of decoded text."""
