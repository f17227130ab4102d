"""What a person sees of a server that has too much to do, in a real browser, with planned answers."""

from __future__ import annotations

import pytest
from browsing import WAIT, ask, needs_browser, open_page
from playwright.sync_api import Browser, Page, expect

pytestmark = needs_browser
BUSY = {"en": "too much to do just now", "fr": "trop à faire en ce moment"}


def _refuse(page: Page, status: int) -> None:
    body = '{"detail": "gradio\'s own words"}'
    page.route("**/queue/join*", lambda route: route.fulfill(status=status, content_type="application/json", body=body))


@pytest.mark.parametrize(("status", "locale", "language"), [(503, "fr-FR", "fr"), (429, "en-GB", "en")])
def test_a_question_that_is_refused_comes_back_with_a_sentence_in_the_pages_language(
    browser: Browser, address: str, status: int, locale: str, language: str
) -> None:
    context = browser.new_context(locale=locale)
    page = open_page(context, address)
    ask(page, "Où aura lieu le sommet ?")
    _refuse(page, status)
    page.locator("#question textarea").fill("why did NTM-I end?")
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#notice [role=alert]")).to_contain_text(BUSY[language], timeout=WAIT)
    expect(page.locator("#question textarea")).to_have_value("why did NTM-I end?")
    expect(page.locator("#chat [data-testid=user]")).to_have_count(1)
    expect(page.get_by_text("gradio's own words")).not_to_be_visible()
    expect(page.get_by_text("currently busy")).not_to_be_visible()
    expect(page.locator("#chat .error")).not_to_be_visible()  # gradio lays it over the conversation
    page.unroute("**/queue/join*")
    page.locator("#question textarea").press("Enter")
    expect(page.locator("#chat .card")).to_have_count(2, timeout=WAIT)
    expect(page.locator("#notice")).to_have_text("")
    context.close()


def test_an_article_that_is_refused_says_so_too(page: Page) -> None:
    page.get_by_role("button", name="Open your own article").click()
    page.locator("#paste textarea").fill("Le phare brille à Lannoz.")
    _refuse(page, 503)
    page.get_by_role("button", name="Read this text").click()
    expect(page.locator("#notice [role=alert]")).to_contain_text(BUSY["en"], timeout=WAIT)
    expect(page.locator("#paste textarea")).to_have_value("Le phare brille à Lannoz.")


def test_a_page_whose_session_has_ended_says_so_and_does_not_answer_from_another_article(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    with page.expect_request("**/heartbeat/*", timeout=WAIT) as heartbeat:
        page.goto(address)
    expect(page.locator("#suggestions button").first).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Open your own article").click()
    page.locator("#paste textarea").fill("Le phare brille à Lannoz.")
    page.get_by_role("button", name="Read this text").click()
    expect(page.locator("#opened")).to_contain_text("is open", timeout=WAIT)
    page.evaluate(  # a connection that breaks
        "async (url) => { const one = new AbortController(); await fetch(url, {signal: one.signal}); one.abort(); }",
        heartbeat.value.url,
    )
    page.wait_for_timeout(1_000)
    expect(ask(page, "Where will the summit be held?")).to_contain_text("This session has ended")
    page.get_by_role("button", name="Open your own article").click()
    page.locator("#paste textarea").fill("Le phare brille à Lannoz.")
    page.get_by_role("button", name="Read this text").click()
    expect(page.locator("#opened [role=alert]")).to_contain_text("This session has ended", timeout=WAIT)
    page.reload()
    expect(page.locator("#suggestions button").first).to_be_visible(timeout=WAIT)
    expect(ask(page, "Where will the summit be held?").locator(".direct")).to_have_text("Bruxelles")
    context.close()
