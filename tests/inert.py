"""Whether a page stays what it is, whatever it is told: nothing runs, is fetched, is built or covers it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Dialog, Page

KNOWN_PATHS = re.compile(
    r"/|/config|/theme\.css|/manifest\.json|/favicon\.ico|/(?:assets|static|svelte)/[\w./-]+"
    r"|/gradio_api/(?:info|startup-events|queue/(?:join|data)|run/predict|heartbeat/\w+)"
)
CARD = {"a", "blockquote", "div", "em", "li", "mark", "p", "q", "small", "span", "strong", "ul"}
CARD |= {f"href #{verb}" for verb in ("show-N-N", "copy-N", "edit-N", "retry-N")}
"""What cards and the article are made of, whether or not a harmless turn shows all of it."""
_SURVEY = """
() => {
  const own = '#chat, #article, #opened, #notice, #suggestions, #articles';
  const inside = new Set(), anywhere = new Set();
  for (const element of document.querySelectorAll('*')) {
    const tag = element.localName;
    if (/^(script|iframe|frame|object|embed|form|base|meta|dialog|template)$/.test(tag)) anywhere.add(tag);
    const placed = getComputedStyle(element).position;
    if (placed === 'fixed' || placed === 'sticky') anywhere.add(`${placed} ${tag}`);
    if (!element.closest(own)) continue;
    inside.add(tag);
    for (const {name, value} of element.attributes) {
      if (/^(on|src|style|formaction|action|data$|poster)/.test(name)) inside.add(`${tag} ${name}`);
      if (name === 'href') inside.add(`href ${value.replace(/\\d+/g, 'N')}`);
    }
  }
  return {inside: [...inside], anywhere: [...anywhere]};
}
"""
_COVERED = """
() => {
  const found = [];
  for (const id of ['language', 'theme', 'send', 'clear', 'export-markdown', 'export-json', 'question', 'brand']) {
    const control = document.getElementById(id);
    control.scrollIntoView({block: 'nearest', behavior: 'instant'});
    const box = control.getBoundingClientRect();
    for (const [x, y] of [[.5, .5], [.1, .5], [.9, .5]]) {
      const top = document.elementFromPoint(box.x + x * box.width, box.y + y * box.height);
      if (!top || !top.closest(`#${id}`)) found.push(id);
    }
  }
  for (const [outer, inner] of [['#chat', '.message'], ['#article', '.article-pane p, h2'], ['#right', '#opened p']]) {
    const box = document.querySelector(outer).getBoundingClientRect();
    for (const element of document.querySelectorAll(`${outer} :is(${inner})`)) {
      const {left, right} = element.getBoundingClientRect();
      if (left < box.left - 1 || right > box.right + 1) found.push(`${outer} ${element.textContent.slice(0, 40)}`);
    }
  }
  scrollTo(0, 0);
  if (document.documentElement.scrollWidth > innerWidth) found.push('the page is wider than its window');
  return found;
}
"""


@dataclass
class Watch:
    """What happened on a page since it was opened that nobody asked for."""

    page: Page
    address: str
    happened: list[str] = field(default_factory=list)
    baseline: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        page = self.page
        page.on("dialog", self._dismiss)
        page.on("popup", lambda other: self.happened.append(f"popup {other.url}"))
        page.on("pageerror", lambda error: self.happened.append(f"error {error}"))
        page.on("framenavigated", lambda frame: self.happened.append(f"navigated to {frame.url}"))
        page.on("request", lambda request: self._note_request(request.url))
        page.on("console", lambda said: self._note_console(said.type, said.text))

    def _dismiss(self, dialog: Dialog) -> None:
        self.happened.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _note_request(self, url: str) -> None:
        parts = urlsplit(url)
        is_own = f"{parts.scheme}://{parts.netloc}" == self.address and KNOWN_PATHS.fullmatch(parts.path)
        if parts.scheme not in ("data", "blob") and not is_own:
            self.happened.append(f"request {url}")

    def _note_console(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") or "Content Security Policy" in text:
            self.happened.append(f"console {text}")

    def begin(self) -> None:
        """From now on the page, which has shown one harmless turn, is to stay as it is."""
        assert not (covered := self.page.evaluate(_COVERED)), covered
        self.baseline = self.page.evaluate(_SURVEY)
        self.happened.clear()

    def check(self) -> None:
        """Fails where anything ran, was fetched, built or covered."""
        survey = self.page.evaluate(_SURVEY)
        for where in ("inside", "anywhere"):
            built = set(survey[where]) - set(self.baseline[where]) - CARD
            assert not built, built
        assert not (covered := self.page.evaluate(_COVERED)), covered
        assert not self.page.evaluate("'__ran' in window")
        assert self.page.title() == "Dispatch QA"
        assert not self.happened, self.happened


def fold(text: str) -> str:
    """Text as a page shows it: runs of space are one, line ends are space, and what cannot be shown is left out."""
    return " ".join(re.sub(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]", "", text).split())
