"""A user's own articles, in a real browser, with planned answers."""

from __future__ import annotations

import io
import re
from pathlib import Path

from browsing import WAIT, ask, needs_browser, open_page
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).resolve().parents[1]
pytestmark = needs_browser


def _pdf(lines: list[str]) -> bytes:
    """A one-page PDF that says these lines."""
    shown = " ".join(f"({line}) Tj T*" for line in lines)
    stream = f"BT /F1 12 Tf 50 700 Td 14 TL {shown} ET".encode("latin-1")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = io.BytesIO(b"%PDF-1.4\n"), []
    out.seek(0, io.SEEK_END)
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start)
    return out.getvalue()


def test_own_pdf_is_opened_asked_and_unknown_to_another_session(page: Page, browser: Browser, address: str) -> None:
    page.get_by_role("button", name="Open your own article").click()
    pdf = {"name": "phare.pdf", "mimeType": "application/pdf", "buffer": _pdf(["Le phare brille \\340 Lannoz."])}
    page.locator("#open-file input").set_input_files(pdf)  # type: ignore[arg-type]
    expect(page.locator("#opened")).to_contain_text("phare.pdf is open", timeout=WAIT)
    expect(ask(page, "Où brille le phare ?").locator(".direct")).to_have_text("à Lannoz")
    expect(page.locator("#article mark")).to_have_text("à Lannoz")
    other = browser.new_context(locale="en-GB")
    stranger = open_page(other, address)
    expect(ask(stranger, "Où brille le phare ?")).not_to_contain_text("Lannoz")
    expect(stranger.locator("#articles")).to_have_count(0)
    other.close()


def test_unreadable_file_and_empty_paste_get_a_sentence(page: Page) -> None:
    page.get_by_role("button", name="Open your own article").click()
    page.locator("#open-file input").set_input_files({"name": "a.pdf", "mimeType": "", "buffer": b"not one"})
    expect(page.locator("#opened [role=alert]")).to_contain_text("not a PDF that can be read", timeout=WAIT)
    page.get_by_role("button", name="Read this text").click()
    expect(page.locator("#opened [role=alert]")).to_contain_text("the article is empty", timeout=WAIT)


def test_markup_in_a_pasted_article_stays_text(page: Page) -> None:
    page.get_by_role("button", name="Open your own article").click()
    page.locator("#paste textarea").fill(
        "<img src=x onerror=\"document.title='run'\"> **Où** <mark>brille</mark> à Lannoz"
    )
    page.get_by_role("button", name="Read this text").click()
    expect(page.locator("#article .article-pane")).to_contain_text("<img src=x", timeout=WAIT)
    expect(page.locator("#paste")).to_be_hidden()
    expect(page.locator("#opened")).to_contain_text("is open")
    card = ask(page, "Où brille le phare ?")
    expect(card.locator("blockquote")).to_contain_text("**Où** <mark>brille</mark>")
    assert page.locator("#article img, #chat img, #chat .card em").count() == 0
    assert page.title() == "Dispatch QA"


def _docx(paragraphs: list[str]) -> bytes:
    from docx import Document

    document, out = Document(), io.BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(out)
    return out.getvalue()


def _open_file(page: Page, name: str, raw: bytes) -> None:
    page.locator("#open-file input").set_input_files({"name": name, "mimeType": "", "buffer": raw})


def test_own_word_file_is_opened_and_asked(page: Page) -> None:
    page.get_by_role("button", name="Open your own article").click()
    _open_file(page, "phare.docx", _docx(["Le phare de la pointe", "Le phare brille à Lannoz."]))
    expect(page.locator("#opened")).to_contain_text("phare.docx is open: 10 words", timeout=WAIT)
    expect(page.locator("#article h2")).to_have_text("Le phare de la pointe")
    expect(ask(page, "Où brille le phare ?").locator(".direct")).to_have_text("à Lannoz")
    expect(page.locator("#article p:has(mark)")).to_have_attribute("data-number", "2")


def test_a_long_article_shows_how_far_it_is_read_and_can_be_stopped(page: Page) -> None:
    long = "\n\n".join(f"Paragraphe {i} du texte." for i in range(400)).encode()
    page.get_by_role("button", name="Open your own article").click()
    _open_file(page, "long.txt", long)
    expect(page.locator("#opened")).to_contain_text(re.compile(r"[1-9]\d?\.\d ?%"), timeout=WAIT)
    bar = page.locator("#opened .progress-bar").bounding_box()
    assert bar is not None
    assert bar["width"] > 0
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#opened")).to_have_text("Stopped.", timeout=WAIT)
    expect(page.locator("#articles")).to_have_count(0)
    _open_file(page, "short.txt", b"Le phare brille \xe0 Lannoz.")
    expect(page.locator("#opened")).to_contain_text("short.txt is open", timeout=WAIT)


def test_what_cannot_be_read_is_told_in_french_on_the_french_page(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="fr-FR")
    page = open_page(context, address)
    page.get_by_role("button", name="Ouvrir votre propre article").click()
    _open_file(page, "a.pdf", b"not one")
    alert = page.locator("#opened [role=alert]")
    expect(alert).to_contain_text("a.pdf : ce n’est pas un fichier PDF lisible", timeout=WAIT)
    expect(ask(page, "why? " * 500)).to_contain_text("la question a 2499 caractères")
    context.close()


def test_one_of_several_articles_is_asked_or_all_of_them(page: Page) -> None:
    page.get_by_role("button", name="Open your own article").click()
    _open_file(page, "phare.txt", "Le phare brille à Lannoz.".encode())
    expect(page.locator("#opened")).to_contain_text("phare.txt is open", timeout=WAIT)
    expect(ask(page, "Where will the summit be held?")).to_contain_text("The article does not say.")
    page.locator("#articles input").click()
    page.get_by_role("option", name="All articles").click()
    card = ask(page, "Where will the summit be held?")
    expect(card.locator(".direct")).to_have_text("Bruxelles")
    expect(card).to_contain_text("in dispatch.txt")
    expect(ask(page, "Où brille le phare ?")).to_contain_text("dans phare.txt")
    expect(page.locator("#article h2")).to_have_text("phare.txt")
