"""What the browser tests share: a browser, and a server that says on one line when it is ready."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
WAIT = 30_000
"""Milliseconds that a test waits for what should come at once."""
FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"]

needs_browser = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="no chromium on the path: apt-get install chromium"
)


@contextmanager
def serve(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address that a server prints on its first line; the server is asked to end, and does."""
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/", env=environment
    )
    assert server.stdout is not None
    line = server.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    if found is None:
        server.kill()
        pytest.fail(f"the server did not start: {line} {server.communicate()[1]}")
    yield found[0]
    server.terminate()
    assert server.wait(20) in (0, -15)


def open_page(context: BrowserContext, address: str) -> Page:
    """A new tab with the page, ready to be asked."""
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#suggestions button").first).to_be_visible(timeout=WAIT)
    return page


def ask(page: Page, question: str) -> Locator:
    """Ask, and the card that comes of it."""
    cards = page.locator("#chat .card")
    n = cards.count()
    page.locator("#question textarea").fill(question)
    page.locator("#question textarea").press("Enter")
    expect(cards).to_have_count(n + 1, timeout=WAIT)
    return cards.last


def is_in_pane(page: Page, inner: Locator) -> bool:
    """Whether something in the article can be seen without scrolling its pane."""
    box, pane = inner.bounding_box(), page.locator("#article .article-pane").bounding_box()
    assert box is not None
    assert pane is not None
    return pane["y"] <= box["y"] and box["y"] + box["height"] <= pane["y"] + pane["height"]
