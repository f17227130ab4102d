"""Hostile strings as questions, articles, file names and judged answers, in a real browser: they stay text."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from browsing import WAIT, ask, needs_browser, serve
from inert import Watch, fold
from injection_strings import ORDERS, STRINGS
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, BrowserContext, Page, expect
from web_hostile import HARMLESS, TEXT, hostile_article

from qa.article import article_from_bytes
from qa.errors import ArticleError
from qa.evaluation.questions import read_questions
from qa.web.export import export_json, export_markdown
from qa.web.feedback import FeedbackStore, export_questions
from qa.web.handlers import Handlers
from qa.web.session import Session
from qa.web.wording import article_title

ROOT = Path(__file__).resolve().parents[1]
SHARE = 15
"""Questions of one conversation."""
TYPED = [string for string in STRINGS if "__i18n__" not in string]
"""In a text box gradio puts a word of the page in for that mark, for whoever types it."""


@pytest.fixture(scope="module")
def feedback(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile") / "thumbs.sqlite"


@pytest.fixture(scope="module")
def address(feedback: Path) -> Iterator[str]:
    """A server whose own article is made of the strings."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    with serve([sys.executable, str(ROOT / "tests/web_hostile.py"), str(feedback)], environment) as started:
        yield started


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    yield opened
    opened.close()


def _open(context: BrowserContext, address: str, harmless: str) -> Watch:
    """A page that has answered one harmless question, watched from there on."""
    page = context.new_page()
    watch = Watch(page, address)
    page.goto(address)
    expect(page.locator("body.spoken #article .article-pane")).to_be_visible(timeout=WAIT)
    ask(page, harmless)
    watch.begin()
    return watch


def _shown(page: Page) -> dict[str, str]:
    """The last turn, and the marked words of the article, as they are read."""
    texts: dict[str, str] = page.evaluate(
        """() => {
          const last = (place) => [...document.querySelectorAll(place)].pop();
          const read = (where, place) => [...where.querySelectorAll(place)].map((found) => found.textContent).join('');
          const card = last('#chat .card');
          return {question: last('#chat [data-testid=user]').textContent, answer: read(card, '.answer'),
            sentence: read(card, 'blockquote'), mark: read(document, '#article mark')};
        }"""
    )
    return {name: fold(text) for name, text in texts.items()}


def _wait_to_read(page: Page, place: str, text: str) -> None:
    """Wait until a place on the page says just this."""
    end = time.monotonic() + WAIT / 1000
    while (said := fold(page.locator(place).inner_text())) != text:
        assert time.monotonic() < end, said
        page.wait_for_timeout(10)


def _open_file(page: Page, name: str, text: str) -> None:
    page.locator("#open-file input").set_input_files({"name": name, "mimeType": "", "buffer": text.encode()})


def _export(page: Page, kind: str) -> str:
    with page.expect_download() as download:
        page.locator(f"#export-{kind}").click()
    return Path(download.value.path()).read_text(encoding="utf-8")


def _rendered(markdown: str) -> tuple[str, set[str]]:
    """The text that a Markdown reader shows, and the kinds of its blocks and marks."""
    words, kinds = [], set()
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(markdown):
        inside = token.children or []
        words.append("".join(" " if part.type == "softbreak" else part.content for part in inside))
        kinds |= {token.type, *(part.type for part in inside)}
    return fold(" ".join(words)), kinds


def _turns(*questions: str) -> tuple[Handlers, Session]:
    do, session = Handlers(hostile_article()), Session()
    for question in questions:
        session, _ = do.respond(question, session, "en", 0.5, False)
    return do, session


def test_exports_say_every_string_and_nothing_more() -> None:
    do, harmless = _turns(HARMLESS)
    _, plain = _rendered(export_markdown(harmless, do.first, "en"))
    for string in STRINGS:
        do, session = _turns(string)
        text, kinds = _rendered(export_markdown(session, do.first, "en"))
        assert kinds <= plain, string
        assert text.count(fold(string)) >= 3, string
        (turn,) = json.loads(export_json(session, do.first))["turns"]
        assert turn["asked"] == string


@pytest.mark.parametrize(
    ("said", "exported"),
    [("2018. Un an", "2018\\. Un an"), ("3.5 %", "3.5 %"), ("- a", "\\- a"), ("a - b", "a - b"), ("R&D", "R\\&D")],
)
def test_an_export_escapes_what_would_begin_a_list_and_no_more(said: str, exported: str) -> None:
    do, session = _turns(said)
    assert f"## {exported}\n" in export_markdown(session, do.first, "en")


def test_judged_strings_come_back_as_questions(tmp_path: Path) -> None:
    store = FeedbackStore(tmp_path / "thumbs.sqlite")
    do, session = _turns(*STRINGS)
    kept = Handlers(do.first, store)
    assert all(kept.judge(2 * number + 1, True, session) for number in range(len(STRINGS)))
    path = tmp_path / "questions.json"
    path.write_text(json.dumps(export_questions(store)), encoding="utf-8")
    assert [(q.question, q.gold[0].text) for q in read_questions(path)] == [(s.strip(), s.strip()) for s in STRINGS]


def _ask_all(page: Page, share: Sequence[str]) -> None:
    """Ask strings in a conversation of their own, and look at each turn."""
    page.locator("#clear").click()
    expect(page.locator("#chat .card")).to_have_count(0, timeout=WAIT)
    for string in share:
        ask(page, string)
        shown, wanted = _shown(page), fold(string)
        assert shown["question"] == wanted
        if string not in ORDERS:  # some of them are taken for follow-ups
            assert (shown["answer"], shown["mark"]) == (wanted, wanted)
            assert wanted in shown["sentence"]


@needs_browser
def test_questions_and_answers_stay_text(context: BrowserContext, address: str, feedback: Path) -> None:
    watch = _open(context, address, HARMLESS)
    page, likes = watch.page, re.compile("^(like|thumbs? up)", re.IGNORECASE)
    for first in range(0, len(TYPED), SHARE):
        share = TYPED[first : first + SHARE]
        _ask_all(page, share)
        page.locator("#chat").get_by_role("button", name=likes).last.click()
        expect(page.locator("#notice")).to_contain_text("Thank you", timeout=WAIT)
        watch.check()
        turns = json.loads(_export(page, "json"))["turns"]
        assert [fold(turn["asked"]) for turn in turns] == [fold(string) for string in share]
        text, _ = _rendered(_export(page, "markdown"))
        assert all(fold(string) in text for string in share)
    assert len(FeedbackStore(feedback).rows()) == -(-len(TYPED) // SHARE)


@needs_browser
def test_names_titles_and_texts_of_opened_files_stay_text(context: BrowserContext, address: str) -> None:
    watch = _open(context, address, HARMLESS)
    page = watch.page
    page.locator("#open button").first.click()
    _open_file(page, "harmless.txt", HARMLESS)
    _wait_to_read(page, "#opened", "harmless.txt is open: 1 words.")
    expect(page.locator("#articles input")).to_be_visible(timeout=WAIT)  # the choice of articles, new with the second
    watch.begin()
    for string in STRINGS:
        name, text = f"{string}.txt", f"{string}\n\n{string} harmless"
        _open_file(page, name, text)
        try:
            article = article_from_bytes(text.encode(), name)
        except ArticleError as error:  # control characters enough for a binary file
            _wait_to_read(page, "#opened", fold(f"That did not work: {error}"))
            continue
        _wait_to_read(page, "#opened", fold(f"{article.name} is open: {len(text.split())} words."))
        assert fold(page.locator("#article h2").inner_text()) == fold(article_title(article))
        assert fold(page.locator("#article .article-pane").inner_text()).endswith(fold(f"{string} harmless"))
    watch.check()


@needs_browser
def test_the_models_that_ship_answer_orders_with_the_articles_own_words(
    context: BrowserContext, tmp_path: Path
) -> None:
    path = tmp_path / "strings.txt"
    path.write_text(TEXT.replace("\0", ""), encoding="utf-8")
    with serve([sys.executable, str(ROOT / "app.py"), "--port", "0", "--article", str(path)]) as started:
        watch = _open(context, started, "What looks like a card?")
        for string in ORDERS:
            ask(watch.page, string)
            shown = _shown(watch.page)
            assert shown["answer"] in fold(TEXT)
            assert shown["mark"] == shown["answer"]
        watch.check()
