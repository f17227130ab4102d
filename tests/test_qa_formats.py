"""HTML, PDF and Word files as articles."""

from __future__ import annotations

import contextlib
import io
import random
import resource
import sys
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from qa import documents, formats
from qa.article import article_from_bytes, read_article
from qa.documents import RefusedError, extract
from qa.errors import ArticleError
from qa.formats import html_text


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parsers in this process, for the many files that are done with at once."""
    monkeypatch.setattr(formats, "read_apart", extract)


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


TEXT = b"BT /F1 12 Tf 72 720 Td (Le phare) Tj ET"


def test_html_keeps_what_is_seen_and_nothing_else() -> None:
    source = (
        "<html><head><title>t</title><style>p{}</style></head><body><nav>menu</nav><h1>Un  titre</h1>"
        "<p>L&#39;<b>île</b> &amp; le<br>port.</p><script>alert(1)</script><p>&lt;b&gt; reste</p></body></html>"
    )
    assert html_text(source) == "Un titre\n\nL'île & le\n\nport.\n\n<b> reste"


@pytest.mark.parametrize("source", ["<script>", "<p", "</p></p>", "<svg><p>a</svg>b", "<!-- a", "&#xD800;", "<" * 500])
def test_broken_html_is_read_without_an_error(source: str) -> None:
    assert isinstance(html_text(source), str)


@pytest.mark.usefixtures("inside")
def test_word_paragraphs_and_cells() -> None:
    article = article_from_bytes(_docx(["Le phare brille.", "Il date de 1874."]), "phare.DOCX")
    assert article.text == "Le phare brille.\n\nIl date de 1874.\n\nune cellule"
    assert article.name == "phare.DOCX"


@pytest.mark.usefixtures("inside")
def test_bomb_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"0" * 120_000_000)
    with pytest.raises(ArticleError, match="unpacks to"):
        article_from_bytes(out.getvalue(), "bomb.docx")


@pytest.mark.usefixtures("inside")
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


@pytest.mark.usefixtures("inside")
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


@pytest.mark.usefixtures("inside")
def test_a_word_file_reads_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    xml = (
        f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{tmp_path}/secret.txt">]><w:document {WORD}><w:body><w:p><w:r><w:t>'
        "Bonjour</w:t></w:r><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>"
    )
    assert "secret" not in article_from_bytes(_change(_docx(["a"]), document=xml), "a.docx").text


@pytest.mark.usefixtures("inside")
def test_a_cell_over_a_million_columns_is_read_once() -> None:
    xml = (
        f'<w:document {WORD}><w:body><w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="1000000"/></w:tcPr><w:p><w:r><w:t>'
        "une cellule</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>"
    )
    started = time.process_time()
    assert article_from_bytes(_change(_docx(["a"]), document=xml), "a.docx").text == "une cellule"
    assert time.process_time() - started < 5


@pytest.mark.usefixtures("inside")
def test_a_word_file_with_a_password_on_its_archive_is_one_sentence() -> None:
    raw = bytearray(_docx(["a"]))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.find(mark) + place] |= 1
    with pytest.raises(ArticleError, match="encrypted"):
        article_from_bytes(bytes(raw), "a.docx")


@pytest.mark.parametrize("suffix", [".pdf", ".docx"])
def test_a_file_with_changed_bytes_is_read_or_refused(suffix: str) -> None:
    good = _docx(["Le phare brille."] * 3) if suffix == ".docx" else _pdf(TEXT)
    chance = random.Random(0)
    for _ in range(60):
        raw = bytearray(good)
        for _ in range(chance.randint(1, 8)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        with contextlib.suppress(RefusedError):
            assert isinstance(extract(suffix, bytes(raw)), list)


def test_a_pdf_is_read() -> None:
    assert article_from_bytes(_pdf(TEXT), "a.pdf").text == "Le phare"


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (_pdf(b""), "only pictures"),
        (_pdf(zlib.compress(b" " * 100_000_000, 9), "/Filter/FlateDecode"), "not a PDF that can be read"),
        (_pdf(b"x", kids="2 0 R"), "not a PDF that can be read"),
        (_pdf(b"x", kids="3 0 R " * 600), "600 pages, at most 500"),
        (_pdf(b"x", "/Filter/NoSuch"), "not a PDF that can be read"),
        (_pdf(TEXT)[:300], "not a PDF that can be read"),
        (_docx(["a"]), "not a PDF that can be read"),
        (_pdf(TEXT).replace(b"0 0 612 792", b"0 0 1e9 1e9"), "only pictures"),
        (_pdf(b"[" * 500_000), "only pictures"),
    ],
    ids=["scan", "bomb", "cycle", "pages", "filter", "cut", "Word", "no number", "nesting"],
)
def test_a_pdf_that_gives_no_text_is_one_sentence(raw: bytes, said: str) -> None:
    with pytest.raises(ArticleError, match=said) as caught:
        article_from_bytes(raw, "a.pdf")
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("inside")
def test_a_locked_pdf_is_one_sentence() -> None:
    from pypdf import PdfReader, PdfWriter

    writer, out = PdfWriter(), io.BytesIO()
    writer.append(PdfReader(io.BytesIO(_pdf(b"BT /F1 12 Tf (a) Tj ET"))))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(out)
    with pytest.raises(ArticleError, match="locked with a password"):
        article_from_bytes(out.getvalue(), "a.pdf")


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("name", ["a.zip", "a.pdf", "cut.docx"])
def test_another_file_by_a_word_files_name_is_one_sentence(name: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("a.txt", "Le phare brille.")
    raw = {"a.zip": out.getvalue(), "a.pdf": _pdf(TEXT), "cut.docx": _docx(["a"])[:3_000]}[name]
    with pytest.raises(ArticleError, match=r"a\.docx: not a Word file that can be read") as caught:
        article_from_bytes(raw, "a.docx")
    assert "\n" not in str(caught.value)


def test_a_page_whose_box_is_a_million_miles_wide_is_read() -> None:
    raw = _pdf(TEXT).replace(b"0 0 612 792", b"0 0 1000000000 1000000000")
    assert article_from_bytes(raw, "a.pdf").text == "Le phare"


@pytest.mark.parametrize(("name", "module"), [("a.pdf", "pypdf"), ("a.docx", "docx")])
def test_a_document_is_read_by_another_process(name: str, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = _pdf(TEXT) if name == "a.pdf" else _docx(["Le phare"])
    monkeypatch.setitem(sys.modules, module, None)
    assert article_from_bytes(raw, name).text.startswith("Le phare")


def test_a_document_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six kilobytes, 500 pages of a megabyte each."""
    raw = _pdf(zlib.compress(TEXT * 25_000, 9), "/Filter/FlateDecode", kids="3 0 R " * 500)
    monkeypatch.setattr(documents, "MAX_SECONDS", 2)
    started = time.monotonic()
    with pytest.raises(ArticleError, match="a PDF that asks for more than 60 seconds or 1,073 MB"):
        article_from_bytes(raw, "a.pdf")
    assert time.monotonic() - started < 20


def test_a_document_that_takes_too_much_memory_is_given_up() -> None:
    """A hundred kilobytes, 8 million empty paragraphs."""
    xml = f"<w:document {WORD}><w:body>{'<w:p/>' * 8_000_000}</w:body></w:document>"
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    with pytest.raises(ArticleError, match=r"a\.docx: ") as caught:
        article_from_bytes(_change(_docx(["a"]), document=xml), "a.docx")
    assert "\n" not in str(caught.value)
    assert max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) < 1_200_000


@pytest.mark.parametrize("ending", ["os.abort()", "sys.exit(3)"])
def test_a_parser_that_crashes_takes_nobody_with_it(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "program.py"
    program.write_text("\n".join(["import os, sys", "sys.stdin.read()", ending]), encoding="utf-8")
    monkeypatch.setattr(documents, "__file__", str(program))
    with pytest.raises(ArticleError, match=r"a\.pdf: not a PDF that can be read \(the program that read it ended"):
        article_from_bytes(_pdf(TEXT), "a.pdf")


def test_a_machine_that_starts_no_process_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/none/python")
    with pytest.raises(ArticleError, match="no process to read it in, No such file or directory"):
        article_from_bytes(_pdf(TEXT), "a.pdf")


@pytest.mark.parametrize("number", ["9" * 5_000, "x" + "f" * 5_000, "0" * 5_000 + "65"])
def test_a_character_of_a_huge_number_is_none(number: str) -> None:
    assert html_text(f"<p title='&#{number};'>Le phare &#{number}; brille</p>") in (
        "Le phare � brille",
        "Le phare A brille",
    )
