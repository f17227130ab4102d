"""An article's text is the file's, character for character; what is not text is refused in one line."""

from __future__ import annotations

import codecs
import contextlib
import errno
import hashlib
import os
import time
from pathlib import Path
from typing import NoReturn

import pytest
from fakes import RandomReader, article_texts, fake_models
from hypothesis import given

from qa import article as article_module
from qa.article import MAX_BYTES, SEED, Article, article_from_bytes, load_article, read_article
from qa.errors import ArticleError
from qa.pipeline import ArticleQA
from qa.web.reasons import explain

TEXT = "Été à Kyïv :\r\nl’Otan «\u00a0oui\u00a0»\r\n\r\ncœur ﬁn 😀\n"
WESTERN = "Été à Genève :\r\n3 400 €, « oui »"


def write(tmp_path: Path, raw: bytes, name: str = "article.txt") -> Path:
    path = tmp_path / name
    path.write_bytes(raw)
    return path


def refusal(article: Path | str) -> str:
    with pytest.raises(ArticleError) as caught:
        load_article(article)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
@pytest.mark.parametrize("name", ["article.txt", "ARTICLE.TXT", "article.md", "article"])
def test_a_file_is_read_with_its_line_ends_and_without_its_mark(
    tmp_path: Path, mark: bytes, encoding: str, name: str
) -> None:
    article = read_article(write(tmp_path, mark + TEXT.encode(encoding), name))
    assert article.text == TEXT
    assert article.name == name
    assert article.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()


def test_a_windows_file_is_read(tmp_path: Path) -> None:
    assert read_article(write(tmp_path, WESTERN.encode("cp1252"))).text == WESTERN


def test_a_utf32_file_is_read_exactly_or_refused(tmp_path: Path) -> None:
    path = write(tmp_path, TEXT.encode("utf-32"))
    found = TEXT
    with contextlib.suppress(ArticleError):
        found = read_article(path).text
    assert found == TEXT


@given(article_texts)
def test_text_is_kept_as_it_is(text: str) -> None:
    article = Article.from_text(text)
    assert article.text == text
    assert article == Article.from_text(text)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        (' date 2018-02 "Nous venons', "2018-02"),
        ("date 2018-02-14 Paris", "2018-02-14"),
        ("\n\ndate 2018-02\nParis", "2018-02"),
        ("Paris, date 2018-02", None),
        ("date 2018-021 Paris", None),
        ("update 2018-02", None),
        ("date 2018-13 Paris", None),
        ("date 2018-02-30 Paris", None),
        ("date 0000-02-11 Paris", None),
        ("date ٢٠١٨-٠٢ Paris", None),
    ],
)
def test_a_leading_date_line_dates_the_article(text: str, date: str | None) -> None:
    assert Article.from_text(text).date == date


@pytest.mark.parametrize("name", ["a\nb.txt", "a\r\nb.exe", "a\u2028b.docx"])
def test_a_name_of_several_lines_is_said_in_one(name: str) -> None:
    with pytest.raises(ArticleError) as caught:
        article_from_bytes(b"", name)
    assert len(str(caught.value).splitlines()) == 1


def test_nothing_is_the_seed_byte_for_byte() -> None:
    article = load_article()
    assert article.text.encode() == SEED.read_bytes()
    assert article.date == "2018-02"


def test_load_tells_text_from_paths(tmp_path: Path) -> None:
    path = write(tmp_path, TEXT.encode())
    article = Article.from_text("Paris")
    assert load_article(article) is article
    assert load_article(path).text == load_article(str(path)).text == TEXT
    assert load_article("Un.\nDeux.").text == "Un.\nDeux."
    assert load_article("mot " * 80).text == "mot " * 80


@pytest.mark.parametrize("raw", [b"", b" \r\n\t", "\u00a0\u2029".encode(), codecs.BOM_UTF8, codecs.BOM_UTF16_LE])
def test_an_empty_file_is_refused(tmp_path: Path, raw: bytes) -> None:
    assert "empty" in refusal(write(tmp_path, raw))


@pytest.mark.parametrize("text", ["...", "« ! »", "😀", "\u0301"])
def test_a_text_without_letter_or_digit_is_refused(text: str) -> None:
    with pytest.raises(ArticleError, match="no letter or digit"):
        Article.from_text(text)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
        b"text\x00text",
        bytes(range(1, 32)) * 10 + b"abc",
        codecs.BOM_UTF8 + b"text\x00text",
        codecs.BOM_UTF16_LE + bytes(200) + b"a\x00",
    ],
)
def test_a_binary_file_is_refused(tmp_path: Path, raw: bytes) -> None:
    path = write(tmp_path, raw)
    message = refusal(path)
    assert str(path) in message
    assert "binary" in message


def test_broken_utf16_is_refused_with_its_place(tmp_path: Path) -> None:
    assert "utf-16-le" in refusal(write(tmp_path, codecs.BOM_UTF16_LE + "ab".encode("utf-16-le") + b"\x00\xd8"))


@pytest.mark.parametrize("suffix", [".doc", ".png", ".json"])
def test_another_kind_of_file_is_refused_by_its_suffix(tmp_path: Path, suffix: str) -> None:
    assert repr(suffix) in refusal(write(tmp_path, b"Paris", f"article{suffix}"))


def test_a_folder_a_missing_file_and_an_impossible_name_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.txt", Path("é" * 200), Path("a\x00b"), tmp_path / "x.txt" / "y.txt"):
        assert refusal(path)


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_no_text_and_no_path_is_refused(text: str) -> None:
    assert "empty" in refusal(text)


def test_a_lone_surrogate_is_refused_with_its_place() -> None:
    with pytest.raises(ArticleError, match="surrogate\\) at 6"):
        Article.from_text("Paris \ud83d est")


def test_a_file_above_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert "20,000,001 bytes" in refusal(path)


def test_an_article_of_one_word_is_answered_with_it() -> None:
    answer = ArticleQA.load(Article.from_text("Paris"), fake_models(RandomReader())).ask("Où ?", threshold=0)
    assert (answer.text, answer.start, answer.end) == ("Paris", 0, 5)


def test_an_article_of_two_megabytes_is_opened_and_asked_in_seconds() -> None:
    text = "Le pays 12 a fixé un prix. M. Dupont refuse : « non ».\r\n\r\n" * 36_000
    assert len(text) > 2_000_000
    started = time.process_time()
    opened = ArticleQA.load(Article.from_text(text), fake_models(RandomReader()))
    answer = opened.ask("Qui refuse ?", threshold=0)
    assert time.process_time() - started < 60
    assert opened.n_passages >= 36_000
    assert text[answer.start : answer.end] == answer.text != ""


ODD_TEXTS = {
    "NUL": "Le sommet\x00 aura lieu",
    "control": "Le\x07 sommet\x1b[2J aura\x7f lieu",
    "right to left": "\u202eLe sommet\u202c aura \u200flieu \u2066ici\u2069",
    "combining": "E\u0301te\u0301 " * 20 + "a" + "\u0301" * 2_000,
    "emoji": "👩‍🚀👨‍👩‍👧‍👦 🇫🇷 sommet à 😀",
    "zero width": "Le\u200b som\u200dmet\ufeff aura lieu",
    "line ends": "Un.\r\nDeux.\r\rTrois.\n\rQuatre\x0b\x0c\x85\u2028\u2029cinq",
    "mark": "\ufeffLe sommet aura lieu",
    "no sentence marks": "sommet " * 2_000,
    "quotation marks": "« " * 3_000 + "Paris",
    "one word": "a" * 10_000,
    "markup": "<script>alert(1)</script> **a** [b](javascript:c) <img src=x onerror=a>",
    "template": "{{value}} ${x} {% x %} {0} %s",
    "no characters": "a\uffff\ufdd0 b \U0010ffff",
}
ODD_QUESTIONS = (
    "Où ?",
    "O\x00ù\x1b[2J ?",
    "\u202eOù\u200f ?",
    "e\u0301" * 900,
    "👩‍🚀 où",
    "\ufeffQui\u200b\r\n?",
    "{{value}} ${x} %s {0.__class__}",
    "<script>alert(1)</script>",
)


@pytest.mark.parametrize("name", ODD_TEXTS)
def test_odd_characters_leave_every_offset_exact(name: str) -> None:
    text = ODD_TEXTS[name]
    opened = ArticleQA.load(Article.from_text(text), fake_models(RandomReader()))
    started = time.process_time()
    for question in ODD_QUESTIONS:
        for threshold in (0.0, 1.0):
            answer = opened.ask(question, threshold=threshold)
            evidence = () if answer.evidence is None else (answer.evidence,)
            for part in (answer, *answer.alternatives, *evidence):
                assert text[part.start : part.end] == part.text
    assert time.process_time() - started < 30


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["a.txt", "a.html"])
def test_utf16_without_its_mark_is_read(encoding: str, name: str) -> None:
    text = WESTERN.replace("\r\n", " ") if name == "a.html" else TEXT
    assert article_from_bytes(text.encode(encoding), name).text == text


def test_utf16_without_its_mark_that_is_cut_is_refused() -> None:
    with pytest.raises(ArticleError, match="binary"):
        article_from_bytes(TEXT.encode("utf-16-le")[:-1], "a.txt")


@pytest.mark.parametrize("text", [WESTERN, "Žižek said “yes” – Æsop’s • fable", "œuvre", "3 € à Genève, Où ?", "ŽŽŽ"])
def test_western_text_is_never_taken_for_that_of_a_mac(text: str) -> None:
    assert article_from_bytes(text.encode("cp1252"), "a.txt").text == text


def test_a_file_of_an_old_mac_is_read() -> None:
    text = "Il a été décidé à Genève, où « l’œuvre » brûle.\rÇa commence."
    assert article_from_bytes(text.encode("mac-roman"), "a.txt").text == text


def test_a_byte_that_no_encoding_has_leaves_the_rest_as_it_is() -> None:
    assert article_from_bytes(WESTERN.encode("cp1252") + b"\x81", "a.txt").text == f"{WESTERN}\ufffd"


@pytest.mark.parametrize("target", [os.devnull, "/dev/zero", "pipe"])
def test_what_is_no_file_is_refused_at_once(target: str, tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    if target == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(target)
    assert "a pipe or a device, not a file" in refusal(path)


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    path.symlink_to(path)
    assert "Too many levels of symbolic links" in refusal(path)


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, TEXT.encode())

    def forbid(*_: object) -> NoReturn:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "open", forbid)  # root may read anything, and tests may run as root
    assert refusal(path) == f"{path}: cannot be read (Permission denied)"


def test_a_file_that_tells_no_size_is_read_up_to_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, TEXT.encode())
    monkeypatch.setattr(article_module, "MAX_BYTES", 10)
    monkeypatch.setattr(article_module, "_check_size", lambda name, size: None)
    assert read_article(path).text == TEXT.encode()[:11].decode()


@pytest.mark.parametrize("name", ["a\nb.txt", "a\r\u2028b.txt", "a\x1b[31mb.txt", "a\udcffb.txt", "a\u202eb.txt"])
def test_a_files_name_is_one_line_that_can_be_shown(name: str) -> None:
    shown = article_from_bytes(b"Paris", name).name
    assert shown == shown.encode().decode()
    assert shown.splitlines() == [shown]
    assert shown.replace("\x1b", " ").replace("[31m", "") == "a b.txt"
    for raw, named in ((b"", name), (b"x", f"{name}.exe"), (b"x", f"{name}.pdf")):
        with pytest.raises(ArticleError) as caught:
            article_from_bytes(raw, named)
        said = [str(caught.value), explain(caught.value, "fr")]
        assert all(line.encode() and len(line.splitlines()) == 1 for line in said)
