"""HTML, PDF and Word files as articles."""

from __future__ import annotations

import contextlib
import io
import random
import time
import zipfile
import zlib
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


def _pdf(content: bytes, filter_name: str = "", kids: str = "3 0 R") -> bytes:
    """A PDF of one page with this content."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count 1>>".encode(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 5 0 R>>>>/Contents 4 0 R>>",
        f"<</Length {len(content)}{filter_name}>>stream\n".encode() + content + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj".encode() + one + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer


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


@pytest.mark.parametrize("piece", ["<a ", "<!", "<!--", "<![", "</", "</a ", "<?", "<a b='", "<!doctype "])
def test_a_page_of_tags_that_are_never_closed_is_refused_at_once(piece: str) -> None:
    started = time.process_time()
    with contextlib.suppress(ArticleError):
        assert "Bonjour" in article_from_bytes(f"<p>Bonjour</p>{piece * 50_000}".encode(), "a.html").text
    assert time.process_time() - started < 10


def test_a_few_tags_that_are_never_closed_are_read_over() -> None:
    article = article_from_bytes(b"<p>Un <b>phare</p> < 3 <a " + b"<i " * 20, "a.html")
    assert article.text.startswith("Un phare")


def test_silent_elements_in_each_other_are_left_out_in_time() -> None:
    source = f"<p>a</p>{'<svg>' * 30_000}{'</math>' * 30_000}b</svg><p>c</p>"
    started = time.process_time()
    assert html_text(source) == "a\n\nc"
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("told", "encoding"),
    [
        ("iso-8859-15", "iso8859-15"),
        ("windows-1252", "cp1252"),
        ("ISO-8859-1", "cp1252"),
        ("none-such", "cp1252"),
        ("unicode_escape", "cp1252"),
        ("utf-8", "utf-8"),
        ("utf-8", "cp1252"),
        ("iso-8859-15", "utf-8"),
    ],
)
def test_a_page_is_read_in_the_encoding_that_it_tells_unless_it_is_utf8(told: str, encoding: str) -> None:
    text = "L'été à Genève : 3 €\\u0041"
    page = f'<html><head><meta charset="{told}"></head><body><p>{text}</p></body></html>'
    assert article_from_bytes(page.encode(encoding), "a.html").text == text
    old = page.replace("<meta ", '<meta http-equiv="content-type" content="text/html; ').replace('="iso', "=iso")
    assert article_from_bytes(old.encode(encoding), "a.html").text == text


WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

LAUGHS = '<!ENTITY a "aaaaaaaaaa">' + "".join(
    "<!ENTITY " + name + ' "' + f"&{before};" * 10 + '">' for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


def _change(raw: bytes, **parts: str) -> bytes:
    """A Word file with another document.xml."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(Path(name).stem, old.read(name)))
    return out.getvalue()


@pytest.mark.parametrize(
    "xml",
    [
        "<a/>",
        "<a",
        f"<w:document {WORD}/>",
        f"<w:document {WORD}><w:body>{'<w:p>' * 3000}{'</w:p>' * 3000}</w:body></w:document>",
        f"<!DOCTYPE a [{LAUGHS}]><w:document {WORD}><w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>",
    ],
)
def test_a_word_file_of_other_content_is_one_sentence(xml: str) -> None:
    with pytest.raises(ArticleError, match=r"a\.docx: ") as caught:
        article_from_bytes(_change(_docx(["a"]), document=xml), "a.docx")
    assert "\n" not in str(caught.value)


def test_a_word_file_reads_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    xml = (
        f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{tmp_path}/secret.txt">]><w:document {WORD}><w:body><w:p><w:r><w:t>'
        "Bonjour</w:t></w:r><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>"
    )
    assert "secret" not in article_from_bytes(_change(_docx(["a"]), document=xml), "a.docx").text


def test_a_cell_over_a_million_columns_is_read_once() -> None:
    xml = (
        f'<w:document {WORD}><w:body><w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="1000000"/></w:tcPr><w:p><w:r><w:t>'
        "une cellule</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>"
    )
    started = time.process_time()
    assert article_from_bytes(_change(_docx(["a"]), document=xml), "a.docx").text == "une cellule"
    assert time.process_time() - started < 5


def test_a_word_file_with_a_password_on_its_archive_is_one_sentence() -> None:
    raw = bytearray(_docx(["a"]))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.find(mark) + place] |= 1
    with pytest.raises(ArticleError, match="encrypted"):
        article_from_bytes(bytes(raw), "a.docx")


@pytest.mark.parametrize("name", ["a.pdf", "a.docx"])
def test_a_file_with_changed_bytes_is_read_or_one_sentence(name: str) -> None:
    good = _docx(["Le phare brille."] * 3) if name == "a.docx" else _pdf(b"BT /F1 12 Tf 72 720 Td (Le phare) Tj ET")
    chance = random.Random(0)
    for _ in range(60):
        raw = bytearray(good)
        for _ in range(chance.randint(1, 8)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        with contextlib.suppress(ArticleError):
            article_from_bytes(bytes(raw), name)


def test_a_pdf_is_read() -> None:
    assert article_from_bytes(_pdf(b"BT /F1 12 Tf 72 720 Td (Le phare) Tj ET"), "a.pdf").text == "Le phare"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (_pdf(b""), "only pictures"),
        (_pdf(zlib.compress(b" " * 100_000_000, 9), "/Filter/FlateDecode"), "not a PDF that can be read"),
        (_pdf(b"x", kids="2 0 R"), "not a PDF that can be read"),
        (_pdf(b"x", kids="3 0 R " * 600), "600 pages, at most 500"),
        (_pdf(b"x", "/Filter/NoSuch"), "not a PDF that can be read"),
    ],
    ids=["scan", "bomb", "cycle", "pages", "filter"],
)
def test_a_pdf_that_gives_no_text_is_one_sentence(raw: bytes, said: str) -> None:
    with pytest.raises(ArticleError, match=said) as caught:
        article_from_bytes(raw, "a.pdf")
    assert "\n" not in str(caught.value)


def test_a_locked_pdf_is_one_sentence() -> None:
    from pypdf import PdfReader, PdfWriter

    writer, out = PdfWriter(), io.BytesIO()
    writer.append(PdfReader(io.BytesIO(_pdf(b"BT /F1 12 Tf (a) Tj ET"))))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(out)
    with pytest.raises(ArticleError, match="locked with a password"):
        article_from_bytes(out.getvalue(), "a.pdf")
