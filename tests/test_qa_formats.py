"""HTML, PDF and Word files as articles."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from qa.article import article_from_bytes, read_article
from qa.errors import ArticleError
from qa.formats import html_text


def _docx(paragraphs: list[str]) -> bytes:
    from docx import Document

    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.add_table(1, 1).cell(0, 0).text = "une cellule"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_html_keeps_what_is_seen_and_nothing_else() -> None:
    source = (
        "<html><head><title>t</title><style>p{}</style></head><body><nav>menu</nav><h1>Un  titre</h1>"
        "<p>L&#39;<b>île</b> &amp; le<br>port.</p><script>alert(1)</script><p>&lt;b&gt; reste</p></body></html>"
    )
    assert html_text(source) == "Un titre\n\nL'île & le\n\nport.\n\n<b> reste"


@pytest.mark.parametrize("source", ["<script>", "<p", "</p></p>", "<svg><p>a</svg>b", "<!-- a", "&#xD800;", "<" * 500])
def test_broken_html_is_read_without_an_error(source: str) -> None:
    assert isinstance(html_text(source), str)


def test_word_paragraphs_and_cells() -> None:
    article = article_from_bytes(_docx(["Le phare brille.", "Il date de 1874."]), "phare.DOCX")
    assert article.text == "Le phare brille.\n\nIl date de 1874.\n\nune cellule"
    assert article.name == "phare.DOCX"


def test_bomb_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"0" * 120_000_000)
    with pytest.raises(ArticleError, match="unpacks to"):
        article_from_bytes(out.getvalue(), "bomb.docx")


@pytest.mark.parametrize("name", ["a.pdf", "a.docx"])
@pytest.mark.parametrize("raw", [b"", b"x", b"%PDF-1.4\n%%EOF", b"PK\x03\x04"])
def test_damaged_file_is_one_sentence(name: str, raw: bytes) -> None:
    with pytest.raises(ArticleError, match=r"a\.(pdf|docx): ") as caught:
        article_from_bytes(raw, name)
    assert "\n" not in str(caught.value)


def test_other_types_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.exe"
    path.write_bytes(b"MZ")
    with pytest.raises(ArticleError, match=r"'\.exe' are not read; expected \.txt"):
        read_article(path)


def test_text_keeps_every_character() -> None:
    raw = "Un\r\n\r\n  deux 😀\t\n".encode()
    assert article_from_bytes(raw, "a.txt").text == raw.decode()
