"""What a person does while an answer is awaited, in a real browser, with planned answers: some come slowly."""

from __future__ import annotations

import pytest
from browsing import WAIT, ask, needs_browser
from playwright.sync_api import Page, expect

pytestmark = needs_browser
SLOW, QUICK = "Who spoke slowly?", "Where will the summit be held?"


@pytest.fixture
def sent(page: Page) -> list[str]:
    """What the page asks of the server's queue."""
    joined: list[str] = []
    page.on("request", lambda request: joined.append(request.url) if "/queue/join" in request.url else None)
    return joined


def _begin(page: Page, question: str) -> None:
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")


def _is_waiting(page: Page) -> None:
    expect(page.get_by_role("button", name="Stop")).to_be_visible(timeout=1_500)


def test_a_question_is_sent_once_however_often_enter_is_pressed(page: Page, sent: list[str]) -> None:
    _begin(page, SLOW)
    _is_waiting(page)
    for typed in ("", QUICK, QUICK):
        page.locator("#question textarea").fill(typed)
        page.locator("#question textarea").press("Enter")
    page.wait_for_timeout(1_000)
    _is_waiting(page)
    expect(page.locator("#chat .card .direct")).to_have_text("M. Stoltenberg", timeout=WAIT)
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    page.wait_for_timeout(500)  # for a second card, if one were to come
    expect(page.locator("#chat .card")).to_have_count(1)
    assert len(sent) == 1
    expect(page.locator("#question textarea")).to_have_value(QUICK)


def test_a_suggestion_in_waiting_is_not_joined_by_what_is_typed_or_clicked(page: Page, sent: list[str]) -> None:
    page.evaluate(f"document.querySelector('#suggestions button').dataset.question = '{SLOW}'")
    page.locator("#suggestions button").first.click()
    _is_waiting(page)
    _begin(page, QUICK)
    page.locator("#suggestions button").last.click()
    _is_waiting(page)
    expect(page.locator("#chat .card .direct")).to_have_text("M. Stoltenberg", timeout=WAIT)
    page.wait_for_timeout(500)
    expect(page.locator("#chat .card")).to_have_count(1)
    assert len(sent) == 1


def test_stop_then_ask_at_once(page: Page) -> None:
    _begin(page, SLOW)
    _is_waiting(page)
    page.get_by_role("button", name="Stop").click()
    _begin(page, QUICK)
    expect(page.locator("#chat .card .direct")).to_have_text("Bruxelles", timeout=WAIT)
    page.wait_for_timeout(500)  # for the stopped answer, if it were to come
    expect(page.locator("#chat .card")).to_have_count(1)
    expect(page.locator("#question textarea")).to_have_value("")


def test_an_empty_question_is_not_asked(page: Page, sent: list[str]) -> None:
    _begin(page, "  ")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_timeout(500)
    assert sent == []
    expect(page.locator("#question textarea")).to_be_focused()
    expect(page.locator("#chat [data-testid=user]")).to_have_count(0)


def test_a_suggestion_that_finds_no_room_leaves_the_page_free(page: Page) -> None:
    full = {"status": 503, "content_type": "application/json", "body": '{"detail": "Queue is full"}'}
    page.route("**/queue/join*", lambda route: route.fulfill(**full))
    page.locator("#suggestions button").first.click()
    page.wait_for_timeout(700)
    page.unroute("**/queue/join*")
    expect(ask(page, QUICK).locator(".direct")).to_have_text("Bruxelles")
