"""Load an article and keep its text exactly: offsets are into this text, line ends and all."""

from __future__ import annotations

import codecs
import contextlib
import hashlib
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from embeddings.passages import Bounds, split_paragraphs
from qa.dates import DateLine
from qa.errors import ArticleError
from qa.formats import BINARY, MARKUP, html_encoding

SEED = Path(__file__).resolve().parents[1] / "seeds" / "dispatch.txt"
MAX_BYTES = 20_000_000
SUFFIXES = (".txt", ".md", *MARKUP, *BINARY, "")
EXPECTED = ", ".join(suffix for suffix in SUFFIXES if suffix)
_MAX_PATH_CHARACTERS = 255
_DATE_LINE = re.compile(r"\s*date (\d{4}-\d{2}(?:-\d{2})?)\b")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_UNSHOWN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
"""What could break a line that has a file's name in it, or turn it round."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Article:
    """An article's exact text. `name` is one line; `date` is that of a leading "date 2018-02" line, None without one
    that is a date; `paragraphs` are half-open ranges of the text in its order; `sha256` is of the text in UTF-8."""

    text: str
    name: str
    date: str | None
    paragraphs: tuple[Bounds, ...]
    sha256: str

    @classmethod
    def from_text(cls, text: str, name: str = "article") -> Article:
        """An article of this very text. Raises ArticleError when it has no word, or is not Unicode text."""
        name = _UNSHOWN.sub(" ", name)
        if not text.strip():
            raise ArticleError(f"{name}: the article is empty; expected text to ask about", "empty", name=name)
        lone = _SURROGATE.search(text)
        if lone is not None:
            at = lone.start()
            raise ArticleError(f"{name}: half a character (lone surrogate) at {at}; remove it", "surrogate", name=name)
        if not any(character.isalnum() for character in text):
            raise ArticleError(
                f"{name}: the article holds no letter or digit; expected text to ask about", "wordless", name=name
            )
        line = _DATE_LINE.match(text)
        date = None if line is None or DateLine.parse(line[1]) is None else line[1]
        digest = hashlib.sha256(text.encode()).hexdigest()
        return cls(text, name, date, tuple(split_paragraphs(text)), digest)


def _decode(raw: bytes, name: str, told: str | None) -> str:
    """Text of the bytes: by byte order mark, else UTF-16 where it can be nothing else, else UTF-8, else as the
    file has `told`, else Windows-1252 or Mac Roman; line ends are kept."""
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            try:
                return _refuse_binary(raw[len(mark) :].decode(encoding), name)
            except UnicodeDecodeError as error:
                raise ArticleError(
                    f"{name}: not valid {encoding} at byte {error.start}; save it as UTF-8",
                    "encoding",
                    name=name,
                    encoding=encoding,
                    at=error.start,
                ) from None
    for encoding in (*_unmarked_utf16(raw), "utf-8"):
        with contextlib.suppress(UnicodeDecodeError):
            return _refuse_binary(raw.decode(encoding), name)
    if told in (None, "iso8859-1"):  # Windows-1252 to browsers, and hence to those who write pages
        return _refuse_binary(_decode_western(raw), name)
    return _refuse_binary(raw.decode(told, errors="replace"), name)


def _unmarked_utf16(raw: bytes) -> tuple[str, ...]:
    """The byte order of UTF-16 without a mark, () for anything else. Of French and English text every other
    byte or nearly is NUL, which no other encoding has in a text."""
    n_high = {"utf-16-le": raw[1::2].count(0), "utf-16-be": raw[::2].count(0)}
    order = max(n_high, key=n_high.__getitem__)
    return (order,) if n_high[order] > len(raw) // 4 else ()


def _decode_western(raw: bytes) -> str:
    """Windows-1252; where that has no such bytes, Mac Roman if it makes more French letters of them."""
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        texts = (raw.decode("cp1252", errors="replace"), raw.decode("mac-roman"))
        return max(texts, key=lambda text: sum(map(text.count, "éèêàçù")))


def _refuse_binary(text: str, name: str) -> str:
    if len(_CONTROL.findall(text)) > len(text) // 100 or "\x00" in text:
        raise ArticleError(
            f"{name}: a binary file, not text; expected {EXPECTED}", "binary", name=name, expected=EXPECTED
        )
    return text


def _check_type(name: str, suffix: str) -> None:
    if suffix.lower() not in SUFFIXES:
        message = f"{name}: files of type {suffix!r} are not read; expected {EXPECTED}"
        raise ArticleError(message, "type", name=name, suffix=suffix, expected=EXPECTED)


def _check_size(name: str, size: int) -> None:
    if size > MAX_BYTES:
        message = f"{name}: {size:,} bytes, at most {MAX_BYTES:,} are read; split the file"
        raise ArticleError(message, "too_large", name=name, limit=MAX_BYTES // 1_000_000)


def article_from_bytes(raw: bytes, name: str) -> Article:
    """An article from a file's bytes, read as the suffix of `name` says: text, HTML, PDF or Word.

    Text files keep every character; of the others the text is taken, paragraph by paragraph. Raises
    ArticleError, in one line, when the type is not read, the file is too large or holds no text.
    """
    suffix = Path(name).suffix.lower()
    _check_type(name, suffix)
    _check_size(name, len(raw))
    shown = Path(name).name
    if suffix in BINARY:
        return Article.from_text(BINARY[suffix](raw, name), shown)
    text = _decode(raw, name, html_encoding(raw) if suffix in MARKUP else None)
    return Article.from_text(MARKUP[suffix](text, name) if suffix in MARKUP else text, shown)


def read_article(path: Path) -> Article:
    """Read a file. Raises ArticleError, in one line, when there is none or it cannot be read."""
    _check_type(str(path), path.suffix)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise ArticleError(f"{path}: a folder, not a file; name one file")
        if not stat.S_ISREG(status.st_mode):
            raise ArticleError(f"{path}: a pipe or a device, not a file; save what it gives to a file")
        _check_size(str(path), status.st_size)
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)  # it may grow meanwhile, and some files tell no size
    except (FileNotFoundError, NotADirectoryError, ValueError):
        message = f"{path}: no such file; to ask about text itself, pass Article.from_text(text)"
        raise ArticleError(message) from None
    except OSError as error:
        raise ArticleError(f"{path}: cannot be read ({error.strerror or error})") from None
    return article_from_bytes(raw, str(path))


def load_article(article: Article | Path | str | None = None) -> Article:
    """An article from what a caller has: an `Article`, a file's path, text, or None for the seed.

    A string of more than 255 characters or with a line break is the text; a shorter one is a path.
    """
    if isinstance(article, Article):
        return article
    if article is None:
        return read_article(SEED)
    if isinstance(article, str) and (len(article) > _MAX_PATH_CHARACTERS or "\n" in article.strip()):
        return Article.from_text(article)
    if not str(article).strip():
        raise ArticleError("the article is empty; expected text, a path, or nothing for the seed")
    return read_article(Path(article))
