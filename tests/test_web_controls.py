"""Buttons and settings around the questions, in a real browser, with planned answers."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from browsing import WAIT, ask, needs_browser, open_page
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).resolve().parents[1]
pytestmark = needs_browser


def test_suggestion_is_asked_by_one_click(page: Page) -> None:
    page.get_by_role("button", name="What does NTM-I stand for?").click()
    expect(page.locator("#chat .card .direct")).to_have_text("NATO Training Mission in Irak", timeout=WAIT)
    expect(page.locator("#suggestions button")).to_have_count(0)


def test_edit_brings_the_question_back_and_ask_again_repeats_the_last(page: Page) -> None:
    card = ask(page, "where will the summit be held?")
    card.get_by_role("link", name="Edit").click()
    expect(page.locator("#question textarea")).to_have_value("where will the summit be held?", timeout=WAIT)
    with page.expect_response("**/queue/join*"), page.expect_response("**/queue/data*"):
        card.get_by_role("link", name="Ask again").click()
    page.wait_for_timeout(500)  # for a second card, if one were to come
    expect(page.locator("#chat .card")).to_have_count(1)


def test_clear_forgets_the_conversation_and_brings_the_suggestions_back(page: Page) -> None:
    ask(page, "why did NTM-I end?")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#chat .card")).to_have_count(0, timeout=WAIT)
    expect(page.locator("#article mark")).to_have_count(0)
    expect(page.locator("#suggestions button")).not_to_have_count(0)


def _set_threshold(page: Page, wanted: str) -> None:
    """Type a threshold; again where the panel, just opened, was drawn anew over it."""
    number, slider = page.locator("#threshold input[type=number]"), page.locator("#threshold input[type=range]")
    for _ in range(5):
        number.fill(wanted)
        number.press("Enter")
        number.press("Tab")
        page.wait_for_timeout(500)  # the page hands a changed slider on a moment later
        if slider.input_value() == wanted:
            return
    pytest.fail(f"the threshold stays {slider.input_value()}")


def test_threshold_refuses_what_is_not_sure_enough(page: Page) -> None:
    page.get_by_role("button", name="Settings").click()
    _set_threshold(page, "0.95")
    expect(ask(page, "Where will the summit be held?")).to_contain_text("The article does not say.")
    page.get_by_role("button", name="What this costs and gains on the public questions").click()
    expect(page.locator("#measured")).to_contain_text("of 120 public questions", timeout=WAIT)


def test_conversation_is_exported_as_markdown_and_json(page: Page) -> None:
    ask(page, "When will the summit be held?")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export Markdown").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "**11 et 12 juillet prochains**" in text
    assert "11–12 July 2018" in text
    with page.expect_download() as download:
        page.get_by_role("button", name="Export JSON").click()
    record = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))["turns"][0]["answer"]
    assert record["dates"][0]["first"] == "2018-07-11"


def test_thumb_is_kept_and_exported_as_a_question_file(page: Page, feedback: Path, tmp_path: Path) -> None:
    from qa.evaluation.questions import read_questions

    ask(page, "Where will the summit be held?")
    page.locator("#chat").get_by_role("button", name=re.compile("^(like|thumbs? up)", re.IGNORECASE)).first.click()
    expect(page.locator("#notice")).to_contain_text("noted", timeout=WAIT)
    with sqlite3.connect(feedback) as connection:
        assert connection.execute("select count(*) from feedback where liked").fetchone()[0] == 1
    command = [sys.executable, "-m", "qa.web.feedback", str(feedback)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    (tmp_path / "questions.json").write_text(printed, encoding="utf-8")
    (question,) = read_questions(tmp_path / "questions.json")
    assert question.gold[0].text == "Bruxelles"


def test_copy_takes_the_answer_with_its_sentence(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="en-GB", permissions=["clipboard-read", "clipboard-write"])
    page = open_page(context, address)
    card = ask(page, "Where will the summit be held?")
    card.get_by_role("link", name="Copy").click()
    expect(card.get_by_role("link", name="✓")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert copied[0] == "Bruxelles"
    assert any("prévu les 11 et 12 juillet prochains à Bruxelles." in line for line in copied)
    assert not any("Ask again" in line for line in copied)
    expect(card.get_by_role("link", name="Copy")).to_be_visible()
    context.close()


def test_stop_discards_the_answer_and_frees_the_box_at_once(page: Page) -> None:
    ask(page, "Where will the summit be held?")
    box, users = page.locator("#question textarea"), page.locator("#chat [data-testid=user]")
    box.fill("Who spoke slowly?")
    box.press("Enter")
    expect(users).to_have_count(2)
    expect(box).to_have_value("")
    page.get_by_role("button", name="Stop").click()
    expect(box).to_have_value("Who spoke slowly?", timeout=1_500)
    expect(users).to_have_count(1, timeout=1_500)
    expect(page.locator("#notice")).to_have_text("Stopped.")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    expect(ask(page, "why did NTM-I end?").locator(".direct")).to_contain_text("immunité")
    expect(page.locator("#chat .card")).to_have_count(2)


def test_what_is_typed_while_an_answer_is_awaited_stays_and_begins_no_second_question(page: Page) -> None:
    box, users = page.locator("#question textarea"), page.locator("#chat [data-testid=user]")
    box.fill("Who spoke slowly?")
    box.press("Enter")
    expect(users).to_have_count(1)
    box.fill("Where will the summit be held?")
    box.press("Enter")
    page.get_by_role("button", name="Stop").click()
    expect(users).to_have_count(0, timeout=1_500)
    expect(box).to_have_value("Where will the summit be held?")
    box.press("Enter")
    expect(page.locator("#chat .card .direct")).to_have_text("Bruxelles", timeout=WAIT)


def test_escape_stops_a_suggestion_and_the_suggestions_come_back(page: Page) -> None:
    page.evaluate("document.querySelector('#suggestions button').dataset.question = 'Who spoke slowly?'")
    page.locator("#suggestions button").first.click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#notice")).to_have_text("Stopped.", timeout=1_500)
    expect(page.locator("#suggestions button").first).to_be_visible()
    expect(page.locator("#question textarea")).to_have_value("")


def test_clear_forgets_a_question_in_waiting_too(page: Page) -> None:
    ask(page, "Where will the summit be held?")
    page.locator("#question textarea").fill("Who spoke slowly?")
    page.locator("#question textarea").press("Enter")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible(timeout=WAIT)
    expect(page.locator("#chat :is([data-testid=user], .card)")).to_have_count(0)


def test_a_question_that_finds_no_room_comes_back_to_the_box(page: Page) -> None:
    full = {"status": 503, "content_type": "application/json", "body": '{"detail": "Queue is full"}'}
    page.route("**/queue/join*", lambda route: route.fulfill(**full))
    page.locator("#question textarea").fill("Where will the summit be held?")
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#question textarea")).to_have_value("Where will the summit be held?", timeout=WAIT)
    expect(page.locator("#chat [data-testid=user]")).to_have_count(0)
    page.unroute("**/queue/join*")
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#chat .card .direct")).to_have_text("Bruxelles", timeout=WAIT)
