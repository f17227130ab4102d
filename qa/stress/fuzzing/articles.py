"""Articles, documents and passages: what is read, what is refused, and every offset."""

from __future__ import annotations

import io
import json
import zipfile
from functools import lru_cache
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from embeddings.passages import split_passages
from embeddings.types import IntArray, PassageSettings
from qa.article import Article, article_from_bytes
from qa.config import COMPACT_READER
from qa.documents import RefusedError, extract
from qa.errors import ArticleError
from qa.formats import MARKUP
from qa.stress.fuzzing.claims import check_article, check_error, check_passages, require
from qa.stress.fuzzing.inputs import Edit, apply_edits, edits, raw_files, texts, unicode_texts
from qa.stress.standins import ENCODER_FOLDER, open_tokenizer

_NAMES = (
    *("a.txt", "a.txt", "a.md", "a.html", "a.html", "a.htm", "A.HTML", "a"),
    *("é\u202e.txt", "a\nb.txt", "\ud800.md", "a\x00.html", "a.exe", "."),
)

article_files = st.tuples(raw_files, st.sampled_from(_NAMES))
document_files = st.tuples(st.sampled_from((".docx", ".pdf")), st.booleans(), edits, texts)
passage_inputs = st.tuples(
    unicode_texts,
    st.sampled_from(("encoder", "reader", "characters")),
    st.builds(PassageSettings, st.integers(8, 40), st.integers(0, 3)),
)


def check_file(drawn: tuple[bytes, str]) -> bool:
    """A text or HTML file is an article, or is refused in one line."""
    raw, name = drawn
    try:
        article = article_from_bytes(raw, name)
    except ArticleError as error:
        check_error(error)
        return False
    if Path(name).suffix.lower() not in MARKUP:
        _check_characters(raw, article)
    check_article(article)
    return True


def _check_characters(raw: bytes, article: Article) -> None:
    """What is UTF-8 is kept character for character. With a NUL in it, it may be UTF-16."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return
    require("\0" in text or article.text == text, "the article's text is the file's")


def check_text(text: str) -> bool:
    """A text is an article of that very text, or is refused in one line."""
    try:
        article = Article.from_text(text)
    except ArticleError as error:
        check_error(error)
        return False
    require(article.text == text, "the article's text is the text it was made of")
    check_article(article)
    return True


def check_document(drawn: tuple[str, bool, list[Edit], str]) -> bool:
    """The text of a damaged Word or PDF file is taken out, or refused with a reason of one line. The damage is
    to the packed bytes, or to the part that holds the text. Read here, not apart, as a process takes as long
    as many files."""
    suffix, inside, changes, text = drawn
    make = _make_docx if suffix == ".docx" else _make_pdf
    raw = make(text, changes) if inside else apply_edits(make(text, []), changes)
    try:
        pieces = extract(suffix, raw)
    except RefusedError as error:
        reason = error.facts.get("reason", error.kind)
        require(len(reason.splitlines()) == 1, f"a reason is one line, got {reason!r}")
        return False
    require(json.loads(json.dumps(pieces)) == pieces, "what is taken out can be handed on")
    return check_text("\n\n".join(pieces))


@lru_cache(maxsize=1)
def _docx_parts() -> dict[str, bytes]:
    """The files inside a Word file of one paragraph, "TEXT", and one cell."""
    from docx import Document

    document, out = Document(), io.BytesIO()
    document.add_paragraph("TEXT")
    document.add_table(1, 1).cell(0, 0).text = "cell"
    document.save(out)
    with zipfile.ZipFile(out) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def _make_docx(text: str, changes: list[Edit]) -> bytes:
    parts = dict(_docx_parts())
    main = parts["word/document.xml"].replace(b"TEXT", text.encode("utf-8", "replace"))
    parts["word/document.xml"] = apply_edits(main, changes)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def _make_pdf(text: str, changes: list[Edit]) -> bytes:
    """A PDF of one page that shows the text."""
    shown = text.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    content = apply_edits(b"BT /F1 12 Tf 72 720 Td (" + shown + b") Tj ET", changes)
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%sendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer


def _token_starts(kind: str, text: str) -> IntArray:
    if kind == "characters":
        return np.flatnonzero([not c.isspace() for c in text])
    folder: Path = ENCODER_FOLDER if kind == "encoder" else COMPACT_READER
    offsets = open_tokenizer(folder).encode(text, add_special_tokens=False).offsets
    return np.array([start for start, end in offsets if end > start], dtype=np.int64)


def check_cut(drawn: tuple[str, str, PassageSettings]) -> bool:
    """A text's passages, by the tokens of either shipped tokenizer or by characters."""
    text, kind, settings = drawn
    starts = _token_starts(kind, text)
    passages = split_passages(text, lambda _: starts, settings)
    check_passages(text, passages, starts, settings)
    return bool(passages)
