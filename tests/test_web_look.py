"""Languages, theme, phone, keyboard and accessibility, in a real browser, with planned answers."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from browsing import WAIT, ask, needs_browser, open_page
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).resolve().parents[1]
pytestmark = needs_browser
AXE_ALLOWED: dict[str, str] = {}
"""Findings of Gradio's own elements, and why each is let pass."""


def test_language_is_the_browsers_until_switched_and_is_kept(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="fr-FR")
    page = open_page(context, address)
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
    page = open_page(context, address)
    expect(page.locator("body")).to_have_class(re.compile(r"\bdark\b"))
    page.get_by_role("button", name="Light / dark").click()
    expect(page.locator("body")).not_to_have_class(re.compile(r"\bdark\b"))
    page.reload()
    expect(page.locator("#suggestions button").first).to_be_visible(timeout=WAIT)
    expect(page.locator("body")).not_to_have_class(re.compile(r"\bdark\b"))
    context.close()


def test_phone_width_has_nothing_beside_the_screen(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="fr-FR", viewport={"width": 360, "height": 740})
    page = open_page(context, address)
    card = ask(page, "Quand aura lieu le sommet ?")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(card.locator(".direct")).to_be_in_viewport(ratio=1)
    card.locator("a.alternative").first.click()
    expect(page.locator("#article mark")).to_have_text("2004 à 2011", timeout=WAIT)
    expect(page.locator("#article mark")).to_be_in_viewport(timeout=WAIT)
    context.close()


def test_a_long_file_name_makes_nothing_wider_than_a_phone(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="fr-FR", viewport={"width": 360, "height": 740}, is_mobile=True)
    page = open_page(context, address)
    page.get_by_role("button", name="Ouvrir votre propre article").click()
    name = "un_nom_de_fichier_vraiment_tres_long_pour_un_telephone.txt"
    file = {"name": name, "mimeType": "text/plain", "buffer": "Le phare brille à Lannoz.".encode()}
    page.locator("#open-file input").set_input_files(file)  # type: ignore[arg-type]
    expect(page.locator("#opened")).to_contain_text("est ouvert", timeout=WAIT)
    expect(ask(page, "Où brille le phare ?")).to_contain_text(name)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


def test_a_very_long_question_does_not_hide_its_answer(page: Page) -> None:
    card = ask(page, "Who was it, and " * 60)
    expect(card.locator(".direct")).to_be_in_viewport(ratio=1)


def test_a_phone_shows_the_box_and_the_suggestions_at_once(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="fr-FR", viewport={"width": 390, "height": 844}, is_mobile=True)
    page = open_page(context, address)
    expect(page.locator("#question textarea")).to_be_in_viewport(ratio=1)
    expect(page.locator("#suggestions button").first).to_be_in_viewport(ratio=1)
    context.close()


def test_the_keyboard_goes_on_in_the_box_after_a_suggestion(page: Page) -> None:
    page.locator("#suggestions button").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#chat .card")).to_have_count(1, timeout=WAIT)
    expect(page.locator("#question textarea")).to_be_focused()


def test_each_answer_is_seen_from_its_beginning_and_said_as_it_is_written(page: Page) -> None:
    for question in ("why did NTM-I end?", "Will Turkey join the mission?", "When will the summit be held?"):
        expect(ask(page, question).locator(".direct")).to_be_in_viewport(ratio=1)
    expect(page.locator("#chat [data-testid=user]").first).to_have_text("why did NTM-I end?")
    expect(page.locator("#chat [data-testid][aria-label]")).to_have_count(0)


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
    page = open_page(context, address)
    for question in ("When will the summit be held?", "Will Turkey join the mission?", "???"):
        ask(page, question)
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
