"""What a person does on the page, in a real browser, with the models that ship."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from browsing import needs_browser, serve
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).resolve().parents[1]
ANSWER_TIMEOUT = 30_000

pytestmark = needs_browser


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server writes every host that it looks up or connects to."""
    return tmp_path_factory.mktemp("called") / "hosts.txt"


@pytest.fixture(scope="module")
def address(called: Path) -> Iterator[str]:
    """The address on the one line that `python app.py` prints when it is ready."""
    command = [sys.executable, str(ROOT / "tests/watched.py"), str(called), "--port", "0"]
    with serve(command) as started:
        yield started


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.goto(address)
    expect(opened.locator("#question textarea")).to_be_visible(timeout=ANSWER_TIMEOUT)
    yield opened
    context.close()


def _ask(page: Page, question: str) -> None:
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")


@pytest.mark.parametrize("question", ["why did NTM-I end?", "pourquoi la NTM-I a-t-elle pris fin ?"])
def test_question_is_answered_with_the_clause_on_immunity_and_marked_in_view(page: Page, question: str) -> None:
    _ask(page, question)
    expect(page.locator("#chat [data-testid=bot]").last).to_contain_text("immunité", timeout=ANSWER_TIMEOUT)
    mark = page.locator("#article mark").first
    expect(mark).to_contain_text("immunité")
    box, pane = mark.bounding_box(), page.locator("#article .article-pane").bounding_box()
    assert box is not None
    assert pane is not None
    assert pane["y"] <= box["y"] <= pane["y"] + pane["height"]
    assert page.evaluate("window.scrollY") == 0


def test_what_the_article_does_not_say_is_refused_and_nothing_is_marked(page: Page) -> None:
    _ask(page, "How do I bake an apple tart?")
    expect(page.locator("#chat [data-testid=bot]").last).to_contain_text("does not say", timeout=ANSWER_TIMEOUT)
    expect(page.locator("#article mark")).to_have_count(0)


def test_empty_question_gets_a_sentence_not_a_traceback(page: Page) -> None:
    _ask(page, "???")
    expect(page.locator("#chat [data-testid=bot]").last).to_contain_text("empty", timeout=ANSWER_TIMEOUT)


def test_markup_in_a_question_stays_text(page: Page) -> None:
    _ask(page, "<img src=x onerror=\"document.title='run'\"> **who** [x](http://example.org)?")
    expect(page.locator("#chat [data-testid=bot]")).to_have_count(1, timeout=ANSWER_TIMEOUT)
    user = page.locator("#chat [data-testid=user]").last
    expect(user).to_contain_text("<img src=x")
    assert user.locator("img, a, strong").count() == 0
    assert page.title() == "Dispatch QA"


def test_page_and_server_ask_no_other_host(browser: Browser, address: str, called: Path) -> None:
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2] if "://" in request.url else ""))
    page.goto(address)
    expect(page.get_by_text("Interrogez l’article")).to_be_visible(timeout=ANSWER_TIMEOUT)
    _ask(page, "Où aura lieu le sommet ?")
    expect(page.locator("#chat [data-testid=bot]").last).to_contain_text("Bruxelles", timeout=ANSWER_TIMEOUT)
    context.close()
    assert hosts - {""} == {address.removeprefix("http://")}
    assert set(called.read_text(encoding="utf-8").split()) <= {"127.0.0.1", "localhost", "::1"}


def test_article_keeps_its_paragraphs_and_every_word(page: Page) -> None:
    text = (ROOT / "seeds/dispatch.txt").read_text(encoding="utf-8")
    shown = page.locator("#article .article-pane p").all_text_contents()
    assert shown == [paragraph.strip() for paragraph in text.split("\n\n")]


def test_foreign_host_name_is_refused_and_headers_are_set(address: str) -> None:
    with urlopen(address + "/healthz") as response:
        assert json.load(response) == {"status": "ok"}
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    with pytest.raises(Exception, match="400"):
        urlopen(Request(address + "/healthz", headers={"Host": "evil.example"}))


def test_programs_can_ask(address: str) -> None:
    from gradio_client import Client

    client = Client(address, verbose=False)
    record = client.predict("Combien de pays compte l'Alliance ?", api_name="/ask")
    assert record["answered"]
    assert "29" in record["text"]
