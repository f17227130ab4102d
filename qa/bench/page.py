"""How long a person waits (needs the extra test, and Chromium).

Starts `app.py`, opens it in a browser and asks public questions in both languages, in one conversation.
A question's time runs from its Enter key to the first frame that shows its card and its marks.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.bench.served import serve
from qa.errors import DispatchError
from qa.evaluation.questions import read_questions
from qa.language import detect_language
from qa.web.threshold import PUBLIC_QUESTIONS

if TYPE_CHECKING:
    from playwright.sync_api import Page

N_WARM_UP = 3
TIMEOUT_MS = 60_000
_WATCH = """
() => {
  const cards = () => document.querySelectorAll('#chat .card').length;
  const nonce = () => document.querySelector('#article .article-pane').dataset.nonce;
  const before = [cards(), nonce()];
  let start = 0;
  document.addEventListener('keydown', () => { start = performance.now(); }, {capture: true, once: true});
  window.painted = new Promise((done) => {
    const look = () => {
      if (cards() <= before[0] || nonce() === before[1]) return;
      seen.disconnect();
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
    };
    const seen = new MutationObserver(look);
    seen.observe(document.body, {childList: true, subtree: true, attributes: true});
  });
}
"""
"""A timeout of nothing, set in an animation frame, runs when that frame has been painted."""


@dataclass(frozen=True, slots=True)
class PageTimes:
    """Milliseconds of each question: until it was painted, and the models' share of it."""

    painted: tuple[float, ...]
    answered: tuple[float, ...]


def quantiles(times: Sequence[float]) -> tuple[float, float]:
    """p50 and p95 of at least two times."""
    return statistics.median(times), statistics.quantiles(times, n=20, method="inclusive")[-1]


def choose_questions(n: int) -> list[str]:
    """The first public questions, English and French by turns."""
    asked = [question.question for question in read_questions(PUBLIC_QUESTIONS)]
    english = [question for question in asked if detect_language(question) == "en"]
    french = [question for question in asked if detect_language(question) == "fr"]
    return [question for pair in zip(english, french, strict=False) for question in pair][:n]


def _ask(page: Page, question: str) -> tuple[float, float]:
    """Milliseconds until it was painted, and those that the card says the models took."""
    box = page.locator("#question textarea")
    box.fill(question)
    page.evaluate(_WATCH)
    box.press("Enter")
    painted = float(page.evaluate("() => window.painted"))
    foot = page.locator("#chat .card").last.locator(".foot").inner_text()
    answered = re.search(r"(\d+) ms", foot)
    return painted, 0.0 if answered is None else float(answered[1])


def time_page(address: str, questions: Sequence[str], chromium: str) -> PageTimes:
    """Ask in a fresh browser; the first few questions are not counted, as they warm up."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.set_default_timeout(TIMEOUT_MS)
        page.goto(address)
        page.locator("#suggestions button").first.wait_for()
        warm = questions[:N_WARM_UP]
        times = [_ask(page, question) for question in (*warm, *questions)][len(warm) :]
        browser.close()
    return PageTimes(tuple(t for t, _ in times), tuple(t for _, t in times))


def measure(n_questions: int, chromium: str | None) -> str:
    """Start the page, ask, and say how long it took. Raises DispatchError when that cannot begin."""
    if chromium is None:
        raise DispatchError("no chromium on the path: apt-get install chromium, or name one with --chromium")
    with serve() as served:
        times = time_page(served.address, choose_questions(max(2, n_questions)), chromium)
    lines = []
    for name, each in (("question to painted answer", times.painted), ("the models' share", times.answered)):
        p50, p95 = quantiles(each)
        lines.append(f"{name}: p50 {p50:.0f} ms, p95 {p95:.0f} ms, {len(each)} questions")
    return "\n".join(lines)
