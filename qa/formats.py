"""Files that are not plain text to article text: HTML, PDF and Word. Reads bytes, writes nothing."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from html.parser import HTMLParser

from qa.documents import MAX_MEMORY_BYTES, MAX_PAGES, MAX_SECONDS, MAX_UNPACKED_BYTES, RefusedError, read_apart
from qa.errors import ArticleError

MAX_UNCLOSED = 100
"""Tags and comments that a page begins and never ends: for each the parser goes through the rest of it."""
_BLOCKS = frozenset(
    "address article aside blockquote br caption dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 "
    "h6 header hr li main nav ol p pre section table td th tr ul".split()
)
_SILENT = frozenset("script style template noscript head svg math iframe object select textarea button nav".split())
_CHARSET = re.compile(rb"<meta\b[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE | re.ASCII)
_HUGE_NUMBER = re.compile(r"&#\d{10,}+;?")
_HYPHEN = re.compile(r"(?<=[a-zà-ÿ])-\n(?=[a-zà-ÿ])")


class _UnclosedError(Exception):
    """More than MAX_UNCLOSED tags and comments are never closed."""


class _Text(HTMLParser):
    """Collects the visible text of a page; every block element begins a paragraph."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent: list[str] = []
        self._n_unclosed = 0

    def _count(self, end: int) -> int:
        self._n_unclosed += end < 0
        if self._n_unclosed > MAX_UNCLOSED:
            raise _UnclosedError
        return end

    def parse_starttag(self, i: int) -> int:
        return self._count(super().parse_starttag(i))

    def parse_endtag(self, i: int) -> int:
        return self._count(super().parse_endtag(i))

    def parse_pi(self, i: int) -> int:
        return self._count(super().parse_pi(i))

    def parse_comment(self, i: int, report: bool = True) -> int:
        return self._count(super().parse_comment(i, report))

    def parse_html_declaration(self, i: int) -> int:
        try:
            return self._count(super().parse_html_declaration(i))
        except AssertionError:  # "<![" before anything that it does not know: to a browser a comment up to ">"
            return self._count(self.parse_bogus_comment(i))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            if tag not in self._silent:  # its first end closes all of them
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


def html_text(source: str, name: str = "page") -> str:
    """The visible text of a page, paragraph by paragraph; scripts, styles and forms are left out. Raises
    ArticleError when hundreds of its tags are never closed."""
    parser = _Text()
    try:
        parser.feed(_HUGE_NUMBER.sub("\ufffd", source))  # no character, and more digits than Python converts
        parser.close()
    except _UnclosedError:
        message = f"{name}: not HTML that can be read (more than {MAX_UNCLOSED} tags are never closed); paste its text"
        raise ArticleError(message, "damaged", name=name, format="HTML") from None
    return _paragraphs("".join(parser.parts))


def html_encoding(raw: bytes) -> str | None:
    """The encoding of one byte a character that a page says it is in, near its beginning; None where it says
    none, or another: a page chooses no decoder that is not one of letters."""
    found = _CHARSET.search(raw[:4096])
    try:
        name = "" if found is None else codecs.lookup(found[1].decode("ascii")).name
    except LookupError:
        return None
    return name if name.startswith(("iso8859-", "cp125", "koi8-", "mac-")) else None


def _read_document(suffix: str, raw: bytes, name: str) -> list[str]:
    """Pages of a PDF or paragraphs of a Word file. Raises ArticleError when it is locked or damaged, or asks
    for more time, memory or pages than a file gets."""
    form = "PDF" if suffix == ".pdf" else "Word file"
    try:
        return read_apart(suffix, raw)
    except RefusedError as error:
        kind, facts = error.kind, error.facts
    if kind == "locked":
        raise ArticleError(f"{name}: the PDF is locked with a password; save it without one", "locked", name=name)
    if kind == "pages":
        message = f"{name}: {facts['n']} pages, at most {MAX_PAGES} are read; split the file"
        raise ArticleError(message, "pages", name=name, n=facts["n"], limit=MAX_PAGES)
    if kind == "unpacked":
        message = f"{name}: unpacks to {facts['n']:,} bytes, at most {MAX_UNPACKED_BYTES:,} are read; split the file"
        raise ArticleError(message, "too_large", name=name, limit=MAX_UNPACKED_BYTES // 1_000_000)
    if kind == "costly":
        megabytes = MAX_MEMORY_BYTES // 1_000_000
        asked = f"more than {MAX_SECONDS} seconds or {megabytes:,} MB"
        message = f"{name}: a {form} that asks for {asked} to be read; split it, or paste its text"
        raise ArticleError(message, "costly", name=name, seconds=MAX_SECONDS, megabytes=megabytes)
    message = f"{name}: not a {form} that can be read ({facts['reason']}); save it again, or paste its text"
    raise ArticleError(message, "damaged", name=name, format=form.removesuffix(" file"))


def pdf_text(raw: bytes, name: str) -> str:
    """The text layer of a PDF. Raises ArticleError when it cannot be read or is only pictures."""
    text = _paragraphs(_join_lines("\n\n".join(_read_document(".pdf", raw, name))))
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
    """The paragraphs of a Word file. Raises ArticleError when it cannot be read."""
    return _paragraphs("\n\n".join(_read_document(".docx", raw, name)))


BINARY: dict[str, Callable[[bytes, str], str]] = {".pdf": pdf_text, ".docx": docx_text}
MARKUP: dict[str, Callable[[str, str], str]] = {".html": html_text, ".htm": html_text}
"""Readers by file suffix, of bytes and of decoded text; each is told the file's name too."""
