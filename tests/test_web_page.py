"""What a person asks and sees, in a real browser, with planned answers: it is the page that is tested."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import WAIT, ask, is_in_pane, needs_browser
from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[1]
pytestmark = needs_browser


def test_answer_is_marked_in_view_and_the_page_itself_does_not_scroll(page: Page) -> None:
    card = ask(page, "why did NTM-I end?")
    expect(card.locator(".direct")).to_have_text("Bagdad eut refusé d'accorder l'immunité aux militaires alliés")
    expect(card.locator("blockquote")).to_have_attribute("lang", "fr")
    expect(card).to_contain_text("paragraph 8")
    mark = page.locator("#article mark")
    expect(mark).to_have_count(1)
    assert is_in_pane(page, mark)
    assert page.evaluate("window.scrollY") == 0


def test_only_the_exact_place_is_marked_not_the_same_words_elsewhere(page: Page) -> None:
    ask(page, "Où aura lieu le sommet ?")
    mark = page.locator("#article mark")
    expect(mark).to_have_text("Bruxelles")
    expect(page.locator("#article p:has(mark)")).to_have_attribute("data-number", "5")


def test_alternative_and_earlier_answer_show_their_places_again(page: Page) -> None:
    first = ask(page, "why did NTM-I end?")
    last = ask(page, "Quand aura lieu le sommet ?")
    expect(page.locator("#article mark")).to_have_text("11 et 12 juillet prochains")
    last.locator("a.alternative").first.click()
    expect(page.locator("#article mark")).to_have_text("2004 à 2011", timeout=WAIT)
    expect(page.locator("#article .candidate").first).to_have_text("11 et 12 juillet prochains")
    assert is_in_pane(page, page.locator("#article mark"))
    page.locator("#chat .card").first.locator("a.place").click()
    expect(page.locator("#article mark")).to_contain_text("immunité", timeout=WAIT)
    expect(first).to_be_visible()
    assert "#show" not in page.url


def test_who_says_so_and_the_computed_date_are_badges(page: Page) -> None:
    card = ask(page, "When will the summit be held?")
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
    card = ask(page, question)
    expect(card).to_contain_text("The article does not say.")
    expect(card).to_contain_text(reason)
    expect(card).to_contain_text("Closest passage, not an answer")
    expect(page.locator("#article .evidence")).not_to_have_count(0)
    expect(page.locator("#article mark")).to_have_count(0)


def test_follow_up_is_understood_shown_and_can_be_turned_off(page: Page) -> None:
    ask(page, "When will the summit be held?")
    card = ask(page, "and where?")
    expect(card.locator(".understood")).to_contain_text("Where will the summit be held?")
    expect(card.locator(".direct")).to_have_text("Bruxelles")
    page.get_by_role("button", name="Settings").click()
    page.locator("#follow-ups input").uncheck()
    expect(ask(page, "and where?")).to_contain_text("The article does not say.")
