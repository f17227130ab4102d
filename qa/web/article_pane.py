"""The article as HTML: its real paragraphs, the answer's span marked, its sentence lightly, others outlined."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from qa.article import Article
from qa.types import Answer
from qa.web.escape import escape_html

SCROLL = """
const show = () => {
  const pane = element.querySelector('.article-pane');
  const mark = pane && pane.querySelector('mark');
  if (!pane) return;
  const target = mark || pane.querySelector('.evidence');
  if (!target) { pane.scrollTop = 0; return; }
  const offset = target.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  pane.scrollTop += offset - pane.clientHeight / 3;
};
watch('value', () => requestAnimationFrame(show));
"""


@dataclass(frozen=True, slots=True)
class Highlight:
    """A range of the article and how it is shown."""

    start: int
    end: int
    kind: str


def highlights(answer: Answer | None) -> list[Highlight]:
    """What an answer marks: its span, the sentence around it, its alternatives."""
    if answer is None:
        return []
    found = [Highlight(a.start, a.end, "candidate") for a in answer.alternatives] if answer.answered else []
    if answer.evidence is not None:
        found.append(Highlight(answer.evidence.start, answer.evidence.end, "evidence"))
    if answer.answered:
        found.append(Highlight(answer.start, answer.end, "answer"))
    return found


def _piece(text: str, kinds: set[str], is_first: bool) -> str:
    escaped = escape_html(text)
    classes = " ".join(sorted(kinds - {"answer"}))
    if "answer" in kinds:
        name = ' id="answer-span"' if is_first else ""
        return f'<mark class="{classes}"{name}>{escaped}</mark>'
    return f'<span class="{classes}">{escaped}</span>' if classes else escaped


def _paragraph(text: str, start: int, end: int, marks: list[Highlight]) -> str:
    inside = [m for m in marks if m.start < end and start < m.end]
    edges = {start, end} | {edge for m in inside for edge in (m.start, m.end) if start < edge < end}
    parts = []
    for a, b in pairwise(sorted(edges)):
        kinds = {m.kind for m in inside if m.start <= a and b <= m.end}
        is_first = any(m.kind == "answer" and m.start == a for m in inside)
        parts.append(_piece(text[a:b], kinds, is_first))
    return "".join(parts)


def render_article(article: Article, answer: Answer | None, label: str, nonce: int) -> str:
    """The article pane for an answer; `nonce` makes the value new when the same answer is shown again."""
    marks = highlights(answer)
    paragraphs = [
        f'<p id="paragraph-{i}">{_paragraph(article.text, start, end, marks)}</p>'
        for i, (start, end) in enumerate(article.paragraphs, 1)
    ]
    head = f"<h2>{escape_html(label)} · {escape_html(article.name)}</h2>"
    return (
        f'<div class="article-pane" role="region" tabindex="0" aria-label="{escape_html(label)}" '
        f'data-nonce="{nonce}">{head}{"".join(paragraphs)}</div>'
    )
