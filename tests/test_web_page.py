"""What a person does on the page, in a real browser, with planned answers: it is the page that is tested."""

from __future__ import annotations

import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from browsing import needs_browser, serve
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

ROOT = Path(__file__).resolve().parents[1]
WAIT = 30_000
pytestmark = needs_browser
AXE_ALLOWED: dict[str, str] = {}
"""Findings of Gradio's own elements, and why each is let pass."""


@pytest.fixture(scope="module")
def feedback(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("feedback") / "thumbs.sqlite"


@pytest.fixture(scope="module")
def address(feedback: Path) -> Iterator[str]:
    command = [sys.executable, str(ROOT / "tests/web_fakes.py"), str(feedback)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    with serve(command, environment) as started:
        yield started


def _open(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#suggestions button").first).to_be_visible(timeout=WAIT)
    return page


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 860})
    yield _open(context, address)
    context.close()


def _ask(page: Page, question: str) -> Locator:
    """Ask, and the card that comes of it."""
    cards = page.locator("#chat .card")
    n = cards.count()
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    expect(cards).to_have_count(n + 1, timeout=WAIT)
    return cards.last


def _is_in_pane(page: Page, inner: Locator) -> bool:
    box, pane = inner.bounding_box(), page.locator("#article .article-pane").bounding_box()
    assert box is not None
    assert pane is not None
    return pane["y"] <= box["y"] and box["y"] + box["height"] <= pane["y"] + pane["height"]


def test_answer_is_marked_in_view_and_the_page_itself_does_not_scroll(page: Page) -> None:
    card = _ask(page, "why did NTM-I end?")
    expect(card.locator(".direct")).to_have_text("Bagdad eut refusé d'accorder l'immunité aux militaires alliés")
    expect(card.locator("blockquote")).to_have_attribute("lang", "fr")
    expect(card).to_contain_text("paragraph 8")
    mark = page.locator("#article mark")
    expect(mark).to_have_count(1)
    assert _is_in_pane(page, mark)
    assert page.evaluate("window.scrollY") == 0


def test_only_the_exact_place_is_marked_not_the_same_words_elsewhere(page: Page) -> None:
    _ask(page, "Où aura lieu le sommet ?")
    mark = page.locator("#article mark")
    expect(mark).to_have_text("Bruxelles")
    expect(page.locator("#article p:has(mark)")).to_have_attribute("data-number", "5")


def test_alternative_and_earlier_answer_show_their_places_again(page: Page) -> None:
    first = _ask(page, "why did NTM-I end?")
    last = _ask(page, "Quand aura lieu le sommet ?")
    expect(page.locator("#article mark")).to_have_text("11 et 12 juillet prochains")
    last.locator("a.alternative").first.click()
    expect(page.locator("#article mark")).to_have_text("2004 à 2011", timeout=WAIT)
    expect(page.locator("#article .candidate").first).to_have_text("11 et 12 juillet prochains")
    assert _is_in_pane(page, page.locator("#article mark"))
    page.locator("#chat .card").first.locator("a.place").click()
    expect(page.locator("#article mark")).to_contain_text("immunité", timeout=WAIT)
    expect(first).to_be_visible()
    assert "#show" not in page.url


def test_who_says_so_and_the_computed_date_are_badges(page: Page) -> None:
    card = _ask(page, "When will the summit be held?")
    expect(card.locator(".badge.speaker")).to_contain_text("according to M. Stoltenberg")
    expect(card.locator(".badge.date")).to_contain_text("11–12 July 2018")
    expect(card.locator(".badge.date")).to_contain_text("computed")


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("How do I bake an apple tart?", "Nothing in the article is about this"),
        ("Will Turkey join the mission?", "never mentions: Turkey"),
        ("How many AWACS did the coalition get?", "does not give this detail"),
    ],
)
def test_refusal_says_why_and_shows_the_nearest_passage_as_no_answer(page: Page, question: str, reason: str) -> None:
    card = _ask(page, question)
    expect(card).to_contain_text("The article does not say.")
    expect(card).to_contain_text(reason)
    expect(card).to_contain_text("Closest passage, not an answer")
    expect(page.locator("#article .evidence")).not_to_have_count(0)
    expect(page.locator("#article mark")).to_have_count(0)


def test_follow_up_is_understood_shown_and_can_be_turned_off(page: Page) -> None:
    _ask(page, "When will the summit be held?")
    card = _ask(page, "and where?")
    expect(card.locator(".understood")).to_contain_text("Where will the summit be held?")
    expect(card.locator(".direct")).to_have_text("Bruxelles")
    page.get_by_role("button", name="Settings").click()
    page.locator("#follow-ups input").uncheck()
    expect(_ask(page, "and where?")).to_contain_text("The article does not say.")


def test_suggestion_is_asked_by_one_click(page: Page) -> None:
    page.get_by_role("button", name="What does NTM-I stand for?").click()
    expect(page.locator("#chat .card .direct")).to_have_text("NATO Training Mission in Irak", timeout=WAIT)
    expect(page.locator("#suggestions button")).to_have_count(0)


def test_edit_brings_the_question_back_and_ask_again_repeats_the_last(page: Page) -> None:
    card = _ask(page, "where will the summit be held?")
    card.get_by_role("link", name="Edit").click()
    expect(page.locator("#question textarea")).to_have_value("where will the summit be held?", timeout=WAIT)
    card.get_by_role("link", name="Ask again").click()
    expect(page.locator("#question textarea")).to_have_value("", timeout=WAIT)
    expect(page.locator("#chat .card")).to_have_count(1)


def test_clear_forgets_the_conversation_and_brings_the_suggestions_back(page: Page) -> None:
    _ask(page, "why did NTM-I end?")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#chat .card")).to_have_count(0, timeout=WAIT)
    expect(page.locator("#article mark")).to_have_count(0)
    expect(page.locator("#suggestions button")).not_to_have_count(0)


def test_threshold_refuses_what_is_not_sure_enough(page: Page) -> None:
    page.get_by_role("button", name="Settings").click()
    page.locator("#threshold input[type=number]").fill("0.95")
    page.locator("#threshold input[type=number]").press("Enter")
    page.locator("#threshold input[type=number]").press("Tab")
    expect(page.locator("#threshold input[type=range]")).to_have_value("0.95", timeout=WAIT)
    page.wait_for_timeout(500)  # the page hands a changed slider on a moment later
    expect(_ask(page, "Where will the summit be held?")).to_contain_text("The article does not say.")
    page.get_by_role("button", name="What this costs and gains on the public questions").click()
    expect(page.locator("#measured")).to_contain_text("of 120 public questions", timeout=WAIT)


def test_conversation_is_exported_as_markdown_and_json(page: Page) -> None:
    _ask(page, "When will the summit be held?")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export Markdown").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "**11 et 12 juillet prochains**" in text
    assert "11–12 July 2018" in text
    with page.expect_download() as download:
        page.get_by_role("button", name="Export JSON").click()
    record = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))["turns"][0]["answer"]
    assert record["dates"][0]["first"] == "2018-07-11"


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
    expect(_ask(page, "Où brille le phare ?").locator(".direct")).to_have_text("à Lannoz")
    expect(page.locator("#article mark")).to_have_text("à Lannoz")
    other = browser.new_context(locale="en-GB")
    stranger = _open(other, address)
    expect(_ask(stranger, "Où brille le phare ?")).not_to_contain_text("Lannoz")
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
    card = _ask(page, "Où brille le phare ?")
    expect(card.locator("blockquote")).to_contain_text("**Où** <mark>brille</mark>")
    assert page.locator("#article img, #chat img, #chat .card em").count() == 0
    assert page.title() == "Dispatch QA"


def test_language_is_the_browsers_until_switched_and_is_kept(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="fr-FR")
    page = _open(context, address)
    expect(page.get_by_role("button", name="Demander")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible(timeout=WAIT)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.reload()
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible(timeout=WAIT)
    expect(page.locator("#suggestions")).to_contain_text("Questions to start with", timeout=WAIT)
    context.close()


def test_theme_follows_the_system_until_switched_and_is_kept(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="en-GB", color_scheme="dark")
    page = _open(context, address)
    expect(page.locator("body")).to_have_class(re.compile(r"\bdark\b"))
    page.get_by_role("button", name="Light / dark").click()
    expect(page.locator("body")).not_to_have_class(re.compile(r"\bdark\b"))
    page.reload()
    expect(page.locator("#suggestions button").first).to_be_visible(timeout=WAIT)
    expect(page.locator("body")).not_to_have_class(re.compile(r"\bdark\b"))
    context.close()


def test_phone_width_has_nothing_beside_the_screen(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="fr-FR", viewport={"width": 360, "height": 740})
    page = _open(context, address)
    card = _ask(page, "Quand aura lieu le sommet ?")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    card.locator("a.alternative").first.click()
    expect(page.locator("#article mark")).to_have_text("2004 à 2011", timeout=WAIT)
    expect(page.locator("#article mark")).to_be_in_viewport(timeout=WAIT)
    context.close()


def test_everything_is_reached_by_keyboard(page: Page) -> None:
    page.locator("#question textarea").focus()
    page.keyboard.type("When will the summit be held?")
    page.keyboard.press("Enter")
    expect(page.locator("#chat .card")).to_have_count(1, timeout=WAIT)
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.className").startswith("alternative"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#article mark")).to_have_text("2003", timeout=WAIT)
    page.locator("#article .article-pane").focus()
    before = page.evaluate("document.querySelector('.article-pane').scrollTop")
    page.keyboard.press("Home")
    page.wait_for_function("before => document.querySelector('.article-pane').scrollTop < before", arg=before)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_of_ours(browser: Browser, address: str, scheme: str) -> None:
    script = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
    context = browser.new_context(
        locale="en-GB", color_scheme="dark" if scheme == "dark" else "light", viewport={"width": 1280, "height": 860}
    )
    page = _open(context, address)
    _ask(page, "When will the summit be held?")
    for panel in ("Settings", "Help, and what it cannot do", "Open your own article"):
        page.get_by_role("button", name=panel).click()
    page.evaluate(script)
    found = page.evaluate("async () => (await axe.run(document)).violations")
    ours = [
        f"{v['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
        for v in found
        if v["id"] not in AXE_ALLOWED
        for node in v["nodes"]
    ]
    assert ours == []
    context.close()


def test_no_other_host_is_asked_and_no_error_is_logged(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    hosts: set[str] = set()
    errors: list[str] = []
    page.on("request", lambda request: hosts.add(request.url.split("/")[2] if "://" in request.url else ""))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(address)
    expect(page.locator("#suggestions button").first).to_be_visible(timeout=WAIT)
    _ask(page, "Quand aura lieu le sommet ?").locator("a.alternative").first.click()
    expect(page.locator("#article mark")).to_have_text("2004 à 2011", timeout=WAIT)
    context.close()
    assert hosts - {""} == {address.removeprefix("http://")}
    assert errors == []


def test_thumb_is_kept_and_exported_as_a_question_file(page: Page, feedback: Path, tmp_path: Path) -> None:
    from qa.evaluation.questions import read_questions

    _ask(page, "Where will the summit be held?")
    page.locator("#chat").get_by_role("button", name=re.compile("^(like|thumbs? up)", re.IGNORECASE)).first.click()
    expect(page.locator("#notice")).to_contain_text("noted", timeout=WAIT)
    with sqlite3.connect(feedback) as connection:
        assert connection.execute("select count(*) from feedback where liked").fetchone()[0] == 1
    command = [sys.executable, "-m", "qa.web.feedback", str(feedback)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    (tmp_path / "questions.json").write_text(printed, encoding="utf-8")
    (question,) = read_questions(tmp_path / "questions.json")
    assert question.gold[0].text == "Bruxelles"


def test_uploads_and_large_bodies_are_refused_and_health_is_told(address: str) -> None:
    for path in ("/gradio_api/upload", "/gradio_api/upload/"):
        with pytest.raises(HTTPError, match="403"):
            urlopen(Request(address + path, data=b"x", method="POST"))
    with pytest.raises((HTTPError, OSError)):
        urlopen(Request(address + "/gradio_api/queue/join", data=b"x" * 9_000_000, method="POST"))
    for path, status in (("/healthz", "ok"), ("/readyz", "ready")):
        with urlopen(address + path) as response:
            assert json.load(response) == {"status": status}


def test_programs_need_only_the_question(address: str) -> None:
    from gradio_client import Client

    client = Client(address, verbose=False)
    record = client.predict("why did NTM-I end?", api_name="/ask")
    assert record["answered"]
    assert record["speaker"]["kind"] == "article"
    assert not client.predict("why did NTM-I end?", 0.99, api_name="/ask")["answered"]
